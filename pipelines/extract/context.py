"""Context: the windows of words around a number, and what is carried into them from further left.

Here belong clauses, segments, and the search for the topic and the subject a number is about (nearest first: its own
words, its clause, the clauses before, the sentence before, the heading). Not here: rules and facts.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from pipelines.extract.codebook import Codebook, Term
from pipelines.extract.mentions import Mention

_CLAUSE_END = re.compile(r"[,，;；:：。!！?？\n|]|(?<=[\u4e00-\u9fff%)”])\.(?![.])")
# Where the words right of a figure end when another follows: the next item of a list, or a bracket that details it.
_ITEM_END = re.compile(r"、|[(（](?=[^)）]*[0-9])")

# Figures that do not end the words of the next one: 由118项优化为86项 counts the same thing twice.
_TRANSPARENT = frozenset({"before_change", "duration", "slogan"})
Token = tuple[int, int, int]


@dataclass(slots=True)
class Passage:
    """A stretch of working text (a line, or a made-up line for a table cell) with its tokens and figures."""

    text: str
    start: int
    end: int
    codebook: Codebook
    tokens: list[Token]
    figures: list[Mention]
    heading: tuple[Term, ...] = ()
    ends: list[int] = field(default_factory=list)
    clause_ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ends = [t[1] for t in self.tokens]
        inside = {p for m in self.figures for p in range(m.start, m.end)}
        self.clause_ends = [
            m.start() for m in _CLAUSE_END.finditer(self.text, self.start, self.end) if m.start() not in inside
        ]

    def between(self, start: int, end: int) -> list[Token]:
        """Tokens wholly inside [start, end), by their end."""
        low, high = bisect_right(self.ends, start), bisect_right(self.ends, end)
        return [t for t in self.tokens[low:high] if t[0] >= start]

    def term(self, token: Token) -> Term:
        """The lexicon's entry for a token."""
        return self.codebook.terms[token[2]]

    def mask(self, start: int, end: int) -> int:
        """OR of the features of all tokens inside [start, end)."""
        mask = 0
        for token in self.between(start, end):
            mask |= self.codebook.terms[token[2]].mask
        return mask

    def clause_start(self, position: int) -> int:
        """Where the clause that holds a position begins."""
        at = bisect_left(self.clause_ends, position) - 1
        return self.clause_ends[at] + 1 if at >= 0 else self.start

    def clause_end(self, position: int) -> int:
        """Where the clause that holds a position ends (the offset of its comma or stop)."""
        at = bisect_left(self.clause_ends, position)
        return self.clause_ends[at] if at < len(self.clause_ends) else self.end


@dataclass(slots=True)
class Window:
    """The words around one figure, cut at clauses and at neighbouring figures."""

    mention: Mention
    sentence: int
    clause: int
    left: int  # start of the figure's own words
    right: int  # end of the figure's own words
    sentence_end: int


def window(passage: Passage, index: int, sentence: int, sentence_end: int) -> Window:
    """The window of the figure at `index` within the sentence that starts at `sentence`."""
    mention = passage.figures[index]
    clause = max(passage.clause_start(mention.start), sentence)
    left = clause
    for before in reversed(passage.figures[:index]):
        if before.end <= clause:
            break
        if before.reason not in _TRANSPARENT:
            left = max(before.end, before.reach)
            break
    right = min(passage.clause_end(mention.end), sentence_end)
    after = next((m.start for m in passage.figures[index + 1 :] if m.reason not in _TRANSPARENT), right)
    if after < right:
        right = after
        listed = _ITEM_END.search(passage.text, mention.end, right)
        right = listed.start() if listed else right
    return Window(mention, sentence, clause, left, max(right, mention.end), sentence_end)


def topics(passage: Passage, view: Window, item: int) -> int:
    """The topics a figure is about: of the nearest stretch left of it that names any, back to the start of its item."""
    found = _nearest(passage, view, item, "topics")
    for term in () if found else passage.heading:
        found |= term.topics
    return found


def subjects(passage: Passage, view: Window, item: int) -> int:
    """The audience or organ a figure is about: of the nearest stretch to its left that names any.

    The first subject of the lexicon (the study centre group) also reaches over nearer ones within its sentence:
    中心组必学内容,班子成员轮流讲学,全年集体学法6次 is the centre group's figure.
    """
    own = _collect(passage, view.clause, view.mention.start, "subjects")
    found = _nearest(passage, view, item, "subjects")
    if not own:
        found |= _collect(passage, view.sentence, view.clause, "subjects") & 1
    return found


def _nearest(passage: Passage, view: Window, item: int, kind: str) -> int:
    own = _collect(passage, view.left, view.mention.start, kind) | _collect(passage, view.mention.end, view.right, kind)
    if own:
        return own
    position = view.left
    while position > item:
        start = max(passage.clause_start(position - 1), item)
        found = _collect(passage, start, position, kind)
        if found:
            return found
        position = start - 1
    return 0


def _collect(passage: Passage, start: int, end: int, kind: str) -> int:
    found = 0
    for token in passage.between(start, end):
        found |= getattr(passage.codebook.terms[token[2]], kind)
    return found
