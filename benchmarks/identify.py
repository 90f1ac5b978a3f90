"""Measure identification on generated titles and openings of units drawn at random, in ten layouts.

    python -m benchmarks.identify [--units 20000] [--seed 1] [--write]

With --write (`make docs`) the output goes into docs/accuracy.md too. A small run is a test.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from typing import Any
from unittest import mock

import opencc
import polars as pl

from pipelines.identify import identity
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.identify.names import short_name
from pipelines.identify.place import resolve
from pipelines.paths import PROJECT_ROOT
from pipelines.read.document import Span
from pipelines.read.reader import read_bytes
from pipelines.settings import Settings

# What `identify` is given, up to the register: text, furniture, fields, address, source.
Input = tuple[str, Sequence[Span], Sequence[tuple[str, str]], str | None, None]

UNITS, SEED, PROCESSES = 20_000, 1, 2
PAGE = PROJECT_ROOT / "docs" / "accuracy.md"
BEGIN, END = "<!-- units: written by `make docs` -->", "<!-- end of units -->"
WANTED_RIGHT, WANTED_SPEED = 0.995, 20_000
_CHUNK = 500
_ROUNDS = 5
_ADDITIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """How a report opens. {c} is the county, {u} the unit, {o} its office, {y} the year, {n} the year after.

    `county` says where the county is stated: in the text, in the host of the address only, or nowhere.
    """

    name: str
    county: str
    text: str
    traditional: bool = False


LAYOUTS = (
    Layout(
        "one line", "text", "{c}{o}{y}年度法治政府建设情况报告\n\n{y}年，{u}把依法办事抓在日常，情况如下：\n一、做法\n"
    ),
    Layout(
        "two lines", "text", "{c}{u}\n{y}年法治政府建设工作总结\n\n一年来，依法治理有序推进，现总结如下：\n一、学法\n"
    ),
    Layout(
        "two bodies", "text", "中共{c}{u}委员会 {c}{o}\n关于{y}年法治建设工作的报告\n\n全年工作报告如下：\n一、机制\n"
    ),
    Layout(
        "no title",
        "text",
        "{y}年，{c}{u}落实上级部署，推进法治政府建设，现将有关工作报告如下：\n一、组织\n{u}调整小组。\n",
    ),
    Layout(
        "opening", "text", "{o}{y}年法治政府建设总结\n\n{y}年，在{c}委、{c}人民政府领导下，{u}依法履职，总结如下：\n"
    ),
    Layout(
        "publisher",
        "text",
        "发布机构：{c}{o}\n发布日期：{n}-01-09\n{u}{y}年法治政府建设年度报告\n我们依法办事，情况如下：\n",
    ),
    Layout(
        "traditional", "text", "{c}{o}{y}年度法治政府建设报告\n\n{y}年，{u}坚持依法行政，报告如下：\n一、学习\n", True
    ),
    Layout("host", "host", "{o}{y}年度法治政府建设报告\n\n{y}年，{u}坚持依法行政，现将情况报告如下：\n一、学习\n"),
    Layout(
        "title only", "nowhere", "{o}{y}年度法治政府建设情况报告\n\n{y}年，{u}稳步推进依法行政，情况如下：\n一、做法\n"
    ),
    Layout("bare", "nowhere", "{y}年，{u}在上级领导下推进法治政府建设，现将情况报告如下：\n一、领导\n{u}开会研究。\n"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A generated document with the unit and year that it is about."""

    layout: Layout
    code: str
    year: int
    text: str
    url: str | None


@dataclass
class Tally:
    """Counts for the documents of one layout."""

    right: int = 0
    unresolved: int = 0
    wrong: int = 0
    wrong_year: int = 0

    @property
    def documents(self) -> int:
        """All of them."""
        return self.right + self.unresolved + self.wrong


@dataclass(frozen=True, slots=True)
class Speed:
    """Per second: documents identified and units resolved, each in one process and in two, and the yardstick.

    Resolving is the part of identifying that finds the unit in a title and opening. The yardstick is a plain loop of
    additions, by which figures of different machines and hours can be compared.
    """

    one: float
    two: float
    resolved: float
    resolved_two: float
    yardstick: float


def generate(units: int, seed: int) -> list[Document]:
    """Documents for units drawn at random from the register, the layouts in turn."""
    register = pl.read_parquet(Settings.load().divisions_path).to_dicts()
    chance = random.Random(seed)
    drawn = chance.sample(register, min(units, len(register)))
    return [_document(LAYOUTS[number % len(LAYOUTS)], unit, chance) for number, unit in enumerate(drawn)]


def office(name: str) -> str:
    """The body that signs for a unit: a subdistrict's office, a zone's committee, a farm itself, a government."""
    if name.endswith("街道"):
        return f"{name}办事处"
    if name.endswith(("镇", "乡", "苏木")):
        return f"{name}人民政府"
    return f"{name}管理委员会" if name.endswith(("区", "园", "城")) else name


def judge(documents: Sequence[Document], found: Sequence[Identity]) -> dict[str, Tally]:
    """Count by layout. If the county is nowhere stated, an unresolved unit is no error."""
    tallies = {layout.name: Tally() for layout in LAYOUTS}
    for document, answer in zip(documents, found, strict=True):
        tally = tallies[document.layout.name]
        tally.right += answer.township_code == document.code
        tally.unresolved += answer.township_code is None
        tally.wrong += answer.township_code not in (None, document.code)
        tally.wrong_year += answer.report_year != document.year
    return tallies


def identify_all(documents: Sequence[Document]) -> list[Identity]:
    """Read and identify each document."""
    gazetteer = _gazetteer()
    return [identify(*_read(document), gazetteer) for document in documents]


def clock(documents: Sequence[Document]) -> Speed:
    """Measure the speed of identification without reading: the best of some rounds, with the yardstick between them."""
    inputs = [_read(document) for document in documents]
    chunks = [inputs[at : at + _CHUNK] for at in range(0, len(inputs), _CHUNK)]
    recorded = _evidence(inputs)
    yardstick, one, resolved = [], [], []
    for _ in range(_ROUNDS):
        yardstick.append(_seconds(_add))
        one.append(sum(map(_timed, chunks)))
        resolved.append(_seconds(lambda: [resolve(*each) for each in recorded]))
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        list(pool.map(_timed, chunks))  # starts the processes and loads the register
        two = min(_seconds(lambda: list(pool.map(_timed, chunks))) for _ in range(_ROUNDS))
        bare = [(given[0], *given[2:]) for given in recorded]  # without the register, which the processes have
        parts = [bare[at : at + _CHUNK] for at in range(0, len(bare), _CHUNK)]
        resolved_two = min(_seconds(lambda: list(pool.map(_resolve_all, parts))) for _ in range(_ROUNDS))
    count = len(inputs)
    return Speed(
        count / min(one), count / two, count / min(resolved), count / resolved_two, _ADDITIONS / min(yardstick)
    )


def render(tallies: dict[str, Tally]) -> str:
    """The table by layout in Markdown."""
    lines = ["| layout | county stated in | documents | right | unresolved | wrong | year wrong |"]
    lines.append("|---|---|---|---|---|---|---|")
    for layout in LAYOUTS:
        t = tallies[layout.name]
        share = t.right / max(1, t.documents)
        row = (layout.name, layout.county, t.documents, f"{share:.2%}", t.unresolved, t.wrong, t.wrong_year)
        lines.append(f"| {' | '.join(map(str, row))} |")
    return "\n".join(lines)


def verdict(tallies: dict[str, Tally], speed: Speed) -> str:
    """What was expected and what was measured, as lines of Markdown."""
    right, wrong = share_right(tallies), wrong_unstated(tallies)
    return "\n".join(
        [
            f"- Right where the text states the county: {right:.2%} (at least {WANTED_RIGHT:.1%} is wanted).",
            f"- Wrong where it does not: {wrong} (0 is wanted).",
            f"- Identified, from text to kind, unit and year: {speed.one:,.0f} documents/s in one process, "
            f"{speed.two:,.0f} in two.",
            f"- Resolved, from title and opening to the unit alone: {speed.resolved:,.0f} documents/s in one process, "
            f"{speed.resolved_two:,.0f} in two, the way to the processes included ({WANTED_SPEED:,} are wanted).",
            f"- Yardstick: {speed.yardstick / 1e6:,.1f} million additions/s in plain Python, in the same minutes.",
        ]
    )


def with_block(page: str, block: str) -> str:
    """The page with its generated part replaced. Raises ValueError when the page has lost its marks."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"{PAGE.name} has lost the lines {BEGIN} and {END}; put them back around the table of units")
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{block}\n\n{END}{rest.partition(END)[2]}"


def share_right(tallies: dict[str, Tally]) -> float:
    """The share of right units where the text states the county."""
    stated = [tallies[layout.name] for layout in LAYOUTS if layout.county == "text"]
    return sum(t.right for t in stated) / max(1, sum(t.documents for t in stated))


def wrong_unstated(tallies: dict[str, Tally]) -> int:
    """How many units are wrong where the text does not state the county."""
    return sum(tallies[layout.name].wrong for layout in LAYOUTS if layout.county != "text")


def _document(layout: Layout, unit: dict[str, str], chance: random.Random) -> Document:
    name, year = unit["township_name"], chance.randrange(2017, 2025)
    county = chance.choice((unit["county_name"], short_name(unit["county_name"])))
    text = layout.text.format(c=county, u=name, o=office(name), y=year, n=year + 1)
    syllables = unit["county_pinyin"].split()
    host = "".join(syllables[:-1] if len(syllables) > 2 else syllables)
    url = f"http://www.{host}.gov.cn/xxgk/" if layout.county == "host" else None
    return Document(layout, unit["township_code"], year, _to_traditional(text) if layout.traditional else text, url)


def _read(document: Document) -> Input:
    read = read_bytes(document.text.encode(), "generated.txt")
    return read.text, read.furniture, read.fields, document.url, None


def _timed(inputs: Sequence[Input]) -> float:
    gazetteer = _gazetteer()
    start = time.perf_counter()
    for each in inputs:
        identify(*each, gazetteer)
    return time.perf_counter() - start


def _resolve_all(given: Sequence[tuple[Any, ...]]) -> int:
    gazetteer = _gazetteer()
    return sum(resolve(evidence, gazetteer, *rest).unit is not None for evidence, *rest in given)


def _evidence(inputs: Sequence[Input]) -> list[tuple[Any, ...]]:
    """The arguments that `identify` passes to `resolve` for each document."""
    gazetteer, recorded = _gazetteer(), []

    def record(*given: Any) -> Any:
        recorded.append(given)
        return resolve(*given)

    with mock.patch.object(identity, "resolve", record):
        for each in inputs:
            identify(*each, gazetteer)
    return recorded


def _add() -> None:
    total = 0
    for number in range(_ADDITIONS):
        total += number


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load(Settings.load().divisions_path)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def _to_traditional(text: str) -> str:
    converted: str = _converter().convert(text)
    return converted


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table by layout and the speed. With --write put them into the page, too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identify", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help=f"write the result into {PAGE.name}")
    given = parser.parse_args(arguments)
    documents = generate(given.units, given.seed)
    tallies = judge(documents, identify_all(documents))
    block = f"{render(tallies)}\n\n{verdict(tallies, clock(documents))}"
    print(block)
    if given.write:
        PAGE.write_text(with_block(PAGE.read_text(encoding="utf-8"), block), encoding="utf-8")


if __name__ == "__main__":
    main()
