"""Where the characters of the stored text come from: their page, and how sure character recognition was of them.

Formats with pages say it for each piece of text in the order of its characters, blanks left out, because joining lines
moves and drops blanks and nothing else.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipelines.read.document import PageSpan, ReadNumeral
from pipelines.read.normalise import normalise

_DOUBT = 0.5  # below UNSURE of scanned_page
_NUMERALS = frozenset("0123456789０１２３４５６７８９.．%％〇零一二三四五六七八九十百千万亿两")


class Origin(NamedTuple):
    """Where the next `characters` (blanks not counted) come from.

    `confidences` has a number for each, where character recognition read them.
    """

    characters: int
    page: int
    confidences: tuple[float, ...] | None = None

    def with_doubt(self, at: int) -> "Origin":
        """Return this origin with the character `at` (from either end) unsure, if character recognition read it."""
        if not self.confidences:
            return self
        changed = list(self.confidences)
        changed[at] = min(changed[at], _DOUBT)
        return self._replace(confidences=tuple(changed))


def count_characters(text: str) -> int:
    """Return how many characters of `text` are stored and are no blanks."""
    return sum(not character.isspace() for character in normalise(text))


def trace(
    text: str, pieces: Iterable[tuple[int, int, tuple[Origin, ...]]]
) -> tuple[tuple[PageSpan, ...], tuple[ReadNumeral, ...]]:
    """Return the pages and the numerals read by OCR of `text`; pieces are (start, end, origins), sorted by start."""
    spans: list[PageSpan] = []
    numerals: list[ReadNumeral] = []
    for start, end, origins in pieces:
        each = _each(origins)
        for at in range(start, end):
            if text[at].isspace() or (known := next(each, None)) is None:
                continue
            page, confidence = known
            is_scanned = confidence is not None
            if spans and spans[-1].page == page and spans[-1].is_scanned == is_scanned:
                spans[-1] = PageSpan(spans[-1].start, at + 1, page, is_scanned)
            else:
                spans.append(PageSpan(at, at + 1, page, is_scanned))
            if confidence is not None and text[at] in _NUMERALS:
                numerals.append(ReadNumeral(at, confidence))
    return tuple(spans), tuple(numerals)


def _each(origins: Iterable[Origin]) -> Iterator[tuple[int, float | None]]:
    """Yield the page and the confidence of each character."""
    for origin in origins:
        if origin.confidences is None:
            yield from ((origin.page, None) for _ in range(origin.characters))
        else:
            yield from ((origin.page, confidence) for confidence in origin.confidences)
