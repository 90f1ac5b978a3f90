"""Remainder: a figure that no rule reads, and the reason by which a person would say that it is no indicator.

Such a reason is given for what the figure counts (a noun of uncoded.toml), or for how it is said (a cue), both marked
`last`. What remains without one is unclassified: a figure about something that the codebook may have to learn.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.codebook import cues
from pipelines.extract.sentence.tokens import Token, TokenizedSentence, Window

_NEXT_TO = 4  # characters between a figure and a noun right of it that it counts (22名年幼的儿童)


def reason_for_unread(sentence: TokenizedSentence, window: Window) -> str:
    """Why the figure of a window is no indicator although no rule reads it, or ''.

    The noun nearest to the figure decides. A noun of an indicator that is nearer keeps the figure unclassified, as a
    rule may be missing there.
    """
    figure = window.figure
    after = [t for t in sentence.between(figure.end, window.right) if t[0] - figure.end <= _NEXT_TO]
    before = sentence.between(window.left, figure.start)
    return (
        _nearest_noun(sentence, sorted(after, key=lambda t: (t[0], -t[1])), figure.unit, "right")
        or _nearest_noun(sentence, sorted(before, key=lambda t: (-t[1], t[0])), figure.unit, "left")
        or cues.disposition(sentence.codebook.cues, sentence.text, figure, window.clause, last=True)
    )


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
