"""Lines that a mail program or a terminal cut at one width: they are put together to paragraphs again.

A text counts as cut only if most of its unfinished lines end where the next word no longer fits. Lines with a mark of
their own (headings, items, table rows, dates and signatures) begin anew.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import islice, pairwise

from pipelines.read.paragraphs import CLAUSE, FINAL, MARK, seam

_NARROWEST, _WIDEST = 18, 43  # characters a line
_LEAST_FULL = 4  # so many full lines without a final mark show that a text is cut
_TABLE = re.compile(r"\||\t|\S {3,}\S|\S\u3000{2,}\S")
_DATE = re.compile(
    r"\s*(?:[12][0-9]{3}|[〇○零一二三四五六七八九十]{4}) ?年"
    r"[0-9 一二三四五六七八九十]{1,5}月[0-9 一二三四五六七八九十]{1,5}日?\s*"
)
# What follows these is the first sentence, also where the title is as wide as a line.
_TITLE = re.compile(r"[^，。；]{6,80}(?:报告|总结|汇报)\s*")
_OPENING = re.compile(r"\s*20[0-9]{2}年(?:度|来|以来)?，")
_SIGNER = re.compile(r"\s*\S{2,30}(?:政府|委员会|办事处|党委|工委|办公室|管委会|司法所)\s*")
_HANGING = tuple("，。、；：！？”’）》】,.;:!?)")
# What is not cut: a number with its sign, a Latin word; a mark that may not begin a line stays with the one before it.
_TOKEN = re.compile(r"(?:[0-9][0-9.,]*[%％‰]?|[A-Za-z]+|.)[，。、；：！？”’）》】,.;:!?)]*")

Measure = Callable[[str], int]


def join_cut_lines(lines: Sequence[str]) -> list[str]:
    """Return `lines` (without line ends) with those of one paragraph joined; as they are where no width shows."""
    shown = [line.rstrip() for line in lines]
    widths = [found for measure, factor in ((len, 1), (_cells, 2)) if (found := _width(shown, measure, factor))]
    if not widths:
        return list(lines)
    _, width, measure = max(widths, key=lambda found: found[0])
    indented = sum(line.startswith(("\u3000\u3000", "    ", "  ")) for line in shown) >= 3
    joined: list[str] = []
    paragraph = shown[0]
    for at, line in enumerate(shown[1:], 1):
        titled = _TITLE.fullmatch(paragraph) or (_OPENING.match(line) and not CLAUSE.search(paragraph))
        if not titled and _goes_on(shown, at, width, measure, indented):
            paragraph += seam(paragraph, line.lstrip()) + line.lstrip()
        else:
            joined.append(paragraph)
            paragraph = line
    return [*joined, paragraph]


def _cells(text: str) -> int:
    """Return the width on a terminal: two for a Chinese character, one for a Latin one."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _width(lines: Sequence[str], measure: Measure, factor: int) -> tuple[float, int, Measure] | None:
    """Return (share of unfinished lines that are full, width, measure) of a text that is cut; None for any other."""
    sizes = sorted(measure(line) for line in lines if line and not _TABLE.search(line))
    if len(sizes) <= _LEAST_FULL:
        return None
    width = sizes[-1 - len(sizes) // 25]  # an address or a line of the site's own may be longer
    if all(line.endswith(_HANGING) for line in lines if measure(line) == width):
        width -= 1
    if not _NARROWEST * factor <= width <= _WIDEST * factor:
        return None
    pairs = [
        (line, after)
        for line, after in pairwise(lines)
        if line and after and not line.endswith(FINAL) and not _starts(after) and not _TABLE.search(line)
    ]
    full = sum(_is_full(line, after, width, measure) for line, after in pairs)
    if full < _LEAST_FULL or full < 0.6 * len(pairs):
        return None
    return full / len(pairs), width, measure


def _is_full(line: str, after: str, width: int, measure: Measure) -> bool:
    """Return whether the first word of the next line had no more room on `line`."""
    token = _TOKEN.match(after.lstrip())
    return measure(line) <= width + 2 and measure(line) + measure(token[0] if token else " ") > width


def _starts(line: str) -> bool:
    return bool(MARK.match(line) or _DATE.fullmatch(line) or _TABLE.search(line))


def _goes_on(lines: Sequence[str], at: int, width: int, measure: Measure, indented: bool) -> bool:
    """Return whether the line `at` continues the one before it."""
    before, line = lines[at - 1], lines[at]
    if not before or not line or _starts(line) or _TABLE.search(before) or _DATE.fullmatch(before):
        return False
    if indented and line[0] in "\u3000 ":
        return False
    if before.endswith(FINAL) and not indented:
        return False
    if not _is_full(before, line, width, measure):
        return False
    below = next(filter(None, islice(lines, at + 1, None)), "") if _SIGNER.fullmatch(line) else ""
    return not _DATE.fullmatch(below)
