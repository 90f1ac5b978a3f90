"""The head and the foot of one page: what a document of one page does not repeat, so that only its place tells.

Lengths are in points; y grows upwards.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipelines.read.formats.page_rows import Row
from pipelines.read.page_fields import REPORT_WORDS
from pipelines.read.paragraphs import CLAUSE, FINAL, MARK

_ZONE = 0.08  # of the height of the paper; the margins of Chinese papers and of Word are wider
_APART_ABOVE, _APART_BELOW = 1.65, 2.0  # times the larger size, from the middle of a line to that of the next
_SMALL, _CLOSER = 0.75, 1.1  # what is much smaller than the title may stand closer above it
_WIDER = 1.4  # times the distance of other lines
_SMALLER = 0.88  # times the size of what it is set apart from
_HEAD_ROWS, _TITLE_ROWS = 2, 3
_YEAR = re.compile(r"[12][0-9]{3} ?年|[〇○零一二三四五六七八九]{4}年")
_UNIT = re.compile(r"镇|乡|街|办事处|[县市区团场]")
# The name of a collection, and no part of the title that follows it.
_COLLECTION = re.compile(r"(?:汇编|选编|文集|简报|专刊|(?:内部|学习)资料|(?:会议|参阅)材料)(?:[（(][^（）()]*[)）])?$")
_CLOSING = re.compile(
    r"(?:政府|委员会|办事处|党委|工委|办公室|管委会|司法所|印发)$|[0-9一二三四五六七八九十]{1,3}日(?:印发)?$"
)


def edge_rows(page: Sequence[Row], bottom: float, top: float, is_first: bool) -> frozenset[int]:
    """Return the numbers of the rows that are the head or the foot of a page whose paper goes from `bottom` to `top`.

    They lie near an edge of the paper and are set apart from the text. On the first page (`is_first`) the title must
    stand below a head, and must itself state the year or unit that the head names.
    """
    if len(page) < 3 or not all(bottom <= row.middle <= top and row.confidences is None for row in page):
        return frozenset()
    zone = _ZONE * (top - bottom)
    last = len(page) - 1
    return frozenset([*range(_heads(page, top - zone, is_first)), *([last] if _is_foot(page, bottom + zone) else [])])


def _heads(page: Sequence[Row], edge: float, is_first: bool) -> int:
    """Return how many rows at the top, above the height `edge`, are the head of the page."""
    if is_first and _COLLECTION.search(page[0].text) and _has_title(page[0], page[1:]):
        return 1
    for count in range(1, min(_HEAD_ROWS, len(page) - 2) + 1):
        head, below = page[:count], page[count:]
        if head[-1].middle < edge:
            return 0
        apart = _CLOSER if is_first and head[-1].size < _SMALL * below[0].size else _APART_ABOVE
        if head[-1].middle - below[0].middle < apart * max(head[-1].size, below[0].size):
            continue
        if is_first:
            is_head = all(_has_title(row, below) and _is_unlike(row, below[0]) for row in head)
        else:
            is_head = all(row.size < _SMALLER * median(other.size for other in below) for row in head)
        return count if is_head else 0
    return 0


def _has_title(head: Row, below: Sequence[Row]) -> bool:
    """Return whether the title stands below a head and states itself what the head says of year and unit."""
    rows = []
    for row in below[:_TITLE_ROWS]:
        if CLAUSE.search(row.text):
            break
        rows.append(row.text)
    title = "".join(rows)
    return bool(REPORT_WORDS.search(title)) and all(
        pattern.search(title) or not pattern.search(head.text) for pattern in (_YEAR, _UNIT)
    )


def _is_unlike(head: Row, title: Row) -> bool:
    """Return whether a row is no line of the title: it is smaller, lies elsewhere, or is complete itself."""
    if head.size < _SMALLER * title.size:
        return True
    if head.size > title.size / _SMALLER:  # the name of the authority over its paper
        return False
    far = 2 * title.size
    is_level = abs(head.left + head.right - title.left - title.right) / 2 < far or abs(head.left - title.left) < 1
    return not is_level or bool(_YEAR.search(head.text) and _UNIT.search(head.text) and _UNIT.search(title.text))


def _is_foot(page: Sequence[Row], edge: float) -> bool:
    """Return whether the last row is the foot of the page, below the height `edge`."""
    above, foot = page[-2], page[-1]
    gap = above.middle - foot.middle
    if foot.middle > edge or gap < _APART_BELOW * max(above.size, foot.size):
        return False
    usual = median(one.middle - other.middle for one, other in pairwise(page[:-1]))
    if gap < _WIDER * usual:
        return False
    text = foot.text.strip()
    return not (text.endswith(FINAL) or CLAUSE.search(text) or MARK.match(text) or _CLOSING.search(text))
