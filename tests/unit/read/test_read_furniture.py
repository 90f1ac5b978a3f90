"""Page furniture is found in every layout, its fields are read, and no sentence of a report is taken for it."""

import pytest

from pipelines.read.document import Document
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
