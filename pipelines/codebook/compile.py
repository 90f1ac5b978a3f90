"""The files of a codebook made into what the engine reads. docs/codebook.md explains the rule language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import reduce
from operator import or_

from pipelines.codebook.compiled import Codebook, Indicator, Rule, ScopeConcept, Substitute, Term
from pipelines.codebook.cues import Cue
from pipelines.codebook.schema import CodebookFiles, CueEntry, FigureEntry, IndicatorEntry, LexiconFile, RuleEntry
from pipelines.numerals.fold import fold

_FIRST_LIST = 64  # bits below are those of topics and subjects
#: The fields of an indicator that its entry in the file has under the same name.
_COPIED = tuple(one.name for one in fields(Indicator) if one.name != "family")


@dataclass
class _Features:
    """Hands out one bit per distinct word list and remembers which terms carry it."""

    concepts: Mapping[str, Sequence[str]]
    bits: dict[frozenset[str], int] = field(default_factory=dict)
    masks: dict[str, int] = field(default_factory=dict)
    bit_a_word: bool = False

    def without(self, words: Iterable[str]) -> int:
        """The bits of a `without` list: one, or one for each word or @concept in it."""
        return reduce(or_, (self.bit((word,)) for word in words), 0) if self.bit_a_word else self.bit(words)

    def bit(self, words: Iterable[str]) -> int:
        """The bit of a word list, the same for equal lists; 0 for an empty one."""
        terms = folded(expand(words, self.concepts))
        if not terms:
            return 0
        if terms not in self.bits:
            self.bits[terms] = 1 << (_FIRST_LIST + len(self.bits))
            for term in terms:
                self.masks[term] = self.masks.get(term, 0) | self.bits[terms]
        return self.bits[terms]


def expand(words: Iterable[str], lists: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The words, with each `@name` replaced by the list of that name."""
    return frozenset(term for word in words for term in (lists[word[1:]] if word.startswith("@") else (word,)))


def compile_codebook(files: CodebookFiles, *, bit_a_word: bool = False) -> Codebook:
    """Build the codebook from its files, which `pipelines.codebook.rule_files.read_files` has checked.

    bit_a_word: each word of a `without` list has a bit of its own, which reads the same and tells which word barred.
    """
    lexicon = files.lexicon
    features = _Features(lexicon.concept, bit_a_word=bit_a_word)
    topics = {name: 1 << i for i, name in enumerate(lexicon.topic)}
    subjects = {name: 1 << (32 + i) for i, name in enumerate(lexicon.subject)}
    scope = {
        word: ScopeConcept(
            kind if kind != "none" else "",
            name,
            entry.group or name,
            entry.even_as_head,
            reduce(or_, (subjects[subject] for subject in entry.subjects), 0),
        )
        for kind, name, entry in lexicon.scope.concepts()
        for word in folded(entry.all_words(lexicon.subject))
    }
    rules: list[Rule] = []
    heads: dict[str, list[Rule]] = {}
    for _, _, entry in files.entries():
        for number, table in enumerate(entry.rule, 1):
            rule = _compile_rule(entry, table, number, len(rules), features, topics, subjects, lexicon.unit, scope)
            rules.append(rule)
            for term in folded(expand(table.head, lexicon.concept)):
                heads.setdefault(term, []).append(rule)
    terms = _terms(features.masks, heads, lexicon, topics, subjects, scope)
    opaque = folded(lexicon.opaque.terms)
    return Codebook(
        version=files.version,
        indicators=tuple(
            Indicator(family=family, **{name: getattr(entry, name) for name in _COPIED})
            for family, file in files.families.items()
            for entry in file.indicator
        ),
        rules=tuple(rules),
        terms=terms,
        opaque=frozenset(i for i, t in enumerate(terms) if t.text in opaque),
        cues=_compile_cues(files.cues.cue),
        units={entry.code: entry.unit for entry in files.indicators},
        confidence=files.confidence.model_dump(),
        bits=features.bits,
        families={entry.code: family for family, file in files.families.items() for entry in file.indicator},
    )


def _compile_rule(
    entry: IndicatorEntry | FigureEntry,
    table: RuleEntry,
    number: int,
    rank: int,
    features: _Features,
    topics: Mapping[str, int],
    subjects: Mapping[str, int],
    unit_lists: Mapping[str, Sequence[str]],
    scope: Mapping[str, ScopeConcept],
) -> Rule:
    units = table.units if isinstance(entry, FigureEntry) or table.units is not None else entry.units
    near, requires, context = (
        tuple(features.bit(group) for group in groups) for groups in (table.near, table.with_, table.context)
    )
    # names of topics stand once in a rule or twice: bits are OR-ed
    topic_mask = reduce(or_, (topics[name] for name in table.topic), 0)
    subject_mask = reduce(or_, (subjects[name] for name in table.subject), 0)
    return Rule(
        rule_id=f"{entry.code}.{table.id or number}",
        metric=entry.code,
        coded=isinstance(entry, IndicatorEntry),
        units=expand(units or (), unit_lists),
        near=near,
        requires=requires,
        context=context,
        without=features.without(table.without),
        without_context=features.bit(table.without_context),
        topics=topic_mask,
        subjects=subject_mask,
        also=table.also,
        zero=table.zero,
        weak=table.weak,
        last=table.last,
        side=table.side,
        own_words=_own_words(folded(expand(table.head, features.concepts)), scope),
        substitute=_compile_substitute(entry, features),
        rank=rank,
        specificity=2 * len(near) + 2 * len(requires) + len(context) + 3 * bool(topic_mask) + 3 * bool(subject_mask),
    )


def _compile_substitute(entry: IndicatorEntry | FigureEntry, features: _Features) -> Substitute | None:
    given = entry.substitute if isinstance(entry, IndicatorEntry) else None
    if given is None:
        return None
    return Substitute(features.bit(given.words), features.bit(given.unless), given.within)


def _own_words(heads: frozenset[str], scope: Mapping[str, ScopeConcept]) -> frozenset[str]:
    """The heads of a rule that are no scope of its figures: all but those that tell its things from each other."""
    told_apart = {
        word: scope[word] for word in heads if word in scope and scope[word].kind and scope[word].even_as_head
    }
    several = {
        kind
        for kind in ("who", "where", "what")
        if len({concept.name for concept in told_apart.values() if concept.kind == kind}) > 1
    }
    return frozenset(word for word in heads if word not in told_apart or told_apart[word].kind not in several)


def _compile_cues(entries: Iterable[CueEntry]) -> tuple[Cue, ...]:
    """The cues of cues.toml in their order, compiled."""
    return tuple(
        Cue(
            disposition=entry.disposition,
            before=re.compile(entry.before),
            after=None if entry.after is None else re.compile(entry.after),
            unless=None if entry.unless is None else re.compile(entry.unless),
            sentence=entry.reach == "sentence",
            units=frozenset(entry.units),
            not_units=frozenset(entry.not_units),
            chinese=entry.numeral == "chinese",
            anywhere=entry.anywhere,
            last=entry.last,
        )
        for entry in entries
    )


def _terms(
    list_masks: Mapping[str, int],
    heads: Mapping[str, list[Rule]],
    lexicon: LexiconFile,
    topics: Mapping[str, int],
    subjects: Mapping[str, int],
    scope: Mapping[str, ScopeConcept],
) -> tuple[Term, ...]:
    """Every word of the codebook once, in alphabetical order, with all that it says."""
    masks = dict(list_masks)
    for lists, bits in ((lexicon.topic, topics), (lexicon.subject, subjects)):
        for name, words in lists.items():
            for word in folded(words):
                masks[word] = masks.get(word, 0) | bits[name]
    tables: dict[tuple[int, ...], Mapping[str, tuple[Rule, ...]]] = {}

    def by_unit(rules: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
        """The rules by classifier. All heads of a rule have one table, as most of them head no other rule."""
        given = tuple(rules)
        key = tuple(rule.rank for rule in given)
        if key not in tables:
            units = {unit: None for rule in given for unit in rule.units}
            tables[key] = {unit: tuple(rule for rule in given if unit in rule.units) for unit in units}
        return tables[key]

    return tuple(
        Term(
            text=name,
            bits=masks.get(name, 0),
            scope=scope.get(name),
            heads=by_unit(rule for rule in heads.get(name, ()) if not rule.also and not rule.last),
            also=by_unit(rule for rule in heads.get(name, ()) if rule.also),
            last=by_unit(rule for rule in heads.get(name, ()) if rule.last),
            zeros=tuple(rule for rule in heads.get(name, ()) if rule.zero),
        )
        for name in sorted({*masks, *heads, *scope, *folded(lexicon.opaque.terms)})
    )


def folded(words: Iterable[str]) -> frozenset[str]:
    """The words, folded in one go: folding costs more by the call than by the character."""
    joined = "\0".join(words)
    return frozenset(fold(joined).split("\0")) if joined else frozenset()
