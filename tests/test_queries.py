"""The worked queries under sql/queries: each runs on a release of the bundled reports and gives what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot

from pipelines.settings import PROJECT_ROOT
from pipelines.warehouse.query import query

if TYPE_CHECKING:
    from release_fixture import Built

pytest_plugins = ("release_fixture",)

QUERIES = sorted((PROJECT_ROOT / "sql" / "queries").glob("*.sql"))


def rows(built: Built, name: str) -> list[dict[str, Any]]:
    text = (PROJECT_ROOT / "sql" / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    result = query(built.release, text)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_says_what_it_asks_and_gives_ordered_rows(path: Path, bundled_warehouse: Built) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- "), "the first line says in words what is asked"
    assert sqlglot.parse_one(text, dialect="duckdb").args.get("order"), "rows come in an order of their own"
    result = query(bundled_warehouse.release, text)
    assert result.rows
    assert len(set(result.columns)) == len(result.columns)


def test_headlines_show_bounds_and_leave_what_is_not_stated_empty(bundled_warehouse: Built) -> None:
    found = {row["township"]: row for row in rows(bundled_warehouse, "headlines")}
    assert set(found) == {"池店镇", "天福镇", "田镇街道", "昭平台库区乡"}
    assert found["天福镇"]["trainings_held"] == "35"
    assert found["天福镇"]["enforcement_staff"] == "≥ 18"
    assert found["池店镇"]["petitions_handled"] == "4,484"
    assert found["田镇街道"]["publicity_events"] == "14"
    assert found["田镇街道"]["trainings_held"] is None


def test_every_figure_leads_to_a_sentence_that_holds_its_number(bundled_warehouse: Built) -> None:
    found = rows(bundled_warehouse, "figure_to_sentence")
    for row in found:
        marked = row["evidence"].partition("【")[2].partition("】")[0]
        assert f"{row['value']:.0f}" in marked, row
    totals = [row["value"] for row in found if (row["township"], row["headline"]) == ("天福镇", "trainings_held")]
    assert sum(totals) == 35


def test_the_account_of_numbers_is_whole(bundled_warehouse: Built) -> None:
    found = rows(bundled_warehouse, "numbers_accounted")
    (total,) = query(bundled_warehouse.release, "SELECT count(*) FROM number_mention").rows[0]
    assert sum(row["numbers"] for row in found) == total
    assert "unclassified" not in {row["disposition"] for row in found}


def test_the_conflict_shows_both_statements(bundled_warehouse: Built) -> None:
    found = [row for row in rows(bundled_warehouse, "conflicts") if row["kept"] == 4]
    assert [row["stated"] for row in found] == [3, 4]
    assert all("法律明白人" in row["evidence"] for row in found)


def test_county_figures_stand_beside_their_coverage(bundled_warehouse: Built) -> None:
    found = rows(bundled_warehouse, "county_coverage")
    assert all(1 <= row["n_reporting"] <= row["n_units"] for row in found)
    jinjiang = next(row for row in found if row["county"] == "晋江市")
    assert (jinjiang["value"], jinjiang["n_reporting"]) == ("4,484", 1)


def test_no_indicator_is_stated_by_more_units_than_report(bundled_warehouse: Built) -> None:
    found = rows(bundled_warehouse, "who_states_what")
    assert all(0 < row["stating"] <= row["reporting"] == 4 for row in found)


def test_the_report_without_a_place_is_left_out_with_its_facts_kept(bundled_warehouse: Built) -> None:
    (row,) = rows(bundled_warehouse, "left_out")
    assert row["raw_path"] == "reports/003_172404d6f70d6a77.txt"
    assert row["status_reason"] and row["facts"] > 0
