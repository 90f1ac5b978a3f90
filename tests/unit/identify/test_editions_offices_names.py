"""Reports on other stretches than the year, offices that are no township, and names in other forms."""

import pytest

from pipelines.identify.edition import edition
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.identify.names import abbreviates, regiment_names
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

OPENING = "坚持依法行政，推进法治政府建设。现将有关情况报告如下：\n一、主要做法\n全年学法6次。\n"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(PROJECT_ROOT / "raw" / "reference" / "divisions.parquet")


def of(text: str, gazetteer: Gazetteer) -> Identity:
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, None, None, gazetteer)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("池店镇2022年至2024年法治政府建设工作报告", "multi_year"),
        ("池店镇2021-2023年法治政府建设工作总结", "multi_year"),
        ("池店镇“十四五”以来法治政府建设工作报告", "multi_year"),
        ("池店镇近三年法治政府建设工作报告", "multi_year"),
        ("池店镇2023年12月份法治建设工作总结", "part_of_year"),
        ("池店镇2023年一季度法治建设工作总结", "part_of_year"),
        ("池店镇2023年法治建设工作总结(2023-12-05)", None),
        ("池店镇2023年贯彻《法治政府建设实施纲要(2021-2025年)》情况报告", None),
        ("池店镇2023年法治政府建设工作报告", None),
    ],
)
def test_the_title_says_which_years(title: str, found: str | None) -> None:
    assert edition(title, "") == found


@pytest.mark.parametrize(
    ("title", "opening", "signed", "found", "year"),
    [
        ("池店镇2021年以来法治政府建设工作报告", "", "2024年1月9日", "multi_year", 2023),
        ("池店镇2023年以来法治政府建设工作报告", "", "2024年1月9日", None, 2023),
        ("池店镇法治政府建设工作报告", "2021年以来，", "2024年1月9日", "multi_year", 2023),
        ("池店镇本届政府以来法治政府建设工作报告", "2021年以来，", "2024年1月9日", "multi_year", 2023),
        ("池店镇“八五”普法中期总结", "2021年以来，", "2023年11月9日", "multi_year", 2023),
        ("池店镇“八五”普法2023年度工作总结", "2023年，", "2024年1月9日", None, 2023),
        ("池店镇“十四五”以来法治政府建设工作报告", "2023年，", "", "multi_year", 2023),
        ("池店镇“十四五”以来法治政府建设工作报告", "2021年以来，", "", "multi_year", None),
        ("池店镇2022、2023年度法治政府建设工作报告", "", "", "multi_year", 2023),
        ("池店镇二〇二二至二〇二三年法治政府建设工作报告", "", "", "multi_year", 2023),
        ("池店镇2023年12月至2024年11月法治政府建设工作报告", "", "", None, 2024),
        ("池店镇2023年10月至2024年5月法治政府建设工作报告", "", "", "multi_year", 2024),
        ("池店镇2023年11月法治建设工作总结", "", "", "part_of_year", 2023),
        ("池店镇2023年12月法治建设工作总结", "", "", None, 2023),
        ("池店镇落实2021-2025年法治建设规划2023年度情况报告", "", "", None, 2023),
    ],
)
def test_the_years_since_one(
    title: str, opening: str, signed: str, found: str | None, year: int | None, gazetteer: Gazetteer
) -> None:
    identity = of(f"{title}\n{opening}池店镇{OPENING}晋江市池店镇人民政府\n{signed}\n", gazetteer)
    assert (identity.edition, identity.report_year) == (found, year)
    assert identity.year_doubt is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (
            "池店镇人民政府2023年法治政府建设工作报告2023年，池店镇"
            + OPENING
            + "2024年，我镇将继续推进。\n2024年1月15日\n",
            2023,
        ),
        ("池店镇法治政府建设工作报告\n2024年，我镇将推进学法。一年来，2023年工作如下。\n池店镇\n2024年1月15日\n", 2023),
        ("池店镇2022年至2024年法治政府建设工作报告\n" + OPENING, 2024),
    ],
)
def test_a_year_that_had_only_begun_is_a_plans(text: str, year: int, gazetteer: Gazetteer) -> None:
    assert of(text, gazetteer).report_year == year


@pytest.mark.parametrize(
    "office",
    [
        "池店镇机关事务服务中心",
        "池店镇综合行政执法队",
        "池店镇人大",
        "闽侯县政务服务中心",
        "晋江经济开发区政务服务中心",
        "池店镇综治中心服务站",
        "池店镇第十八届人民代表大会主席团",
        "梅岭街道人大工作委员会",
        "中共池店镇纪律检查委员会",
        "池店镇纪委",
        "池店镇应急管理办公室",
        "池店镇党建办公室",
    ],
)
def test_an_office_is_no_township(office: str, gazetteer: Gazetteer) -> None:
    found = of(f"{office}2023年法治政府建设工作报告\n2023年，{OPENING}", gazetteer)
    assert (found.township_code, found.reason_code) == (None, "department_report")


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("杭州市余杭区临平街道办事处2020年度法治政府建设报告", "330113001"),
        ("余杭区临平街道2019年度法治政府建设报告", "330113001"),
        ("前郭县长山镇人民政府2023年法治政府建设报告", "220721101"),
        ("松原市前郭县长山镇2023年法治政府建设报告", "220721101"),
        ("科左后旗甘旗卡镇2023年法治政府建设报告", "150522100"),
        ("孟津区康乐办事处2023年法治政府建设报告", "410308003"),
        ("第八师石河子市一五二团2023年法治政府建设报告", "659001500"),
        ("石河子市152团2023年法治政府建设报告", "659001500"),
        ("硚口区汉正街2023年法治政府建设报告", "420104009"),
        ("江汉区满春街2023年法治政府建设报告", "420103005"),
        ("宜兴市银杏大街街道2023年法治政府建设报告", None),
        ("周村区银杏大街街道2023年法治政府建设报告", None),
        ("余杭区长山镇2023年法治政府建设报告", None),
    ],
)
def test_names_in_other_forms(title: str, code: str | None, gazetteer: Gazetteer) -> None:
    assert of(f"{title}\n2023年，{OPENING}", gazetteer).township_code == code


@pytest.mark.parametrize(
    ("opening", "signature", "code"),
    [
        ("我镇与青口镇联合开展普法，", "闽侯县祥谦镇人民政府", "350121104"),
        ("我镇同闽侯县青口镇联合开展普法，", "闽侯县祥谦镇人民政府", "350121104"),
        ("青口镇依法行政，我镇各项工作有序，", "闽侯县祥谦镇人民政府", None),
        ("青口镇依法行政，我镇各项工作有序，", "闽侯县青口镇人民政府", "350121105"),
    ],
)
@pytest.mark.parametrize("title", ["", "闽侯县"])
def test_a_neighbour_is_not_the_author(
    title: str, opening: str, signature: str, code: str | None, gazetteer: Gazetteer
) -> None:
    text = f"{title}2023年法治政府建设工作报告\n2023年，{opening}{OPENING}{signature}\n2024年1月20日\n"
    assert of(text, gazetteer).township_code == code


def test_regiments_and_abbreviations() -> None:
    assert regiment_names("兵团农十二师一零四团") == {"一零四团", "一〇四团", "104团"}
    assert regiment_names("兵团一二四团生活区") == {"一二四团", "124团"}
    assert regiment_names("兵团八十六团分部") == {"八十六团", "86团"}
    assert regiment_names("团结街道") == set()
    assert regiment_names("兵团三百二七团") == {"三百二七团"}
    assert abbreviates("阿左旗", "阿拉善左旗")
    assert not abbreviates("阿右旗", "阿拉善左旗")
    assert not abbreviates("梁县", "梁平县")


@pytest.mark.parametrize(
    ("title", "year", "edition"),
    [
        ("池店镇法治政府建设工作总结(2023年)", 2023, None),
        ("池店镇法治政府建设工作总结（2023年上半年）", 2023, "part_of_year"),
        ("池店镇法治政府建设工作情况（2023年1-11月）", 2023, "part_of_year"),
        ("池店镇法治政府建设工作情况（2023年1月至10月）", 2023, "part_of_year"),
        ("池店镇法治政府建设工作情况（2023年第三季度）", 2023, "part_of_year"),
        ("池店镇“八五”普法中期（2021—2023年）法治建设自查报告", 2023, "multi_year"),
        ("池店镇落实法治政府建设规划(2021-2025年)2023年工作报告", 2023, None),
        ("池店镇落实《法治政府建设实施纲要(2021-2025年)》2023年度情况报告", 2023, None),
    ],
)
def test_years_in_brackets(title: str, year: int, edition: str | None, gazetteer: Gazetteer) -> None:
    found = of(f"{title}\n一年来，{OPENING}", gazetteer)
    assert (found.report_year, found.edition) == (year, edition)
