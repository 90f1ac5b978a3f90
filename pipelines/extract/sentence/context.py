"""Context: a sentence as rules see it, and the windows of words around its figures.

Here belong clauses, windows, and the search for the topic and the subject a figure is about (nearest first: its own
words, its clause, the clauses before, the sentences before, the heading). Not here: rules and facts.

A sentence is read with each of its figures written as 0 (or 一 where the report writes one so): the words decide, not
the digits, and what was read once need not be read again.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pipelines.codebook.compile import SUBJECTS, TOPICS, Codebook, Term
from pipelines.numerals.mentions import Figure

_CLAUSE_END = re.compile(r"[,，;；:：。!！?？\n|]|(?<=[\u4e00-\u9fff%)”])\.(?![.])")
# Where the words right of a figure end when another follows: the next item of a list, or a bracket that details it.
_ITEM_END = re.compile(r"、|[(（](?=[^)）]*[0-9])")
# Figures that do not end the words of the next one: 由118项优化为86项 counts the same thing twice.
_TRANSPARENT = frozenset({"before_change", "slogan"})
_FIRST_SUBJECT = SUBJECTS & -SUBJECTS
TOPICS_BEFORE, SUBJECTS_BEFORE, HEADING, COUNTED = _QUESTIONS = (1, 2, 4, 8)
_CONTEXTS = 500  # of one wording that are remembered

Token = tuple[int, int, int]  # start, end, term


class Context:
    """What a sentence takes over from what stands before it, looked up when a rule asks for it.

    `asked` tells which of the four answers a reading depends on: it holds wherever the same words meet these again.
    A context without a past, as this one, knows of nothing; pipelines.extract.report.engine has the one of a report.
    """

    __slots__ = ("_answers", "asked")

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._answers: dict[int, int] = {}
        self.asked = 0

    def _look(self, question: int) -> int:
        """The answer to a question: TOPICS_BEFORE, SUBJECTS_BEFORE, HEADING or COUNTED."""
        return 0

    def _answer(self, question: int) -> int:
        if question not in self._answers:
            self._answers[question] = self._look(question)
            self.asked |= question
        return self._answers[question]

    @property
    def topics(self) -> int:
        """Topics named by the nearest sentence before that names any, in bits."""
        return self._answer(TOPICS_BEFORE)

    @property
    def subjects(self) -> int:
        """Subjects named by the nearest sentence before that names any, in bits."""
        return self._answer(SUBJECTS_BEFORE)

    @property
    def heading(self) -> int:
        """What the heading above says, in bits."""
        return self._answer(HEADING)

    @property
    def counted(self) -> bool:
        """Whether a figure stands before the sentence in the same item."""
        return bool(self._answer(COUNTED))

    def answers(self, asked: int) -> tuple[int, ...]:
        """The answers to some of the four questions, which thereby count as asked."""
        return tuple([self._answer(question) for question in _QUESTIONS if asked & question])


T = TypeVar("T")


class Memo(Generic[T]):
    """What the same words came to, by those answers of their context that it depends on."""

    __slots__ = ("_asked", "_known")

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._asked = 0
        self._known: dict[tuple[int, ...], T] = {}

    def get(self, context: Context) -> T | None:
        """What is known for this context."""
        return self._known.get(context.answers(self._asked) if self._asked else ())

    def put(self, context: Context, value: T) -> T:
        """Remember a value that depends on what `context` was asked for."""
        if self._asked != self._asked | context.asked or len(self._known) >= _CONTEXTS:
            self._known.clear()
            self._asked |= context.asked
        self._known[context.answers(self._asked)] = value
        return value


@dataclass(slots=True)
class Window:
    """The words around one figure, cut at clauses and at neighbouring figures."""

    figure: Figure
    clause: int
    left: int  # start of the figure's own words
    right: int  # end of the figure's own words


@dataclass(slots=True)
class Passage:
    """One sentence with its figures, its tokens and what it takes over."""

    text: str
    figures: tuple[Figure, ...]
    codebook: Codebook
    context: Context
    report_year: int | None
    tokens: list[Token] = field(init=False)
    reasons: list[str] = field(init=False)  # by figure: why it is no result, once known
    reach: list[int] = field(init=False)  # by figure: end of the words to its right that it counts, once read
    clause_ends: list[int] = field(init=False)
    _ends: list[int] = field(init=False)
    _bits: list[int] = field(init=False)

    def __post_init__(self) -> None:
        terms = self.codebook.terms
        self.tokens = self.codebook.tokens(self.text)
        self._ends = [token[1] for token in self.tokens]
        self._bits = [terms[token[2]].bits for token in self.tokens]
        self.reasons = [""] * len(self.figures)
        self.reach = [0] * len(self.figures)
        self.clause_ends = [m.start() for m in _CLAUSE_END.finditer(self.text)]

    def between(self, start: int, end: int) -> list[Token]:
        """Tokens wholly inside [start, end), by their end."""
        low, high = bisect_right(self._ends, start), bisect_right(self._ends, end)
        return [token for token in self.tokens[low:high] if token[0] >= start]

    def bits(self, start: int, end: int) -> int:
        """OR of what all tokens inside [start, end) say."""
        found = 0
        for at in range(bisect_right(self._ends, start), bisect_right(self._ends, end)):
            if self.tokens[at][0] >= start:
                found |= self._bits[at]
        return found

    def term(self, token: Token) -> Term:
        """The lexicon's entry for a token."""
        return self.codebook.terms[token[2]]

    def clause_start(self, position: int) -> int:
        """Where the clause that holds a position begins."""
        at = bisect_left(self.clause_ends, position) - 1
        return self.clause_ends[at] + 1 if at >= 0 else 0

    def clause_end(self, position: int) -> int:
        """Where the clause that holds a position ends (the offset of its comma or stop)."""
        at = bisect_left(self.clause_ends, position)
        return self.clause_ends[at] if at < len(self.clause_ends) else len(self.text)

    def window(self, index: int) -> Window:
        """The window of the figure at `index`."""
        figure = self.figures[index]
        clause = left = self.clause_start(figure.start)
        for before in range(index - 1, -1, -1):
            if self.figures[before].end <= clause:
                break
            if self.reasons[before] not in _TRANSPARENT:
                left = max(self.figures[before].end, self.reach[before])
                break
        right = self.clause_end(figure.end)
        for after in range(index + 1, len(self.figures)):
            if self.reasons[after] not in _TRANSPARENT:
                right = self._item_end(figure.end, right, self.figures[after].start)
                break
        return Window(figure, clause, left, max(right, figure.end))

    def _item_end(self, start: int, clause_end: int, after: int) -> int:
        if after >= clause_end:
            return clause_end
        listed = _ITEM_END.search(self.text, start, after + 1)
        return listed.start() if listed else after

    def topics(self, view: Window) -> int:
        """The topics a figure is about: of the nearest stretch left of it that names any, back to the heading."""
        return self._nearest(view, TOPICS) or self.context.topics or self.context.heading & TOPICS

    def subjects(self, view: Window) -> int:
        """The audience or organ a figure is about: of the nearest stretch left of it that names any.

        The first subject of the lexicon (the study centre group) also reaches over nearer ones within its sentence:
        中心组必学内容,班子成员轮流讲学,全年集体学法6次 is the centre group's figure.
        """
        found = self._nearest(view, SUBJECTS) or self.context.subjects
        if not self.bits(view.clause, view.figure.start) & SUBJECTS:
            found |= self.bits(0, view.clause) & _FIRST_SUBJECT
        return found

    def _nearest(self, view: Window, kind: int) -> int:
        own = (self.bits(view.left, view.figure.start) | self.bits(view.figure.end, view.right)) & kind
        position = view.left
        while not own and position > 0:
            start = self.clause_start(position - 1)
            own = self.bits(start, position) & kind
            position = start - 1
        return own
