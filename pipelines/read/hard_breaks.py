"""Lines that a mail program or a terminal cut at one width: they are put together to paragraphs again.

A text counts as cut only if most of its unfinished lines end where the next word no longer fits. Lines with a mark of
their own (headings, items, table rows, dates and signatures) begin anew. A margin that all lines share and an empty
line after each are no marks.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from pipelines.read.han import screen_width
from pipelines.read.paragraphs import CLAUSE, FINAL, MARK, seam

_NARROWEST, _WIDEST = 18, 43  # characters a line
_LEAST_FULL, _LEAST_ALL = (
    4,
    3,
)  # so many full lines without a final mark show that a text is cut; if there are no others
_HEAD_LINES = 6  # above the first sentence
_SPACED, _LEAST_SPACED = 0.8, 8  # of the lines have empty ones between them where a text is double-spaced
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


class Paragraph(NamedTuple):
    """A paragraph, and the number of its last line."""

    text: str
    last: int


class _Cut(NamedTuple):
    """How a text is cut: its lines' width, and how much of it paragraphs lose at their beginning."""

    share: float
    width: int
    measure: Measure
    indent: int


def join_cut_lines(lines: Sequence[str]) -> list[str]:
    """Return `lines` (without line ends) with those of one paragraph joined; as they are where no width shows."""
    return [paragraph.text for paragraph in paragraphs_of(lines)]


def paragraphs_of(lines: Sequence[str], pages: Collection[int] = ()) -> list[Paragraph]:
    """Return the paragraphs of `lines`; `pages` are the numbers of the lines that begin a page.

    A sentence that a page ends within goes on, also where no width shows.
    """
    if not lines:
        return []
    numbers = _text_lines(lines)
    shown = _without_margin([lines[number].rstrip() for number in numbers], [number in pages for number in numbers])
    cut = _cut(shown)
    if cut is None:
        numbers, shown = list(range(len(lines))), list(lines)
    indented = sum(line.startswith("  ") for line in shown) >= 3
    joined: list[Paragraph] = []
    paragraph, is_first = shown[0], True
    for at, line in enumerate(shown[1:], 1):
        titled = _TITLE.fullmatch(paragraph) or (_OPENING.match(line) and not CLAUSE.search(paragraph))
        if not titled and (
            (cut and _goes_on(shown, at, cut, indented, is_first))
            or (numbers[at] in pages and _runs_over(paragraph, line))
        ):
            paragraph = paragraph.rstrip() + seam(paragraph, line.lstrip()) + line.lstrip()
            is_first = False
        else:
            joined.append(Paragraph(paragraph, numbers[at] - 1))
            paragraph, is_first = line, True
    return [*joined, Paragraph(paragraph, len(lines) - 1)]


def _text_lines(lines: Sequence[str]) -> list[int]:
    """Return the numbers of the lines, without the empty ones that follow each line of a double-spaced text."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    gaps = [after - before - 1 for before, after in pairwise(filled)]
    if len(filled) < _LEAST_SPACED or sum(map(bool, gaps)) < _SPACED * len(gaps):
        return list(range(len(lines)))
    usual = Counter(filter(None, gaps)).most_common(1)[0][0]
    numbers = []
    for number, gap in zip(filled, [*gaps, 0], strict=True):
        # where more lines are empty than elsewhere, a paragraph ends
        numbers += [number, number + 1] if gap > usual else [number]
    return numbers


def _without_margin(lines: Sequence[str], begins: Sequence[bool]) -> list[str]:
    """Return lines without the margin that nearly all of their page have; `begins` tells where a page begins."""
    found: list[str] = []
    for page in _pages(lines, begins):
        indents = sorted(len(line) - len(line.lstrip()) for line in page if line)
        margin = indents[len(indents) // 20] if indents else 0
        found += [line[min(margin, len(line) - len(line.lstrip())) :] for line in page]
    return found


def _pages(lines: Sequence[str], begins: Sequence[bool]) -> Iterator[Sequence[str]]:
    starts = [0, *(at for at, is_start in enumerate(begins) if is_start and at), len(lines)]
    for start, end in pairwise(starts):
        yield lines[start:end]


# How lines may be measured, the width of a Chinese character, and the indent that a web page may have lost.
_WAYS: tuple[tuple[Measure, int, int], ...] = (
    (len, 1, 0),
    (screen_width, 2, 0),
    (len, 1, 2),
    (screen_width, 2, 4),
    (len, 1, 4),
)


def _cut(lines: Sequence[str]) -> _Cut | None:
    """Return how a text is cut, the way that explains most of its lines; None for any other text."""
    # a title above the text may be wider than its lines
    head = next((at for at, line in enumerate(lines) if CLAUSE.search(line)), 0)
    text = lines[head:] if head <= _HEAD_LINES else lines
    plain = [line for line in text if line and not _TABLE.search(line)]
    ways = [found for measure, factor, indent in _WAYS if (found := _width(text, plain, measure, factor, indent))]
    return max(ways, key=lambda found: found.share, default=None)


def _width(lines: Sequence[str], plain: Sequence[str], measure: Measure, factor: int, indent: int) -> _Cut | None:
    """Return how a text is cut if its lines are measured so; None if it is not, or not so. plain: those of no table."""
    sizes = sorted(map(measure, plain))
    if len(sizes) <= _LEAST_FULL:
        return None
    width = sizes[-1 - len(sizes) // 25]  # an address or a line of the site's own may be longer
    if not _NARROWEST * factor <= width <= _WIDEST * factor + 1:
        return None
    if all(line.endswith(_HANGING) for line in lines if measure(line) == width):
        width -= 1
    if not _NARROWEST * factor <= width <= _WIDEST * factor:
        return None
    pairs = full = sentences = 0
    is_first = True
    for line, after in pairwise(lines):
        is_full = False
        is_heading = MARK.match(line) and not CLAUSE.search(line)
        if after and line and not (line.endswith(FINAL) or _starts(after) or _TABLE.search(line) or is_heading):
            # a list has lines of much the same length as well, so a lost indent counts in sentences only
            lost = indent if is_first and CLAUSE.search(line + after) else 0
            is_full = _is_full(line, after, width, measure, lost)
            pairs += 1
            full += is_full
            sentences += is_full and bool(CLAUSE.search(line))
        is_first = not is_full
    if full < 0.6 * pairs or (full < _LEAST_FULL and not sentences == pairs >= _LEAST_ALL):
        return None
    return _Cut(full / pairs, width, measure, indent)


def _is_full(line: str, after: str, width: int, measure: Measure, indent: int) -> bool:
    """Return whether the first word of the next line had no more room on `line`, which lost an `indent` so wide."""
    token = _TOKEN.match(after.lstrip())
    return measure(line) <= width + 2 and indent + measure(line) + measure(token[0] if token else " ") > width


def _starts(line: str) -> bool:
    return bool(MARK.match(line) or _DATE.fullmatch(line) or _TABLE.search(line))


def _goes_on(lines: Sequence[str], at: int, cut: _Cut, indented: bool, is_first: bool) -> bool:
    """Return whether the line `at` continues the one before it, which is the first of its paragraph if `is_first`."""
    before, line = lines[at - 1], lines[at]
    if not before or not line or _starts(line) or _TABLE.search(before) or _DATE.fullmatch(before):
        return False
    if indented and line[0] in "\u3000 ":
        return False
    if before.endswith(FINAL) and not indented:
        return False
    lost = cut.indent if is_first and CLAUSE.search(before + line) else 0
    if not _is_full(before, line, cut.width, cut.measure, lost):
        return False
    below = next(filter(None, islice(lines, at + 1, None)), "") if _SIGNER.fullmatch(line) else ""
    return not _DATE.fullmatch(below)


def _runs_over(paragraph: str, line: str) -> bool:
    """Return whether a sentence goes on with the first line of the next page."""
    if not CLAUSE.search(paragraph) or paragraph.rstrip().endswith(FINAL) or _TABLE.search(paragraph.strip()):
        return False
    return not (_starts(line) or _SIGNER.fullmatch(line) or line.startswith(("  ", "\u3000")))
