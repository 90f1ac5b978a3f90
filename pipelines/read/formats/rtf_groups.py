"""What the library for rich text does not know: hidden and struck text, text boxes, footnotes.

The file is walked once, and written again without what is hidden and with boxes and notes as paragraphs behind
the one in which they stand.
"""

import re
from dataclasses import dataclass, replace

from pipelines.read.notes import NOTE

_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?[0-9]{1,10})? ?|\\'[0-9a-f]{2}|\\[^a-z]|[{}]|[^\\{}]+", re.IGNORECASE | re.DOTALL
)
LINE = "\ue0ff"  # stands for the end of a line that ends no paragraph
_HIDING = frozenset({"deleted", "v", "strike", "striked"})
# Words that stand for a character; what ends a paragraph, row or cell stays, so that the lines around it stay apart.
_CHARACTERS = frozenset(
    "u tab line emdash endash emspace enspace qmspace bullet lquote rquote ldblquote rdblquote".split()
)
_STYLE = re.compile(r"\{\\\*\s*\\cs([0-9]+)([^{}]{0,2000})\}")
_LONGEST_SHEET, _DEEPEST = 200_000, 10
_BOXES = {"shptxt": "box", "dptxbxtext": "box", "footnote": "note"}
_SHAPES = frozenset({"shp", "do"})
_MARKED = f"{{\\uc1\\u{ord(NOTE)} ?}}"
_BEGINS = {"box": "{\\par\\pard ", "note": f"{{\\par\\pard {_MARKED}"}
# A copy of the shape for old programs, the margins of the page, and comments: no box in them is text of the report.
_DROPPED = frozenset("shprslt annotation header headerl headerr headerf footer footerl footerr footerf".split())
# The words behind which something else holds in a group.
_MARKING = _SHAPES | _DROPPED | _HIDING | {"cs", "plain"}


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group: marks that hide, whether it is part of a shape, of what is dropped, of a box or a note."""

    hiding: frozenset[str] = frozenset()
    in_shape: bool = False
    is_dropped: bool = False
    held_as: str = ""


def _hiding_styles(text: str) -> frozenset[str]:
    """Return the numbers of the styles of characters that hide or strike, also those based on one that does."""
    start = text.find("{\\stylesheet")
    sheet = text[start : start + _LONGEST_SHEET] if start >= 0 else ""
    bases: dict[str, str] = {}
    hiding: set[str] = set()
    for entry in _STYLE.finditer(sheet):
        number, rest = entry.groups()
        base = re.search(r"\\sbasedon([0-9]+)", rest)
        bases[number] = base[1] if base else ""
        if re.search(r"\\(?:v|strike|striked1)(?![a-z0-9])", rest):
            hiding.add(number)
    for _ in range(_DEEPEST):
        hiding |= {number for number, base in bases.items() if base in hiding}
    return frozenset(hiding)


def plain_groups(text: str) -> str:
    """Return rich text without what is hidden, with boxes and notes as paragraphs of their own."""
    rewriter = _Rewriter(_hiding_styles(text))
    at = 0
    while match := _TOKEN.match(text, at):
        token, word, value = match[0], match[1], match[2]
        at = match.end()
        if word == "bin" and value:  # as many bytes follow that are no rich text
            at += max(0, int(value))
        else:
            rewriter.take(token, word, value)
    return rewriter.text()


class _Rewriter:
    """Takes the tokens of a file one by one, and writes again those that are shown."""

    def __init__(self, hiding_styles: frozenset[str]) -> None:
        self._hiding_styles = hiding_styles
        self._written: list[str] = []
        self._held: dict[str, list[str]] = {"box": [], "note": [], "row": []}  # they wait for the end of the paragraph
        self._is_in_table, self._row_end = False, 0
        self._stack: list[_State] = []
        self._state = _State()

    def take(self, token: str, word: str | None, value: str | None) -> None:
        """Take the next token; `word` and `value` are those of a control word."""
        before = self._state
        if word in _BOXES and not before.is_dropped:
            self._state = replace(before, held_as=_BOXES[word])
            self._held[self._state.held_as].append(_BEGINS[self._state.held_as])
            return
        if token == "{":
            self._stack.append(before)
        elif token == "}" and self._stack:
            self._state = self._stack.pop()
            if before.held_as and before.held_as != self._state.held_as:
                self._held[before.held_as].append("}")
        elif word in _MARKING:
            self._state = self._marked(word, value)
        state = self._state
        if word == "line":
            token = f"{{\\uc1\\u{ord(LINE)} ?}}"
        is_shown = not state.is_dropped and not (state.hiding and _is_text(token, word))
        if state.held_as:
            self._held[state.held_as].extend((token,) if is_shown else ())
            if word == "par" and state.held_as == "note":
                self._held["note"].append(_MARKED)
        elif is_shown:
            self._write(token, word)

    def _marked(self, word: str | None, value: str | None) -> _State:
        """Return what holds in the group behind a control word."""
        state = self._state
        if word in _SHAPES:
            return replace(state, in_shape=True)
        if word in _DROPPED:
            return replace(state, is_dropped=True)
        if word in _HIDING:
            return replace(state, hiding=state.hiding - {word} if value == "0" else state.hiding | {word})
        if word == "cs":
            own = frozenset({word}) if value in self._hiding_styles else frozenset()
            return replace(state, hiding=state.hiding - {word} | own)
        return replace(state, hiding=frozenset())  # plain

    def _write(self, token: str, word: str | None) -> None:
        """Write a token of the running text; what waits for the end of its paragraph or row goes before it."""
        written, held = self._written, self._held
        if word == "par" and not self._state.in_shape:
            if held["row"] and not self._is_in_table:
                written[self._row_end : self._row_end] = [*_taken(held["row"]), "\\par "]
            written.extend(_taken(held["box"]))
            written.extend(_taken(held["note"]) if not self._is_in_table else ())
        written.append(token)
        if word in ("trowd", "intbl", "pard", "row"):
            self._is_in_table = word in ("trowd", "intbl")
        if word == "row":  # the notes of a table stand behind it
            held["row"].extend(_taken(held["note"]))
            self._row_end = len(written)

    def text(self) -> str:
        """Return the rich text with all that still waits before the brace that closes it."""
        written, held = self._written, self._held
        end = max((place for place, token in enumerate(written) if token == "}"), default=len(written))
        return "".join([*written[:end], *held["box"], *held["row"], *held["note"], *written[end:]])


def _taken(held: list[str]) -> list[str]:
    """Return what was held, and hold it no longer."""
    taken = held.copy()
    held.clear()
    return taken


def _is_text(token: str, word: str | None) -> bool:
    """Return whether a token stands for characters."""
    return word in _CHARACTERS if word else token not in ("{", "}", "\\*")
