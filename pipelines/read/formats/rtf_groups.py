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
    written: list[str] = []
    held: dict[str, list[str]] = {"box": [], "note": [], "row": []}  # they wait for the end of the paragraph
    is_in_table, row_end = False, 0
    stack: list[_State] = []
    state = _State()
    hiding_styles = _hiding_styles(text)
    at = 0
    while match := _TOKEN.match(text, at):
        token, at = match[0], match.end()
        word = match[1]
        if word == "bin" and match[2]:
            at += max(0, int(match[2]))
            continue
        if token == "{":
            stack.append(state)
        elif word in _SHAPES:
            state = replace(state, in_shape=True)
        elif word in _DROPPED:
            state = replace(state, is_dropped=True)
        elif word in _BOXES and not state.is_dropped:
            state = replace(state, held_as=_BOXES[word])
            held[state.held_as].append(_BEGINS[state.held_as])
            continue
        elif word in _HIDING:
            on = match[2] != "0"
            state = replace(state, hiding=state.hiding | {word} if on else state.hiding - {word})
        elif word == "cs":
            state = replace(
                state, hiding=state.hiding - {word} | ({word} if match[2] in hiding_styles else frozenset())
            )
        elif word == "plain":
            state = replace(state, hiding=frozenset())
        if word == "line":
            token = f"{{\\uc1\\u{ord(LINE)} ?}}"
        is_shown = not (state.hiding and _is_text(token, word)) and not state.is_dropped
        if token == "}" and stack:
            before, state = state, stack.pop()
            if before.held_as and before.held_as != state.held_as:
                held[before.held_as].append("}")
            if before.is_dropped and not state.is_dropped:
                is_shown = True
        if state.held_as:
            held[state.held_as].extend((token,) if is_shown else ())
            if word == "par" and state.held_as == "note":
                held["note"].append(_MARKED)
        elif is_shown:
            if word == "par" and not state.in_shape:
                if held["row"] and not is_in_table:
                    written[row_end:row_end] = [*_taken(held["row"]), "\\par "]
                written.extend(_taken(held["box"]))
                written.extend(_taken(held["note"]) if not is_in_table else ())
            written.append(token)
            if word in ("trowd", "intbl", "pard", "row"):
                is_in_table = word in ("trowd", "intbl")
            if word == "row":  # the notes of a table stand behind it
                held["row"].extend(_taken(held["note"]))
                row_end = len(written)
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
