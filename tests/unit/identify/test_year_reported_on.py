"""The year that a report is on: which of several years counts, and up to which day a date means the year before."""

from datetime import date

import pytest

from pipelines.identify.year import report_year

NEW_YEARS_REPORT = "甲镇2024年法治政府建设年度报告"


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("甲镇2023年法治政府建设年度报告", 2023),
        ("甲镇2022年工作总结和2023年工作计划", 2022),
        ("甲镇2023年法治政府建设工作总结及2024年工作思路", 2023),
        ("甲镇2023年工作计划", 2023),
        ("甲镇2023年度报告2024-01-05", 2023),
        ("甲镇2021-2023年法治政府建设报告", 2023),
        ("甲镇法治政府建设报告(2023年)", 2023),
        ("甲镇法治政府建设报告(2023年1-11月)", 2023),
        ("甲镇法治政府建设报告(2023年12月)", None),  # when it was written
        ("甲镇23年法治政府建设报告", 2023),
        ("近23年法治政府建设报告", None),
        ("甲镇3年法治政府建设报告", None),
        ("甲镇1999年法治报告", None),
        ("甲镇2049年法治报告", 2049),
        ("甲镇2050年法治报告", None),
        ("", None),
    ],
)
def test_a_title_names_one_year(title: str, year: int | None) -> None:
    found = report_year(title, "", None, None, None)
    assert (found.year, found.titled, found.opened) == (year, year, None)
    assert found.method == (None if year is None else "title")


@pytest.mark.parametrize(
    ("opening", "year"),
    [
        ("2023年，甲镇坚持依法行政。", 2023),
        ("甲镇概况。2023年，甲镇将坚持。2022年，甲镇完成。", 2022),
        ("2023年，甲镇将坚持。", 2023),  # a plan that opens the text
        ("现将2023年度法治政府建设情况报告如下：", 2023),
        ("2022年成立。现将2023年度法治政府建设情况报告如下：", 2023),
        ("荣获2021年先进。坚持2022年度目标", 2022),
        ("去年2021年工作", None),
        ("2021年度报告已于1月报送。2022年，甲镇。", 2022),
        ("2021-2023年规划。2022年，甲镇。", 2022),
        ("《2021年方案》2022年，甲镇。", 2022),
        ("甲镇2023年1月成立。", None),
        ("2023年1月至11月，甲镇。", 2023),
        ("无" * 295 + "2023年全年", 2023),
        ("无" * 297 + "2023年全年", None),  # beyond the 300 characters in which a free year is looked for
        ("甲镇坚持2023年度目标", 2023),
        ("甲镇坚持2023个目标", None),
    ],
)
def test_an_opening_states_a_year(opening: str, year: int | None) -> None:
    found = report_year("", opening, None, None, None)
    assert (found.year, found.titled, found.opened) == (year, None, year)
    assert found.method == (None if year is None else "opening")


@pytest.mark.parametrize(
    ("title", "opening", "day", "year", "method"),
    [
        (NEW_YEARS_REPORT, "2023年，甲镇坚持。", date(2024, 1, 31), 2023, "opening"),  # 2024 has only just begun
        (NEW_YEARS_REPORT, "2023年，甲镇坚持。", date(2024, 2, 1), 2024, "title"),
        (NEW_YEARS_REPORT, "2024年，甲镇坚持。", date(2024, 1, 31), 2024, "title"),
        (NEW_YEARS_REPORT, "", date(2023, 12, 31), 2024, "title"),
        (NEW_YEARS_REPORT, "2025年，甲镇坚持。", date(2024, 2, 1), 2024, "title"),
        ("", "2025年，甲镇坚持。2023年，甲镇完成。", date(2024, 2, 1), 2023, "opening"),
        ("", "现将2025年法治情况报告如下：2023年，甲镇完成。", date(2024, 2, 1), 2023, "opening"),
    ],
)
def test_a_year_that_had_only_just_begun_is_not_reported_on(
    title: str, opening: str, day: date, year: int, method: str
) -> None:
    assert report_year(title, opening, None, day, None)[:2] == (year, method)


@pytest.mark.parametrize(
    ("number_year", "written", "published", "year", "method"),
    [
        (2024, None, None, 2023, "doc_number"),
        (2024, date(2024, 9, 30), None, 2023, "doc_number"),
        (2024, date(2024, 10, 1), None, 2024, "doc_number"),
        (2024, date(2025, 10, 1), None, 2023, "doc_number"),
        (None, date(2024, 9, 30), None, 2023, "date"),
        (None, date(2024, 10, 1), None, 2024, "date"),
        (None, None, date(2024, 3, 1), 2023, "date"),
        (None, date(2024, 11, 1), date(2023, 3, 1), 2024, "date"),
        (None, None, None, None, None),
    ],
)
def test_number_and_date_mean_the_year_before_up_to_the_last_quarter(
    number_year: int | None, written: date | None, published: date | None, year: int | None, method: str | None
) -> None:
    assert report_year("", "", number_year, written, published) == (year, method, None, None)


@pytest.mark.parametrize(
    ("opening", "number_year", "written", "year", "method"),
    [
        ("2021年以来，", None, date(2024, 1, 9), 2023, "date"),
        ("2022年，", None, date(2024, 1, 9), 2023, "date"),
        ("2022年，", 2024, None, 2023, "doc_number"),
        ("2022年，", None, None, 2022, "opening"),
        ("2021年以来，", None, None, None, None),
    ],
)
def test_a_report_on_several_years_is_dated_before_its_words_count(
    opening: str, number_year: int | None, written: date | None, year: int | None, method: str | None
) -> None:
    found = report_year("甲镇2021年以来法治报告", opening, number_year, written, None, several_years=True)
    assert found[:2] == (year, method)


@pytest.mark.parametrize(
    ("opening", "opened"),
    [
        ("2022年，甲镇坚持。\n一、主要做法", 2022),
        ("甲镇坚持2022年度目标。\n一、主要做法", None),  # it only stands there
        ("\n一、2022年，甲镇坚持。", None),
        ("无" * 150 + "。2022年，甲镇坚持。", 2022),
        ("无" * 250 + "。2022年，甲镇坚持。", None),
    ],
)
def test_what_the_first_sentences_state_is_told_beside_the_title(opening: str, opened: int | None) -> None:
    found = report_year("甲镇2023年法治报告", opening, None, None, None)
    assert (found.year, found.titled, found.opened) == (2023, 2023, opened)
