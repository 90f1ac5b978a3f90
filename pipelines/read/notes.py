"""Footnotes and endnotes of text documents: which were cited, and where their lines stand in the text."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.read.paragraphs import CLAUSE

NOTE = "\ue002"  # begins a line of a footnote or an endnote
# A note that explains a figure of the text, and states none of its own.
_EXPLAINS = re.compile(
    r"[\W0-9①-⑳]*(?:注[:：释])?\s*(?:其中|包括|包含|含|上述|以上|该|此|这|分别|即|指|系|占|比|较|同比|上年|去年|统计|数据|口径|截至)"
)


class CitedNotes:
    """The notes that a walk over a document has met. Their lines come behind the paragraph or table that cites them.

    `blocks` gives the lines of what a note holds.
    """

    def __init__(self, blocks: Callable[[Any], Iterator[str]]) -> None:
        self._blocks = blocks
        self._cited: list[Any] = []
        self._is_waiting = False

    def cite(self, note: Any) -> None:
        """Remember a note until its lines are asked for."""
        self._cited.append(note)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Give no lines as long as this is open: within a table, or within another note."""
        around, self._is_waiting = self._is_waiting, True
        yield
        self._is_waiting = around

    def lines(self) -> Iterator[str]:
        """Yield the lines of the notes that were cited, each with `NOTE` before it."""
        if self._is_waiting:
            return
        with self.held():
            while self._cited:
                yield from (NOTE + line for line in self._blocks(self._cited.pop(0)))


def with_notes(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; those of notes (`NOTE` before them) stand behind the paragraph that cites them.

    A note of the title waits for the first sentence, so that nothing parts title and opening. One that only explains a
    figure (其中…) keeps `NOTE` before it: its figures are parts of others, and of which is not told.
    """
    waiting: list[str] = []
    has_begun = False
    for line in lines:
        if line.startswith(NOTE):
            bare = line.removeprefix(NOTE)
            waiting.append(line if _EXPLAINS.match(bare) else bare)
        else:
            yield line
            has_begun = has_begun or bool(CLAUSE.search(line))
        if has_begun:
            yield from waiting
            waiting.clear()
    yield from waiting
