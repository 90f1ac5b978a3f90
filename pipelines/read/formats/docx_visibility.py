"""Which runs of a Word document are text: what is struck through or hidden is none.

The mark may stand in the run, in its style, in the style of its paragraph, or in a style that these are based on.
"""

from typing import Any

from pipelines.read.formats.numbering import qn

_MARKS = tuple(qn(name) for name in ("w:strike", "w:dstrike", "w:vanish"))
_OFF = frozenset({"0", "false", "off", "none"})
_VAL, _RPR = qn("w:val"), qn("w:rPr")
_DEEPEST = 20  # styles based on each other; damaged files hold circles


class Visibility:
    """The marks that the styles of one document set."""

    def __init__(self, styles: Any | None) -> None:
        """`styles` is the element `w:styles`, None in a document without styles."""
        nodes = () if styles is None else styles.iter(qn("w:style"))
        self._styles = {node.get(qn("w:styleId")): node for node in nodes}
        self._known: dict[str, dict[str, bool]] = {}

    def is_hidden(self, run: Any, paragraph_style: str) -> bool:
        """Return whether a run (`w:r`, `m:r`) in a paragraph of this style is struck through or hidden."""
        own = run.find(_RPR)
        style = None if own is None else own.find(qn("w:rStyle"))
        named = "" if style is None else style.get(_VAL) or ""
        marks = {**self._of_style(paragraph_style), **self._of_style(named), **_marks(own)}
        return any(marks.values())

    def _of_style(self, name: str) -> dict[str, bool]:
        """Return the marks that a style sets or takes away, with those of the styles that it is based on."""
        if name not in self._known:
            chain: list[Any] = []
            at = name
            while at in self._styles and len(chain) < _DEEPEST:
                chain.append(self._styles[at])
                base = self._styles[at].find(qn("w:basedOn"))
                at = "" if base is None else base.get(_VAL) or ""
            marks: dict[str, bool] = {}
            for node in reversed(chain):
                marks |= _marks(node.find(_RPR))
            self._known[name] = marks
        return self._known[name]


def _marks(properties: Any | None) -> dict[str, bool]:
    """Return the marks that run properties state, with whether they are on."""
    if properties is None:
        return {}
    return {child.tag: (child.get(_VAL) or "1").lower() not in _OFF for child in properties if child.tag in _MARKS}
