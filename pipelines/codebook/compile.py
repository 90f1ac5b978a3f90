"""The codebook as the engine reads it: indicators, their rules, and the lexicon compiled into one automaton.

Here belongs the meaning of the rule language (see docs/codebook.md). Not here: TOML and files (pipelines.codebook
loads those) and the reading of sentences (pipelines.extract.sentence.reading).

Every word list of a rule is a feature, one bit of an integer; every term of the lexicon carries the bits of all lists
it stands in. A window of text is then one integer, and asking whether a rule fits it is a handful of ANDs.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ahocorasick_rs

from pipelines.codebook.cues import Cue, compile_cues
from pipelines.errors import FazhiError
from pipelines.numerals.fold import fold

#: Bits of a term: topics, then subjects, then one bit a word list of the rules.
TOPICS = (1 << 32) - 1
SUBJECTS = TOPICS << 32
_FIRST_LIST = 64


class CodebookError(FazhiError):
    """The codebook says something that the rule language does not know; the message names the entry."""


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
    side: str  # 'left', 'right' or 'both': where the head may stand
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


@dataclass(frozen=True, slots=True)
class Term:
    """What a term of the lexicon says, wherever it stands."""

    text: str
    bits: int  # topics, subjects and the word lists it stands in
    scope: bool  # names an audience, level or occasion that sets a figure apart
    cues: frozenset[str]
    heads: Mapping[str, tuple[Rule, ...]]  # by unit
    also: Mapping[str, tuple[Rule, ...]]
    zeros: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Codebook:
    """Everything extraction needs to know about the language, ready to use and picklable by its source."""

    version: str
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    opaque: frozenset[int]
    automaton: Any = field(compare=False, repr=False)
    cues: tuple[Cue, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)

    def unit_of(self, code: str) -> str:
        """The canonical unit of an indicator."""
        return self.units[code]

    def tokens(self, text: str) -> list[tuple[int, int, int]]:
        """(start, end, term index) of every term in a working text, by end then start; names hide their parts."""
        found = [
            (start, end, term) for term, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True)
        ]
        shields = [(start, end) for start, end, term in found if term in self.opaque]
        if shields:
            found = [
                t for t in found if not any(a <= t[0] and t[1] <= b and (b - a) > (t[1] - t[0]) for a, b in shields)
            ]
        found.sort(key=lambda t: (t[1], t[0]))
        return found


@dataclass
class _Features:
    """Hands out one bit per distinct word list and remembers which terms carry it."""

    concepts: Mapping[str, Sequence[str]]
    bits: dict[frozenset[str], int] = field(default_factory=dict)
    masks: dict[str, int] = field(default_factory=dict)

    def expand(self, words: Iterable[str], where: str) -> frozenset[str]:
        """The folded terms of a word list, with @names replaced; CodebookError for a name the lexicon lacks."""
        terms: set[str] = set()
        for word in words:
            if word.startswith("@"):
                if word[1:] not in self.concepts:
                    raise CodebookError(
                        f"{where} names the concept {word}, which the lexicon does not have; "
                        "add it there or write its words out"
                    )
                terms.update(self.concepts[word[1:]])
            else:
                terms.add(word)
        return frozenset(fold(term) for term in terms)

    def bit(self, words: Iterable[str], where: str) -> int:
        """The bit of a word list, the same for equal lists; 0 for an empty one."""
        terms = self.expand(words, where)
        if not terms:
            return 0
        if terms not in self.bits:
            self.bits[terms] = 1 << (_FIRST_LIST + len(self.bits))
            for term in terms:
                self.masks[term] = self.masks.get(term, 0) | self.bits[terms]
        return self.bits[terms]


_RULE_KEYS = frozenset(
    (
        "id",
        "head",
        "near",
        "with",
        "context",
        "without",
        "without_context",
        "topic",
        "subject",
        "units",
        "also",
        "zero",
        "weak",
        "side",
    )
)


def compile_codebook(
    version: str,
    indicators: Sequence[Mapping[str, Any]],
    uncoded: Sequence[Mapping[str, Any]],
    lexicon: Mapping[str, Any],
    cues: Sequence[Mapping[str, Any]],
) -> Codebook:
    """Build the codebook from the parsed TOML tables.

    `indicators` and `uncoded` are lists of tables with a `rule` list each (see docs/codebook.md); `lexicon` has the
    tables concept, topic, subject, cue, opaque and scope. Raises CodebookError with the entry's name.
    """
    features = _Features(lexicon["concept"])
    topics = {name: 1 << i for i, name in enumerate(lexicon["topic"])}
    subjects = {name: 1 << (32 + i) for i, name in enumerate(lexicon["subject"])}
    rules: list[Rule] = []
    heads: dict[str, list[Rule]] = {}
    for entry in (*indicators, *uncoded):
        for number, table in enumerate(entry.get("rule", ())):
            rule = _compile_rule(entry, table, number, len(rules), features, topics, subjects, lexicon["unit"])
            rules.append(rule)
            for term in features.expand(table["head"], rule.rule_id):
                heads.setdefault(term, []).append(rule)
    terms = _terms(features, heads, lexicon, topics, subjects)
    units = {str(entry["code"]): str(entry["unit"]) for entry in indicators}
    opaque = {fold(t) for t in lexicon.get("opaque", {}).get("terms", ())}
    return Codebook(
        version=version,
        indicators=tuple(_indicator(entry, units) for entry in indicators),
        rules=tuple(rules),
        terms=terms,
        opaque=frozenset(i for i, t in enumerate(terms) if t.text in opaque),
        automaton=ahocorasick_rs.AhoCorasick([t.text for t in terms]),
        cues=compile_cues(cues),
        units=units,
    )


def _indicator(entry: Mapping[str, Any], codes: Container[str]) -> Indicator:
    weight = entry.get("weight")
    if weight is not None and (entry.get("kind") != "rate" or weight not in codes):
        raise CodebookError(
            f"{entry['code']} has the weight {weight!r}; a weight is the code of an indicator, and only a rate has one"
        )
    return Indicator(**{name: str(entry.get(name, "")) for name in Indicator.__dataclass_fields__})


def _compile_rule(
    entry: Mapping[str, Any],
    table: Mapping[str, Any],
    number: int,
    rank: int,
    features: _Features,
    topics: Mapping[str, int],
    subjects: Mapping[str, int],
    unit_groups: Mapping[str, Sequence[str]],
) -> Rule:
    name = f"{entry['code']}.{table.get('id', number + 1)}"
    if unknown := set(table) - _RULE_KEYS:
        raise CodebookError(f"rule {name} has the unknown keys {sorted(unknown)}; known are {sorted(_RULE_KEYS)}")
    if not table.get("head"):
        raise CodebookError(f"rule {name} has no `head`; give the words that name what the number counts")
    near = tuple(features.bit(_as_list(group), name) for group in _groups(table.get("near")))
    requires = tuple(features.bit(_as_list(group), name) for group in _groups(table.get("with")))
    context = tuple(features.bit(_as_list(group), name) for group in _groups(table.get("context")))
    topic_mask, subject_mask = _names(table, "topic", topics, name), _names(table, "subject", subjects, name)
    return Rule(
        rule_id=name,
        metric=str(entry["code"]),
        coded=bool(entry.get("coded", True)),
        units=_units(table.get("units", entry.get("units", ())), unit_groups, name),
        near=near,
        requires=requires,
        context=context,
        without=features.bit(table.get("without", ()), name),
        without_context=features.bit(table.get("without_context", ()), name),
        topics=topic_mask,
        subjects=subject_mask,
        also=bool(table.get("also", False)),
        zero=bool(table.get("zero", False)),
        weak=bool(table.get("weak", False)),
        side=str(table.get("side", "both")),
        rank=rank,
        specificity=2 * len(near) + 2 * len(requires) + len(context) + 3 * bool(topic_mask) + 3 * bool(subject_mask),
    )


def _units(names: Iterable[str], groups: Mapping[str, Sequence[str]], where: str) -> frozenset[str]:
    units: set[str] = set()
    for name in names:
        if name.startswith("@") and name[1:] not in groups:
            raise CodebookError(f"{where} names the units {name}; the lexicon has {sorted(groups)}")
        units.update(groups[name[1:]] if name.startswith("@") else [name])
    return frozenset(units)


def _groups(value: Any) -> list[Any]:
    """`with = ["a", "b"]` is one group of alternatives, `with = [["a"], ["b"]]` are two that must both be met."""
    if not value:
        return []
    return list(value) if isinstance(value[0], list) else [value]


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _names(table: Mapping[str, Any], key: str, known: Mapping[str, int], where: str) -> int:
    mask = 0
    for name in _as_list(table.get(key, [])):
        if name not in known:
            raise CodebookError(f"rule {where} names the {key} {name!r}; the lexicon has {sorted(known)}")
        mask |= known[name]
    return mask


def _terms(
    features: _Features,
    heads: Mapping[str, list[Rule]],
    lexicon: Mapping[str, Any],
    topics: Mapping[str, int],
    subjects: Mapping[str, int],
) -> tuple[Term, ...]:
    by_group = {group: _memberships(lexicon[group], bits) for group, bits in (("topic", topics), ("subject", subjects))}
    cues: dict[str, set[str]] = {}
    for cue, words in lexicon.get("cue", {}).items():
        for word in words:
            cues.setdefault(fold(word), set()).add(cue)
    scope = {fold(t) for t in lexicon.get("scope", {}).get("terms", ())}
    opaque = {fold(t) for t in lexicon.get("opaque", {}).get("terms", ())}
    names = sorted({*features.masks, *heads, *by_group["topic"], *by_group["subject"], *cues, *scope, *opaque})
    return tuple(
        Term(
            text=name,
            bits=features.masks.get(name, 0) | by_group["topic"].get(name, 0) | by_group["subject"].get(name, 0),
            scope=name in scope or name in by_group["subject"],
            cues=frozenset(cues.get(name, ())),
            heads=_by_unit(r for r in heads.get(name, ()) if not r.also),
            also=_by_unit(r for r in heads.get(name, ()) if r.also),
            zeros=tuple(r for r in heads.get(name, ()) if r.zero),
        )
        for name in names
    )


def _memberships(table: Mapping[str, Sequence[str]], bits: Mapping[str, int]) -> dict[str, int]:
    masks: dict[str, int] = {}
    for name, words in table.items():
        for word in words:
            masks[fold(word)] = masks.get(fold(word), 0) | bits[name]
    return masks


def _by_unit(rules: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
    table: dict[str, list[Rule]] = {}
    for rule in rules:
        for unit in rule.units:
            table.setdefault(unit, []).append(rule)
    return {unit: tuple(found) for unit, found in table.items()}
