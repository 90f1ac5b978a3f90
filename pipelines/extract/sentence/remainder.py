"""Remainder: a figure that no rule reads, and the reason by which a person would say that it is no indicator.

Such a reason is given for what the figure counts (a noun of uncoded.toml), or for how it is said (a cue), both marked
`last`. What remains without one is unclassified: a figure about something that the codebook may have to learn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.codebook import cues
from pipelines.extract.sentence.tokens import Token, TokenizedSentence, Window

# Figures with these reasons count things that no indicator counts, or parts of them.
_OF_OTHERS = frozenset({"uncoded", "part_of_total", "people_helped"})
_OUTCOME = re.compile(
    r"(?:[,，、;；]|均|已|全部|其中|目前|逐[条项件]|镇政府|乡政府|街道|被)*"
    r"(?:完成|督促|推动|转交(?:镇|乡)?政府)?(?:整改|办结|办理|答复|采纳|解决|处理|改正|落实|立案|处分|反馈|办复|完成)(?:到位|完毕|了)?"
)
_NEXT_TO = 4  # characters between a figure and a noun right of it that it counts (22名年幼的儿童)


def reason_for_unread(sentence: TokenizedSentence, window: Window) -> str:
    """Why the figure of a window is no indicator although no rule reads it, or ''.

    The noun nearest to the figure decides. A noun of an indicator that is nearer keeps the figure unclassified, as a
    rule may be missing there.
    """
    figure = window.figure
    if _is_outcome(sentence, window):
        return "part_of_total"
    after = [t for t in sentence.between(figure.end, window.right) if t[0] - figure.end <= _NEXT_TO]
    before = sentence.between(window.left, figure.start)
    return (
        _nearest_noun(sentence, sorted(after, key=lambda t: (t[0], -t[1])), figure.unit, "right")
        or _nearest_noun(sentence, sorted(before, key=lambda t: (-t[1], t[0])), figure.unit, "left")
        or cues.disposition(sentence.codebook.cues_by_figure, sentence.text, figure, window.clause, last=True)
    )


def _is_outcome(sentence: TokenizedSentence, window: Window) -> bool:
    """Whether a figure says what became of things that no indicator counts: 巡察反馈问题23个,完成整改21个."""
    at = sentence.figures.index(window.figure)
    if not at or sentence.reasons[at - 1] not in _OF_OTHERS or sentence.figures[at - 1].unit != window.figure.unit:
        return False
    return bool(_OUTCOME.fullmatch(sentence.text, window.left, window.figure.start))


def _nearest_noun(sentence: TokenizedSentence, tokens: Iterable[Token], unit: str, side: str) -> str:
    """The disposition of the first token that is a noun of the codebook; '' where an indicator's comes first."""
    for token in tokens:
        term = sentence.term(token)
        for rule in term.last.get(unit, ()):
            if rule.side in (side, "both"):
                return rule.metric
        if any(rule.coded for rules in term.heads.values() for rule in rules):
            return ""
    return ""
