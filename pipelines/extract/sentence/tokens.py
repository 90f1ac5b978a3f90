"""Tokens: a sentence as rules see it, with its clauses, its lexicon tokens and the window of words around each figure.

The digits of a figure are written as 0 in it (see `pipelines.extract.sentence.parsing.Wording`), so the same words are
read once, whatever their numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from pipelines.codebook.compiled import SUBJECTS, TOPICS, Codebook, Term
from pipelines.extract.sentence.context import HEADING, SUBJECTS_BEFORE, TOPICS_BEFORE, PrecedingContext
from pipelines.numerals.figures import Figure

_CLAUSE_END = re.compile(r"[,，;；:：。!！?？\n|]")
_FULL_STOP = re.compile(r"\.(?<=[\u4e00-\u9fff%)”]\.)(?![.])")  # two patterns, as `re` skips fast what opens one
# Where the words right of a figure end when another figure follows: at the next item of a list, or at a bracket that
# details the figure.
_ITEM_END = re.compile(r"、|[(（](?=[^)）]*[0-9])")
# A bracket behind a figure that denies (14起(无败诉)) is a clause of its own.
_DENIAL = re.compile(r"\((?:全年|均|都|全部)?(?:无|未|没有|零)[^()]*\)")
# What went before the deed (检查后, 经检查) is not what a figure counts.
_AFTER, _BY_WAY = "后", "经"
_AFTERWARDS = re.compile(rf"之?{_AFTER}(?![续勤进备方台期半])")
_BY_WAY_OF = (_BY_WAY, f"{_BY_WAY}过")
# The name of what was studied holds deeds that nobody did: 学习会议精神, 学习重要讲话和批示精神.
_STUDIED = re.compile(
    "学习?(?:了|贯彻|宣传|落实)*(?P<name>(?:(?!学习)[^,，;；:：。0-9])*(?:讲话|精神|批示|指示|论述|报告))"
)
# What is used is no audience: 利用乡村社区普法资源,开展学习12次.
_USED = re.compile(
    r"(?:利用|依托|借助|借力|用好|用活|整合)[^,，。;；:：0-9]{0,14}?(?:资源|阵地|平台|设施|场所|力量|优势|广播)"
)
# Words that open a deed, which the subject of the item before may have done too.
_DEED = re.compile(
    "(?:并|还|又|再|共|全年|先后|另外?)*(?:参[与加]|开展|组织|举[办行]|召开|列席|提供|进行|完成|协助|办理|集[中体]|带头|主?讲|授课|宣讲)"
)
_PART_MARK = re.compile("其中|包括|包含")
# Figures with these reasons do not end the words of the next figure: 由118项优化为86项 counts the same thing twice.
_TRANSPARENT = frozenset({"before_change", "slogan", "size"})
_FIRST_SUBJECT = SUBJECTS & -SUBJECTS

Span = tuple[int, int]
Token = tuple[int, int, int]  # start, end, index of the term in the codebook


@dataclass(slots=True)
class Window:
    """The words around one figure. They end at clauses and at neighbouring figures."""

    figure: Figure
    clause: int  # where the clause of the figure starts
    left: int  # start of the figure's own words
    right: int  # end of the figure's own words


@dataclass(slots=True)
class TokenizedSentence:
    """The wording of one sentence with its figures, its tokens and its context."""

    text: str
    figures: tuple[Figure, ...]
    codebook: Codebook
    context: PrecedingContext
    report_year: int | None
    tokens: list[Token] = field(init=False)
    reasons: list[str] = field(init=False)  # by figure: why it is no result, once that is known
    reach: list[int] = field(init=False)  # by figure: end of the words to its right that it counts, once it is read
    clause_ends: list[int] = field(init=False)
    _ends: list[int] = field(init=False)
    _bits: list[int] = field(init=False)

    def __post_init__(self) -> None:
        bits = self.codebook.term_bits
        self.tokens = self.codebook.tokens(self.text)
        self._ends = [token[1] for token in self.tokens]
        self._bits = [bits[term] for _, _, term in self.tokens]
        for used in _USED.finditer(self.text):
            for at in range(bisect_left(self._ends, used.start()), bisect_right(self._ends, used.end())):
                if self.tokens[at][0] >= used.start():
                    self._bits[at] &= ~SUBJECTS
        self.reasons = [""] * len(self.figures)
        self.reach = [0] * len(self.figures)
        ends = {match.start() for end in (_CLAUSE_END, _FULL_STOP) for match in end.finditer(self.text)}
        for figure in self.figures:
            denial = _DENIAL.match(self.text, figure.end)
            if denial:
                ends |= {denial.start(), denial.end() - 1}
        self.clause_ends = sorted(ends)

    def between(self, start: int, end: int) -> list[Token]:
        """Tokens wholly inside [start, end), by their end."""
        low, high = bisect_right(self._ends, start), bisect_right(self._ends, end)
        return [token for token in self.tokens[low:high] if token[0] >= start]

    def bits(self, start: int, end: int) -> int:
        """The bits of all tokens wholly inside [start, end), OR-ed."""
        found = 0
        for at in range(bisect_right(self._ends, start), bisect_right(self._ends, end)):
            if self.tokens[at][0] >= start:
                found |= self._bits[at]
        return found

    def named(self, start: int, end: int) -> list[Token]:
        """Tokens of [start, end) by their end, without those that name no deed of the figure.

        These only say what went before (检查后, 经检查), or are words in the name of what was studied.
        """
        tokens = self.between(start, end)
        text = self.text
        before = []
        if _AFTER in text or _BY_WAY in text:
            before = [
                token[:2]
                for token in tokens
                if _AFTERWARDS.match(text, token[1]) or text.endswith(_BY_WAY_OF, start, token[0])
            ]
        studied = _STUDIED.search(text, start, end)
        if studied:
            before.append(studied.span("name"))
        return [t for t in tokens if not any(a <= t[0] and t[1] <= b for a, b in before)] if before else tokens

    def term(self, token: Token) -> Term:
        """The lexicon's entry for a token."""
        return self.codebook.terms[token[2]]

    def clause_start(self, position: int) -> int:
        """Where the clause that holds a position starts."""
        at = bisect_left(self.clause_ends, position) - 1
        return self.clause_ends[at] + 1 if at >= 0 else 0

    def clause_end(self, position: int) -> int:
        """Where the clause that holds a position ends (the offset of its comma or stop)."""
        at = bisect_left(self.clause_ends, position)
        return self.clause_ends[at] if at < len(self.clause_ends) else len(self.text)

    def window(self, index: int) -> Window:
        """The window of the figure at `index`: to the figure or clause before it, and to the one behind it."""
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
                following = self.figures[after].start
                if following < right:
                    item_end = _ITEM_END.search(self.text, figure.end, following + 1)
                    right = item_end.start() if item_end else following
                break
        return Window(figure, clause, left, max(right, figure.end))

    def topics(self, window: Window) -> int:
        """The topics that a figure is about: of the nearest words left of it that name any, back to the heading."""
        return (
            self._nearest(window, TOPICS) or self.context.answer(TOPICS_BEFORE) or self.context.answer(HEADING) & TOPICS
        )

    def subjects(self, window: Window) -> int:
        """The audience or organ that a figure is about: of the nearest words left of it that name any.

        The first subject of the lexicon (the study centre group) also reaches over nearer ones within its sentence:
        中心组必学内容,班子成员轮流讲学,全年集体学法6次 is the centre group's figure.
        """
        first = self._item_start(window)
        found = self._nearest(window, SUBJECTS, first)
        if not found and not first:
            found = self.context.answer(SUBJECTS_BEFORE)
        if not self.bits(window.clause, window.figure.start) & SUBJECTS:
            found |= self.bits(first, window.clause) & _FIRST_SUBJECT
        return found

    def _item_start(self, window: Window) -> int:
        """Where the items end that keep their subject: 党委会会前学法9次,业务学习12次 names one of the first only.

        0 where there are none, behind 其中, where a deed is named (开展研讨12次), and where the figure has no head of
        its own (……学法9次,下半年12次).
        """
        unit = window.figure.unit
        own = self.between(window.left, window.figure.start)
        if _DEED.match(self.text, window.left) or not any(unit in self.term(token).heads for token in own):
            return 0
        for figure, reason in zip(reversed(self.figures), reversed(self.reasons), strict=True):
            if figure.end >= window.clause or figure.unit != unit or reason:
                continue
            if self.bits(self.clause_start(figure.start), figure.start) & SUBJECTS:
                return 0 if _PART_MARK.search(self.text, figure.end, window.figure.start) else figure.end
        return 0

    def _nearest(self, window: Window, kind: int, first: int = 0) -> int:
        """The bits of a kind in the figure's own words, else in the nearest clause left of them that has any.

        first: words before it are not looked at.
        """
        figure = window.figure
        found = (self.bits(window.left, figure.start) | self.bits(figure.end, window.right)) & kind
        position = window.left
        while not found and position > first:
            start = max(first, self.clause_start(position - 1))
            found = self.bits(start, position) & kind
            position = start - 1
        return found
