"""Offsets: from the working texts of a batch of reports to their stored texts, for all spans at once.

The texts of a batch are numbered through: each offset is one in all working texts, or in all stored texts, one behind
the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.extract.report.records import SENTENCE_ENDS
from pipelines.extract.statement_tables import Integers
from pipelines.numerals.fold import FoldedText

_APART = 2  # between two working texts, so that no offset is both the end of one and the start of another


class BatchTexts:
    """The texts of a batch."""

    def __init__(self) -> None:
        """There is no text yet."""
        self._stored: list[str] = []
        self._working_starts: list[int] = []
        self._stored_starts: list[int] = []
        self._gaps: list[int] = []  # offsets in the working texts from which on another shift holds
        self._shifts: list[int] = []  # what is to be added to an offset
        self._next = self._next_stored = 0

    def add(self, stored: str, folded: FoldedText) -> int:
        """Add a text. Returns the offset at which its working text starts."""
        start, shift = self._next, self._next_stored - self._next
        self._working_starts.append(start)
        self._stored_starts.append(self._next_stored)
        self._stored.append(stored)
        self._gaps += (start - 1, *[start + gap for gap in folded.gaps])
        self._shifts += [shift + dropped for dropped in folded.dropped]
        self._next += len(folded.text) + _APART
        self._next_stored += len(stored) + 1
        return start

    def finish(self) -> None:
        """Say that all texts are there; whoever asks a question does so after this."""
        self.text = "\n".join(self._stored)
        self.starts: Integers = np.array(self._stored_starts, np.int64)
        self._of_working: Integers = np.array(self._working_starts, np.int64)
        self._at: Integers = np.array(self._gaps, np.int64)
        self._by: Integers = np.array(self._shifts, np.int64)
        chars = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        is_end: NDArray[np.bool_] = np.zeros(len(chars), bool)
        for char in map(ord, SENTENCE_ENDS):
            is_end |= chars == char
        self._ends: Integers = np.flatnonzero(is_end) + 1

    def reports(self, offsets: Integers) -> Integers:
        """Which of the texts working offsets lie in."""
        return np.searchsorted(self._of_working, offsets, "right") - 1

    def stored(self, offsets: Integers, *, end: bool = False) -> Integers:
        """The stored offsets of working offsets where spans start; where they end if `end` is set.

        What was dropped at the edge of a span stays out of it.
        """
        return offsets + self._by[np.searchsorted(self._at, offsets, "left" if end else "right") - 1]

    def between(self, starts: Integers, ends: Integers) -> list[str]:
        """The words of stored spans."""
        text = self.text
        return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]

    def around(self, report: int, start: int, end: int) -> str:
        """The words of a stored span, as far as it lies in a text."""
        first = self._stored_starts[report]
        return self.text[max(first, start) : min(end, first + len(self._stored[report]))]

    def is_last(self, report: int, end: int) -> bool:
        """Whether nothing but white space follows a stored offset."""
        return end - self._stored_starts[report] >= len(self._stored[report].rstrip())

    def sentences(self, offsets: Integers) -> Integers:
        """How many sentences and lines end before or at each stored offset; each text begins a new one."""
        return np.searchsorted(self._ends, offsets, "right")
