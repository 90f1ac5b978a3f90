"""The example release: a small warehouse of generated reports with invented figures, for the worked queries.

    python -m benchmarks.example FOLDER [--seed 1]     writes FOLDER/raw, FOLDER/warehouse and its release

The sentences come from example.toml. The library's own functions go the whole way from the files to the release;
benchmarks.worked shows the queries of sql/queries on it.

The same seed gives the same release, apart from when the files were last changed.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from pipelines.build.ledger import Ledger
from pipelines.codebook.load import load_codebook
from pipelines.identify.division_changes import load_changes
from pipelines.settings import Settings
from pipelines.versions import ENGINE_VERSION, IDENTIFIER_VERSION, READER_VERSION
from pipelines.warehouse.from_raw import build_from_raw
from pipelines.warehouse.model import load_specs
from pipelines.warehouse.release import publish

WORDING = Path(__file__).with_name("example.toml")
SEED = 1
NOW = datetime(2022, 6, 1, tzinfo=UTC)
_REPORTING = 0.9  # share of the units that report in a year
_SLOT = re.compile(r"\{(\w+):(?:(\d+)-(\d+)|([<=])(\w+))\}")
_SUFFIX = {"街道": "办事处"}


def write_example(folder: Path, seed: int = SEED) -> Path:
    """Write the reports below `folder`/raw, run everything on them, and return the path of the release."""
    settings = Settings(folder / "raw", folder / "warehouse", folder / "dagster")
    wording = tomllib.loads(WORDING.read_text(encoding="utf-8"))
    units = list(units_of(settings, wording["counties"], wording["years"]))
    for unit in units[1:]:  # the first unit's report on the first year is one of the files below
        _write_report(settings.raw_dir, unit, wording, seed)
    for file in wording["file"]:
        text = file["text"].replace("{county}", units[0]["county"]).replace("{town}", units[0]["town"])
        write_file(settings.raw_dir / file["path"], text.strip().encode(), file["url"], NOW)
    return _release(settings)


def units_of(settings: Settings, counties: Sequence[str], years: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every unit of the counties and every year in which it is there, with its names.

    A unit that ended in one of the years is there until the year before, and its successor from then on.
    """
    frame = pl.read_parquet(settings.divisions_path).filter(pl.col("county_code").is_in(counties))
    changes = [c for c in load_changes(settings.division_changes_path) if not c.keeps_code]
    frame = frame.filter(pl.col("township_name").str.contains("[镇乡]$|街道$"))
    for row in frame.sort("township_code").iter_rows(named=True):
        names = {"code": row["township_code"], "town": row["township_name"], "county": row["county_name"]}
        above = {"city": row["city_name"], "province": row["province_name"], "county_code": row["county_code"]}
        ended = [c for c in changes if c.new_code == row["township_code"] and c.changed_on.year in years[1:]]
        stem = row["township_name"].removesuffix("街道").removesuffix("镇")
        began = min((c.changed_on.year for c in ended if c.old_name[:-1] == stem), default=years[0])
        yield from ({**names, **above, "year": year} for year in years if year >= began)
        for change in ended:
            old = {"code": change.old_code, "town": change.old_name}
            yield from ({**names, **above, **old, "year": year} for year in years if year < change.changed_on.year)


def _write_report(raw_dir: Path, unit: dict[str, Any], wording: dict[str, Any], seed: int) -> None:
    rng = Random(f"{seed}:{unit['code']}:{unit['year']}")
    if rng.random() > _REPORTING:
        return
    known: dict[str, int] = {}
    sentences = [
        _fill(rng.choice(sentence["wordings"]), unit, rng, known, seed)
        for sentence in wording["sentence"]
        if rng.random() < sentence["share"] and sentence.get("never") != unit["county_code"]
    ]
    if rng.random() < wording["silent"]:
        sentences = []
    body = next((end for kind, end in _SUFFIX.items() if unit["town"].endswith(kind)), "人民政府")
    published = date(unit["year"] + 1, 1, 4) + timedelta(days=rng.randrange(110))
    title = f"{unit['county']}{unit['town']}{body}{unit['year']}年度法治政府建设工作报告"
    source = f"发布日期:{published}  来源:{unit['province']}{unit['city']}{unit['county']}{unit['town']}"
    text = "\n".join([title, source, wording["prose"], *sentences])
    path = raw_dir / "reports" / unit["county_code"] / f"{unit['code']}_{unit['year']}.txt"
    fetched = datetime(published.year, published.month, published.day, tzinfo=UTC) + timedelta(days=3)
    write_file(path, text.encode(), f"https://c{unit['county_code']}.example.gov.cn/{path.stem}.html", fetched)


def _fill(wording: str, unit: dict[str, Any], rng: Random, known: dict[str, int], seed: int) -> str:
    """The wording with its figures. A figure of a unit differs from year to year by a quarter at most."""

    def figure(slot: re.Match[str]) -> str:
        name, low, high, relation, other = slot.groups()
        if relation:
            is_less = relation == "<" and rng.random() < 0.5
            known[name] = round(known[other] * rng.uniform(0.8, 1)) if is_less else known[other]
        else:
            usual = Random(f"{seed}:{unit['code']}:{name}").uniform(int(low), int(high))
            known[name] = min(max(round(usual * rng.uniform(0.75, 1.25)), int(low)), int(high))
        return str(known[name])

    return _SLOT.sub(figure, wording)


def write_file(path: Path, data: bytes, url: str, fetched: datetime, source_id: str | None = None) -> None:
    """Write a file and its sidecar; folders are made where there are none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    sidecar = {"url": url, "fetched_at": fetched.isoformat()} | ({"source_id": source_id} if source_id else {})
    path.with_suffix(".meta.json").write_text(json.dumps(sidecar), encoding="utf-8")


def _release(settings: Settings) -> Path:
    """Do everything that a run does, in this process: read, identify, extract, build, publish."""
    build_from_raw(settings)
    versions = {
        "codebook_version": load_codebook().version,
        "engine_version": ENGINE_VERSION,
        "reader_version": READER_VERSION,
        "identifier_version": IDENTIFIER_VERSION,
    }
    ledger = Ledger(settings.ledger_path)
    publish(load_specs(settings.sql_dir), settings.tables_dir, settings.release_path, ledger, inputs=versions, now=NOW)
    return settings.release_path


def main() -> None:
    """Write the example and print the path of its release."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    print(write_example(arguments.folder, arguments.seed))


if __name__ == "__main__":
    main()
