"""What the engine is compared with: one regular expression a rule, and a codebook with twice the words.

Both are made out of the codebook. The time they take is measured in benchmarks.measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import regex  # type: ignore[import-untyped]

from pipelines.codebook.compile import compile_codebook, expand
from pipelines.codebook.compiled import Codebook
from pipelines.codebook.load import load_codebook
from pipelines.codebook.rule_files import read_files
from pipelines.codebook.schema import CodebookFiles, FigureEntry, IndicatorEntry, RuleEntry

_CHINESE = regex.compile(r"[\u4e00-\u9fff]{2,4}")
_NEVER = "龘靐齉爩麤灪籱虋"  # characters that no report uses
_LISTS = ("concept", "topic", "subject")
_PER_RULE = 8


def rule_patterns() -> list[Any]:
    """For each rule of an indicator one pattern: any of its heads, a few words, a number, any of its classifiers."""
    files = read_files()
    return [_pattern(entry, [rule], files) for entry in files.indicators for rule in entry.rule]


def indicator_patterns() -> list[Any]:
    """The same with one pattern for all rules of an indicator."""
    files = read_files()
    return [_pattern(entry, entry.rule, files) for entry in files.indicators]


def _pattern(entry: IndicatorEntry, rules: Sequence[RuleEntry], files: CodebookFiles) -> Any:
    def any_of(words: Sequence[str], lists: Mapping[str, Sequence[str]]) -> str:
        return "|".join(regex.escape(word) for word in sorted(expand(words, lists), key=lambda w: (-len(w), w)))

    heads = any_of([head for rule in rules for head in rule.head], files.lexicon.concept)
    given = [entry.units if rule.units is None else rule.units for rule in rules]
    units = any_of([unit for units in given for unit in units], files.lexicon.unit)
    number = rf"[^,，。;；0-9]{{0,12}}?([0-9][0-9,.]*)\s*[万余多]*\s*(?:{units})"
    return regex.compile(rf"(?:{heads}){number}")


def doubled_codebook(texts: Sequence[str]) -> Codebook:
    """The codebook with twice as many terms, of which half occur in no text and half are plain words of `texts`.

    The new words find nothing new: those that occur are heads of rules for a classifier that no number has.
    """
    files = read_files()
    plain = load_codebook()
    half = len(plain.terms) // 2
    idle = [_unused_word(number) for number in range(len(plain.terms) - half)]
    busy = _plain_words(texts, {term.text for term in plain.terms}, half)
    rules = tuple(
        RuleEntry(head=tuple(busy[i : i + _PER_RULE]), units=("某某",)) for i in range(0, len(busy), _PER_RULE)
    )
    synthetic = FigureEntry(code="synthetic", definition="Words that are heads of nothing.", rule=rules)
    uncoded = files.uncoded.model_copy(update={"figure": (*files.uncoded.figure, synthetic)})
    return compile_codebook(_with_idle(replace(files, version=f"{files.version}x2", uncoded=uncoded), idle))


def _with_idle(files: CodebookFiles, idle: Sequence[str]) -> CodebookFiles:
    """The files with the idle terms spread over the heads of all indicators' rules and the lists of the lexicon."""
    lists = sum(len(getattr(files.lexicon, section)) for section in _LISTS)
    share = len(idle) // (sum(len(entry.rule) for entry in files.indicators) + lists) + 1
    chunks = iter([tuple(idle[i : i + share]) for i in range(0, len(idle), share)])

    def more(rule: RuleEntry) -> RuleEntry:
        return rule.model_copy(update={"head": (*rule.head, *next(chunks, ()))})

    families = {
        name: file.model_copy(
            update={
                "indicator": tuple(
                    entry.model_copy(update={"rule": tuple(more(rule) for rule in entry.rule)})
                    for entry in file.indicator
                )
            }
        )
        for name, file in files.families.items()
    }
    sections = {
        section: {name: (*words, *next(chunks, ())) for name, words in getattr(files.lexicon, section).items()}
        for section in _LISTS
    }
    return replace(files, families=families, lexicon=files.lexicon.model_copy(update=sections))


def _unused_word(number: int) -> str:
    """A word of four characters that no report has, a different one for each number."""
    return "".join(_NEVER[(number >> (3 * place)) % 8] for place in range(4))


def _plain_words(texts: Sequence[str], known: set[str], count: int) -> list[str]:
    """`count` words of two to four characters that stand in the texts and not in the codebook."""
    words: set[str] = set()
    for text in texts[:50]:
        for size in (2, 3, 4):
            words.update(text[i : i + size] for i in range(len(text) - size))
    fitting = sorted(w for w in words - known if _CHINESE.fullmatch(w))
    return Random(1).sample(fitting, min(count, len(fitting)))
