"""Page furniture is found in every layout, its fields are read, and no sentence of a report is taken for it."""

import pytest

from pipelines.read import page_fields
from pipelines.read.completeness import is_complete
from pipelines.read.document import Document, Span
from pipelines.read.furniture import find_furniture
from pipelines.read.reader import read_bytes

BODY = (
    "清溪镇2022年法治政府建设工作报告\n"
    "2022年，清溪镇把法治建设摆在突出位置，健全工作机制，压实各级责任，现将有关情况报告如下：\n"
    "一、主要做法\n"
    "（一）学法用法。镇党委理论学习中心组学法5次，参加人员打印学习资料120份，阅读书目8本。\n"
    "（二）信息公开。通过政府网站发布信息36条，浏览次数突破2万，公开发文字号齐全的文件9件。\n"
    "（三）网站备案。督促3家企业完成ICP备案，编印的案例12篇供大家参考。\n"
    "来源于群众的诉求，办结率98%；时间上做到当日受理。\n"
    "信访事项 | 112 | 110 | 98.2%\n"
    "12345工单 | 734 | 728 | 99.2%\n"
    "（四）整治网络赌博。查处博彩案件2起，关闭娱乐平台1家，扫一扫二维码参与问卷的群众300人。\n"
    "清溪镇人民政府\n2023年1月9日\n"
)


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(span.kind, document.text[span.start : span.end]) for span in document.furniture]


def around(above: str, below: str = "") -> Document:
    """Read the body between furniture and check that the whole body, and nothing else, stays content."""
    document = read_bytes((above + BODY + below).encode(), "a.txt")
    left, at = "", 0
    for span in document.furniture:
        assert span.start >= at
        left += document.text[at : span.start]
        at = span.end
    left += document.text[at:]
    assert "".join(left.split()) == "".join(BODY.split()), kinds(document)
    return document


def test_a_report_without_furniture_has_none() -> None:
    document = around("")
    assert document.furniture == ()
    assert document.fields == ()
    assert document.is_complete


METADATA = {
    "索引号": "11350582003900000X/2023-00012",
    "发文字号": "清政发〔2023〕3号",
    "发布机构": "东山县清溪镇人民政府",
    "成文日期": "2023-01-09",
    "发布日期": "2023-01-12",
}
LAYOUTS = {
    "lines": "\n".join(f"{key}：{value}" for key, value in METADATA.items()),
    "pipe table": "\n".join(f"| {key} | {value} |" for key, value in METADATA.items()) + "\n|---|---|",
    "two pairs a row": "| 索引号 | {索引号} | 发文字号 | {发文字号} |\n| 发布机构 | {发布机构} | 有效性 | |\n"
    "| 成文日期 | {成文日期} | 发布日期 | {发布日期} |".format(**METADATA),
    "brackets": "\n".join(f"| [ {key} ] | {value} |" for key, value in METADATA.items()),
    "dashes": "\n".join(f"-\n{key}{value}" for key, value in METADATA.items()),
    "bullets": "\n".join(f"• {key}：{value}" for key, value in METADATA.items()),
    "value below": "\n".join(f"{key}：\n\n    {value}" for key, value in METADATA.items()) + "\n有 效 性：",
    "spaced keys": "索 引 号：{索引号}\n文 号：{发文字号}\n发文机关：{发布机构}\n"
    "成文日期：{成文日期}　发布日期：{发布日期}".format(**METADATA),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("times", [1, 2])
def test_metadata_in_every_layout(layout: str, times: int) -> None:
    document = around((LAYOUTS[layout] + "\n") * times)
    assert dict(document.fields) == METADATA
    assert {kind for kind, _ in kinds(document)} <= {"metadata", "layout"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("您当前的位置：首页 > 政务公开 > 清溪镇 > 法治政府建设", "navigation"),
        ("首页>信息公开>年度报告", "navigation"),
        ("东山县各镇网站", "navigation"),
        ("来源：清溪镇 发布时间：2023-01-12 09:30 浏览次数：88 字体：[大 中 小] 打印 关闭", "metadata"),
        ("發布時間：2023-01-12 瀏覽次數：12", "metadata"),
        ("【字号：大 中 小】", "page_tools"),
        ("点赞(9) 收藏(2) 评论(0)", "page_tools"),
        ("分享到： 微信 微博", "page_tools"),
        ("语音播报", "page_tools"),
        ("永利真人娱乐城注册送88", "spam"),
        ("无障碍浏览 | 长者模式 | 简体 | 繁体", "page_tools"),
    ],
)
def test_above_the_report(line: str, kind: str) -> None:
    assert (kind, line) in kinds(around(line + "\n"))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("上一篇：清溪镇2022年信息公开工作年度报告", "navigation"),
        ("扫一扫在手机打开当前页", "page_tools"),
        ("【打印本页】 【关闭窗口】", "page_tools"),
        ("主办：东山县人民政府办公室 闽ICP备12345678号-1 网站标识码：3506260001", "footer"),
        ("版权所有：东山县人民政府", "footer"),
        ("建议使用1920×1080分辨率浏览", "footer"),
        ("【热门推荐】好用的公文模板限时5折，已有3万人下载。", "advertisement"),
        ("小额贷款最高10万元，咨询电话400-111-2222（广告）", "advertisement"),
        ("仅展示500字，全文共1800字", "paywall"),
    ],
)
def test_below_the_report(line: str, kind: str) -> None:
    assert (kind, line) in kinds(around("", line + "\n"))


def test_a_page_saved_as_one_line() -> None:
    text = "清溪镇2022年工作报告 来源：清溪镇 发布时间：2023-01-12 浏览次数：88 2022年，清溪镇召开专题会议4次。"
    document = read_bytes(text.encode(), "a.txt")
    assert kinds(document) == [("metadata", "来源：清溪镇 发布时间：2023-01-12 浏览次数：88")]


def test_everything_below_the_free_part_is_paywall() -> None:
    document = around("", ".....试读结束.....\n查阅全文加微信：10000\n本文观点与本站无关，共3页。\n")
    assert [kind for kind, _ in kinds(document)] == ["paywall"]
    assert not document.is_complete


@pytest.mark.parametrize("piece", ["。", "来源:", "| ", "大 ", "首页>", "一", "2 ", "[字号:", "发布日期2"])
def test_no_input_takes_long(piece: str) -> None:
    document = read_bytes((piece * (100_000 // len(piece)) + "完").encode(), "a.txt")
    assert all(0 <= span.start < span.end <= len(document.text) for span in document.furniture)


SENTENCE = "2022年，清溪镇把法治建设摆在突出位置，健全工作机制，压实各级责任，现将有关情况报告如下：\n"


def furniture(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find_furniture(text)[0]]


def test_spans_have_the_places_of_the_text_without_the_spaces_around_a_line() -> None:
    text = "清溪镇报告\n\n  语音播报  \n" + SENTENCE + "\t【打印本页】\n"
    first, second = find_furniture(text)[0]
    assert (first.start, first.end) == (9, 13)
    assert text[second.start : second.end] == "【打印本页】"
    assert find_furniture("")[0] == find_furniture("\n \n")[0] == ()


@pytest.mark.parametrize(
    ("line", "kind"), [("信息公开", "navigation"), ("联系我们", "footer"), ("主办：清溪镇", "footer")]
)
def test_weak_words_are_furniture_at_the_edges_of_a_page_only(line: str, kind: str) -> None:
    assert (kind, line) in furniture(f"{line}\n{SENTENCE}")
    assert furniture(f"{SENTENCE}{line}\n一、主要做法\n") == []
    assert furniture(f"一、主要做法\n{line}\n一、主要做法\n") == []
    below = furniture(f"{SENTENCE}{line}\n")
    assert below == ([(kind, line)] if kind == "footer" else [])


def test_a_page_without_prose_is_edge_all_over() -> None:
    assert furniture("清溪镇报告\n信息公开\n联系我们\n") == [("navigation", "信息公开"), ("footer", "联系我们")]


@pytest.mark.parametrize(
    ("prose", "is_body"),
    [
        ("一、主要做法", True),
        ("（三）主要做法", True),
        ("字" * 39 + "。", True),
        ("字" * 38 + "。", False),
        ("字" * 45, False),
        ("字" * 30 + "，" + "字" * 12, False),
        ("字" * 30 + "，" + "字" * 12 + "，", True),
        ("来源：" + "字" * 40 + "。", False),
    ],
)
def test_the_text_of_a_page_begins_with_a_heading_or_a_sentence(prose: str, is_body: bool) -> None:
    assert (("navigation", "信息公开") not in furniture(f"{prose}\n信息公开\n")) is is_body


@pytest.mark.parametrize(("length", "is_furniture"), [(160, True), (161, False)])
def test_a_line_of_metadata_has_160_characters_at_most(length: int, is_furniture: bool) -> None:
    line = "主题分类：" + "字" * (length - 5)
    assert bool(furniture(f"{line}\n{SENTENCE}")) is is_furniture
    tools = "打印 " * 53 + ("大" if length == 160 else "打印")
    assert bool(furniture(f"{SENTENCE}{tools}\n{SENTENCE}")) is is_furniture


def test_a_long_line_with_a_telltale_word_is_furniture() -> None:
    line = "您当前的位置：首页" + " > 政务公开" * 30
    assert len(line) > 160 and furniture(SENTENCE + line) == [("navigation", line)]


def test_all_of_a_line_must_be_explained() -> None:
    for line, kind in (
        ("打印 关闭 分享", "page_tools"),
        ("打印 关闭 宣传", None),
        ("宣传 打印 关闭", None),
        ("浏览次数：88 打印", "page_tools"),
        ("发布时间：2023-01-12 打印", "metadata"),
        ("——————", "layout"),
        ("打印资料120份", None),
    ):
        assert furniture(f"{SENTENCE}{line}\n{SENTENCE}") == ([(kind, line)] if kind else [])


def test_everyday_words_are_keys_at_the_edges_only() -> None:
    assert furniture(f"来源：清溪镇党政办公室综合科的报道\n{SENTENCE}") != []
    assert furniture(f"{SENTENCE}来源：群众来信来访，合计12件\n{SENTENCE}") == []
    assert furniture(f"{SENTENCE}索引号：11350582003900000X\n{SENTENCE}") != []
    assert furniture(f"{SENTENCE}公开方式：张榜，合计12次\n{SENTENCE}") == []
    assert furniture(f"{SENTENCE}索引号：按期编制。\n{SENTENCE}") == []
    assert furniture(f"内容概述：清溪镇报告法治工作。\n{SENTENCE}") != []
    assert furniture(f"索引号：清溪镇报告法治工作。\n{SENTENCE}") == []


def test_a_key_takes_the_line_below_if_that_looks_like_its_value() -> None:
    for below, fields in (
        ("清政发〔2023〕3号", (("发文字号", "清政发〔2023〕3号"),)),
        ("发布机构", ()),
        ("清溪镇工作情况2023年第3号", ()),
    ):
        text = f"发文字号\n{below}\n{SENTENCE}"
        assert find_furniture(text)[1] == fields
        assert furniture(text)[0] == ("metadata", "发文字号")
    assert furniture(f"{SENTENCE}发文字号\n清政发〔2023〕3号\n{SENTENCE}") == []
    assert furniture("发文字号") == [("metadata", "发文字号")]
    assert find_furniture(f"发文字号清政发〔2023〕3号\n{SENTENCE}")[1] == (("发文字号", "清政发〔2023〕3号"),)
    assert find_furniture(f"来源清溪镇\n{SENTENCE}")[1] == ()


def test_values_are_given_in_the_script_of_the_page() -> None:
    assert find_furniture(f"發佈機構：清溪鎮人民政府\n{SENTENCE}")[1] == (("发布机构", "清溪鎮人民政府"),)


def test_furniture_within_a_line_does_not_overlap() -> None:
    text = f"{SENTENCE[:-1]}&nbsp;[bookmark: a1]全年<br>开展（此处省略12字）活动。\n"
    assert furniture(text) == [
        ("markup", "&nbsp;"),
        ("markup", "[bookmark: a1]"),
        ("markup", "<br>"),
        ("paywall", "（此处省略12字）"),
    ]
    dotted = furniture(f"{SENTENCE[:-1]}……（此处省略12字）……完\n")
    assert dotted == [("paywall", "……（此处省略12字）……")]
    assert furniture("&nbsp;全年开展活动") == [("markup", "&nbsp;")]


@pytest.mark.parametrize(("length", "is_tail"), [(1500, True), (1501, False)])
def test_what_follows_the_free_part_is_paywall_near_the_end(length: int, is_tail: bool) -> None:
    text = f"{SENTENCE}试读结束" + "\n" + "字" * (length - 1)
    assert furniture(text) == [("paywall", text[len(SENTENCE) :] if is_tail else "试读结束")]


def test_a_row_of_a_table_of_keys() -> None:
    assert page_fields.table_row("| 索引号 | 12345678 | 标题 | 清溪镇 |") == [
        ("索引号", "12345678"),
        ("标题", "清溪镇"),
    ]
    assert page_fields.table_row("| 索引号 | 标题 | 清溪镇 |") == [("标题", "清溪镇")]
    assert page_fields.table_row("| 名称 | 数量 |") is None
    assert page_fields.table_row("| 标题 | 清溪镇的工作总结 |") is None
    assert page_fields.table_row("| 标题 | 清溪镇今年的工作总结 |") == [("标题", "清溪镇今年的工作总结")]
    assert page_fields.table_row("| 数量 | 索引号 |") is None


def test_the_pairs_of_a_line_end_at_the_next_key_or_tool() -> None:
    assert page_fields.pairs("来源：清溪镇 发布时间：2023-01-12 浏览次数：88") == [
        ("来源", "清溪镇"),
        ("发布日期", "2023-01-12"),
    ]
    assert page_fields.pairs("索引号： 发文字号：清政发3号】") == [("发文字号", "清政发3号")]
    assert page_fields.pairs("没有") == []


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        *(("索引号", "A-2023", True), ("索引号", "A-202", False), ("索引号", "-A2023", False)),
        *(("发布机构", "镇", False), ("发布机构", "某镇", True), ("发布机构", "镇" * 31, False)),
        *(("成文日期", "2023年1月9日", True), ("发布日期", "2023-01-12 09:30", True), ("生成日期", "1月9日", False)),
        *(("有效性", "有效", True), ("公开方式", "主动公开", True), ("公开方式", "公开栏", False)),
        *(("主题分类", "司法", True), ("主题分类", "工作报告", False), ("主题分类", "字" * 21, False)),
    ],
)
def test_how_the_value_of_a_key_looks(name: str, value: str, fits: bool) -> None:
    assert page_fields.fits(name, value) is fits


@pytest.mark.parametrize(
    ("last", "is_whole"),
    [
        *(("全部办结。", True), ("全部办结", False), ("全部办结，", False), ("清溪镇人民政府", True)),
        *(("2023年1月9日", True), ("二〇二三年一月九日", True), ("特此报告", True), ("附件：清单", True)),
        *(
            ("甲 | 乙", True),
            ("字" * 33 + "清溪镇人民政府", True),
            ("字" * 34 + "清溪镇人民政府", False),
            ("（完）", True),
        ),
    ],
)
def test_a_whole_text_ends_as_documents_do(last: str, is_whole: bool) -> None:
    assert is_complete(f"全年办结12件\n{last}\n", ()) is is_whole
    text = f"{last}\n打印 关闭\n"
    assert is_complete(text, (Span(len(last) + 1, len(text) - 1, "page_tools"),)) is is_whole
    assert not is_complete(text, (Span(len(last) + 1, len(text) - 1, "paywall"),))


def test_a_text_of_furniture_alone_is_not_whole() -> None:
    assert not is_complete("打印", (Span(0, 2, "page_tools"),))
    assert not is_complete("", ())
    assert is_complete("办结。打印", (Span(3, 5, "page_tools"),))
