"""The example archive: some thousand generated reports of real townships with invented figures, and their warehouse.

    python -m benchmarks.example_archive FOLDER [--townships 300] [--reports 2000] [--seed 1]

It writes FOLDER/raw and runs `fazhi run` on it; the warehouse is FOLDER itself. `make example` does so in
warehouse-example/, for looking at maps, rankings, trends, the review queue and blanks. How often what is written stands
in example_archive.toml. The sentences come from benchmarks.patterns, the rest of a report from benchmarks.corpus.

That all is invented is said three times: a title ends with (示例), the last line says so, and each report of the
release has the `source_id` example, whose name in FOLDER/raw/sources.toml says it too.

The same seed gives the same files. A second run in the same folder does only what is new.
"""

from __future__ import annotations

import argparse
import csv
import math
import resource
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from benchmarks.adversarial import TITLES
from benchmarks.corpus import compose
from benchmarks.document_forms import Paper, can_scan, written
from benchmarks.example import WORDING, units_of, write_file
from benchmarks.example_figures import Figures, Stated
from benchmarks.patterns import Known, Pattern
from benchmarks.processes import ROOT, environment
from pipelines.settings import Settings

PLAN = Path(__file__).with_name("example_archive.toml")
SEED = 1
SOURCE = "example"
_SOURCES = """\
# Every report below this folder is generated and every figure invented. Nothing is fetched.
[[site]]
id = "{source}"
name = "{note}"
division = "{county}"
enabled = false
start = "https://www.example.gov.cn/index.html"
"""
_CORRECTIONS = "report,action,metric_code,evidence,char_start,char_end,machine_value,value,reason,who,on".split(",")
_FLOOD = 1.25  # the second figure of a report that contradicts itself, by the first
Unit = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A report of the archive: where it lies below the raw folder, what it is, its bytes, and all that it states."""

    path: str
    kind: str
    unit: Unit
    data: bytes
    sentences: Sequence[Stated]
    facts: tuple[Known, ...]
    url: str


def units(settings: Settings, plan: dict[str, Any], townships: int, seed: int) -> list[Unit]:
    """The units of the archive, each with its names and one of its years: `townships` of them, by whole counties.

    Units that ended in one of the years come on top. The last county of a province is not whole.
    """
    frame = pl.read_parquet(settings.divisions_path, columns=["province_code", "county_code", "township_code"])
    known = frame.filter(pl.col("province_code").is_in(plan["provinces"]))["county_code"].unique(maintain_order=True)
    found: list[Unit] = []
    for place, province in enumerate(plan["provinces"]):
        wanted = len(range(place, townships, len(plan["provinces"])))
        others = sorted(county for county in known if county[:2] == province[:2] and county not in plan["counties"])
        named = [county for county in plan["counties"] if county[:2] == province[:2]]
        taken: set[str] = set()
        for county in [*named, *Random(f"{seed}:counties:{province}").sample(others, len(others))]:
            rows = list(units_of(settings, [county], plan["years"]))
            now = sorted({row["code"] for row in rows if row["year"] == plan["years"][-1]})
            left = set(now[: wanted - len(taken)])
            if len(now) <= plan["largest_county"] or county in named:
                taken |= left
                found += [_worded(row) for row in rows if row["code"] in left or row["code"] not in now]
            if len(taken) >= wanted:
                break
    return found


def _worded(unit: Unit) -> Unit:
    """The unit with the words for its kind that patterns use."""
    kind = "街道" if unit["town"].endswith("街道") else unit["town"][-1]
    return {**unit, "t": kind, "dw": "党工委" if kind == "街道" else "党委"}


def generate_examples(settings: Settings, townships: int, reports: int, seed: int) -> Iterator[Example]:
    """`reports` reports of the units: yearly ones, and others beside them."""
    plan = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    figures = Figures(seed, plan)
    rng = Random(f"{seed}:reports")
    every = units(settings, plan, townships, seed)
    counties = sorted({unit["county_code"] for unit in every})
    silent = set(rng.sample(counties, round(len(counties) * plan["silent_county"])))
    yearly = [unit for unit in every if rng.random() < plan["reporting"][unit["county_code"] in silent]]
    yearly = yearly if len(yearly) <= plan["annual"] * reports else rng.sample(yearly, int(plan["annual"] * reports))
    scanned = set(rng.sample(range(len(yearly)), math.ceil(plan["scans"] * reports))) if can_scan() else set()
    for number, unit in enumerate(yearly):
        yield _example(figures, unit, "annual", "pdf" if number in scanned else "")
    beside = [unit for unit in every if unit["county_code"] not in silent]
    done: set[tuple[str, int, str]] = set()
    while len(done) < reports - len(yearly):
        kind = rng.choices(list(plan["beside"]), list(plan["beside"].values()))[0]
        unit = rng.choice(beside if kind in ("first_half", "enforcement") else yearly)
        if (unit["code"], unit["year"], kind) not in done:
            done.add((unit["code"], unit["year"], kind))
            yield _example(figures, unit, kind)


def _example(figures: Figures, unit: Unit, kind: str, form: str = "") -> Example:
    """The report of a unit and year of a kind; `form` is the format, drawn if it is empty."""
    plan, rng = figures.plan, Random(f"{figures.seed}:{unit['code']}:{unit['year']}:{kind}")
    if kind in ("mirror", "copy"):
        usual = _example(figures, unit, "annual", "txt")
        data = usual.data if kind == "copy" else "当前位置:首页 > 政务公开 > 法治政府建设\n".encode() + usual.data
        return replace(usual, kind=kind, data=data, path=_path(unit, kind, "txt"), url=_url(unit, kind))
    drawn = rng.choices(list(plan["formats"]), list(plan["formats"].values()))[0]
    rows_chance = rng.random()
    form = form or (drawn if kind == "annual" else "txt")
    codes = figures.wanted(unit)
    rows: dict[str, str] = {}
    facts: list[Known] = []
    if form in ("docx", "xlsx") or (form == "html" and rows_chance < 0.5):
        for label, code in plan["rows"].items():
            if code in codes and (level := figures.level(unit, code)) >= 1:
                codes.remove(code)
                rows[label] = f"{level:.0f}"
                facts.append(Known(code, level, "exact"))
    stated = _sentences(figures, unit, kind, codes, rng)
    title = TITLES[kind].format(y=unit["year"]) + plan["mark"]
    office = f"{unit['county']}{unit['town']}{'办事处' if unit['t'] == '街道' else '人民政府'}"
    chosen: dict[str, list[Pattern]] = {}
    for one in stated:
        chosen.setdefault(one.family, []).append(one.pattern)
    if form in ("txt", "html", "docx"):
        lines = compose(rng, unit, unit["year"], title, chosen, plan["length"]).split("\n")
    else:
        intro = plan["intro"].format(town=unit["town"], year=unit["year"])
        lines = [office + title, intro, *(one.words for one in stated)]
    day = _published(unit, kind, rng)
    lines += [office, f"{day.year}年{day.month}月{day.day}日", plan["note"]]
    place = next((at for at, line in enumerate(lines) if line.startswith("二、")), 1)
    data = written(Paper(office + title, lines, rows, place), form)
    facts += [fact for one in stated for fact in one.facts]
    return Example(_path(unit, kind, form), kind, unit, data, stated, tuple(facts), _url(unit, kind))


def _sentences(figures: Figures, unit: Unit, kind: str, codes: list[str], rng: Random) -> list[Stated]:
    """What a report of the kind states of the indicators `codes`."""
    indicators = figures.indicators
    if kind == "first_half":
        half = [code for code in codes if indicators[code].kind == "flow" and rng.random() < 0.7]
        return figures.sentences(unit, half or ["publicity_events"], factor=0.5)
    if kind == "enforcement":
        own = [code for code in codes if indicators[code].family == "enforcement"]
        return figures.sentences(unit, own or ["enforcement_inspections"])
    if kind == "summary":
        codes = [code for code in codes if rng.random() < 0.9]
    changed = {rng.choice(codes): _FLOOD} if kind == "corrected" and codes else {}
    stated = figures.sentences(unit, codes, changed=changed)
    if kind == "annual" and codes and rng.random() < figures.plan["conflict"]:
        code = rng.choice([code for code in codes if indicators[code].kind == "flow"] or codes)
        again = figures.sentence(unit, code, {code}, changed={code: _FLOOD})
        stated += [again] if again else []
    return stated


def _path(unit: Unit, kind: str, form: str) -> str:
    name = f"{unit['code']}_{unit['year']}{'' if kind == 'annual' else f'_{kind}'}.{form}"
    return f"reports/{unit['county_code'][:2]}/{unit['county_code']}/{name}"


def _url(unit: Unit, kind: str) -> str:
    host = "news.example.com" if kind == "mirror" else f"c{unit['county_code']}.example.gov.cn"
    return f"https://{host}/{unit['code']}_{unit['year']}_{kind}.html"


def _published(unit: Unit, kind: str, rng: Random) -> date:
    first = date(unit["year"], 7, 3) if kind == "first_half" else date(unit["year"] + 1, 1, 4)
    return first + timedelta(days=rng.randrange(45))


def write_archive(folder: Path, townships: int, reports: int, seed: int) -> list[Example]:
    """Write the archive below `folder`/raw and return its reports, but for the few files that are none.

    A file that is there with the same bytes is left alone, one of another archive is removed. Corrections
    that are there stay.
    """
    settings = Settings(folder / "raw", folder, folder / ".dagster")
    plan = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    examples = list(generate_examples(settings, townships, reports, seed))
    kept: set[Path] = set()
    for example in examples:
        unit, path = example.unit, settings.raw_dir / example.path
        fetched = datetime(unit["year"] + 1, 3, 1, tzinfo=UTC)
        kept |= _write(path, example.data, example.url, fetched)
    for file in tomllib.loads(WORDING.read_text(encoding="utf-8"))["file"] + plan["file"]:
        text = file["text"].replace("{county}", examples[0].unit["county"]).replace("{town}", examples[0].unit["town"])
        title, _, rest = text.strip().partition("\n")
        data = f"{title}{plan['mark']}\n{rest}\n{plan['note']}".encode() if text else b""
        kept |= _write(settings.raw_dir / "reports" / file["path"], data, file["url"], datetime(2022, 6, 1, tzinfo=UTC))
    for path in (settings.raw_dir / "reports").rglob("*.*"):
        if path not in kept:
            path.unlink()
    county = examples[0].unit["county_code"]
    settings.sources_path.write_text(_SOURCES.format(source=SOURCE, note=plan["note"], county=county), encoding="utf-8")
    if not settings.corrections_path.exists():
        _write_corrections(settings.corrections_path, examples)
    return examples


def _write(path: Path, data: bytes, url: str, fetched: datetime) -> set[Path]:
    """Write a file with its sidecar if it is new, and return both paths."""
    sidecar = path.with_suffix(".meta.json")
    if not (path.exists() and path.read_bytes() == data and sidecar.exists()):
        write_file(path, data, url, fetched, SOURCE)
    return {path, sidecar}


def _write_corrections(path: Path, examples: Sequence[Example]) -> None:
    """What a person wrote: a figure accepted, one put right, one rejected, the place of a report that names none."""
    sure = [
        (example.path, one)
        for example in examples
        if example.kind == "annual" and example.path.endswith(".txt")
        for one in example.sentences
        if len(one.facts) == 1 and one.facts[0].qualifier == "exact" and 0 < one.facts[0].value < 10_000
    ]
    why = ("核对原文", "示例", "2024-03-01")
    lines: list[tuple[object, ...]] = [
        ("reports/nameless.txt", "place", "", "", "", "", "", examples[0].unit["code"], *why)
    ]
    chosen = Random(f"corrections:{len(sure)}").sample(sure, min(3, len(sure)))
    for (report, one), action in zip(chosen, ("accept", "value", "reject"), strict=False):
        fact = one.facts[0]
        right = f"≥{fact.value + 1:g}" if action == "value" else ""
        lines.append((report, action, fact.metric_code, one.words.rstrip("。"), "", "", f"{fact.value:g}", right, *why))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([_CORRECTIONS, *lines])


def main() -> None:
    """Write the archive, run fazhi on it, and say how long that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--townships", type=int, default=300)
    parser.add_argument("--reports", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    began = time.perf_counter()
    write_archive(folder, arguments.townships, arguments.reports, arguments.seed)
    command = [sys.executable, "-m", "pipelines", "run", "--raw", str(folder / "raw"), "--warehouse", str(folder)]
    env = {**environment(folder / ".dagster"), "PYTHONPATH": str(ROOT), "FAZHI_EXPORTS": "parquet"}
    code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    print(f"{folder}: {time.perf_counter() - began:.0f} s, {cpu:.0f} CPU seconds; all figures are invented")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
