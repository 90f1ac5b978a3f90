"""Patterns: sentences with slots for numbers, each slot labelled with the indicator its number belongs to.

There are two sources of patterns: the examples of the codebook, and wording.toml. benchmarks.corpus puts reports
together of them, benchmarks.amounts spells the numbers.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from benchmarks import amounts
from pipelines.codebook.compile import expand
from pipelines.codebook.rule_files import read_files
from pipelines.codebook.schema import CodebookFiles, IndicatorEntry

_SLOT = re.compile(r"\{([^{}]+)\}")
# What in an example is a name or a date and stays as it is.
_FIXED = re.compile(r"[0-9]{1,2}月(?:底|[0-9]{1,2}日)?|12345|[0-9]{1,2}·[0-9]{1,2}")
_FIGURE = re.compile(r"(?:约|近|超过|超|逾)?\s*([0-9０-９][0-9０-９,.]*[万]?)[余多]?\s*")
_CHINESE_FIGURE = re.compile(r"[一二两三四五六七八九十百千万]+[余多]?(?:[次场期名人件起个份条篇项部处册宗]|平方)")
_HUNDRED = 100.0


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that a generated report states."""

    metric_code: str
    value: float
    qualifier: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a number. Without codes it is nobody's figure and `name` says what kind of number it is."""

    name: str
    codes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    zero: bool = False
    low: float = 2
    high: float = 100


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence as text and slots in turn."""

    pieces: tuple[str | Slot, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators that the sentence states."""
        return tuple(code for piece in self.pieces if isinstance(piece, Slot) for code in piece.codes)

    def fill(self, rng: Random, names: Mapping[str, str]) -> tuple[str, list[Known]]:
        """The sentence with random numbers, and the facts it states; `names` gives the words of nameless slots."""
        words: list[str] = []
        known: list[Known] = []
        for index, piece in enumerate(self.pieces):
            if isinstance(piece, str):
                words.append(piece)
            elif not piece.codes:
                words.append(names[piece.name] if piece.name in names else filler_number(rng, piece.name, names))
            elif piece.zero:
                known += [Known(code, 0.0, "exact") for code in piece.codes]
            else:
                after = self.pieces[index + 1] if index + 1 < len(self.pieces) else "。"
                amount = _amount(rng, piece, words[-1][-1:] if words else "", after if isinstance(after, str) else "件")
                words.append(amount.text)
                known += [Known(code, amount.value, amount.qualifier) for code in piece.codes]
        return "".join(words), known


def _amount(rng: Random, slot: Slot, before: str, after: str) -> amounts.Amount:
    if slot.units == ("%",):
        return amounts.rate(rng, slot.low, slot.high, before, after[:1])
    return amounts.count(rng, slot.low, slot.high, rng.choice(slot.units), before, after[:1])


def filler_number(rng: Random, name: str, names: Mapping[str, str]) -> str:
    """A number that is nobody's figure: {small}, {n}, {big}, {pct}, {y-1}, {phone} ..."""
    if name.startswith("y"):
        return str(int(names["year"]) + int(name[1:] or 0))
    if name == "pct":
        return f"{rng.uniform(3, 97):.1f}%"
    if name == "phone":
        return f"0{rng.randint(310, 998)}-{rng.randint(2_000_000, 8_999_999)}"
    if name == "index":
        return f"{rng.randint(10**8, 10**9 - 1)}"
    low, high = _RANGES[name]
    return f"{rng.randint(low, high):0{2 if name == 'day2' else 1}d}"


_RANGES = {
    "small": (2, 9),
    "n": (11, 98),
    "big": (101, 9_800),
    "month": (2, 11),
    "day": (2, 28),
    "day2": (2, 28),
    "five": (10_000, 99_999),
}


@dataclass
class Wording:
    """All patterns and fillers, by family and by kind; see wording.toml."""

    sentences: dict[str, list[Pattern]] = field(default_factory=dict)  # by family
    by_code: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)  # (family, pattern) by indicator
    headings: dict[str, list[str]] = field(default_factory=dict)
    filler: dict[str, list[str]] = field(default_factory=dict)  # by family; "general" fits all
    distractors: dict[str, list[Pattern]] = field(default_factory=dict)  # by kind
    page: dict[str, list[Pattern]] = field(default_factory=dict)
    tail: dict[str, list[Pattern]] = field(default_factory=dict)
    plan: dict[str, list[Pattern]] = field(default_factory=dict)  # headings, sentences
    problem: dict[str, list[Pattern]] = field(default_factory=dict)
    general: dict[str, list[Pattern]] = field(default_factory=dict)


@cache
def load_wording() -> Wording:
    """The patterns of wording.toml and of the codebook's examples, read once per process."""
    table = tomllib.loads((Path(__file__).parent / "wording.toml").read_text("utf-8"))
    files = read_files()
    ranges = {entry.code: _range(entry) for entry in files.indicators}
    wording = Wording()
    prose = table["general"]["filler"]
    for family in files.families:
        wording.headings[family] = table[family]["headings"]
        wording.filler[family] = [*table[family]["filler"], *prose]
        wording.sentences[family] = _patterns(table[family]["sentences"], ranges)
    wording.filler["general"] = prose
    for family, template in example_templates(files, table["examples"]["left_out"]):
        wording.sentences[family].append(parse(template, ranges))
    for family, patterns in wording.sentences.items():
        for pattern in patterns:
            for code in pattern.codes:
                wording.by_code.setdefault(code, []).append((family, pattern))
    for part in ("distractors", "page", "tail", "plan", "problem", "general"):
        setattr(wording, part, {kind: _patterns(texts, ranges) for kind, texts in table[part].items()})
    return wording


def _patterns(texts: Iterable[str], ranges: Mapping[str, tuple[float, float]]) -> list[Pattern]:
    return [parse(text, ranges) for text in texts]


def parse(template: str, ranges: Mapping[str, tuple[float, float]]) -> Pattern:
    """A template of wording.toml as a pattern. Raises KeyError for a code that the codebook does not have."""
    pieces: list[str | Slot] = []
    for index, piece in enumerate(_SLOT.split(template)):
        if index % 2 == 0:
            if piece:
                pieces.append(piece)
            continue
        name, _, units = piece.removesuffix("=0").partition(":")
        codes = tuple(name.split("+")) if "_" in name or name in ranges else ()
        low, high = ranges[codes[0]] if codes else (2, 100)
        choice = tuple(units.split("/")) if units else ("%",)
        pieces.append(Slot(name, codes, choice, piece.endswith("=0"), low, high))
    return Pattern(tuple(pieces))


def _range(entry: IndicatorEntry) -> tuple[float, float]:
    """From half the least to twice the largest value that the examples of an indicator give."""
    values = [value for example in entry.example for value in example.figures if value]
    low, high = min(values, default=2), max(values, default=20)
    if entry.unit == "%":
        return (2, 30) if high < _HUNDRED / 2 else (80, 99.9)
    return max(2, low / 2), max(9, high * 2)


def example_templates(files: CodebookFiles, left_out: Sequence[str]) -> Iterable[tuple[str, str]]:
    """(family, template) of every example whose numbers are all accounted for by the indicators that give it."""
    labels: dict[str, dict[float, list[str]]] = defaultdict(lambda: defaultdict(list))
    families: dict[str, str] = {}
    years: dict[str, int] = {}
    units: dict[str, list[str]] = {}
    for family, file in files.families.items():
        for entry in file.indicator:
            named = [entry.units, *(entry.units if rule.units is None else rule.units for rule in entry.rule)]
            units[entry.code] = [
                word for names in named for name in names for word in sorted(expand([name], files.lexicon.unit))
            ]
            for example in entry.example:
                families.setdefault(example.text, family)
                years[example.text] = example.year
                for value in example.figures:
                    labels[example.text][value].append(entry.code)
    for text, values in labels.items():
        template = None if text in left_out else _template(text, values, years[text], units)
        if template:
            yield families[text], template


def _template(text: str, labels: Mapping[float, list[str]], year: int, units: Mapping[str, list[str]]) -> str | None:
    """An example with slots in place of its numbers, or None where numbers and labels do not pair one to one."""
    text = text.replace("{", "").replace(f"{year}年", "\0年")
    if _CHINESE_FIGURE.search(text):
        return None
    left = {value: list(codes) for value, codes in labels.items()}
    out, at = "", 0
    for match in re.finditer(f"{_FIXED.pattern}|{_FIGURE.pattern}", text):
        if match[1] is None or match.start() < at:
            continue
        codes = left.pop(_value(match[1]), None)
        unit = codes and _unit(text[match.end() :], [u for code in codes for u in units[code]])
        if not codes or not unit or text[max(0, match.start() - 2) : match.start()].endswith(("不到", "不少")):
            return None
        out += text[at : match.start()] + "{" + "+".join(codes) + ("" if unit == "%" else f":{unit}") + "}"
        at = match.end() + len(unit)
        if text.startswith(("以上", "左右"), at):
            at += 2
    return None if left else (out + text[at:]).replace("\0", "{y}")


def _value(digits: str) -> float:
    plain = digits.replace(",", "")
    return round(float(plain.removesuffix("万")) * (10_000 if plain.endswith("万") else 1), 4)


def _unit(rest: str, units: Sequence[str]) -> str:
    """The longest classifier of the indicator that the words behind a number begin with."""
    rest = rest.replace("％", "%")
    return max((u for u in (*units, "元") if rest.startswith(u)), key=len, default="")
