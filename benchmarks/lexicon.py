"""What the engine is compared with: one regular expression a rule, and a codebook with twice the words.

Both are made out of the codebook. The time they take is measured in benchmarks.measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import regex  # type: ignore[import-untyped]

from pipelines.codebook.compile import Codebook, compile_codebook
from pipelines.codebook.load import load_codebook, read_tables

_CHINESE = regex.compile(r"[\u4e00-\u9fff]{2,4}")
_NEVER = "龘靐齉爩麤灪籱虋"  # characters that no report uses
_LISTS = ("concept", "topic", "subject")
_PER_RULE = 8


def rule_patterns() -> list[Any]:
    """For each rule of an indicator one pattern: any of its heads, a few words, a number, any of its classifiers."""
    _, indicators, _, lexicon, _ = read_tables()
    return [_pattern(entry, [rule], lexicon) for entry in indicators for rule in entry["rule"]]


def indicator_patterns() -> list[Any]:
    """The same with one pattern for all rules of an indicator."""
    _, indicators, _, lexicon, _ = read_tables()
    return [_pattern(entry, entry["rule"], lexicon) for entry in indicators]


def _pattern(entry: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], lexicon: Mapping[str, Any]) -> Any:
    heads = _expand([h for rule in rules for h in rule["head"]], lexicon["concept"])
    units = _expand([u for rule in rules for u in rule.get("units", entry["units"])], lexicon["unit"])
    number = rf"[^,，。;；0-9]{{0,12}}?([0-9][0-9,.]*)\s*[万余多]*\s*(?:{units})"
    return regex.compile(rf"(?:{heads}){number}")


def _expand(words: Sequence[str], groups: Mapping[str, Sequence[str]]) -> str:
    plain = {w for word in words for w in (groups[word[1:]] if word.startswith("@") else [word])}
    return "|".join(regex.escape(word) for word in sorted(plain, key=lambda w: (-len(w), w)))


def doubled_codebook(texts: Sequence[str]) -> Codebook:
    """The codebook with twice as many terms, of which half occur in no text and half are plain words of `texts`.

    The new words find nothing new: those that occur are heads of rules for a classifier that no number has.
    """
    version, indicators, uncoded, lexicon, cues = read_tables()
    plain = load_codebook()
    half = len(plain.terms) // 2
    idle = [_unused_word(number) for number in range(len(plain.terms) - half)]
    busy = _plain_words(texts, {term.text for term in plain.terms}, half)
    rules = [{"head": busy[i : i + _PER_RULE], "units": ["某某"]} for i in range(0, len(busy), _PER_RULE)]
    figures = [*uncoded, {"code": "synthetic", "coded": False, "rule": rules}]
    return compile_codebook(f"{version}x2", *_with_idle(indicators, figures, lexicon, idle), cues)


def _with_idle(
    indicators: Sequence[Mapping[str, Any]],
    figures: Sequence[Mapping[str, Any]],
    lexicon: Mapping[str, Any],
    idle: Sequence[str],
) -> tuple[list[dict[str, Any]], Sequence[Mapping[str, Any]], dict[str, Any]]:
    """Spread the idle terms over the heads of all rules and the lists of the lexicon."""
    lists = [(group, name) for group in _LISTS for name in lexicon[group]]
    rules = sum(len(entry["rule"]) for entry in indicators)
    share = len(idle) // (rules + len(lists)) + 1
    chunks = iter([list(idle[i : i + share]) for i in range(0, len(idle), share)])
    more = [
        {**entry, "rule": [{**rule, "head": [*rule["head"], *next(chunks, [])]} for rule in entry["rule"]]}
        for entry in indicators
    ]
    words = {group: dict(lexicon[group]) for group in _LISTS}
    for group, name in lists:
        words[group][name] = [*words[group][name], *next(chunks, [])]
    return more, figures, {**lexicon, **words}


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
