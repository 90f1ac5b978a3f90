"""The months of a report on a part of the year, by its title, else by its opening."""

import pytest

from pipelines.identify.edition import edition, edition_months

PARTS = [
    ("池店镇2024年上半年法治政府建设工作总结", (1, 6)),
    ("池店镇2024年下半年法治建设工作总结", (7, 12)),
    ("池店镇2024年第一季度法治工作总结", (1, 3)),
    ("池店镇2024年第三季度依法行政工作总结", (7, 9)),
    ("池店镇2024年前三季度法治工作总结", (1, 9)),
    ("池店镇2024年1-6月法治政府建设情况", (1, 6)),
    ("池店镇2024年1—10月法治政府建设情况", (1, 10)),
    ("池店镇2024年7-12月法治政府建设情况", (7, 12)),
    ("池店镇2024年12月份法治建设工作总结", (12, 12)),
    ("池店镇2024年三月份法治建设工作总结", (3, 3)),
    ("池店镇2024年年中工作总结", (1, 6)),
    ("池店镇2024年半年度法治建设情况报告", (1, 6)),
    ("池店镇2024年上半年法治建设总结及下半年打算", (1, 6)),
]
WHOLE = [
    "池店镇2024年度法治政府建设报告",
    "池店镇2024年法治建设总结及2025年上半年计划",
    "池店镇法治政府建设报告(2023年12月)",
    "池店镇2024年1-12月法治工作总结",
    "截至2024年10月法治工作报告",
]


@pytest.mark.parametrize(("title", "months"), PARTS)
def test_a_title_names_the_months(title: str, months: tuple[int, int]) -> None:
    assert (edition(title, ""), edition_months(title, "")) == ("part_of_year", months)


@pytest.mark.parametrize("title", WHOLE)
def test_a_report_on_the_year_has_no_months_of_its_own(title: str) -> None:
    assert (edition(title, ""), edition_months(title, "")) == (None, None)


def test_the_opening_counts_only_without_a_title() -> None:
    assert edition_months("", "2024年上半年,池店镇推进法治建设。") == (1, 6)
    assert edition_months("池店镇2024年法治政府建设报告", "2024年上半年,池店镇推进法治建设。") is None


def test_a_correction_of_a_half_year_report_keeps_its_months() -> None:
    title = "池店镇2024年上半年法治建设总结(更正)"
    assert (edition(title, ""), edition_months(title, "")) == ("correction", (1, 6))
