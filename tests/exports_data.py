"""Reports with everything that formats differ in, and reading a release back; for the tests of exports."""

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
from warehouse_fixtures import ANHAI, AT_LEAST, CHIDIAN, TIANFU, Clause, Report, say

LONG = "普法工作有序推进,效果良好。" * 3_000
FORMULA, DASH = "=1+1", "-石浦〔2023〕7号"
CHOSEN = ("dim_report", "report_text")


def reports() -> list[Report]:
    named = {"title": FORMULA, "doc_number": DASH, "place_candidates": [CHIDIAN, ANHAI], "written_on": date(2024, 1, 2)}
    return [
        Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3), Clause(None, LONG)], named),
        Report("b.txt", CHIDIAN, 2022, [say("exam_sessions", "-测试{2}次。", 2)]),
        Report("c.txt", TIANFU, 2023, [say("enforcement_staff_certified", "有{18}余人领证。", 18, **AT_LEAST)]),
        Report("d.txt", None, 2023, [say("exam_sessions", "@测试{9}次。", 9)], file={"fetched_at": None}),
        Report("e.txt", ANHAI, 2023, [], file={"fetched_at": datetime(2024, 2, 1, 8, 30, tzinfo=UTC)}),
    ]


def rows(release_path: Path, table: str, select: str = "*") -> list[dict[str, Any]]:
    """The rows of a table of the release in their order, times in UTC without a zone."""
    with closing(duckdb.connect(str(release_path), read_only=True)) as con:
        con.execute("SET TimeZone = 'UTC'")
        cursor = con.execute(f"SELECT {select} FROM {table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(_without_zone, row), strict=True)) for row in cursor.fetchall()]


def _without_zone(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
