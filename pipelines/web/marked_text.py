"""The text of a report cut into paragraphs and stretches, so that a template can mark each number.

Slices are plain text; the template escapes them.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pipelines.web.open_release import Row

Piece = dict[str, Any]


def marked_paragraphs(text: str, numbers: Sequence[Row], evidence: tuple[int, int] | None = None) -> list[list[Piece]]:
    """The paragraphs of `text`, each a list of pieces with `text`, `number` (its row, or None) and `is_evidence`.

    `numbers` are in the order of the text and do not overlap (where two do, the first is marked). `evidence` is a
    stretch to set off, in characters.
    """
    cuts = {0, len(text), *(evidence or ())}
    starts: dict[int, Row] = {}
    end = 0
    for number in numbers:
        if number["char_start"] >= end and number["char_end"] <= len(text):
            starts[number["char_start"]] = number
            end = number["char_end"]
            cuts |= {number["char_start"], end}
    bounds = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    paragraphs: list[list[Piece]] = [[]]
    inside: Row | None = None
    for first, last in pairwise(bounds):
        if inside is None or first >= inside["char_end"]:
            inside = starts.get(first)
        is_evidence = evidence is not None and evidence[0] <= first and last <= evidence[1]
        for part, is_new in _lines(text[first:last]):
            if is_new:
                paragraphs.append([])
            if part:
                paragraphs[-1].append({"text": part, "number": inside, "is_evidence": is_evidence})
    return [paragraph for paragraph in paragraphs if paragraph]


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The parts between line breaks; all but the first begin a paragraph."""
    for at, part in enumerate(text.split("\n")):
        yield part, at > 0
