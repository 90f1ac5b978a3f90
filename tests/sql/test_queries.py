"""The worked queries under sql/queries: each answers on the example release, and docs/queries.md shows what."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot

from benchmarks.queries import QueryTimes, measure
from benchmarks.queries import render as render_times
from benchmarks.worked import PAGE, QUERIES, Question, load_questions, render
from pipelines.warehouse.query import query

if TYPE_CHECKING:
    from release_fixture import Built

pytest_plugins = ("release_fixture",)

QUESTIONS = load_questions()


def rows(built: Built, name: str) -> list[dict[str, Any]]:
    text = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    result = query(built.release, text)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def test_there_are_enough_of_them() -> None:
    assert len(QUESTIONS) >= 20


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_query_says_what_it_asks_and_gives_ordered_rows(question: Question, example: Path) -> None:
    assert re.fullmatch(r"[A-Z][^?]*\?( .*\.)?", question.en), "a question in English, then what to mind"
    assert re.fullmatch(r"[^?]*？(.*。)?", question.zh), "the same in Chinese"
    assert sqlglot.parse_one(question.sql, dialect="duckdb").args.get("order"), "rows come in an order of their own"
    result = query(example, question.sql)
    assert result.rows
    assert len(set(result.columns)) == len(result.columns)


def test_the_page_shows_what_the_example_release_answers(example: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(QUESTIONS, example), "stale; run python -m benchmarks.worked"


@pytest.mark.parametrize("text", ["SELECT 1", "-- In one language only.\nSELECT 1\n", "-- A?\n-- B?\nSELECT 1\n"])
def test_a_query_without_its_two_questions_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "bare.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"bare\.sql opens with .*; expected the question in English, then in Chinese"):
        load_questions(tmp_path)


def answers(example: Path, name: str) -> list[dict[str, Any]]:
    (question,) = [question for question in QUESTIONS if question.name == name]
    result = query(example, question.sql)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def test_counties_are_ranked_by_their_townships_that_state_the_figure(example: Path) -> None:
    found = answers(example, "county_ranking")
    shares = [row["petitions_per_township"] for row in found]
    assert shares == sorted(shares, reverse=True)
    assert all(2 * row["n_reporting"] >= row["n_units"] for row in found)


def test_certified_staff_are_a_part_of_the_staff(example: Path) -> None:
    for row in answers(example, "certified_share"):
        assert row["certified_percent"] == round(100 * row["certified"] / row["staff"], 1) <= 100


def test_merged_units_are_compared_with_the_sum_of_what_they_were_made_of(example: Path) -> None:
    found = answers(example, "merged_units")
    assert {row["made_of"] for row in found} >= {"东泉镇、孟山乡", "褚河镇"}
    assert all(row["change"] == row["value"] - row["previous_value"] for row in found)


def test_a_province_that_never_states_an_indicator_is_named(example: Path) -> None:
    assert ("山东省", "主动公开政府信息") in {(r["province"], r["indicator"]) for r in answers(example, "never_stated")}


def test_a_stopped_unit_has_no_later_report(example: Path) -> None:
    later = query(example, "SELECT township_name FROM township_year WHERE report_year = 2021").rows
    ended = query(example, "SELECT township_name FROM dim_division WHERE valid_to IS NOT NULL").rows
    stopped = {(row["township"],) for row in answers(example, "stopped_reporting")}
    assert stopped and stopped.isdisjoint([*later, *ended])


def test_rates_say_how_they_were_brought_together(example: Path) -> None:
    assert {row["method"] for row in answers(example, "rates")} == {"mean", "weighted_mean"}


def test_the_change_of_a_sum_is_that_of_the_same_units_and_of_who_reports(example: Path) -> None:
    for row in answers(example, "change_at_constant_units"):
        assert row["change_of_the_sum"] == row["change_of_the_same_units"] + row["change_of_who_reports"]
        assert 0 < row["same_units"] <= min(row["units_now"], row["units_before"])


def test_the_reasons_for_missing_figures_add_up(example: Path) -> None:
    reasons = ("stated", "part_of_year", "unsure", "silent", "no_report", "quarantined", "outside_years")
    found = answers(example, "missing_by_reason")
    assert all(abs(sum(row[reason] for reason in reasons) - 100) < 0.5 for row in found)
    assert any(row["outside_years"] for row in found) and any(row["silent"] for row in found)


def test_the_same_units_are_fewer_than_all_and_the_same_in_each_year(example: Path) -> None:
    found = answers(example, "certified_trend")
    assert len({row["n_same_units"] for row in found}) == 1
    assert all(0 < row["n_same_units"] <= row["n_all"] for row in found)


def test_a_unit_that_fell_silent_stated_the_headline_the_year_before(example: Path) -> None:
    found = answers(example, "who_stopped_stating")
    stated = {row["indicator"]: row["silent_now"] for row in answers(example, "stopped_stating")}
    assert found and all(row["last_stated"] is not None for row in found)
    assert sum(stated.values()) >= len(found)


def test_figures_that_cannot_all_be_right_stand_beside_what_is_allowed(example: Path) -> None:
    (row,) = answers(example, "broken_rules")
    assert (row["stated"], row["allowed_high"], row["kind"]) == (36, 33, "at_most")
    assert "36件" in row["evidence"] and "33件" in row["evidence"]


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


def test_the_benchmark_times_every_query(example: Path) -> None:
    results = measure(example, QUESTIONS[:2], runs=1)
    assert [one.rows for one in results.values()] == [len(query(example, q.sql).rows) for q in QUESTIONS[:2]]
    assert all(one.processor > 0 for one in results.values())
    lines = render_times({"slow": QueryTimes(901.0, 7.0, 2), "fast": QueryTimes(1.0, 3.0, 1200)}).splitlines()
    assert lines[2:5] == [
        "| `fast` | 1,200 | 1.0 | 3.0 |",
        "| `slow` | 2 | 901.0 | 7.0 |",
        "| **median of 2** | | **451.0** | **5.0** |",
    ]
    assert "over 300 ms: `slow`" in lines[6]


def test_who_stops_stating_is_counted_cell_by_cell(example: Path) -> None:
    columns = "province_code, metric_code, township_code, report_year, status, has_figure"
    cells = query(example, f"SELECT {columns} FROM cell_status")
    cell = {(metric, unit, year): (status, has) for _, metric, unit, year, status, has in cells.rows}
    wanted: dict[tuple[str, str, int], list[int]] = {}
    for province, metric, unit, year, status, has in cells.rows:
        before, had = cell.get((metric, unit, year - 1), ("", False))
        if (has or status == "silent") and (had or before == "silent"):
            counts = wanted.setdefault((province, metric, year), [0, 0, 0, 0])
            counts[0] += had
            counts[1] += had and status == "silent"
            counts[2] += before == "silent"
            counts[3] += before == "silent" and has
    counted = "n_stated_before, n_stopped, n_silent_before, n_began"
    found = query(example, f"SELECT province_code, metric_code, report_year, {counted} FROM stating_change")
    assert {row[:3]: [*row[3:]] for row in found.rows} == wanted and len(found.rows) == len(wanted) > 20
    assert sum(counts[1] for counts in wanted.values()) > 5 < sum(counts[3] for counts in wanted.values())
