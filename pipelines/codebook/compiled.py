"""The codebook as the engine reads it: indicators, their rules, and the lexicon as one automaton.

Every word list of a rule is a feature, one bit of an integer; every term of the lexicon carries the bits of all lists
it stands in. A window of text is then one integer, and asking whether a rule fits it is a handful of ANDs.
`pipelines.codebook.compile` makes a codebook from its files, `pipelines.extract.sentence` applies the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import itemgetter
from typing import Any, NamedTuple

import ahocorasick_rs

from pipelines.codebook.cues import Cue, CuesByFigure

#: Bits of a term: topics, then subjects, then one bit a word list of the rules.
TOPICS = (1 << 32) - 1
SUBJECTS = TOPICS << 32
_BY_END = itemgetter(1, 0)  # of a token


@dataclass(frozen=True, slots=True)
class Substitute:
    """When a figure only stands in for its indicator: by the words next to the number."""

    words: int  # they must meet these
    unless: int  # and not these
    within: str  # year or sentence: it counts where nothing else of the indicator is stated there


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of wording an indicator, compiled. Masks are OR-ed feature bits."""

    rule_id: str
    metric: str  # a metric code, or a disposition such as `uncoded` for figures that the codebook leaves out
    coded: bool
    units: frozenset[str]  # classifiers of the number, without what stands in brackets
    near: tuple[int, ...]  # each must meet the words next to the number
    requires: tuple[int, ...]  # each must meet the clause
    context: tuple[int, ...]  # each must meet the sentence so far, or its headings
    without: int  # must not meet the near window
    without_context: int  # must not meet the sentence so far
    topics: int
    subjects: int
    also: bool  # yields a fact beside the best reading (24名执法人员全部持证: staff and certified)
    zero: bool  # 未发生… makes it 0
    weak: bool  # taken only where no other rule reads the figure
    last: bool  # names what is left when nothing reads the figure, not even a head carried from before
    side: str  # 'left', 'right' or 'both': where the head may stand
    own_words: frozenset[str]  # words that the rule says itself, so that they set no figure of it apart
    substitute: Substitute | None
    rank: int  # position in the codebook: earlier wins a tie
    specificity: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure that the codebook knows; see the fields of the TOML files."""

    code: str
    family: str
    name_en: str
    name_zh: str
    unit: str
    kind: str
    aggregation: str
    definition: str
    definition_zh: str
    counts: str
    excludes: str
    weight: str  # of a rate: the indicator that counts what the rate is a share of, or nothing
    includes: tuple[str, ...]  # indicators whose figures may lie in a figure of this one that has no scope
    subsets: tuple[str, ...]  # further ones whose figures may be a part of this one's where 其中 says so


@dataclass(frozen=True, slots=True)
class ScopeConcept:
    """What a word of scope means. Words of one concept mean the same, concepts of one group are related."""

    kind: str  # who, where or what; '' for words that set nothing apart
    name: str
    group: str
    even_as_head: bool  # it also sets apart figures of a rule whose heads name this concept and others
    subjects: int  # bits of the subjects whose words it has


class Term(NamedTuple):
    """What a term of the lexicon says, wherever it stands."""

    text: str
    bits: int  # topics, subjects and the word lists it stands in
    scope: ScopeConcept | None  # the audience, place or occasion that it names, if it names one
    heads: Mapping[str, tuple[Rule, ...]]  # by unit
    also: Mapping[str, tuple[Rule, ...]]
    last: Mapping[str, tuple[Rule, ...]]
    zeros: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """Everything extraction needs to know about the language, ready to use. It can be pickled."""

    version: str
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    opaque: frozenset[int]
    cues: tuple[Cue, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)  # by `read_as`
    families: Mapping[str, str] = field(default_factory=dict)  # by code of an indicator
    bits: Mapping[frozenset[str], int] = field(default_factory=dict)  # of each word list, its words folded
    automaton: Any = field(init=False, compare=False, repr=False)  # finds the terms in a text
    cues_by_figure: CuesByFigure = field(init=False, compare=False, repr=False)
    term_bits: tuple[int, ...] = field(init=False, compare=False, repr=False)  # those of each of `terms`
    also_units: frozenset[str] = field(init=False, compare=False, repr=False)  # of the rules marked `also`

    def __post_init__(self) -> None:
        object.__setattr__(self, "automaton", ahocorasick_rs.AhoCorasick([term.text for term in self.terms]))
        object.__setattr__(self, "cues_by_figure", CuesByFigure(self.cues))
        object.__setattr__(self, "term_bits", tuple(term.bits for term in self.terms))
        also_units = frozenset(unit for rule in self.rules if rule.also for unit in rule.units)
        object.__setattr__(self, "also_units", also_units)

    def __reduce__(self) -> tuple[type[Codebook], tuple[Any, ...]]:
        """Pickled without its automaton, which is not a thing of Python: it is made anew in milliseconds."""
        return Codebook, tuple(getattr(self, one.name) for one in fields(self) if one.init)

    def unit_of(self, code: str) -> str:
        """The canonical unit of an indicator."""
        return self.units[code]

    def tokens(self, text: str) -> list[tuple[int, int, int]]:
        """(start, end, term index) of every term in a working text, by end then start; names hide their parts."""
        found = [
            (start, end, term) for term, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True)
        ]
        shields = [(start, end) for start, end, term in found if term in self.opaque]
        for a, b in shields:
            found = [t for t in found if t[0] < a or b < t[1] or (t[0] == a and t[1] == b)]
        found.sort(key=_BY_END)
        return found
