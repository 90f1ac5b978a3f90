"""Names and their short forms, and which of them count where they stand, in a gazetteer of a few units."""

import datetime
import pickle
from collections.abc import Sequence

import polars as pl
import pytest

from pipelines.identify.division_changes import Change
from pipelines.identify.evidence import PlaceEvidence
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.names import abbreviates, is_regular, regiment_names, short_name, short_township, stem
from pipelines.identify.place import ResolvedPlace, resolve
from pipelines.identify.web_address import by_address


@pytest.mark.parametrize(
    ("name", "short", "its_stem"),
    [
        ("屏边苗族自治县", "屏边县", "屏边"),
        ("东乡族自治县", "东乡县", "东乡"),
        ("鄂温克族自治旗", "鄂温克旗", "鄂温克"),
        ("鄂伦春自治旗", "鄂伦春旗", "鄂伦春"),
        ("巴里坤哈萨克自治县", "巴里坤县", "巴里坤"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江县", "双江"),
        ("积石山保安族东乡族撒拉族自治县", "积石山县", "积石山"),
        ("恩施土家族苗族自治州", "恩施州", "恩施州"),
        ("大理白族自治州", "大理州", "大理州"),
        ("长白自治县", "长白自治县", "长白自治"),  # a people of one syllable is written with 族
        ("内蒙古自治区", "内蒙古", "内蒙古"),
        ("广西壮族自治区", "广西", "广西"),
        ("晋江市", "晋江市", "晋江"),
        ("梁平区", "梁平区", "梁平"),
        ("前旗", "前旗", "前旗"),  # of two syllables nothing would be left
    ],
)
def test_a_county_has_a_short_name_and_a_stem(name: str, short: str, its_stem: str) -> None:
    assert (short_name(name), stem(name)) == (short, its_stem)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("车田苗族乡", "车田乡"),
        ("黄羊回族满族乡", "黄羊乡"),
        ("甲乙民族乡", "甲乙乡"),
        ("某民族乡", "某民族乡"),
        ("甲白族乡", "甲白族乡"),  # one syllable is too little
        ("白族乡", "白族乡"),
        ("天福乡", "天福乡"),
    ],
)
def test_an_ethnic_township_has_a_short_name(name: str, short: str) -> None:
    assert short_township(name) == short


@pytest.mark.parametrize("name", ["池店镇", "天福乡", "黄石街道", "黄石街", "巴彦苏木"])
def test_a_name_that_ends_in_its_kind_is_regular(name: str) -> None:
    assert is_regular(name) and not is_regular(name + "社区")


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("兵团一五零团", {"一五零团", "一五〇团", "150团"}),
        ("兵团农三师五十一团", {"五十一团", "51团"}),
        ("兵团第十师一百零三团分部", {"一百零三团", "一百〇三团", "103团"}),
        ("一团", set()),
        ("某团", set()),
    ],
)
def test_a_regiment_goes_by_its_number(name: str, names: set[str]) -> None:
    assert regiment_names(name) == names


@pytest.mark.parametrize(
    ("short", "full", "does"),
    [
        ("前郭县", "前郭尔罗斯蒙古族自治县", True),
        ("阿左旗", "阿拉善左旗", True),
        ("科左后旗", "科尔沁左翼后旗", True),
        ("科后左旗", "科尔沁左翼后旗", False),  # another order
        ("郭县", "前郭尔罗斯蒙古族自治县", False),
        ("前郭旗", "前郭尔罗斯蒙古族自治县", False),
        ("前锡县", "前郭尔罗斯蒙古族自治县", False),
        ("甲县", "甲乙丙县", False),  # a name of four syllables is not abbreviated
        ("甲县", "甲乙丙丁县", True),
        ("甲乙丙丁县", "甲乙丙丁县", False),
    ],
)
def test_a_long_name_is_abbreviated_by_leaving_syllables_out(short: str, full: str, does: bool) -> None:
    assert abbreviates(short, full) == does


COLUMNS = (
    *("township_code", "township_name", "county_code", "county_name", "city_code", "city_name", "province_code"),
    *("province_name", "county_pinyin", "city_pinyin", "province_pinyin"),
)
JINJIANG = ("350582 晋江市 350500 泉州市 350000 福建省", "jin jiang shi", "quan zhou shi", "fu jian sheng")
PENGXI = ("510921 蓬溪县 510900 遂宁市 510000 四川省", "peng xi xian", "sui ning shi", "si chuan sheng")
HUANGSHI = ("420202 黄石港区 420200 黄石市 420000 湖北省", "huang shi gang qu", "huang shi shi", "hu bei sheng")
LIANGPING = ("500155 梁平区 500100 市辖区 500000 重庆市", "liang ping qu", "shi xia qu", "chong qing shi")
FENYANG = ("141182 汾阳市 141100 吕梁市 140000 山西省", "fen yang shi", "lv liang shi", "shan xi sheng")
LIXIA = ("370102 历下区 370100 济南市 370000 山东省", "li xia qu", "ji nan shi", "shan dong sheng")
CORPS = ("659001 石河子市 659000 自治区直辖县级行政区划 650000 新疆维吾尔自治区", "shi he zi shi", "zi", "xin jiang")
HUQIU = ("320505 虎丘区 320500 苏州市 320000 江苏省", "hu qiu qu", "su zhou shi", "jiang su sheng")
QIANGUO = (
    "220721 前郭尔罗斯蒙古族自治县 220700 松原市 220000 吉林省",
    "qian guo xian",
    "song yuan shi",
    "ji lin sheng",
)
UNITS = (
    ("350582107", "池店镇", JINJIANG),
    ("350582104", "城关镇", JINJIANG),
    ("510921100", "城关镇", PENGXI),
    ("510921105", "天福镇", PENGXI),
    ("510921400", "河边", PENGXI),
    ("510921500", "蓬溪经济开发区管理委员会", PENGXI),
    ("420202001", "黄石街道", HUANGSHI),
    ("500155100", "梁山街道", LIANGPING),
    ("500155201", "车田苗族乡", LIANGPING),
    ("141182001", "西河街道", FENYANG),
    ("370102001", "市西河街道", LIXIA),
    ("659001500", "兵团一五零团", CORPS),
    ("320505001", "科技城（东渚街道）", HUQIU),
    ("220721100", "长山镇", QIANGUO),
)
LONG_AGO = datetime.date(2010, 1, 1)
CHANGES = (
    Change(datetime.date(2019, 12, 1), "upgrade", "510921", "蓬溪县", "510921205", "天福乡", LONG_AGO, "510921105",
           "天福镇", "公报", None),
    Change(datetime.date(2021, 6, 1), "rename", "350582", "晋江市", "350582107", "池店乡", LONG_AGO, "350582107",
           "池店镇", "公报", None),
    Change(datetime.date(2024, 6, 1), "upgrade", "350582", "晋江市", "350582104", "城关镇", LONG_AGO, None,
           "城关街道", "公报", None),
)  # fmt: skip


def made(units: Sequence[tuple[str, str, tuple[str, str, str, str]]] = UNITS) -> Gazetteer:
    rows = [
        dict(zip(COLUMNS, (code, name, *above.split(), *pinyin), strict=True)) for code, name, (above, *pinyin) in units
    ]
    return Gazetteer(pl.DataFrame(rows), CHANGES, {"500155": frozenset({"开县"})})


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return made()


def test_a_unit_goes_by_its_forms_and_by_its_names_of_before(gazetteer: Gazetteer) -> None:
    codes = {name: {unit.code for unit in units} for name, units in gazetteer.by_name.items()}
    assert codes["车田乡"] == codes["车田苗族乡"] == {"500155201"}
    assert codes["黄石街"] == codes["黄石办事处"] == codes["黄石街道"] == {"420202001"}
    assert codes["150团"] == codes["一五〇团"] == codes["一五零团"] == {"659001500"}
    assert codes["蓬溪经济开发区"] == {"510921500"} and "蓬溪经济开发区管理委员会" not in codes
    assert codes["东渚街道"] == {"320505001"} and "街道" not in codes
    assert codes["池店乡"] == codes["池店镇"] == {"350582107"}  # a rename keeps the code
    assert codes["城关街道"] == {"350582104"} and codes["城关镇"] == {"350582104", "510921100"}
    assert codes["天福乡"] == {"510921205"}
    past = gazetteer.by_name["天福乡"][0]
    assert (past.ended, past.successor, past.county_code) == (datetime.date(2019, 12, 1), "510921105", "510921")
    liangping = gazetteer.by_name["梁山街道"][0]
    assert liangping.region.former_counties == {"开县"} and liangping.region.county_stem == "梁平"
    assert {"晋江市", "泉州市", "福建省", "新疆", "新疆维吾尔自治区"} <= gazetteer.regions


UNIT, REGION, STREET = "unit", "region", "street"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("晋江市池店镇人民政府", [("晋江市", REGION), ("池店镇", UNIT)]),
        ("池店镇居民", [("池店镇", UNIT)]),
        ("池店镇居民人均收入", []),  # of all towns
        ("池店镇化", []),
        ("天福乡人", [("天福乡", UNIT)]),
        ("天福乡镇干部", []),
        ("黄石街坚持", [("黄石街", STREET)]),
        ("，黄石街坚持", [("黄石街", STREET)]),
        ("黄石港区黄石街坚持", [("黄石港区", REGION), ("黄石街", STREET)]),
        ("走黄石街坚持", []),
        ("黄石街两旁", []),
        ("走黄石街党工委", [("黄石街", UNIT)]),
        ("黄石街办公", []),
        ("黄石街办依法", [("黄石街", UNIT)]),
        ("黄石街办理", []),
        ("黄石街道办事处", [("黄石街道", UNIT)]),
        ("黄石办事处", [("黄石办事处", UNIT)]),
        ("汾阳市西河街道", [("汾阳市", REGION), ("西河街道", UNIT)]),  # no 市西河街道
        ("济南市西河街道", [("济南市", REGION), ("西河街道", UNIT)]),
        ("在市西河街道", [("市西河街道", UNIT)]),
        ("河边", []),  # a plain word
        ("蓬溪县河边", [("蓬溪县", REGION), ("河边", UNIT)]),
        ("蓬溪经济开发区", [("蓬溪经济开发区", UNIT)]),
        ("中共蓬溪经济开发区", [("蓬溪经济开发区", UNIT)]),
        ("中国共产党蓬溪经济开发区", [("蓬溪经济开发区", UNIT)]),
        ("和蓬溪经济开发区", []),
        ("走蓬溪经济开发区", []),
        ("150团", [("150团", UNIT)]),
        ("八师150团", [("150团", UNIT)]),
        ("八连150团", []),
        ("新疆", [("新疆", REGION)]),
        ("走新疆", []),
        ("吉林省前郭尔罗斯蒙古族自治县", [("吉林省", REGION), ("前郭尔罗斯蒙古族自治县", REGION)]),
    ],
)
def test_a_name_counts_where_it_cannot_be_a_word(gazetteer: Gazetteer, text: str, found: list[tuple[str, str]]) -> None:
    assert [(mention.name, mention.kind) for mention in gazetteer.mentions(text.replace("，", ","))] == found
    for mention in gazetteer.mentions(text):
        assert text[mention.start : mention.end] == mention.name


def test_a_county_of_two_characters_does_not_begin_in_the_name_before_it() -> None:
    gu = ("141025 古县 141000 临汾市 140000 山西省", "gu xian", "lin fen shi", "shan xi sheng")
    banner = ("150221 土默特右旗 150200 包头市 150000 内蒙古自治区", "tu mo te you qi", "bao tou shi", "nei meng gu")
    names = made([*UNITS, ("141025100", "岳阳镇", gu), ("150221100", "萨拉齐镇", banner)])
    for text, found in (
        ("内蒙古县域", ["内蒙古"]),
        ("内蒙古古县", ["内蒙古", "古县"]),
        ("古县", ["古县"]),
        ("中国共产党古县", ["古县"]),
        ("走古县", []),
    ):
        assert [mention.name for mention in names.mentions(text)] == found


@pytest.mark.parametrize("text", ["黄石街", "走黄石街", "河边", "蓬溪经济开发区"])
def test_in_a_title_more_names_count(gazetteer: Gazetteer, text: str) -> None:
    assert [mention.kind for mention in gazetteer.mentions(text, title=True)] == [UNIT]


def place(gazetteer: Gazetteer, title: str = "", year: int | None = None, **parts: str) -> ResolvedPlace:
    blank = {"opening": "", "publisher": "", "signature": "", "index_number": "", "url": ""}
    return resolve(PlaceEvidence(title, **{**blank, **parts}), gazetteer, year)


@pytest.mark.parametrize(
    ("parts", "code", "method"),
    [
        ({"title": "晋江市池店镇报告"}, "350582107", "title"),
        ({"title": "池店镇报告"}, "350582107", "unique_name"),
        ({"title": "池店镇报告", "opening": "晋江市和蓬溪县"}, "350582107", "opening"),
        ({"title": "城关镇报告"}, None, None),
        ({"title": "蓬溪县城关镇报告"}, "510921100", "title"),
        ({"title": "福建省城关镇报告"}, "350582104", "title"),
        ({"title": "遂宁市城关镇报告"}, "510921100", "title"),
        ({"title": "蓬溪高新区城关镇报告"}, "510921100", "title"),
        ({"title": "蓬溪县人民政府城关镇报告"}, "510921100", "title"),
        ({"title": "某县城关镇报告"}, None, None),
        ({"title": "城关镇报告", "publisher": "晋江市人民政府"}, "350582104", "publisher"),
        ({"title": "城关镇报告", "signature": "遂宁市城关镇"}, "510921100", "signature"),
        ({"title": "城关镇报告", "index_number": "11350582003"}, "350582104", "index_number"),
        ({"title": "城关镇报告", "index_number": "113505 82003"}, "350582104", "index_number"),
        ({"title": "城关镇报告", "index_number": "510921000012"}, "510921100", "index_number"),
        ({"title": "城关镇报告", "index_number": "5109210"}, None, None),  # too short for an index number
        ({"title": "城关镇报告", "index_number": "1251092100"}, None, None),
        ({"title": "城关镇报告", "url": "http://www.pengxi.gov.cn/a"}, "510921100", "url"),
        ({"title": "城关镇报告", "url": "http://www.pengxi.com/a"}, None, None),
        ({"title": "城关镇报告", "url": "http://www.quanzhou.gov.cn/jinjiangshi/a"}, "350582104", "url"),
        ({"title": "梁平县梁山街道报告"}, "500155100", "title"),  # what 梁平区 was
        ({"title": "前郭县长山镇报告"}, "220721100", "title"),
        ({"title": "松原市前郭县长山镇报告"}, "220721100", "title"),
        ({"title": "蓬溪县池店镇报告"}, None, None),
        ({"title": "天福镇、蓬溪经济开发区报告"}, "510921105", "unique_name"),  # its name is surely one
        ({"title": "蓬溪经济开发区、天福镇报告"}, "510921105", "unique_name"),
        ({"title": "天福镇、池店镇报告"}, "350582107", "unique_name"),  # the last one
        ({"title": "天福镇、池店镇报告", "opening": "天福镇坚持"}, "510921105", "unique_name"),
        ({"title": "全县池店镇报告"}, "350582107", "unique_name"),
        ({"title": "银杏池店镇报告"}, None, None),  # the end of a longer name
        ({"title": "银杏池店镇报告", "opening": "池店镇坚持"}, "350582107", "unique_name"),
        ({"title": "晋江市报告"}, None, None),
        ({"title": "晋江市报告", "opening": "池店镇坚持，我镇依法"}, "350582107", "title"),
        ({"title": "晋江市报告", "opening": "我镇依法", "signature": "池店镇"}, "350582107", "title"),
        ({"title": "晋江市报告", "opening": "依法", "signature": "池店镇"}, None, None),
        ({"title": "晋江市报告", "opening": "我镇依法", "signature": "天福镇"}, None, None),
        ({"opening": "池店镇坚持依法"}, "350582107", "unique_name"),
        ({"opening": "池店镇坚持依法，我镇", "signature": "天福镇"}, None, None),
        ({"opening": "我镇坚持依法", "signature": "天福镇"}, "510921105", "unique_name"),
        ({"opening": "我镇坚持依法", "publisher": "天福镇"}, "510921105", "unique_name"),
        ({"opening": "我镇与天福镇坚持依法", "publisher": "池店镇"}, "350582107", "unique_name"),
        ({}, None, None),
    ],
)
def test_the_evidence_leads_to_one_unit_or_to_none(
    gazetteer: Gazetteer, parts: dict[str, str], code: str | None, method: str | None
) -> None:
    found = place(gazetteer, **parts)
    assert ((found.unit.code if found.unit else None), found.method) == (code, method), found


PUBLISHED = "the title names 池店镇, the publisher 天福镇"


@pytest.mark.parametrize(
    ("parts", "doubt"),
    [
        ({"title": "池店镇报告", "signature": "天福镇人民政府"}, "the title names 池店镇, the signature 天福镇"),
        ({"title": "池店镇报告", "opening": "天福镇坚持依法"}, "the title names 池店镇, the opening 天福镇"),
        ({"title": "池店镇报告", "opening": "天福镇坚持，池店镇"}, None),
        ({"title": "池店镇报告", "publisher": "天福镇"}, None),
        (
            {"title": "池店镇报告", "publisher": "天福镇", "opening": "我镇"},
            "the title names 池店镇, the publisher 天福镇",
        ),
        ({"title": "池店镇报告", "signature": "池店乡"}, None),  # the same unit
        ({"title": "池店镇报告"}, None),
    ],
)
def test_parts_that_name_different_units_are_told(
    gazetteer: Gazetteer, parts: dict[str, str], doubt: str | None
) -> None:
    found = place(gazetteer, **parts)
    assert (found.unit and found.unit.code, found.doubt) == ("350582107", doubt)


@pytest.mark.parametrize(
    ("url", "codes"),
    [
        ("http://www.jinjiang.gov.cn/a", ["350582104"]),
        ("https://jinjiangshi.gov.cn", ["350582104"]),
        ("http://www.jjs.gov.cn/a", ["350582104"]),
        ("http://zwgk.jinjiangzf.gov.cn/a", ["350582104"]),
        ("http://www.quanzhou.gov.cn/a", ["350582104"]),
        ("http://www.quanzhou.gov.cn/b/c/d/jinjiang/a", ["350582104"]),
        ("http://www.suining.gov.cn/b/c/d/pengxi/a", ["510921100"]),
        ("http://www.suining.gov.cn/b/c/d/e/pengxi", ["510921100"]),
        ("http://www.gov.cn/jinjiang", []),
        ("http://www.jinjiang.gov.cn.example.com/a", []),
        ("http://[a", []),
        (None, []),
    ],
)
def test_a_governments_address_names_a_county_or_a_city(
    gazetteer: Gazetteer, url: str | None, codes: list[str]
) -> None:
    assert [unit.code for unit in by_address(gazetteer.by_name["城关镇"], url)] == codes


@pytest.mark.parametrize(("depth", "found"), [(0, 1), (3, 1), (4, 2)])
def test_the_path_names_a_county_in_its_first_four_parts(depth: int, found: int) -> None:
    """Two counties of one city; where the path names none, the city's host fits both."""
    other = ("350521 惠安县 350500 泉州市 350000 福建省", "hui an xian", "quan zhou shi", "fu jian sheng")
    units = made([*UNITS, ("350521100", "城关镇", other)]).by_name["城关镇"]
    url = "http://www.quanzhou.gov.cn/" + "x/" * depth + "huian/a"
    assert len(by_address(units, url)) == found


@pytest.mark.parametrize(
    ("title", "year", "code"),
    [
        ("天福乡报告", 2018, "510921205"),
        ("天福乡报告", 2019, "510921205"),
        ("天福乡报告", 2020, "510921205"),  # a change takes up to a year to be carried out
        ("天福乡报告", 2021, None),
        ("天福乡报告", None, "510921205"),
        ("天福镇报告", 2018, "510921105"),
        ("池店乡报告", 2023, "350582107"),
    ],
)
def test_a_unit_that_ended_is_believed_for_one_year_more(
    gazetteer: Gazetteer, title: str, year: int | None, code: str | None
) -> None:
    found = place(gazetteer, title, year)
    assert (found.unit.code if found.unit else None) == code
    if code is None:
        assert found.problem and "510921205 ended on 2019-12-01, 510921105 followed" in found.problem


@pytest.mark.parametrize(("year", "code"), [(2018, "510921205"), (2019, "510921106"), (2020, "510921106")])
def test_of_two_units_of_one_name_in_a_county_the_one_of_the_years_end_counts(year: int, code: str) -> None:
    again = made([*UNITS, ("510921106", "天福乡", PENGXI)])
    found = place(again, "蓬溪县天福乡报告", year)
    assert found.unit and found.unit.code == code


def test_a_few_texts_are_searched_without_the_automaton_to_the_same_end() -> None:
    gazetteer = made()
    texts = ["汾阳市西河街道和池店镇、黄石街", "蓬溪县天福镇 科技城（东渚街道）前郭县", "", "镇"]
    texts.append("一五零团师梁平县车田乡城关镇城关")
    few = [gazetteer.mentions(text, title) for text in texts for title in (True, False)]
    assert "_automaton" not in vars(gazetteer)
    for _ in range(60):
        gazetteer.mentions("池店镇")
    assert "_automaton" in vars(gazetteer)
    assert few == [gazetteer.mentions(text, title) for text in texts for title in (True, False)]
    assert sum(map(len, few)) > 15


def test_units_come_back_from_a_pickle_as_they_were() -> None:
    gazetteer = made()
    again = pickle.loads(pickle.dumps(gazetteer))
    assert again.units == gazetteer.units and len(set(again.units)) == len(again.units)
    assert again.by_name == gazetteer.by_name and list(again.by_name) == list(gazetteer.by_name)
    assert "天福乡" in again.by_name and "天福" not in again.by_name and again.by_name.get("天福", []) == []
    past = again.by_name["天福乡"][0]
    assert past in again.units and past.ended and past.region == again.by_name["天福镇"][0].region
    assert [unit.ended for unit in again.units if unit.successor] == [past.ended]
