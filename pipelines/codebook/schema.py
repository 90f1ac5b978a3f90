"""The schema of the rules: what each TOML file of the codebook may hold, and what must fit together across them.

docs/codebook.md explains each key to whoever writes rules. `pipelines.codebook.rule_files` reads the files into these
classes, `pipelines.codebook.compile` makes them ready for the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from pipelines.build.toml_file import Entry, ListOf, Text, among, shown, wrong
from pipelines.codebook.confidence import ConfidenceFile
from pipelines.codebook.value_types import Code, Groups, Pattern, Units, Words

Kind = Literal["flow", "stock", "rate"]
Aggregation = Literal["sum", "mean", "max"]
#: Why the words around a number say that it is no result of the year, as number_mention shows it.
Disposition = Literal[
    "average",
    "before_change",
    "deadline",
    "duration",
    "growth",
    "last_year",
    "multi_year",
    "name",
    "norm",
    "page_furniture",
    "part_of_total",
    "plan",
    "rank",
    "reference",
    "share",
    "size",
    "slogan",
    "uncoded",
    "upper_level",
]
#: The year reported on in the text of an example that names none.
EXAMPLE_YEAR = 2024
#: Dispositions of number_mention that are given to numbers by the engine alone.
_RESERVED = ("fact", "unclassified")
_PIECE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MOST = 32  # topics, and subjects: each is one bit of half an integer


class RuleEntry(Entry, populate_by_name=False):
    """One way of wording an indicator: a `[[indicator.rule]]` or a `[[figure.rule]]`."""

    head: Words
    id: Code = ""
    units: ListOf[str] | None = Field(default=None, description="a list of classifiers")
    near: Groups = ()
    with_: Groups = Field(default=(), alias="with")
    context: Groups = ()
    without: Words = ()
    without_context: Words = ()
    topic: Words = ()
    subject: Words = ()
    also: bool = False
    zero: bool = False
    weak: bool = False
    last: bool = False
    side: Literal["left", "right", "both"] = "both"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.zero and (self.topic or self.subject):
            raise wrong("true beside topic or subject", "false, as a zero is read without them", "zero")
        if self.units == () and not self.zero:
            raise wrong("an empty list", "a list of classifiers; only a rule with zero = true can do without", "units")
        return self


class ExampleEntry(Entry):
    """A sentence from which an indicator must read exactly one `value`, or the list `values`."""

    text: Text
    value: float | None = None
    values: Annotated[ListOf[float], Field(min_length=1, description="a list of numbers")] = ()
    qualifier: Literal["exact", "at_least", "at_most", "approx"] = "exact"
    year: int = EXAMPLE_YEAR

    @property
    def figures(self) -> tuple[float, ...]:
        """All figures that must be read, in the order in which they are given."""
        return self.values if self.value is None else (self.value,)

    @model_validator(mode="after")
    def _has_one_of_value_and_values(self) -> Self:
        if (self.value is None) == (not self.values):
            found = "neither value nor values" if self.value is None else "value and values"
            raise wrong(f"{found} at {shown(self.text)}", "one of the two")
        return self


class CounterExampleEntry(Entry):
    """A sentence from which an indicator must read nothing, and why."""

    text: Text
    why: Text
    year: int = EXAMPLE_YEAR


class SubstituteEntry(Entry):
    """Words that make a figure of an indicator a substitute: it counts only where nothing else of it is stated."""

    words: Words
    unless: Words = ()
    within: Literal["year", "sentence"] = "year"


class FigureEntry(Entry):
    """A figure that the codebook leaves out on purpose; its code is a disposition of number_mention."""

    code: Code
    definition: Text
    rule: Annotated[ListOf[RuleEntry], Field(min_length=1, description="at least one [[figure.rule]]")]

    @model_validator(mode="after")
    def _rules_are_told_apart(self) -> Self:
        _check_rule_ids(self.rule)
        if self.code in _RESERVED:
            raise wrong(shown(self.code), f"another code; {' and '.join(_RESERVED)} are the engine's own", "code")
        for number, rule in enumerate(self.rule, 1):
            if rule.units is None:
                allowed = "a list of classifiers, as a figure has none; add the key"
                raise wrong("no such key", allowed, f"rule {rule.id or number}, units")
        return self


class IndicatorEntry(Entry):
    """One figure that the codebook knows: an `[[indicator]]` of a family's file."""

    code: Code
    name_en: Text
    name_zh: Text
    unit: Text
    units: Units
    kind: Kind
    aggregation: Aggregation
    note: Text = ""
    weight: Text = Field(default="", description="the code of an indicator")
    includes: ListOf[Text] = Field(default=(), description="a list of codes")
    subsets: ListOf[Text] = Field(default=(), description="a list of codes")
    definition: Text
    definition_zh: Text
    counts: Text
    excludes: Text
    substitute: SubstituteEntry | None = Field(default=None, description="a table with words")
    rule: Annotated[ListOf[RuleEntry], Field(min_length=1, description="at least one [[indicator.rule]]")]
    example: Annotated[ListOf[ExampleEntry], Field(min_length=2, description="at least two [[indicator.example]]")]
    counter_example: Annotated[
        ListOf[CounterExampleEntry], Field(min_length=1, description="at least one [[indicator.counter_example]]")
    ]

    @model_validator(mode="after")
    def _a_rate_is_a_mean_in_percent(self) -> Self:
        _check_rule_ids(self.rule)
        if any(rule.last for rule in self.rule):
            raise wrong("true", "no such key: only a [[figure.rule]] of uncoded.toml is read last", "rule, last")
        is_rate = self.kind == "rate"
        if is_rate and self.aggregation != "mean":
            raise wrong(shown(self.aggregation), "'mean', as kind is 'rate'", "aggregation")
        if is_rate and self.unit != "%":
            raise wrong(shown(self.unit), "'%', as kind is 'rate'", "unit")
        if self.unit == "%" and not is_rate:
            raise wrong(shown(self.kind), "'rate', as the unit is '%'", "kind")
        if self.weight and not is_rate:
            raise wrong(
                shown(self.weight), f"no such key, as kind is {shown(self.kind)}: only a rate has a weight", "weight"
            )
        return self

    @model_validator(mode="after")
    def _holds_others_and_says_so_once(self) -> Self:
        for key, codes in (("includes", self.includes), ("subsets", self.subsets)):
            if self.code in codes:
                raise wrong(shown(self.code), "the codes of other indicators", key)
        for code in self.subsets:
            if code in self.includes:
                raise wrong(f"{shown(code)}, which stands in includes", "codes that includes lacks", "subsets")
        return self


class FamilyFile(Entry):
    """The file of a family of indicators, such as `petition.toml`."""

    family: Text
    indicator: Annotated[ListOf[IndicatorEntry], Field(min_length=1, description="at least one [[indicator]]")]


class UncodedFile(Entry):
    """`uncoded.toml`."""

    figure: ListOf[FigureEntry]


class TermList(Entry):
    """A section of the lexicon that is one list."""

    terms: ListOf[Text]


class ScopeEntry(Entry):
    """One meaning of words that set a figure apart: a `[scope.who.NAME]`, or one of `where`, `what` or `none`."""

    words: Words = ()
    subjects: Annotated[ListOf[Text], Field(min_length=1, description="a list of subjects")] = ()
    group: Code = ""
    even_as_head: bool = False

    def all_words(self, subjects: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Its own words and those of the subjects that it names."""
        return (*self.words, *(word for name in self.subjects for word in subjects.get(name, ())))

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not self.words and not self.subjects:
            raise wrong("neither words nor subjects", "one of the two or both")
        return self


class ScopeSection(Entry):
    """The words that set one figure apart from another of its indicator, by what they say: who, where or what for.

    The words in `none` are words of scope that say nothing of the three.
    """

    who: dict[str, ScopeEntry]
    where: dict[str, ScopeEntry]
    what: dict[str, ScopeEntry]
    none: dict[str, ScopeEntry]

    def concepts(self) -> Iterator[tuple[str, str, ScopeEntry]]:
        """(class, concept, entry) of all concepts."""
        for kind in ("who", "where", "what", "none"):
            for name, entry in getattr(self, kind).items():
                yield kind, name, entry


class LexiconFile(Entry):
    """`lexicon.toml`: the lists that rules name, and the words that are treated apart."""

    concept: dict[str, Words]
    topic: dict[str, Words]
    subject: dict[str, Words]
    unit: dict[str, Units]
    scope: ScopeSection
    opaque: TermList

    @model_validator(mode="after")
    def _lists_hold_words_only(self) -> Self:
        for section in ("topic", "subject"):
            names = getattr(self, section)
            if len(names) > _MOST:
                raise wrong(f"{len(names)} entries", f"{_MOST} at most", section)
        for section in ("concept", "topic", "subject", "unit"):
            for name, words in getattr(self, section).items():
                for word in words:
                    if word.startswith("@"):
                        raise wrong(shown(word), "words only: a list names no other list", f"{section}, {name}")
        return self

    @model_validator(mode="after")
    def _each_word_of_scope_has_one_meaning(self) -> Self:
        seen: dict[str, str] = {}
        for kind, name, entry in self.scope.concepts():
            where = f"scope, {kind}, {name}"
            for subject in entry.subjects:
                if subject not in self.subject:
                    raise wrong(shown(subject), among(subject, list(self.subject), "subject"), f"{where}, subjects")
            for word in entry.all_words(self.subject):
                if seen.setdefault(word, where) != where:
                    raise wrong(f"{shown(word)}, which stands in {seen[word]} already", "each word once", where)
        for name, words in self.subject.items():
            for word in words:
                if word not in seen:
                    raise wrong(
                        f"{shown(word)} in no concept of scope",
                        "each word of a subject in one concept",
                        f"subject, {name}",
                    )
        return self


class CueEntry(Entry):
    """One wording that makes a number no result of the year: a `[[cue]]` of `cues.toml`."""

    disposition: Disposition
    before: Pattern
    after: Pattern | None = None
    unless: Pattern | None = None
    reach: Literal["clause", "sentence"] = "clause"
    units: Units = ()
    not_units: Units = ()
    numeral: Literal["chinese"] | None = None
    anywhere: bool = False
    last: bool = False
    example: Text = ""
    example_first: Text = ""
    example_last: Text = ""

    @model_validator(mode="after")
    def _has_one_example(self) -> Self:
        given = [name for name in ("example", "example_first", "example_last") if getattr(self, name)]
        if len(given) != 1:
            raise wrong(" and ".join(given) or "no example", "one of example, example_first and example_last")
        for word in (*self.units, *self.not_units):
            if word.startswith("@"):
                raise wrong(shown(word), "classifiers only: a cue names no list of the lexicon", "units")
        return self


def _with_pieces(cue: Any, number: int, pieces: Mapping[str, Any]) -> Any:
    """The cue with the pieces that its patterns name."""
    if not isinstance(cue, Mapping):
        return cue

    def filled(key: str) -> str:
        for name in _PIECE.findall(cue[key]):
            if name not in pieces:
                raise wrong(shown(name), among(name, list(pieces), "piece"), f"cue {number}, {key}")
        return _PIECE.sub(lambda named: str(pieces[named[1]]), cue[key])

    return {**cue, **{key: filled(key) for key in ("before", "after", "unless") if isinstance(cue.get(key), str)}}


class CuesFile(Entry):
    """`cues.toml`. A name in braces in a pattern of a cue stands for that `piece`."""

    piece: dict[Code, Pattern] = Field(default_factory=dict)
    cue: ListOf[CueEntry]

    @model_validator(mode="before")
    @classmethod
    def _put_in_pieces(cls, table: Any) -> Any:
        pieces, cues = (table.get("piece", {}), table.get("cue")) if isinstance(table, Mapping) else ({}, None)
        if not isinstance(pieces, Mapping) or not isinstance(cues, list):
            return table  # the fields say what is wrong
        return {**table, "cue": [_with_pieces(cue, number, pieces) for number, cue in enumerate(cues, 1)]}


@dataclass(frozen=True)
class CodebookFiles:
    """All files of a codebook, each held against its schema. `families` is in the order in which entries win ties."""

    version: str
    families: Mapping[str, FamilyFile]
    uncoded: UncodedFile
    lexicon: LexiconFile
    cues: CuesFile
    confidence: ConfidenceFile

    @property
    def indicators(self) -> tuple[IndicatorEntry, ...]:
        """The indicators of all families."""
        return tuple(entry for family in self.families.values() for entry in family.indicator)

    def entries(self) -> Iterator[tuple[str, str, IndicatorEntry | FigureEntry]]:
        """(file, `indicator CODE` or `figure CODE`, entry) of whatever has rules, in the order of the files."""
        for family, file in self.families.items():
            yield from ((family, f"indicator {entry.code}", entry) for entry in file.indicator)
        yield from (("uncoded", f"figure {entry.code}", entry) for entry in self.uncoded.figure)


def _check_rule_ids(rules: tuple[RuleEntry, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id and rule.id in seen:
            raise wrong(f"{shown(rule.id)} twice", "an id of its own for each rule of the entry", f"rule {rule.id}, id")
        seen.add(rule.id)
