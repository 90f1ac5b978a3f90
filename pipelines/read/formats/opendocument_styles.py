"""What the styles of an OpenDocument file say: which text is hidden or struck through, and how lists are numbered."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pipelines.read.formats.numbering import written
from pipelines.read.signatures import OPEN_DOCUMENT

_SPACES = {
    name: f"{OPEN_DOCUMENT}{tail}:1.0"
    for name, tail in (
        *((one, one) for one in ("office", "style", "text", "table", "meta", "number", "presentation")),
        *(("draw", "drawing"), ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible")),
    )
}
_DEEPEST = 20  # styles based on each other; damaged files hold circles
_KINDS = (("一", "chineseCounting"), ("①", "decimalEnclosedCircle"), ("a", "lowerLetter"), ("A", "upperLetter"))
_Marks = dict[str, bool]
_Level = tuple[str, str, str, int, int]  # prefix, kind, suffix, levels shown, first number


@cache
def tag_of(name: str) -> str:
    """Return the qualified name of `prefix:NAME`; of `prefix:` alone the start of all its names."""
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


class Styles:
    """The styles of one document, those of its content first."""

    def __init__(self, content: Any, styles: Any | None) -> None:
        """Take the roots of the content and of the styles; None where the file has no styles of its own."""
        roots = [root for root in (styles, content) if root is not None]
        nodes = [node for root in roots for node in root.iter(tag_of("style:style"))]
        self._styles = {(_get(node, "style:family"), _get(node, "style:name")): node for node in nodes}
        self._known: dict[tuple[str, str], _Marks] = {}
        named = (node for root in roots for node in root.iter(tag_of("text:list-style")))
        self.lists = {_get(node, "style:name"): _levels(node) for node in named}
        outlines = (node for root in roots for node in root.iter(tag_of("text:outline-style")))
        self.outline: Mapping[int, _Level] = next((_levels(node) for node in outlines), {})

    def is_hidden(self, family: str, name: str) -> bool:
        """Return whether text of this style (family `text` or `paragraph`) is hidden or struck through."""
        return any(self._marks(family, name).values())

    def shows(self, name: str) -> bool:
        """Return whether a style of characters takes away what its paragraph hides."""
        marks = self._marks("text", name)
        return bool(marks) and not any(marks.values())

    def is_hidden_section(self, node: Any) -> bool:
        """Return whether an element is a section that is not shown."""
        if node.tag != tag_of("text:section"):
            return False
        return _get(node, "text:display") == "none" or _get(node, "text:is-hidden") == "true"

    def is_hidden_table(self, node: Any) -> bool:
        """Return whether a sheet is hidden."""
        style = self._styles.get(("table", _get(node, "table:style-name")))
        properties = None if style is None else style.find(tag_of("style:table-properties"))
        return properties is not None and _get(properties, "table:display") == "false"

    def _marks(self, family: str, name: str) -> _Marks:
        """Return the marks that a style sets or takes away, with those of the styles that it is based on."""
        key = (family, name)
        if key not in self._known:
            chain: list[Any] = []
            at = name
            while (family, at) in self._styles and len(chain) < _DEEPEST:
                chain.append(self._styles[family, at])
                at = _get(chain[-1], "style:parent-style-name")
            marks: _Marks = {}
            for node in reversed(chain):
                properties = node.find(tag_of("style:text-properties"))
                if properties is not None:
                    marks |= _own_marks(properties)
            self._known[key] = marks
        return self._known[key]


class ListCount:
    """How far a list has counted on each of its levels; the outermost is 1."""

    def __init__(self, levels: Mapping[int, _Level]) -> None:
        """Take the levels of the list's style."""
        self._levels = levels
        self._counts: dict[int, int] = {}

    def restart(self, depth: int) -> None:
        """Begin anew on level `depth` and below."""
        self._counts = {level: count for level, count in self._counts.items() if level < depth}

    def next(self, depth: int, stated: str | None = None) -> str:
        """Return the number of the next item on level `depth`; '' for bullets. `stated` is one that the item begins."""
        level = self._levels.get(depth)
        if level is None or not level[1]:
            return ""
        prefix, _, suffix, shown, start = level
        count = int(stated) if stated and stated.isdecimal() else self._counts.get(depth, start - 1) + 1
        self.restart(depth)
        self._counts[depth] = count
        numbers = [
            written(self._counts.get(one, 1), self._levels[one][1])
            for one in range(max(1, depth - shown + 1), depth + 1)
            if one in self._levels and self._levels[one][1]
        ]
        return prefix + ".".join(numbers) + suffix


def _levels(style: Any) -> dict[int, _Level]:
    """Return the levels of a list style that have numbers."""
    found = {}
    for node in style:
        form = _get(node, "style:num-format")
        level = _get(node, "text:level")
        if level.isdecimal() and form:
            kind = next((kind for first, kind in _KINDS if form.startswith(first)), "decimal")
            shown, start = _get(node, "text:display-levels") or "1", _get(node, "text:start-value") or "1"
            found[int(level)] = (
                *(_get(node, "style:num-prefix"), kind, _get(node, "style:num-suffix")),
                *(int(shown) if shown.isdecimal() else 1, int(start) if start.isdecimal() else 1),
            )
    return found


def _own_marks(properties: Any) -> _Marks:
    marks: _Marks = {}
    display = _get(properties, "text:display")
    if display:
        marks["hidden"] = display == "none"
    for name in ("style:text-line-through-style", "style:text-line-through-type"):
        value = _get(properties, name)
        if value:
            marks["struck"] = value != "none"
    return marks


def _get(node: Any, name: str) -> str:
    return node.get(tag_of(name)) or ""
