"""How facts become figures: small reports of tests/aggregation, and what `township_metric` must hold for them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_reports import small_report, towns

from pipelines.paths import PROJECT_ROOT
from pipelines.settings import Settings
from pipelines.warehouse.from_raw import build_from_raw

CASES = PROJECT_ROOT / "tests" / "aggregation"
SETS = {"first": 44, "tuned": 40, "apart": 20}
APART_FLOOR = 19  # of 20; raise it when more are right
TABLES = ("township_metric", "dim_report", "dim_indicator")
YEAR = 2022
TITLE = f"关于{YEAR}年度法治政府建设情况的报告"


@dataclass(frozen=True)
class Case:
    """The body of a report, and by indicator or headline what `township_metric` must hold."""

    id: str
    set: str
    about: str
    text: str
    expect: Mapping[str, Mapping[str, Any]]


def read_cases() -> list[Case]:
    """All cases, sorted by set."""
    return [Case(**row) for name in SETS for row in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """TABLES by name, made of one report a case; each case has its own town."""
    settings = Settings.load(environ={})
    raw = tmp_path_factory.mktemp("aggregation") / "raw"
    raw.mkdir()
    for case, town in zip(read_cases(), towns(settings), strict=False):
        (raw / f"{case.id}.txt").write_text(small_report(town, TITLE, YEAR, case.text), encoding="utf-8")
    own = replace(settings, raw_dir=raw, warehouse_dir=raw.parent / "warehouse", assumed=frozenset())
    built = build_from_raw(own, TABLES)
    return {name: pl.read_parquet(list(built[name].paths)) for name in TABLES}


@pytest.fixture(scope="module")
def figures(tables: dict[str, pl.DataFrame]) -> dict[str, dict[str, dict[str, Any]]]:
    """By the id of a case: the rows of `township_metric` of its report, by indicator."""
    reports = tables["dim_report"].filter(pl.col("status") == "accepted").to_dicts()
    case_of = {(row["township_code"], row["report_year"]): Path(row["raw_path"]).stem for row in reports}
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in case_of.values()}
    for row in tables["township_metric"].to_dicts():
        found[case_of[row["township_code"], row["report_year"]]][row["metric_code"]] = row
    return found


def test_cases_are_whole(tables: dict[str, pl.DataFrame]) -> None:
    cases = read_cases()
    assert len({case.id for case in cases}) == len(cases)
    assert {name: sum(case.set == name for case in cases) for name in SETS} == SETS
    assert all(case.expect for case in cases)
    assert {code for case in cases for code in case.expect} <= set(tables["dim_indicator"]["metric_code"])


def differences(case: Case, figures: dict[str, dict[str, dict[str, Any]]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the tables hold for a case and what they must hold, both by indicator and column."""
    assert case.id in figures, "the report of this case was not accepted"
    found = {
        code: {name: figures[case.id].get(code, {}).get(name) for name in wanted}
        for code, wanted in case.expect.items()
    }
    return found, {code: pytest.approx(dict(wanted)) for code, wanted in case.expect.items()}


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.set}-{case.id}") for case in read_cases() if case.set != "apart"]
)
def test_figures_are_what_the_report_says(case: Case, figures: dict[str, dict[str, dict[str, Any]]]) -> None:
    found, wanted = differences(case, figures)
    assert found == wanted, case.about


def test_cases_kept_apart_are_above_their_floor(figures: dict[str, dict[str, dict[str, Any]]]) -> None:
    """The rules were written without them. Which of them are wrong is not shown, so that they stay apart."""
    right = 0
    for case in read_cases():
        if case.set == "apart":
            found, wanted = differences(case, figures)
            right += found == wanted
    assert right >= APART_FLOOR
