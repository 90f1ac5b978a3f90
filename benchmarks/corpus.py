"""The corpus: generated reports whose facts are known, for measuring speed and checking the engine at scale.

A report has a page around it, headings, paragraphs of prose, sentences with figures, numbers that are no figures, and a
part on next year. The sentences come from benchmarks.patterns and wording.toml.

Report number i of a seed depends on the seed and i alone, so any part of a corpus can be generated anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import polars as pl

from benchmarks.patterns import Known, Pattern, Wording, load_wording
from pipelines.codebook.rule_files import FAMILIES

DIVISIONS = Path(__file__).parents[1] / "raw" / "reference" / "divisions.parquet"
LENGTH = 4_000  # characters of a report, about
_YEARS = range(2019, 2025)
_SERIES = range(2015, 2026)  # a report a year from each unit: 424,000 in all
_ORDINALS = "一二三四五六七八九十"
_STATING = 11  # sentences with figures in a report
_CUT_OFF = 0.05  # share of reports whose text stops in the middle of a sentence
_DISTRACTING = 5  # sentences with numbers that are no figures


@dataclass(frozen=True, slots=True)
class Generated:
    """One generated report, what it states, and which kinds of distractors it holds."""

    report_id: str
    text: str
    report_year: int
    township_code: str
    facts: list[Known]
    distractors: frozenset[str]


@dataclass
class _Draft:
    """A report while it is written."""

    rng: Random
    wording: Wording
    names: dict[str, str]
    lines: list[str] = field(default_factory=list)
    facts: list[Known] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    def say(self, pattern: Pattern) -> str:
        words, known = pattern.fill(self.rng, self.names)
        self.facts += known
        return words

    def pick(self, patterns: list[Pattern]) -> str:
        return self.say(self.rng.choice(patterns))

    def distract(self, kind: str, patterns: list[Pattern]) -> str:
        self.kinds.add(kind)
        return self.pick(patterns)


def generate(n: int, seed: int, first: int = 0) -> Iterator[Generated]:
    """Reports number `first` to `first + n` of the corpus of a seed."""
    provinces = units_by_province()
    for number in range(first, first + n):
        rng = Random(f"{seed}:{number}")
        unit = rng.choice(provinces[number % len(provinces)])
        yield _report(rng, number, unit, rng.choice(_YEARS))


def generate_series(n: int, seed: int, first: int = 0, years: range = _SERIES) -> Iterator[Generated]:
    """Reports number `first` to `first + n` where every unit reports once a year: unit by unit, year by year."""
    units = [unit for province in units_by_province() for unit in province]
    for number in range(first, min(first + n, len(units) * len(years))):
        at, year = divmod(number, len(years))
        yield _report(Random(f"{seed}:{number}"), number, units[at], years[year])


@cache
def units_by_province() -> list[list[dict[str, str]]]:
    """Townships and subdistricts by province, as the names that patterns use; the provinces take turns."""
    columns = ["township_code", "township_name", "county_name", "city_name", "province_name"]
    frame = pl.read_parquet(DIVISIONS, columns=columns)
    kinds = {"镇": ("镇", "党委"), "乡": ("乡", "党委"), "街道": ("街道", "党工委")}
    units: dict[str, list[dict[str, str]]] = {}
    for code, town, county, city, province in frame.sort("township_code").iter_rows():
        kind = next((k for k in kinds if town.endswith(k)), None)
        if kind and county and not any(c.isdigit() for c in town):
            t, dw = kinds[kind]
            names = {"code": code, "town": town, "county": county, "city": city, "province": province}
            units.setdefault(province, []).append({**names, "t": t, "dw": dw})
    return list(units.values())


def _report(rng: Random, number: int, unit: dict[str, str], year: int) -> Generated:
    draft = _Draft(rng, load_wording(), {**unit, "year": str(year)})
    _open(draft, f"关于{year}年度法治政府建设情况的报告")
    _results(draft)
    _closing(draft, LENGTH)
    _end(draft)
    text = "\n".join(draft.lines)
    return Generated(f"{number:016x}", text, year, unit["code"], draft.facts, frozenset(draft.kinds))


def compose(
    rng: Random, unit: dict[str, str], year: int, title: str, chosen: dict[str, list[Pattern]], length: int
) -> str:
    """The text of a report of `unit` on `year` that states the sentences `chosen` (by family).

    `title` follows the name of who reports. `unit` is one of `units_by_province`. The report is filled up to about
    `length` characters and is never cut off. No distractor states a figure, so that the report states those of `chosen`
    alone.
    """
    draft = _Draft(rng, load_wording(), {**unit, "year": str(year)})
    _open(draft, title, {"phone"})  # a telephone before the title is read as its first words
    _results(draft, chosen)
    _closing(draft, length)
    return "\n".join([*draft.lines, draft.pick(draft.wording.general["outro"])])


def _open(draft: _Draft, title: str, without: Collection[str] = ()) -> None:
    rng, wording = draft.rng, draft.wording
    for kind, patterns in wording.page.items():
        if rng.random() < 0.5 and kind not in without:
            draft.lines.append(draft.distract(kind, patterns))
    names = draft.names
    suffix = "办事处" if names["t"] == "街道" else "人民政府"
    draft.lines.append(f"{names['county']}{names['town']}{suffix}{title}")
    draft.lines.append(draft.pick(wording.general["intro"]))


def _results(draft: _Draft, chosen: dict[str, list[Pattern]] | None = None) -> None:
    """Part one: a heading a family, a paragraph a sentence with figures, prose and distractors in between."""
    rng, wording = draft.rng, draft.wording
    kinds = sorted(wording.distractors)
    if chosen is None:
        chosen = _choose(rng, wording)
    else:
        kinds = [kind for kind in kinds if not any(pattern.codes for pattern in wording.distractors[kind])]
    kinds = rng.sample(kinds, _DISTRACTING)
    families = [family for family in FAMILIES if family in chosen]
    rng.shuffle(families)
    paragraphs = [(family, pattern) for family in families for pattern in chosen[family]]
    held = dict(zip(rng.sample(range(len(paragraphs)), min(len(kinds), len(paragraphs))), kinds, strict=False))
    draft.lines.append(f"一、{draft.pick(wording.general['parts'])}")
    last, item = "", 0
    for index, (family, pattern) in enumerate(paragraphs):
        if family != last:
            draft.lines.append(f"({_ORDINALS[families.index(family)]}){rng.choice(wording.headings[family])}")
            last, item = family, 0
        item += 1
        _paragraph(draft, family, pattern, held.get(index), _mark(rng, item))


def _mark(rng: Random, item: int) -> str:
    """How a paragraph is numbered, if it is."""
    return rng.choice(("", "", "", f"{item}.", f"{item}、", f"({item})", f"{_ORDINALS[item - 1]}是"))


def _choose(rng: Random, wording: Wording) -> dict[str, list[Pattern]]:
    """Sentences for indicators drawn evenly, so that the rare ones come as often as the common."""
    chosen: dict[str, list[Pattern]] = {}
    taken: set[str] = set()
    for code in rng.sample(sorted(wording.by_code), 3 * _STATING):
        family, pattern = rng.choice(wording.by_code[code])
        if not taken & set(pattern.codes) and sum(map(len, chosen.values())) < _STATING:
            chosen.setdefault(family, []).append(pattern)
            taken.update(pattern.codes)
    return chosen


def _paragraph(draft: _Draft, family: str, pattern: Pattern, kind: str | None, mark: str) -> None:
    """A line of prose around one sentence with figures; a distractor stands in a line of its own or behind it."""
    rng, prose = draft.rng, draft.wording.filler[family]
    sentences = rng.sample(prose, 5)
    sentences.insert(rng.randint(1 if mark else 0, 4), draft.say(pattern))  # 1.5个村 would be one and a half
    if kind and rng.random() < 0.5:
        sentences.append(draft.distract(kind, draft.wording.distractors[kind]))
        kind = None
    draft.lines.append(mark + "".join(sentences))
    if kind:
        sentence = draft.distract(kind, draft.wording.distractors[kind])
        draft.lines.append(f"{rng.choice(prose)}{sentence}{rng.choice(prose)}")


def _closing(draft: _Draft, usual: int) -> None:
    """What is wanting and what comes next: parts whose numbers are no results, filled up to the usual length."""
    rng, wording = draft.rng, draft.wording
    prose = wording.filler["general"]
    for mark, kind, part in (("二", "problem", wording.problem), ("三", "plan", wording.plan)):
        draft.lines.append(f"{mark}、{draft.pick(part['headings'])}")
        for number in range(1, 4):
            body = draft.distract(kind, part["sentences"])
            draft.lines.append(f"{number}.{''.join(rng.sample(prose, 3))}{body}")
    length = sum(map(len, draft.lines))
    while length < usual - 150:
        draft.lines.append("".join(rng.sample(prose, 4)))
        length += len(draft.lines[-1])


def _end(draft: _Draft) -> None:
    """The last line; now and then the text stops in the middle of a sentence before it."""
    rng, wording = draft.rng, draft.wording
    if rng.random() < _CUT_OFF:
        draft.lines.append(
            rng.choice(wording.filler["general"]) + draft.distract("truncated", wording.tail["truncated"])
        )
    else:
        draft.lines.append(draft.pick(wording.general["outro"]))
