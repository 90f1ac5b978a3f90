"""Which unit reports: names as clerks and registers write them, hosts, several bodies, and a measured draw of units."""

import pytest

from benchmarks.identify import (
    BEGIN,
    END,
    LAYOUTS,
    PAGE,
    WANTED_RIGHT,
    Tally,
    generate,
    identify_all,
    judge,
    render,
    share_right,
    with_block,
    wrong_unstated,
)
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.read.reader import read_bytes
from pipelines.settings import Settings
from pipelines.stage.kept_gazetteer import load_gazetteer

UNITS = 500


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(Settings.load().divisions_path)


def of(text: str, gazetteer: Gazetteer, url: str | None = None) -> Identity:
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, url, None, gazetteer)


def report(issuer: str, body: str = "一年来，本单位依法办事，现将情况报告如下：\n一、学法\n", year: int = 2023) -> str:
    return f"{issuer}{year}年度法治政府建设情况报告\n{body}"


@pytest.mark.parametrize(
    ("issuer", "county", "name"),
    [
        ("晋江市池店镇政府", "晋江市", "池店镇"),
        ("晋江市池店镇", "晋江市", "池店镇"),
        ("池店镇人民政府", "晋江市", "池店镇"),
        ("黄石港区花湖街道办事处", "黄石港区", "花湖街道"),
        ("鲁山县昭平台库区乡人民政府", "鲁山县", "昭平台库区乡"),
        ("昭平台库区乡", "鲁山县", "昭平台库区乡"),
        ("岳阳县张谷英镇党委、镇政府", "岳阳县", "张谷英镇"),
        ("中共晋江市池店镇委员会 晋江市池店镇人民政府", "晋江市", "池店镇"),
        ("龙胜各族自治县马堤乡人民政府", "龙胜各族自治县", "马堤乡"),
        ("龙胜县马堤乡人民政府", "龙胜各族自治县", "马堤乡"),
        ("五常市红旗满族乡人民政府", "五常市", "红旗满族乡"),
        ("五常市红旗乡人民政府", "五常市", "红旗满族乡"),
        ("正蓝旗赛音呼都嘎苏木", "正蓝旗", "赛音呼都嘎苏木"),
        ("正蓝旗赛音呼都嘎苏木人民政府", "正蓝旗", "赛音呼都嘎苏木"),
        ("泗阳县泗阳农场", "泗阳县", "泗阳农场"),
        ("虎林市八五四农场", "虎林市", "八五四农场"),
        ("江宁区青龙山林场", "江宁区", "青龙山林场"),
        ("监利市人民大垸农场管理区", "监利市", "人民大垸农场管理区"),
        ("乌达区乌达经济开发区管委会", "乌达区", "乌达经济开发区"),
        ("乌达区乌达经济开发区管理委员会", "乌达区", "乌达经济开发区"),
        ("湘潭縣雲湖橋鎮", "湘潭县", "云湖桥镇"),
        ("石柱县黄水镇人民政府", "石柱土家族自治县", "黄水镇"),
    ],
)
def test_names_as_they_are_written(issuer: str, county: str, name: str, gazetteer: Gazetteer) -> None:
    found = of(report(issuer), gazetteer)
    units = {unit.code: (unit.name, county in unit.region.county) for unit in gazetteer.units}
    assert units.get(found.township_code or "") == (name, True), found.status_reason
    assert found.township_code in found.place_candidates


def test_the_committee_of_a_zone_that_many_counties_have_is_not_guessed(gazetteer: Gazetteer) -> None:
    """One register entry is called 经济开发区管理委员会; that does not make it the only one."""
    found = of(report("经济开发区管理委员会"), gazetteer)
    assert found.township_code is None
    assert found.status == "quarantined"


def test_the_end_of_a_name_that_the_register_lacks_is_no_other_unit(gazetteer: Gazetteer) -> None:
    """大街街道 is known, and so is 池店镇; neither reports here."""
    for issuer, known in (("柳荫大街街道", "大街街道"), ("新池店镇", "池店镇")):
        found = of(report(issuer, f"2023年，{issuer}依法办事，情况如下：\n一、学法\n"), gazetteer)
        assert (found.township_code, found.status) == (None, "quarantined")
        assert known in (found.status_reason or "")
    for issuer in ("池店镇", "中共池店镇委员会", "晋江市池店镇", "2023年度池店镇"):
        assert of(report(issuer), gazetteer).township_code == "350582107"


def test_townships_and_towns_together_are_no_unit(gazetteer: Gazetteer) -> None:
    """苏木乡 is a township elsewhere; 苏木乡镇 means every kind of township."""
    assert [m.name for m in gazetteer.mentions("各苏木乡镇依法行政")] == []
    assert [m.name for m in gazetteer.mentions("苏木乡依法行政")] == ["苏木乡"]


def test_two_units_in_one_title_and_the_one_that_speaks(gazetteer: Gazetteer) -> None:
    text = report("池店镇落实安海镇现场会精神", "2023年，池店镇依法办事，池店镇党委多次研究，报告如下：\n一、学法\n")
    assert of(text, gazetteer).township_code == "350582107"


def test_a_title_over_several_lines_and_a_body_without_title(gazetteer: Gazetteer) -> None:
    lines = "晋江市\n池店镇人民政府\n2023年度\n法治政府建设情况报告\n现将情况报告如下：\n一、学法\n"
    assert of(lines, gazetteer).township_code == "350582107"
    bare = "2023年，晋江市池店镇扎实推进依法行政，现将法治政府建设情况报告如下：\n一、学法\n"
    found = of(bare, gazetteer)
    assert (found.title, found.township_code, found.place_method) == (None, "350582107", "opening")


@pytest.mark.parametrize(
    ("url", "county"),
    [
        ("http://www.jjs.gov.cn/a.html", None),
        ("http://www.pucheng.gov.cn/a.html", None),
        ("http://www.fengkai.gov.cn/xxgk/a.html", "封开县"),
        ("http://fk.gov.cn/xxgk/a.html", "封开县"),
        ("http://fengkai.example.com/a.html", None),
        ("http://www.wenmi.net/fengkai.gov.cn/a.html", None),
        (None, None),
    ],
)
def test_the_host_of_a_government_chooses_among_the_candidates(
    url: str | None, county: str | None, gazetteer: Gazetteer
) -> None:
    found = of(report("南丰镇"), gazetteer, url)
    counties = {unit.code: unit.region.county for unit in gazetteer.units}
    assert county in counties[found.township_code] if found.township_code else county is None
    assert found.place_method == ("url" if county else None)
    assert len(found.place_candidates) > 1, "the candidates that lost are kept"


def test_the_host_of_a_new_area_may_leave_out_that_it_is_new(gazetteer: Gazetteer) -> None:
    counties = {unit.code: unit.region.county for unit in gazetteer.units}
    for url in ("http://www.pudong.gov.cn/a.html", "http://www.shpd.gov.cn/a.html", "http://pudongxinqu.gov.cn/a.html"):
        found = of(report("高桥镇"), gazetteer, url)
        assert "浦东新区" in counties[found.township_code or ""], url


def test_a_host_alone_names_nobody(gazetteer: Gazetteer) -> None:
    found = of(report(""), gazetteer, "http://www.fengkai.gov.cn/a.html")
    assert (found.township_code, found.place_method) == (None, None)


def test_a_host_does_not_speak_against_the_text(gazetteer: Gazetteer) -> None:
    """A mirror, or a county's page that carries the report of another county's town."""
    for url in ("http://www.fengkai.gov.cn/a.html", "http://www.wenku.example.com/b"):
        found = of(report("晋江市池店镇"), gazetteer, url)
        assert (found.township_code, found.place_method) == ("350582107", "title")


@pytest.mark.parametrize(
    ("title", "opening", "year", "method"),
    [
        ("池店镇2022年法治政府建设总结和2023年工作计划", "情况如下：全年学法3次。", 2022, "title"),
        ("池店镇2023-2024年度法治政府建设情况报告", "2024年，池店镇依法行政，报告如下：", 2024, "title"),
        ("池店镇二〇二四年度法治政府建设报告", "情况如下：全年学法3次。", 2024, "title"),
        ("池店镇二○二四年度法治政府建设报告", "情况如下：全年学法3次。", 2024, "title"),
        ("池店镇法治政府建设报告", "我镇2020年获评先进，现将2022年依法行政情况报告如下：", 2022, "opening"),
        ("池店镇法治政府建设报告", "2021年度报告已于去年报送。现将2022年依法行政情况报告如下：", 2022, "opening"),
        ("池店镇关于报送《2023年法治政府建设情况》的报告", "2023年，池店镇依法行政，报告如下：", 2023, "opening"),
        ("池店镇法治政府建设报告", "情况如下：\n一、学法\n池店镇人民政府\n2023年12月29日", 2023, "date"),
        ("池店镇法治政府建设报告", "情况如下：\n一、学法\n池店镇人民政府\n2024年1月9日", 2023, "date"),
    ],
)
def test_the_year_and_its_traps(title: str, opening: str, year: int, method: str, gazetteer: Gazetteer) -> None:
    found = of(f"{title}\n{opening}\n", gazetteer)
    assert (found.report_year, found.year_method) == (year, method)


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    documents = generate(UNITS, seed=7)
    return judge(documents, identify_all(documents))


def test_drawn_units_are_found_where_the_county_is_stated(tallies: dict[str, Tally]) -> None:
    assert sum(tally.documents for tally in tallies.values()) == UNITS
    assert share_right(tallies) >= WANTED_RIGHT - 0.003  # a draw of 350 may hold one unit that signs as a department
    assert not any(tallies[layout.name].wrong for layout in LAYOUTS if layout.county == "text")


def test_drawn_units_are_never_wrong_where_it_is_not(tallies: dict[str, Tally]) -> None:
    assert wrong_unstated(tallies) == 0
    assert tallies["title only"].unresolved > 0
    assert not any(tally.wrong_year for tally in tallies.values())


def test_the_page_holds_a_table_of_this_form(tallies: dict[str, Tally]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    block = page.partition(BEGIN)[2].partition(END)[0]
    head = render(tallies).splitlines()[0]
    assert head in block
    assert all(f"| {layout.name} | {layout.county} |" in block for layout in LAYOUTS)
    assert with_block(page, "new").count("new\n\n" + END) == 1
    with pytest.raises(ValueError, match="lost the lines"):
        with_block(page.replace(END, ""), "new")
