"""From the rows of pages to paragraphs, for every format that knows only where its lines stand (PDF, OFD, scans).

Lengths are in any one unit; y grows upwards.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.read.layout import LayoutPart
from pipelines.read.paragraphs import CLAUSE, FINAL, MARK, SIGNATURE, seam
from pipelines.read.provenance import Origin, count_characters

_KNOWN = re.compile(r"[\x20-\x7e一-龥\u2000-\u206f\u2190-\u25ff\u2e80-\u303f\uff00-\uffef·×°—]")
_DASH = r"[—–―\-－ ·~]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}[0-9０-９]{{1,3}}{_DASH}(?:/ ?[0-9]{{1,3}})?"
    r"|第? ?[0-9一二三四五六七八九十]{1,3} ?页(?: ?[,，/]? ?共 ?[0-9]{1,3} ?页)?"
)
_SIZE, _SCANNED_SIZE = 0.2, 0.35  # how far the sizes of two lines of one paragraph may differ; a scan measures boxes
_LEAST_ROWS = 4  # of prose that tell the margins of one page
_FULL, _INDENT = 2.5, 1.2  # in characters: how far a full line may end before the margin; what is indented
_OUTER = 3  # characters by which second lines may begin before the first ones

_DIGIT = re.compile("[0-9.．]")
Head = tuple[str, int]  # a running head: its words and the size of its characters


class Row(NamedTuple):
    """One line of a page: the text of each of its cells, and its place. `size` is the height of its characters.

    `column` is 1 or 2 in a column of text, and 0 where a line goes over the page. `confidences` has a number for each
    character of `text` that is no blank, where the row was read by OCR.
    """

    cells: tuple[str, ...]
    left: float
    right: float
    middle: float
    size: float
    column: int = 0
    confidences: tuple[float, ...] | None = None

    @property
    def text(self) -> str:
        """The row as one line; an empty first cell gets an outer bar, as in `pipelines.read.layout.table_lines`."""
        line = " | ".join(self.cells)
        return line if self.cells[0] else f"| {line}"


class Margins(NamedTuple):
    """Where the lines of the running text begin and end."""

    left: float
    right: float


def has_meaning(text: str) -> bool:
    """Return whether at least half of the characters are known ones; those of a font without a table are not."""
    return len(_KNOWN.findall(text)) >= len(text) / 2


def is_page_number(row: Row) -> bool:
    """Return whether a row is the number of its page and nothing else."""
    return len(row.cells) == 1 and bool(_PAGE_NUMBER.fullmatch(row.cells[0]))


def count_shown(rows: Iterable[Row]) -> int:
    """Return how many characters of text the rows of a page have, its page number not counted."""
    return sum(len(row.text) for row in rows if not is_page_number(row))


def parts_of(
    pages: Sequence[Sequence[Row]], first: int = 1, edges: Sequence[Collection[int]] = ()
) -> Iterator[LayoutPart]:
    """Yield the paragraphs and table rows of a document whose pages hold these rows, from top to bottom.

    `first` is the number of the first page, `edges` are the numbers of the rows of each page that its place shows to be
    its head or its foot.

    Lines of one paragraph are joined, also across pages. Page numbers and running heads are furniture; what a
    paragraph runs over follows it.
    """
    pages = _in_columns(pages)
    heads = _running_heads(pages)
    rows = [row for page in pages for row in page]
    shared = {
        column: _margins([row for row in rows if row.column == column]) for column in {row.column for row in rows}
    }
    if 1 in shared and 2 in shared:  # a column that holds only a few lines is as wide as the other
        width = max(shared[column].right - shared[column].left for column in (1, 2))
        shared |= {column: Margins(shared[column].left, shared[column].left + width) for column in (1, 2)}
    last_margins = margins = shared
    paragraph, last = "", None
    origins: list[Origin] = []
    waiting: list[LayoutPart] = []
    for number, page in enumerate(pages, first):
        margins = {**shared, **_own_margins(page)}
        for at, row in enumerate(page):
            is_edge = len(edges) > number - first and at in edges[number - first]
            kind = "running_head" if is_edge and not is_page_number(row) else _kind(row, at, page, heads)
            origin = Origin(count_characters(row.text), number, row.confidences)
            if kind:
                waiting.append(LayoutPart(row.text, kind, (origin,)))
                continue
            if last is not None and _goes_on(paragraph, last, row, last_margins, margins):
                if _joins_number(paragraph, row):
                    origins[-1], origin = origins[-1].with_doubt(-1), origin.with_doubt(0)
                paragraph += seam(paragraph, row.text) + row.text
                origins.append(origin)
            else:
                yield from ([LayoutPart(paragraph, None, tuple(origins))] if paragraph else [])
                yield from waiting
                waiting, paragraph, origins = [], row.text, [origin]
            last, last_margins = row, margins
    yield from ([LayoutPart(paragraph, None, tuple(origins))] if paragraph else [])
    yield from waiting


def _joins_number(paragraph: str, row: Row) -> bool:
    """Return whether a number of a scan goes on in the next line: a point at the end of a line is easily overlooked."""
    return row.confidences is not None and bool(_DIGIT.match(paragraph[-1:]) and _DIGIT.match(row.text))


def _in_columns(pages: Sequence[Sequence[Row]]) -> Sequence[Sequence[Row]]:
    """Return pages in which a last page that fills only its left column has one, as those before it have two."""
    columned = [row for page in pages for row in page if row.column == 1]
    if not columned:
        return pages
    left, right = min(row.left for row in columned), max(row.right for row in columned)
    return [
        [row._replace(column=1) for row in page]
        if all(
            not row.column and left - row.size < row.left and row.right < right + row.size
            for row in page
            if not is_page_number(row)
        )
        else page
        for page in pages
    ]


def _running_heads(pages: Sequence[Sequence[Row]]) -> frozenset[Head]:
    """Return what stands first or last on most pages, numbers aside; page numbers themselves not counted."""
    seen: Counter[Head] = Counter()
    for page in pages:
        content = [row for row in page if not is_page_number(row)]
        if len(content) > 2:
            seen.update({_head(row) for row in (content[0], content[-1]) if len(row.cells) == 1})
    return frozenset(head for head, times in seen.items() if times > max(1, len(pages) / 2))


def _head(row: Row) -> Head:
    """Return what tells a running head: its words, and its size, since the title may have the same words."""
    return re.sub(r"[0-9０-９]+", "0", row.text), round(row.size)


def _kind(row: Row, at: int, page: Sequence[Row], heads: frozenset[Head]) -> str | None:
    """Return the kind of furniture of a row at the edge of its page."""
    if at > 1 and at < len(page) - 2:
        return None
    if is_page_number(row) and at in (0, len(page) - 1):
        return "page_number"
    return "running_head" if _head(row) in heads else None


def _margins(rows: Sequence[Row]) -> Margins:
    """Return the margins of the running text: those of the lines that are nearly the widest.

    Running text has commas and stops; a title over it may be wider.
    """
    prose = [row for row in rows if len(row.cells) == 1] or list(rows)
    sentences = [row for row in prose if CLAUSE.search(row.text)]
    if len(sentences) < _LEAST_ROWS:
        sentences = prose
    widest = max(row.right - row.left for row in sentences)
    wide = [row for row in prose if widest * 0.8 < row.right - row.left <= widest + row.size]
    left, right = min(row.left for row in wide), sorted(row.right for row in wide)[len(wide) // 2]
    # where paragraphs have two lines, their first lines are wide and indented, and their second ones are short
    second = [
        row.left
        for last, row in pairwise(prose)
        if CLAUSE.search(last.text)
        and last.right > right - _FULL * last.size
        and row.size < left - row.left < _OUTER * row.size
        and not MARK.match(row.text)
    ]
    return Margins(min(second, default=left), right)


def _own_margins(page: Sequence[Row]) -> dict[int, Margins]:
    """Return the margins of a scanned page by column: each scan lies in its own way, in its own size."""
    found = {}
    for column in {row.column for row in page if row.confidences is not None}:
        rows = [row for row in page if row.column == column]
        if sum(len(row.cells) == 1 for row in rows) >= _LEAST_ROWS:
            found[column] = _margins(rows)
    return found


def _goes_on(
    paragraph: str, last: Row, row: Row, last_margins: Mapping[int, Margins], margins: Mapping[int, Margins]
) -> bool:
    """Return whether `row` continues the paragraph that ends with the row `last`; each with the margins of its page."""
    if len(last.cells) > 1 or len(row.cells) > 1:
        return False
    unlike = _SIZE if last.confidences is None and row.confidences is None else _SCANNED_SIZE
    if abs(last.size - row.size) > unlike * last.size or bool(last.column) != bool(row.column):
        return False
    margin = last_margins[last.column]
    if not _is_cut(paragraph, last, row, margin) and last.right < margin.right - _FULL * last.size:
        return False
    if row.left > margins[row.column].left + _INDENT * row.size:
        return False
    return not (paragraph.endswith(FINAL) and (MARK.match(row.text) or SIGNATURE.fullmatch(row.text)))


def _is_cut(paragraph: str, last: Row, row: Row, margin: Margins) -> bool:
    """Return whether a line ends within a sentence: one cut after so many characters is short where digits stand."""
    if paragraph.endswith(FINAL) or not CLAUSE.search(paragraph) or MARK.match(row.text):
        return False
    return last.right - margin.left > 0.6 * (margin.right - margin.left)
