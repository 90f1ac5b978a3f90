"""Context: what a sentence takes over from the sentences before it and from the heading above it."""

from __future__ import annotations

from pipelines.codebook.compiled import SUBJECTS, TOPICS, Codebook

#: The four questions about what stands before a sentence. Each is one bit.
TOPICS_BEFORE, SUBJECTS_BEFORE, HEADING, FIGURE_BEFORE = QUESTIONS = (1, 2, 4, 8)
_CLAUSE_MARKS = ",:;。!?"


class PrecedingContext:
    """What stands before a sentence. An answer is looked up only when a rule asks for it.

    `asked` has the bits of the questions that were asked so far: a reading depends on those answers and no others, so
    the cache may use it wherever they are the same. This class has nothing before the sentence; the engine derives one
    for the lines of a report.
    """

    __slots__ = ("_answers", "asked")

    def __init__(self) -> None:
        """No question is asked yet."""
        self._answers: dict[int, int] = {}
        self.asked = 0

    def _find(self, question: int) -> int:
        """The answer to one of QUESTIONS, as bits."""
        return 0

    def answer(self, question: int) -> int:
        """The answer to one of QUESTIONS, as bits; it is kept, and the question counts as asked."""
        if question not in self._answers:
            self._answers[question] = self._find(question)
            self.asked |= question
        return self._answers[question]

    def answers(self, asked: int) -> tuple[int, ...]:
        """The answers to those of the four questions whose bits are in `asked`."""
        return tuple([self.answer(question) for question in QUESTIONS if asked & question])


def heading_bits(codebook: Codebook, title: str) -> int:
    """What the words of a heading say, as bits. Subjects are left out: a heading hands none on to its sentences."""
    bits = 0
    for _, _, term in codebook.tokens(title) if title else ():
        bits |= codebook.term_bits[term]
    return bits & ~SUBJECTS


def topics_and_subjects(codebook: Codebook, text: str) -> tuple[int, int]:
    """The topics and the subjects that a sentence hands on to the next one, as bits.

    Of each kind these are the ones that stand in the last clause that names any.
    """
    tokens = [(start, codebook.term_bits[term]) for start, _, term in codebook.tokens(text)]
    handed_on = []
    for kind in (TOPICS, SUBJECTS):
        bits_found = 0
        last = next((start for start, bits in reversed(tokens) if bits & kind), None)
        if last is not None:
            clause = max(text.rfind(mark, 0, last) for mark in _CLAUSE_MARKS)
            end = min((at for mark in _CLAUSE_MARKS if (at := text.find(mark, last)) >= 0), default=len(text))
            for start, bits in tokens:
                if clause < start < end:
                    bits_found |= bits
        handed_on.append(bits_found & kind)
    return handed_on[0], handed_on[1]
