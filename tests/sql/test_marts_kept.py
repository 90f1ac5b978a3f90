"""The rows of every table and mart of one small warehouse in which much goes wrong: marts_kept.txt.

Other tests here show one rule each. This notices any change of what the SQL makes of it all. Whoever means it writes
the file again and looks at the difference:

    PYTHONPATH=.:tests/fixtures python tests/sql/test_marts_kept.py
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import warehouse_fixtures
from asked_fixture import Asked
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, DONGCHENG, TIANFU, Clause, Report, say

KEPT = Path(__file__).with_name("marts_kept.txt")
ZONE, OLD_CHIDIAN, YINGLIN, DONGSHI, GONE = "350582401", "350582299", "350582298", "350582297", "350582296"
MORE_UNITS = [f"35058220{n}" for n in range(9)]
JINJIANG = ("350582", "晋江市", "350500", "泉州市", "350000", "福建省")
MORE = [
    *(("petitions_closed", "flow", "sum", "件"), ("petition_closure_rate", "rate", "mean", "%")),
    *(("exam_takers", "flow", "sum", "名"), ("governance_meetings", "flow", "sum", "次")),
]
# What would fill the page and says little: cells of indicators that are treated alike, years without any figure, and
# the tables that others show again: the marts of areas level by level, and dim_report.
_SHOWN = {
    "cell_status": "WHERE township_code NOT LIKE '35058220%' AND "
    "metric_code IN ('exam_pass_rate', 'enforcement_fines', 'enforcement_staff_headline', 'petitions_handled')",
    "metric_coverage": "WHERE n_stating > 0",
    "stating_change": "WHERE n_stopped + n_began > 0",
    "area_figure": "WHERE FALSE",
    "report_alone": "WHERE FALSE",
    "dim_indicator": "WHERE is_headline OR is_main OR weight IS NOT NULL",
}
_NOT_SHOWN = {"text", "counts", "excludes", "definition", "definition_zh", "name_zh", "name_en", "raw_sha256"}
_NOT_SHOWN |= {"codebook_version", "engine_version", "reader_version", "identifier_version", "opening", "closing"}
_NOT_SHOWN |= {"city_name", "province_name", "county_name", "township_name", "rule_id", "media_type", "encoding"}


def out(code: str, **more: Any) -> dict[str, Any]:
    return {"status": "quarantined", "reason_code": code, "reason": code, "status_reason": f"{code}: {code}", **more}


def exams(value: float, **fields: Any) -> Clause:
    return say("exam_sessions", f"测试{{{value:g}}}次。", value, **fields)


def staff(value: float, **fields: Any) -> Clause:
    return say("enforcement_staff", f"执法人员{{{value:g}}}人。", value, **fields)


def certified(value: float, **fields: Any) -> Clause:
    return say("enforcement_staff_certified", f"持证{{{value:g}}}人。", value, **fields)


def talks(value: float, **fields: Any) -> Clause:
    return say("publicity_talks", f"宣讲{{{value:g}}}场。", value, **fields)


def petitions(received: float, closed: float, rate: float) -> list[Clause]:
    return [
        say("petitions_received", f"受理信访{{{received:g}}}件，", received),
        say("petitions_closed", f"办结{{{closed:g}}}件，", closed),
        say("petition_closure_rate", f"办结率{{{rate:g}}}%。", rate),
    ]


def rated(rate: float, takers: float | None = None, **fields: Any) -> list[Clause]:
    said = [say("exam_pass_rate", f"合格率{{{rate:g}}}%。", rate, **fields)]
    return said if takers is None else [*said, say("exam_takers", f"参考{{{takers:g}}}名。", takers)]


def by_year() -> Iterator[Report]:
    """Accepted reports of several years: changes, mergers, rates and their weights, parts, conflicts and bounds."""
    yield Report("old2018.txt", OLD_CHIDIAN, 2018, [exams(3), staff(8), *rated(90, 10)])
    yield Report("old2019.txt", OLD_CHIDIAN, 2019, [exams(4), staff(9), *rated(80)])
    yield Report("old2021.txt", OLD_CHIDIAN, 2021, [exams(5)])  # after its end
    yield Report("yinglin2020.txt", YINGLIN, 2020, [exams(6), talks(7), *rated(70, 30)])
    yield Report("dongshi2020.txt", DONGSHI, 2020, [exams(2, **AT_LEAST), talks(1)])
    yield Report("anhai2020.txt", ANHAI, 2020, [exams(5), talks(4), *rated(100, 10)])
    yield Report("anhai2021.txt", ANHAI, 2021, [exams(20), talks(9), *rated(90, 60), *petitions(30, 30, 100)])
    yield Report("anhai2022.txt", ANHAI, 2022, [exams(20), talks(9), *petitions(400, 380, 96)])
    yield Report("anhai2023.txt", ANHAI, 2023, [exams(40, **AT_LEAST), certified(7), *petitions(45, 44, 97.8)])
    yield Report("chidian2019.txt", CHIDIAN, 2019, [staff(10)])  # before it was made
    yield Report("chidian2020.txt", CHIDIAN, 2020, [exams(4), staff(10), *rated(95, 40)])
    yield Report("chidian2021.txt", CHIDIAN, 2021, [exams(4), staff(18), certified(20), *rated(99)])
    yield Report(
        "chidian2022.txt", CHIDIAN, 2022,
        [
            say("publicity_events", "普法活动{30}场，", 30),
            say("publicity_school_events", "其中进校园{6}场，", 6, subset_of=0),
            say("publicity_talks", "宣讲{40}场。", 40, subset_of=0),
            say("publicity_school_events", "进校园{6}场。", 6, scope="schools"),
            say("training_sessions", "培训{12}场。", 12),
            say("training_law_literate_sessions", "法律明白人{5}场，", 5),
            say("study_center_group_sessions", "中心组学法{7}次。", 7),
            exams(12, period="first_half"),
            exams(9, period="second_half"),
            say("laws_studied", "学法{4}部。", 4),
            say("laws_studied", "又学{6}部。", 6),
            say("hotline_received", "受理热线{30}件。", 30, confidence=0.6, read_as="tie", tied_with=["exam_takers"]),
            staff(18, period="first_half"), staff(15),
            say("training_participants", "参训{300}余人次。", 300, **AT_LEAST),
        ],
    )  # fmt: skip
    yield Report(
        "chidian2023.txt", CHIDIAN, 2023,
        [
            exams(0, implicit_zero=False), *rated(120), *petitions(20, 21, 100), staff(5, **AT_LEAST), certified(9),
            say("enforcement_fines", "罚款{9000000000000}元。", 9e12),
            say("training_sessions", "培训{3}场。", 3, value_low=5, qualifier="approx"),
            say("training_participants", "参训{40}人次。", 40, period_start=9, period_end=3),
            say("publicity_volunteers", "志愿者{5}名。", 5), say("publicity_volunteers", "共{7}名。", 7),
            say("study_seminars", "研讨{2}次。", 2, confidence=0.5, read_as="tie"),
            Clause(None, "全年无人上诉，另有数字。"),
        ],
        identity={"year_doubt": "the title says 2023, the opening 2022"},
    )  # fmt: skip
    yield Report("anhai2024.txt", ANHAI, 2024, [exams(300)])
    tie = {"confidence": 0.6, "read_as": "tie"}
    yield Report("dongcheng2020.txt", DONGCHENG, 2020, [say("hotline_received", "受理热线{30}件。", 30, **tie)])
    yield Report("gone2020.txt", GONE, 2020, [exams(1), *rated(60)])
    yield Report("zone2021.txt", ZONE, 2021, [say("hotline_received", "热线{10}件。", 10), talks(1), *rated(0)])
    yield Report("zone2022.txt", ZONE, 2022, [
        say("hotline_received", "热线{100}件。", 100), talks(200), *rated(0.5, 1)])  # fmt: skip
    yield Report("dongcheng2025.txt", DONGCHENG, 2025, [exams(2)])
    yield Report("zone2023.txt", ZONE, 2023, [exams(8), staff(3)])
    yield Report("dongcheng2022.txt", DONGCHENG, 2022, [say("petitions_and_hotline_received", "共{90}件。", 90)])
    yield Report("dongcheng2023.txt", DONGCHENG, 2023, [
        say("petitions_received", "信访{12}件，", 12), say("hotline_received", "热线{38}件。", 38)])  # fmt: skip
    yield from (Report(f"{code}.txt", code, 2023, [exams(3)]) for code in MORE_UNITS)


def by_version() -> Iterator[Report]:
    """Reports of one unit and year, of which one is canonical, and files that are kept out."""
    url = {"source_url": "https://www.pengxi.gov.cn/a.html", "source_id": "pengxi"}
    said = [exams(3), talks(2)]
    yield Report("t2021a.txt", TIANFU, 2021, said, file=url)
    yield Report("t2021b.txt", TIANFU, 2021, [exams(5), talks(2)], identity={"edition": "correction"}, file=url)
    yield Report("t2021c.txt", TIANFU, 2021, said, document={"is_complete": False})
    yield Report("t2021d.txt", TIANFU, 2021, [exams(9)], identity={"doc_type": "work_summary"})
    yield Report("t2021e.txt", TIANFU, 2021, [staff(4)], identity={"doc_type": "enforcement_report"})
    yield Report("t2021f.txt", TIANFU, 2021, [exams(3)], file={"source_url": "https://www.pengxi.com/a.html"})
    yield Report("t2021g.txt", TIANFU, 2021, [exams(3)], identity={"published_on": date(2022, 3, 1)})
    mirror = {"source_url": "https://www.pengxi.com/b.html"}
    yield Report("t2019a.txt", TIANFU, 2019, [exams(1)], identity={"published_on": None})
    yield Report("t2019b.txt", TIANFU, 2019, [exams(2)])
    yield Report("copy1.txt", None, 2023, [exams(1)], file={"raw_sha256": "e" * 64})
    yield Report("copy2.txt", None, 2023, [exams(1)], file={"raw_sha256": "e" * 64})
    yield Report("t2020a.txt", TIANFU, 2020, [exams(1)], file=url)
    yield Report("t2020b.txt", TIANFU, 2020, [exams(1)])
    yield Report("t2020c.txt", TIANFU, 2020, [exams(1)], file=mirror)
    yield Report("t2020d.txt", TIANFU, 2020, [exams(1)], identity={"published_on": date(2020, 12, 1)}, file=url)
    yield Report("t2022a.txt", TIANFU, 2022, [exams(4, period="first_half")], identity={"edition": "part_of_year"})
    yield Report("t2022b.txt", TIANFU, 2022, [exams(5, period="second_half")], identity={"edition": "part_of_year"})
    yield Report("t2022c.txt", TIANFU, 2022, [exams(99)], identity={"edition": "multi_year"})
    yield Report("t2023a.txt", TIANFU, 2023, [exams(6)], identity={"edition": "multi_year"})
    yield Report("t2023b.txt", TIANFU, 2023, [exams(6), exams(7)], identity=out("news", doc_type="news_brief"))
    yield Report("t2024a.txt", TIANFU, 2024, said, file={"raw_sha256": "f" * 64})
    yield Report("t2024b.txt", TIANFU, 2024, said, file={"raw_sha256": "f" * 64})
    yield Report("late.txt", TIANFU, 2031, [exams(6)])
    yield Report("noplace.txt", None, 2023, [exams(1), staff(2)], identity={"place_candidates": [CHIDIAN, ANHAI]})
    yield Report("both.txt", None, 2023, [exams(1)], identity=out("unresolved_unit", unit_doubt="two units"))
    yield Report("county.txt", None, 2023, [exams(1)],
                 identity=out("county_report", doc_level="county", level_doubt="it says 我镇"))  # fmt: skip
    yield Report("unread.txt", None, None, [], document={
        "read_status": "failed", "reason_code": "broken", "reason": "b", "status_reason": "broken: b"})  # fmt: skip
    yield Report("lost.txt", None, None, [], file={
        "reason_code": "unreadable", "reason": "u", "status_reason": "unreadable: u"})  # fmt: skip
    yield Report("large.txt", CHIDIAN, 2024, [exams(8)], reading={
        "reason_code": "too_large", "reason": "t", "status_reason": "too_large: t"})  # fmt: skip
    pages = [(0, 9, 1), (9, 30, 2)]  # the second number stands first on its page
    scan = {
        "text_source": "ocr",
        "pages": [{"start": start, "end": end, "page": page, "is_scanned": True} for start, end, page in pages],
        "numerals": [{"at": 2, "confidence": 0.9}, {"at": 9, "confidence": 0.94}, {"at": 10, "confidence": 0.2}],
        "pages_waiting": [3],
    }
    yield Report("scan.txt", DONGCHENG, 2024, [exams(6), staff(5)], document=scan)
    scan = {**scan, "numerals": [{"at": 2, "confidence": 0.5}]}  # its title does not stand in its text
    yield Report("untitled.txt", DONGCHENG, 2019, [exams(6)], document=scan)
    titled = {"text_source": "mixed", "numerals": [{"at": 3, "confidence": 0.5}]}
    said = [Clause(None, "2021年报告。"), exams(6)]
    yield Report("titled.txt", DONGCHENG, 2021, said, identity={"title": "2021年报告"}, document=titled)


def line(
    at: int, report: str, action: str, metric: str | None = None, words: str | None = None, **more: Any
) -> dict[str, Any]:
    """A line of corrections as it is staged; `expected` and `right` are numbers or codes."""
    expected, right = more.pop("expected", None), more.pop("right", None)
    is_number = action not in ("place", "year")
    return {
        "line": at, "report": report, "action": action, "metric_code": metric, "evidence": words,
        "machine_expected": None if expected is None else str(expected),
        "person_says": None if right is None else str(right),
        "number_expected": expected if is_number else None, "number_right": right if is_number else None,
        "qualifier": "exact" if is_number and right is not None else None, "reason": "read it",
        "corrected_by": "Li", "corrected_on": date(2025, 3, 1), **more,
    }  # fmt: skip


CORRECTED = "corrected.txt"
LINES = [
    line(2, CORRECTED, "value", "exam_sessions", "测试3次", expected=3, right=5),
    line(3, CORRECTED, "value", "exam_sessions", "测试3次", expected=3, right=6, corrected_on=date(2025, 3, 2)),
    line(4, CORRECTED, "reject", "publicity_talks", "宣讲8场", expected=8),
    line(5, CORRECTED, "accept", "enforcement_staff", "执法人员6人", expected=6),
    line(6, CORRECTED, "value", "enforcement_staff_certified", "持证4人", expected=9, right=5),
    line(7, CORRECTED, "add", "training_sessions", "另办二十班", right=20),
    line(8, CORRECTED, "add", "publicity_talks", "全年无人上诉", right=0),
    line(9, CORRECTED, "accept", "laws_studied", "学法", expected=4),
    line(10, "nowhere.txt", "accept", "exam_sessions", "测试3次", expected=3),
    line(11, CORRECTED, "accept", "no_such", "测试3次", expected=3),
    line(12, CORRECTED, "accept", "exam_sessions", "没有的话", expected=3),
    line(13, CORRECTED, "year", expected=2024, right=2023),
    line(14, "noplace2.txt", "place", right=ANHAI),
    line(15, "noplace2.txt", "year", expected=2023, right=2099),
    line(16, CORRECTED, "add", "publicity_events", "普法9场", right=9),
    line(17, "anhai2022.txt", "value", "publicity_talks", "宣讲9场", expected=9, right=8, problem="value is odd"),
    line(19, CORRECTED, "add", "laws_studied", "场。", right=3),
    line(20, CORRECTED, "accept", "publicity_volunteers", "志愿者5名", expected=5),
    line(
        21,
        CORRECTED,
        "value",
        "study_seminars",
        "研讨2次",
        expected=2,
        right=4,
        period="first_half",
        months=6,
        period_start=1,
        period_end=6,
        scope="干部",
        scope_who="officials",
        scope_where="",
        scope_what="",
        scope_key="officials||",
        scope_group="officials||",
        role="total",
    ),
    line(18, CORRECTED, "reject", "training_participants", "参训30人次", expected=30),
]


def corrected() -> Iterator[Report]:
    yield Report(
        CORRECTED, DONGCHENG, 2024,
        [
            exams(3), talks(8), staff(6), certified(4), Clause(None, "另办二十班。全年无人上诉。"),
            say("laws_studied", "学法{4}部。", 4), say("laws_studied", "再学法{5}部。", 5),
            say("publicity_school_events", "普法{9}场。", 9),
            say("training_participants", "参训{30}人次，", 30),
            say("training_participants", "其中干部{20}人次。", 20, subset_of=8),
            say("publicity_volunteers", "志愿者{5}名。", 5), say("publicity_volunteers", "共{7}名。", 7),
            say("study_seminars", "研讨{2}次。", 2),
        ],
    )  # fmt: skip
    yield Report("noplace2.txt", None, 2023, [talks(5)])


def made(folder: Path) -> Asked:
    """The warehouse, as it is worked out in 2025."""
    reports = [*by_year(), *by_version(), *corrected()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse_fixtures, "INDICATORS", [*warehouse_fixtures.INDICATORS, *MORE])
        warehouse = Asked(folder, reports)
    for row in warehouse.rows["ref_indicators"]:
        row["weight"] = "exam_takers" if row["metric_code"] == "exam_pass_rate" else ""
    names = list(warehouse.rows["ref_divisions"][0])
    others = [*((code, f"甲{code[-1]}镇") for code in MORE_UNITS), (ZONE, "晋江经济开发区")]
    warehouse.rows["ref_divisions"] += [dict(zip(names, (*unit, *JINJIANG), strict=True)) for unit in others]
    warehouse.rows["ref_division_changes"] = [
        {"changed_on": date.fromisoformat(day), "kind": kind, "county_code": "350582", "county_name": "晋江市",
         "old_code": old, "old_name": name, "known_since": date(2015, 9, 30), "new_code": new, "new_name": "某镇",
         "source": "notice"}
        for day, kind, old, name, new in (
            ("2020-06-01", "upgrade", OLD_CHIDIAN, "池店乡", CHIDIAN),
            ("2021-03-01", "merger", YINGLIN, "英林镇", ANHAI),
            ("2021-03-01", "merger", DONGSHI, "东石镇", ANHAI),
            ("2023-03-01", "merger", GONE, "永和镇", ANHAI),
            ("2022-03-01", "rename", TIANFU, "天福乡", TIANFU),
        )
    ]  # fmt: skip
    warehouse.rows["ref_county_changes"] = [
        {"changed_on": date(2020, 6, 30), "known_until": date(2019, 12, 31), "kind": "recode", "old_code": "350521",
         "old_name": "晋江县", "new_code": "350582", "new_name": "晋江市", "source": "x", "url": "x"},
    ]  # fmt: skip
    ids = {report.raw_path: report.report_id for report in reports}
    before, nearest = {"last_year_report_id": ids["anhai2021.txt"]}, {"nearest_report_id": ids["chidian2022.txt"]}
    nearest |= {"nearest_township_code": CHIDIAN, "nearest_report_year": 2022}
    warehouse.rows["stage_similarities"] = [
        {"report_id": ids["anhai2022.txt"], "input_key": "1", "n_grams": 90, "share_last_year": 0.97,
         "share_nearest": 0.2, **before, **nearest},
        {"report_id": ids["anhai2021.txt"], "input_key": "1", "n_grams": 80, "last_year_report_id": None,
         "share_last_year": None, "nearest_report_id": None, "nearest_township_code": None,
         "nearest_report_year": None, "share_nearest": None},
    ]  # fmt: skip
    warehouse.rows["stage_corrections"] = LINES
    number = {**warehouse.rows["stage_numbers"][-1], "report_id": ids["chidian2023.txt"], "fact_id": None}
    warehouse.rows["stage_numbers"] += [
        {**number, "char_start": 0, "char_end": 1, "text": "测", "disposition": "unclassified", "context": "测试"},
        {**number, "char_start": 1, "char_end": 2, "text": "试", "disposition": "unclassified", "unit_raw": None},
        {**number, "char_start": 2, "char_end": 3, "text": "0", "disposition": "date"},
    ]
    warehouse.sql("SELECT 1")
    assert warehouse.con
    warehouse.con.execute("SET VARIABLE present_year = 2025")
    return warehouse


def shown(warehouse: Asked) -> dict[str, list[str]]:
    """The rows of each table in order, with what they hold that is neither null nor long."""
    found = {}
    for name, spec in warehouse.specs.items():
        columns = [column.name for column in spec.columns if column.name not in _NOT_SHOWN]
        rows = warehouse.sql(f"SELECT {', '.join(columns)} FROM {name} {_SHOWN.get(name, '')}")
        pairs = ([pair for pair in zip(columns, row, strict=True) if _says_something(pair[1])] for row in rows)
        found[name] = sorted("; ".join(f"{column} {_value(value)}" for column, value in each) for each in pairs)
    return found


def _says_something(value: Any) -> bool:
    return value is not None and value is not False and value != []


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{round(value, 6):.15g}"
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return shown(made(tmp_path_factory.mktemp("kept")))


def kept() -> dict[str, list[str]]:
    """The rows that are kept, by table."""
    blocks = (block.splitlines() for block in KEPT.read_text(encoding="utf-8").strip().split("\n\n"))
    return {name.removeprefix("# "): rows for name, *rows in blocks}


def test_each_table_is_kept(tables: dict[str, list[str]]) -> None:
    assert list(kept()) == sorted(tables)


@pytest.mark.parametrize("name", kept())
def test_a_table_has_the_rows_that_it_had(tables: dict[str, list[str]], name: str) -> None:
    assert tables[name] == kept()[name]


def test_the_items_that_are_worked_out_by_province_are_those_of_the_whole_country(tmp_path: Path) -> None:
    warehouse = made(tmp_path)
    queue = warehouse.build(2025, ["review_queue"])["review_queue"]
    assert len(queue.parts) > 3 and queue.parts["000000"].rows > 5
    with duckdb.connect() as con:
        assert con.sql(f"{queue.sql} ORDER BY review_id").fetchall() == warehouse.sql(
            "SELECT * FROM review_queue ORDER BY review_id"
        )


def test_the_warehouse_shows_all_that_can_become_of_a_report_a_figure_or_a_line(tables: dict[str, list[str]]) -> None:
    whole = "\n".join(row for rows in tables.values() for row in rows)
    outcomes = ("applied", "superseded", "stale", "not_found", "ambiguous", "invalid")
    assert all(f"outcome {outcome}" in whole for outcome in outcomes)
    statuses = ("stated", "part_of_year", "implausible", "unsure", "outside_years", "quarantined")
    assert all(f"status {status}" in whole for status in statuses)
    kinds = ("conflict", "part_above_total", "inconsistent", "versions_disagree", "jump", "outlier", "unsure_digits")
    kinds += ("rate_out_of_range", "implausible", "bounds_contradict", "period_backwards", "low_confidence")
    assert all(f"kind {kind};" in whole for kind in kinds)
    versions = ("incomplete", "work_summary", "corrected", "mirror", "no_address", "earlier", "multi_year", "reprint")
    assert all(f"version_reason {reason};" in whole for reason in versions)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        blocks = ["\n".join([f"# {name}", *rows]) for name, rows in sorted(shown(made(Path(folder))).items())]
    KEPT.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
