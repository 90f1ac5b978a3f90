"""What is said for a person to look at: years, units and levels that contradict each other."""

import datetime

import pytest

from pipelines.identify.agreement import Dated, year_doubt
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.identify.year import ReportYear
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

BODY = "依法行政，推进法治政府建设。现将有关情况报告如下：\n一、主要做法\n全年学法6次。\n"
SIGNED = "闽侯县青口镇人民政府\n"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(PROJECT_ROOT / "raw" / "reference" / "divisions.parquet")


def of(text: str, gazetteer: Gazetteer, url: str | None = None) -> Identity:
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, url, None, gazetteer)


def day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("titled", "opened", "number", "written", "published", "edition", "said"),
    [
        (2023, 2023, 2024, "2024-01-09", "2024-01-12", None, None),
        (2023, None, None, "2023-12-20", "", None, None),
        (2023, None, 2023, "2023-12-20", "", None, None),
        (2023, 2022, None, "", "", None, "the title says 2023, the opening 2022"),
        (2023, 2022, None, "", "", "multi_year", None),
        (2023, None, 2022, "", "", None, "the title says 2023, the document number is of 2022"),
        (2023, None, 2026, "", "", None, "the title says 2023, the document number is of 2026"),
        (2024, None, None, "2024-01-09", "", None, "the title says 2024, it was signed on 2024-01-09"),
        (2024, None, None, "2024-06-30", "", None, "the title says 2024, it was signed on 2024-06-30"),
        (2024, None, None, "2024-06-30", "", "part_of_year", None),
        (2025, None, None, "2024-12-30", "", "part_of_year", "the title says 2025, it was signed on 2024-12-30"),
        (2022, None, None, "2024-01-09", "", None, "the title says 2022, it was signed on 2024-01-09"),
        (2022, None, None, "", "2024-01-09", None, "the title says 2022, it was published on 2024-01-09"),
        (2022, 2022, None, "", "2024-01-09", None, None),
        (2022, None, None, "", "2024-08-09", None, None),
        (2022, None, None, "2023-01-09", "2024-01-09", None, None),
        (2024, 2024, None, "", "2023-12-09", None, "the title says 2024, it was published on 2023-12-09"),
    ],
)
def test_parts_that_do_not_fit_one_year(
    titled: int,
    opened: int | None,
    number: int | None,
    written: str,
    published: str,
    edition: str | None,
    said: str | None,
) -> None:
    found = ReportYear(titled, "title", titled, opened)
    assert year_doubt(found, Dated(number, day(written), day(published)), edition) == said


def test_a_year_that_nobody_states_contradicts_nothing() -> None:
    assert year_doubt(ReportYear(None, None), Dated(None, None, None), None) is None
    assert year_doubt(ReportYear(2023, "date"), Dated(None, day("2024-02-01"), None), None) is None


def test_a_title_before_its_time_gives_way_to_the_opening(gazetteer: Gazetteer) -> None:
    found = of(f"闽侯县青口镇2024年法治政府建设报告\n2023年，青口镇{BODY}{SIGNED}2024年1月9日\n", gazetteer)
    assert (found.report_year, found.year_method) == (2023, "opening")
    assert found.year_doubt == "the opening says 2023, the title 2024"


def test_a_year_in_the_body_contradicts_nothing(gazetteer: Gazetteer) -> None:
    body = "一年来，青口镇依法行政，报告如下：\n一、学法\n学法6次。2022年，获评先进镇。\n二、打算\n2024年，继续学法。\n"
    found = of(f"闽侯县青口镇2023年法治政府建设报告\n{body}{SIGNED}2024年1月9日\n", gazetteer)
    assert (found.report_year, found.year_doubt) == (2023, None)


def test_a_slip_in_the_signature_does_not_move_the_year(gazetteer: Gazetteer) -> None:
    text = f"闽侯县青口镇2024年法治政府建设报告\n2024年，青口镇在2023年的基础上{BODY}{SIGNED}2024年1月9日\n"
    found = of(text, gazetteer)
    assert (found.report_year, found.year_method) == (2024, "title")
    assert found.year_doubt == "the title says 2024, it was signed on 2024-01-09"


@pytest.mark.parametrize(
    ("head", "signature", "code", "said"),
    [
        ("闽侯县青口镇2023年法治政府建设报告\n2023年，青口镇", "闽侯县青口镇人民政府", "350121105", None),
        (
            "闽侯县青口镇2023年法治政府建设报告\n2023年，青口镇",
            "祥谦镇人民政府",
            "350121105",
            "title names 青口镇, the signature",
        ),
        (
            "闽侯县青口镇2023年法治政府建设报告\n2023年，祥谦镇",
            "",
            "350121105",
            "title names 青口镇, the opening 祥谦镇",
        ),
        (
            "2023年法治政府建设报告\n2023年，闽侯县青口镇",
            "祥谦镇人民政府",
            None,
            "opening names 青口镇, the signature 祥谦镇",
        ),
        (
            "发布机构：祥谦镇人民政府\n2023年法治政府建设报告\n2023年，闽侯县青口镇学法，我镇",
            "",
            None,
            "the publisher 祥谦镇",
        ),
        ("黄石街2023年法治政府建设报告\n2023年，黄石街", "黄石街道办事处", "440111006", None),
    ],
)
def test_two_units(head: str, signature: str, code: str | None, said: str | None, gazetteer: Gazetteer) -> None:
    found = of(f"{head}{BODY}{signature}\n2024年1月9日\n", gazetteer)
    assert found.township_code == code
    assert said in (found.unit_doubt or "") if said else found.unit_doubt is None


def test_a_county_and_a_unit_of_another_one(gazetteer: Gazetteer) -> None:
    head = f"余杭区2023年法治政府建设报告\n2023年，我镇{BODY}"
    found = of(head + SIGNED, gazetteer)
    assert (found.township_code, found.reason_code) == (None, "unresolved_unit")
    assert found.unit_doubt == "the title names 余杭区, the text 青口镇 of 闽侯县"
    assert of(f"福州市2023年法治政府建设报告\n2023年，我镇{BODY}{SIGNED}", gazetteer).township_code == "350121105"


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        (f"闽侯县2023年法治政府建设报告\n2023年，我镇{BODY}", "county_report", "it says 我镇"),
        (f"闽侯县2023年法治政府建设报告\n2023年，全县{BODY}{SIGNED}", "county_report", "青口镇 signs it"),
        (f"福州市2023年法治政府建设报告\n2023年，我街道{BODY}", "city_report", "it says 我街道"),
        (f"闽侯县司法局2023年法治政府建设报告\n2023年，本镇{BODY}", "department_report", "it says 本镇"),
        (
            f"闽侯县青口镇便民服务中心2023年法治政府建设报告\n2023年，中心{BODY}{SIGNED}",
            "department_report",
            "青口镇 signs",
        ),
        (f"闽侯县2023年法治政府建设报告\n2023年，全县{BODY}闽侯县人民政府\n", "county_report", None),
        (f"闽侯县司法局2023年法治政府建设报告\n2023年，我局{BODY}青口镇司法所\n", "department_report", None),
        (f"闽侯县司法局2023年法治政府建设报告\n2023年，我局{BODY}根本乡村\n", "department_report", None),
    ],
)
def test_a_township_speaks_in_a_report_of_another_level(
    text: str, reason: str, said: str | None, gazetteer: Gazetteer
) -> None:
    found = of(text + "2024年1月9日\n", gazetteer)
    assert found.reason_code == reason
    assert (found.level_doubt or "").startswith(said) if said else found.level_doubt is None


def test_the_letterhead_names_the_county(gazetteer: Gazetteer) -> None:
    found = of(
        f"海东市乐都区高庙镇人民政府文件\n高政〔2024〕3号\n\n高庙镇2023年法治政府建设报告\n高庙镇{BODY}", gazetteer
    )
    assert (found.township_code, found.place_method, found.year_doubt) == ("630202103", "publisher", None)
