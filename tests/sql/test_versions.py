"""Several versions of one report: which is canonical, and what is said of the others."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from asked_fixture import Asked
from warehouse_fixtures import CHIDIAN, Report, say

from pipelines.identify.edition import edition

GOV, MIRROR = "http://www.jinjiang.gov.cn/a.html", "https://www.fanwen.example.com/a.html"
CLAUSES = [say("exam_sessions", "测试{3}次。", 3)]


def version(path: str, url: str | None = GOV, document: dict[str, Any] | None = None, **identity: Any) -> Report:
    return Report(path, CHIDIAN, 2023, CLAUSES, identity=identity, document=document or {}, file={"source_url": url})


LATER = {"published_on": datetime.date(2024, 3, 1)}


@pytest.mark.parametrize(
    ("best", "other", "reason"),
    [
        (version("b"), version("a", document={"is_complete": False}, **LATER), "incomplete"),
        (version("b"), version("a", edition="part_of_year", **LATER), "part_of_year"),
        (version("b"), version("a", doc_type="work_summary", **LATER), "work_summary"),
        (version("b", edition="correction"), version("a", **LATER), "corrected"),
        (version("b"), version("a", url=MIRROR, **LATER), "mirror"),
        (version("b"), version("a", url=None, **LATER), "no_address"),
        (version("b", url=None), version("a", url=MIRROR, **LATER), "mirror"),
        (version("b", **LATER), version("a"), "earlier"),
        (version("b"), version("a", published_on=None), "earlier"),
        (version("b", document={"char_count": 9000}), version("a"), "shorter"),
        (version("a"), version("b"), "reprint"),
    ],
)
def test_one_version_is_canonical_and_the_other_says_why_not(
    tmp_path: Path, best: Report, other: Report, reason: str
) -> None:
    warehouse = Asked(tmp_path, [other, best])
    rows = warehouse.sql("SELECT report_id, status, is_canonical, version_reason, canonical_report_id FROM dim_report")
    assert sorted(rows) == sorted(
        [
            (best.report_id, "accepted", True, None, best.report_id),
            (other.report_id, "accepted", False, reason, best.report_id),
        ]
    )
    assert warehouse.sql("SELECT report_ids, value FROM township_metric") == [([best.report_id], 3)]


def test_a_host_that_only_looks_like_a_governments_is_a_mirror(tmp_path: Path) -> None:
    fake = version("a", url="http://www.jinjiang.gov.cn.example.com/x.gov.cn", **LATER)
    warehouse = Asked(tmp_path, [fake, version("b")])
    assert warehouse.sql("SELECT version_reason FROM dim_report WHERE NOT is_canonical") == [("mirror",)]


def test_a_half_year_report_that_stands_alone_is_canonical(tmp_path: Path) -> None:
    warehouse = Asked(tmp_path, [version("a", edition="part_of_year")])
    assert warehouse.sql("SELECT is_canonical, edition, version_reason FROM dim_report") == [
        (True, "part_of_year", None)
    ]


def test_what_is_quarantined_is_no_version(tmp_path: Path) -> None:
    nameless = Report("n", None, 2023, CLAUSES)
    warehouse = Asked(tmp_path, [version("a"), nameless])
    rows = warehouse.sql(
        "SELECT is_canonical, version_reason, canonical_report_id FROM dim_report WHERE raw_path = 'n'"
    )
    assert rows == [(False, None, None)]


@pytest.mark.parametrize(
    ("title", "opening", "found"),
    [
        ("池店镇2023年法治政府建设工作报告", "", None),
        ("池店镇2023年上半年法治政府建设工作总结", "", "part_of_year"),
        ("池店镇2023年半年度法治建设情况报告", "", "part_of_year"),
        ("池店镇2023年第三季度依法行政工作总结", "", "part_of_year"),
        ("池店镇2023年1-6月法治政府建设情况", "", "part_of_year"),
        ("池店镇2023年上半年法治建设总结及下半年打算", "", "part_of_year"),
        ("池店镇2022年法治建设总结及2023年上半年计划", "", None),
        ("池店镇2023年1-12月法治政府建设情况", "", None),
        ("池店镇2023年法治政府建设工作报告(更正)", "", "correction"),
        ("池店镇2023年法治政府建设工作报告(修订版)", "", "correction"),
        ("", "2023年上半年，池店镇依法行政，报告如下：", "part_of_year"),
        ("", "2023年，池店镇依法行政，上半年学法3次，报告如下：", None),
    ],
)
def test_editions(title: str, opening: str, found: str | None) -> None:
    assert edition(title, opening) == found
