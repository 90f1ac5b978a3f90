"""Title, number, dates, year, kind and verdict of one document at a time."""

import datetime

import pytest

from pipelines.identify.dates import date_in_url, parse_date
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

DIVISIONS = PROJECT_ROOT / "raw" / "reference" / "divisions.parquet"
BODY = "2023年，池店镇坚持依法行政，推进法治政府建设，现将2023年工作情况报告如下：\n一、主要做法\n全年学法6次。\n"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DIVISIONS)


def of(text: str, gazetteer: Gazetteer, url: str | None = None) -> Identity:
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, url, None, gazetteer)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("晋江市池店镇2023年法治政府建设工作报告\n", "晋江市池店镇2023年法治政府建设工作报告"),
        ("池店镇人民政府\n关于2023 年度法治政府\n建设情况的报告\n", "池店镇人民政府关于2023年度法治政府建设情况的报告"),
        ("中共池店镇委员会 池店镇人民政府\n2023年法治建设总结\n", "中共池店镇委员会 池店镇人民政府2023年法治建设总结"),
        ("中共池店镇委员会\n池店镇人民政府\n2023年法治建设总结\n", "中共池店镇委员会 池店镇人民政府2023年法治建设总结"),
        ("池店鎮2023年法治政府建設工作報告\n", "池店鎮2023年法治政府建設工作報告"),
        ("池店镇政府网 信息公开 > 法治政府建设年报\n池店镇2023年法治政府建设报告\n", "池店镇2023年法治政府建设报告"),
        ("2023法治政府建设年报公示\n晋江市池店镇2023年法治政府建设报告\n", "晋江市池店镇2023年法治政府建设报告"),
        ("工作报告\n池店镇人民政府\n2023年法治政府建设报告\n", "池店镇人民政府2023年法治政府建设报告"),
        ("今天是2024年5月6日星期一 晴\n池店镇2023年法治政府建设报告\n", "池店镇2023年法治政府建设报告"),
        ("[ 体裁分类 ] 法制 [ 密级 ] 总结\n池店镇2023年法治政府建设报告\n", "池店镇2023年法治政府建设报告"),
        ("• 手机版\n• 标题栏\n池店镇2023年法治政府建设报告\n", "池店镇2023年法治政府建设报告"),
        ("2023年法治政府建设工作报告\n", "2023年法治政府建设工作报告"),
        ("晋江市人民政府：\n", None),
        ("", None),
    ],
)
def test_titles(head: str, title: str | None, gazetteer: Gazetteer) -> None:
    found = of(head + BODY, gazetteer)
    assert found.title == title
    assert (found.township_code, found.report_year, found.status) == ("350582107", 2023, "accepted")


@pytest.mark.parametrize(
    ("head", "number"),
    [
        ("池政〔2024〕7 号\n", "池政〔2024〕7号"),
        ("池政办发[2024]12号\n", "池政办发[2024]12号"),
        ("池政发2024 15号\n", "池政发202415号"),
        ("根据晋政办〔2023〕5号要求\n", None),
        ("", None),
    ],
)
def test_the_reports_own_number(head: str, number: str | None, gazetteer: Gazetteer) -> None:
    assert of("池店镇2023年法治政府建设工作报告\n" + head + BODY, gazetteer).doc_number == number


def test_dates_of_page_and_signature(gazetteer: Gazetteer) -> None:
    text = "发布日期：2024-01-22 10:05\n池店镇2023年法治政府建设报告\n" + BODY + "池店镇人民政府\n2024 年 1 月 9 日\n"
    found = of(text, gazetteer, "https://example.gov.cn/202402/t20240203_1.html")
    assert found.written_on == datetime.date(2024, 1, 9)
    assert found.published_on == datetime.date(2024, 1, 22)
    assert parse_date("二〇二四年十二月二十一日") == datetime.date(2024, 12, 21)
    assert parse_date("2024年13月40日") is None
    assert date_in_url("http://a.gov.cn/202601/t20260128_15.html") == datetime.date(2026, 1, 28)
    assert date_in_url("http://a.gov.cn/art/2024/1/5/art_12.html") == datetime.date(2024, 1, 5)
    assert date_in_url("http://a.gov.cn/info/1061/40705.htm") is None


@pytest.mark.parametrize(
    ("text", "year", "method"),
    [
        ("池店镇2022年法治政府建设总结及2023年工作思路\n近年来有成效，报告如下：", 2022, "title"),
        ("池店镇二○二四年法治政府建设工作报告\n现将工作报告如下：", 2024, "title"),
        ("池店镇法治政府建设工作报告\n2021年，池店镇依法行政，报告如下：", 2021, "opening"),
        ("池店镇法治政府建设工作报告\n我镇荣获2020年先进，现将2021年工作及2022年打算报告如下：", 2021, "opening"),
        ("池店镇法治政府建设工作报告\n按《纲要（2021—2025年）》推进，报告如下：\n2024年1月3日", 2023, "date"),
        ("池店镇法治政府建设工作报告\n池政〔2024〕3号\n推进依法行政，报告如下：", 2023, "doc_number"),
        ("池店镇法治政府建设工作报告\n池政〔2024〕90号\n推进依法行政，报告如下：\n2024年12月20日", 2024, "doc_number"),
        ("池店镇法治政府建设工作报告\n推进依法行政，报告如下：", None, None),
    ],
)
def test_years(text: str, year: int | None, method: str | None, gazetteer: Gazetteer) -> None:
    found = of(text + "\n", gazetteer)
    assert (found.report_year, found.year_method) == (year, method)


@pytest.mark.parametrize(
    ("text", "doc_type", "level", "reason"),
    [
        (
            "晋江市2023年度法治政府建设情况报告\n2023年，晋江市依法行政，报告如下：",
            "annual_report",
            "city",
            "not a township",
        ),
        (
            "蓬溪县司法局2023年法治政府建设总结\n2023年，我局依法履职，总结如下：",
            "work_summary",
            "department",
            "not a township",
        ),
        ("X镇2023年法治政府建设工作报告\n2023年，X镇依法行政，报告如下：", "template", "template", "template"),
        ("池店镇20XX年法治政府建设工作报告\n一年来依法行政，报告如下：", "template", "template", "template"),
        (
            "池店镇2023年政府信息公开工作年度报告\n本报告依据条例编制，公开信息30条。",
            "info_disclosure_report",
            "township",
            "not a rule",
        ),
        ("池店镇镇长在法治建设会议上的讲话\n同志们，今天开会。", "speech", "township", "not a rule"),
        ("池店镇：普法走进田间\n来源：晋江日报\n近日，池店镇组织普法宣传1场。", "news_brief", "township", "not a rule"),
        ("池店镇2024年法治政府建设工作要点的通知\n各村：请认真落实。", "other", "township", "not a rule"),
        ("2023年度法治政府建设工作报告\n一年来我们依法行政，报告如下：", "annual_report", "unknown", "no place name"),
        (
            "城关镇2023年法治政府建设工作报告\n2023年，城关镇依法行政，报告如下：",
            "annual_report",
            "township",
            "unit not resolved",
        ),
        (
            "池店镇2023年行政执法工作报告\n2023年，池店镇检查企业12家，报告如下：",
            "enforcement_report",
            "township",
            None,
        ),
        ("一句话。", "other", "unknown", "not a rule"),
        (
            "一、总体情况\n池店镇2023年政府信息公开年度报告按统一格式写成，我镇推进法治建设。\n二、主动公开\n公开30条。",
            "info_disclosure_report",
            "township",
            "not a rule",
        ),
        (
            "为推进法治政府建设，结合池店镇实际，制定本方案。\n一、目标\n依法行政。",
            "other",
            "township",
            "not a rule",
        ),
        (
            "池店镇依法行政，落实法治政府建设要求。现就2023年行政执法工作报告如下：\n一、队伍\n执法人员6人。",
            "enforcement_report",
            "township",
            None,
        ),
        (
            "2023年，池店镇把法治建设放进全局工作，现将法治政府建设情况报告如下：\n一、学法\n学法6次。",
            "annual_report",
            "township",
            None,
        ),
        (
            "2023年，池店镇配合检查，全局干部依法行政，现将法治政府建设情况报告如下：\n一、学法\n学法6次。",
            "annual_report",
            "department",
            "not a township",
        ),
        (
            "新乡县2023年法治政府建设报告\n新乡县依法行政，朗公庙镇先行，报告如下：\n一、学法\n七里营镇、朗公庙镇学法。",
            "annual_report",
            "county",
            "not a township",
        ),
        ("浅谈池店镇法治政府建设\n2023年以来有进展。\n一、现状\n依法行政。", "other", "township", "not a rule"),
    ],
)
def test_what_is_let_through(text: str, doc_type: str, level: str, reason: str | None, gazetteer: Gazetteer) -> None:
    found = of(text + "\n", gazetteer)
    assert (found.doc_type, found.doc_level) == (doc_type, level)
    assert (found.status == "accepted") is (reason is None)
    assert (found.status_reason or "").startswith(reason or "")


@pytest.mark.parametrize(
    ("text", "url", "code", "method"),
    [
        ("湘潭縣雲湖橋鎮2023年法治政府建設報告\n2023年，雲湖橋鎮依法行政，報告如下：", None, "云湖桥镇", "title"),
        ("2023年，雲湖(hú)橋鎮依法行政，推進法治(zhì)建設，報告如下：", None, "云湖桥镇", "unique_name"),
        ("石柱县黄水镇2023年法治政府建设报告\n2023年，黄水镇依法行政，报告如下：", None, "黄水镇", "title"),
        ("2023年，观胜镇依法行政，推进法治建设，报告如下：", "http://www.rongchang.gov.cn/a.html", "观胜镇", "url"),
        ("2023年，观胜镇依法行政，推进法治建设，报告如下：", "http://rongchang.example.com/a.html", None, None),
        (
            "索引号：11500153009300000X/2024-1\n观胜镇2023年法治政府建设报告\n报告如下：全年学法3次。",
            None,
            "观胜镇",
            "index_number",
        ),
        ("黄石街2023年法治政府建设报告\n2023年，黄石街党工委依法行政，报告如下：", None, "黄石街道", "unique_name"),
        ("东莞市石龙镇2023年法治政府建设报告\n2023年，石龙镇依法行政，报告如下：", None, "石龙镇", "title"),
        ("甲乙县池店镇2023年法治政府建设报告\n2023年，池店镇依法行政，报告如下：", None, None, None),
        ("高青县池店镇2023年法治政府建设报告\n2023年，池店镇依法行政，报告如下：", None, None, None),
    ],
)
def test_places(text: str, url: str | None, code: str | None, method: str | None, gazetteer: Gazetteer) -> None:
    found = of(text + "\n", gazetteer, url)
    names = {unit.code: unit.name for unit in gazetteer.units}
    assert (names.get(found.township_code or ""), found.place_method) == (code, method)
    assert code or found.status == "quarantined"


def test_only_what_is_not_accepted_shows_a_person_its_words(gazetteer: Gazetteer) -> None:
    head = "发布机构：某镇人民政府\n索引号：ABC-1/2024-3\n"
    lost = of(
        head + "2023年法治政府建设工作报告\n今年\t以来，  我镇依法行政，报告如下：\n" + "全年学法6次。\n" * 40,
        gazetteer,
    )
    assert lost.status == "quarantined"
    assert (lost.publisher, lost.index_number) == ("某镇人民政府", "ABC-1/2024-3")
    assert lost.opening is not None and lost.closing is not None
    assert "2023年法治政府建设工作报告 今年 以来，" in lost.opening
    assert (len(lost.opening), len(lost.closing)) == (160, 80)
    assert lost.closing.endswith("全年学法6次。 全年学法6次。")
    known = of(head + "池店镇2023年法治政府建设工作报告\n" + BODY, gazetteer)
    assert (known.status, known.publisher, known.opening, known.closing) == ("accepted", None, None, None)
