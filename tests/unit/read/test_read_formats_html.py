"""Web pages: the report and nothing else, on the pages of the common content management systems."""

import re

import document_fixtures as make
import pytest
from selectolax.lexbor import LexborHTMLParser
from test_read_formats import content

from pipelines.read.formats.html_lines import classes_with, drop_struck, lines_of, style_of
from pipelines.read.reader import read_bytes

CONTAINERS = (
    "id='zoom'",
    "class='TRS_Editor'",
    "class='TRS_UEDITOR'",
    "id='UCAP-CONTENT'",
    "id='vsb_content'",
    "class='article-content'",
    "class='rich_media_content'",
    "class='unheard-of'",
)
METADATA = {
    "索引号": "113309000001/2024-00021",
    "发文字号": "双政〔2024〕8号",
    "发布机构": "双溪镇人民政府",
    "成文日期": "2024-01-12",
    "发布日期": "2024-01-15",
}


def around(above: str = "", inside: str = "", below: str = "", container: str = "id='zoom'") -> bytes:
    body = (
        make.report_html().replace("id='zoom'", container).replace("<p>" + make.OPENING, inside + "<p>" + make.OPENING)
    )
    return make.html(above + body + below)


@pytest.mark.parametrize("container", CONTAINERS)
def test_the_container_is_found_and_nothing_around_it(container: str) -> None:
    side = "<div class='side'><h3>热点</h3><ul>" + "<li><a href='#'>某县召开3次会议</a></li>" * 30 + "</ul></div>"
    links = "<div class='links'><a>省政府网</a><a>市政府网</a></div>"
    assert content(around(above=side, below=side + links, container=container)) == make.TEXT


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_page_full_of_links_keeps_its_container(container: str) -> None:
    headlines = "<li><a href='/a.html'>某镇召开会议，传达精神，部署工作；各村参加。</a></li>" * 90
    side = f"<div class='side'><ul>{headlines}</ul></div>"
    assert content(around(above=side, container=container)) == make.TEXT
    assert content(around(below=side, container=container)) == make.TEXT


def test_a_report_in_a_link_that_was_never_closed_is_read() -> None:
    paragraphs = "".join(f"<p>{'全年开展普法宣传，成效良好，群众满意；' * 10}第{n}段。</p>" for n in "一二三")
    page = make.html(f"<h1>{make.TITLE}</h1><div><a href='#top'>{paragraphs}</div><div>版权所有，不得转载。</div>")
    assert content(page).count("段。") == 3


def test_a_body_in_several_containers_comes_in_order() -> None:
    parts = [f"<div class='TRS_Editor'><p>第{n}部分，已经完成各项工作，成效良好。</p></div>" for n in "一二三"]
    assert content(make.html("".join(parts))).count("部分") == 3
    nested = "<div class='TRS_Editor'><div class='TRS_Editor'><p>正文，只有一次，不重复。</p></div></div>"
    assert content(make.html(f"<h1>{make.TITLE}</h1>{nested}")) == f"{make.TITLE}\n正文，只有一次，不重复。\n"


@pytest.mark.parametrize("layout", ["table", "pairs", "list"])
@pytest.mark.parametrize("times", [1, 2])
def test_the_metadata_table_becomes_fields_once(layout: str, times: int) -> None:
    rows = {
        "table": "".join(f"<tr><td>{key}：</td><td>{value}</td></tr>" for key, value in METADATA.items()),
        "pairs": "<tr>" + "".join(f"<th>{k}</th><td>{v}</td>" for k, v in METADATA.items()) + "</tr>",
        "list": "<tr><td><ul>" + "".join(f"<li><b>{k}：</b>{v}</li>" for k, v in METADATA.items()) + "</ul></td></tr>",
    }
    page = around(above=f"<table class='xxgk'>{rows[layout]}</table>" * times)
    document = read_bytes(page, "a")
    assert dict(document.fields) == METADATA
    assert len(document.fields) == len(METADATA)
    assert content(page) == make.TEXT


def test_meta_tags_of_government_sites_are_fields() -> None:
    head = (
        f'<meta charset="utf-8"><meta name="ArticleTitle" content="{make.TITLE}">'
        '<meta name="PubDate" content="2024-01-15 10:00"><meta name="ContentSource" content="双溪镇">'
    )
    body = make.report_html().replace(f"<h1>{make.TITLE}</h1>", "")
    document = read_bytes(make.html(body, head), "a")
    expected = {"标题": make.TITLE, "发布日期": "2024-01-15 10:00", "来源": "双溪镇"}
    assert dict(document.fields) == expected
    assert document.text == make.TEXT


@pytest.mark.parametrize(
    "noise",
    [
        "<div class='bdsharebuttonbox'><a>微信</a><a>微博</a></div>",
        "<div class='print-box'>打印 关闭</div>",
        "<div id='voice-player'>语音播报 00:00/03:15</div>",
        "<audio src='a.mp3'>不支持</audio>",
        "<p>浏览次数：128</p>",
        "<p>【字体：大 中 小】</p>",
        "<div style='display:none'>永利真人娱乐城注册送88</div>",
        "<p><a style='position:absolute;left:-9999px' href='#'>代开发票3000元</a></p>",
        "<span style='font-size:0'>彩票平台第1名</span>",
        "<marquee>注册送100元</marquee>",
        "<div hidden>隐藏的统计12次</div>",
        "<script>var hits = 12;</script><style>p{margin:2px}</style><!-- 培训99次 -->",
        "<div class='breadcrumb'>首页 &gt; 政务公开</div>",
        "<select><option>请选择镇街1</option></select>",
    ],
)
def test_noise_in_the_text_is_removed_or_marked(noise: str) -> None:
    assert content(around(inside=noise)) == make.TEXT


def test_the_breadcrumb_and_the_header_line_are_kept_as_furniture() -> None:
    above = (
        "<div>当前位置：<a>首页</a> &gt; <a>双溪镇</a></div><div>来源：双溪镇 发布时间：2024-01-15 浏览次数：3</div>"
    )
    document = read_bytes(around(above=above), "a")
    assert [span.kind for span in document.furniture] == ["navigation", "metadata"]
    assert dict(document.fields) == {"来源": "双溪镇", "发布日期": "2024-01-15"}


def test_a_report_that_a_script_shows_is_no_spam() -> None:
    assert content(around(container="id='zoom' style='display:none'")) == make.TEXT


def test_pinyin_between_characters_is_harmless() -> None:
    ruby = "<p>我镇<ruby>双<rp>(</rp><rt>shuāng</rt><rp>)</rp></ruby>溪开展宣传5次，成效明显。</p>"
    assert "我镇双溪开展宣传5次" in content(around(inside=ruby))


def test_lists_keep_their_order_and_numbers() -> None:
    items = "<ol start='3'><li>开展宣传5次</li><li><p>开展巡查6次</p></li><li>（三）开展走访7次</li></ol>"
    items += "<ul><li>其他</li></ul>"
    text = content(around(inside=items))
    assert "3. 开展宣传5次\n4. 开展巡查6次\n（三）开展走访7次\n其他\n" in text


def test_tables_with_merged_cells_keep_their_columns() -> None:
    table = (
        "<table><tr><th rowspan='2'>渠道</th><th colspan='2'>数量（件）</th></tr><tr><td>受理</td><td>办结</td></tr>"
        "<tr><td>来访</td><td rowspan='2'>15</td><td>14</td></tr><tr><td>来信</td><td>3</td></tr></table>"
    )
    text = content(around(inside=table))
    assert "渠道 | 数量（件）\n渠道 | 受理 | 办结\n来访 | 15 | 14\n来信 | | 3\n" in text


def test_a_table_that_lays_out_the_page_is_no_table() -> None:
    body = (
        make.report_html().replace("<div id='zoom'>", "<table><tr><td>菜单</td><td><div id='x'>") + "</td></tr></table>"
    )
    text = content(make.html(body))
    assert make.OPENING + "\n" in text and "信访 | 112 | 110\n" in text


def test_a_page_of_bare_lines_is_read() -> None:
    body = "<br>".join(make.LINES).replace("\n", "")
    assert content(f"<p>{body}</p>".encode()) == make.TEXT


def lines(body: str, css: str = "") -> list[str]:
    node = LexborHTMLParser(f"<html><body>{body}</body></html>").body
    assert node is not None
    drop_struck(node, css)
    return lines_of(node)


def test_blocks_are_lines_and_inline_elements_are_none() -> None:
    assert lines("甲<p>乙<b>丙</b><br>丁</p>戊<div>己<div>庚</div>辛</div>") == [
        "甲",
        "乙丙",
        "丁",
        "戊",
        "己",
        "庚",
        "辛",
    ]
    assert lines("<p> </p>甲<script>x</script><ruby>法<rt>fa</rt></ruby><!-- 注 -->") == ["甲法"]
    assert lines("<p>甲\n乙</p><pre>丙\n丁\n</pre><p style='white-space:pre-line'>戊\n己</p><p>庚\n辛</p>") == [
        *("甲乙", "丙", "丁", "戊", "己", "庚辛"),
    ]


@pytest.mark.parametrize(
    ("start", "first"), [("", "1"), ("3", "3"), (" 4 ", "4"), ("999", "999"), ("1000", "1"), ("x", "1"), ("-2", "1")]
)
def test_items_of_a_list_have_the_numbers_that_a_browser_shows(start: str, first: str) -> None:
    second = int(first) + 1
    listed = lines(f"<ol start='{start}'><li>甲</li><li><p>乙</p></li></ol><ul><li>丙</li></ul>")
    assert listed == [f"{first}. 甲", f"{second}. 乙", "丙"]


def test_an_item_that_states_its_number_is_given_none() -> None:
    body = "<ol><li>一、甲</li><li>乙</li><li>（3）丙</li><li>第四丁</li><li>①戊</li><li>己一、</li></ol>"
    assert lines(body) == ["一、甲", "2. 乙", "（3）丙", "第四丁", "①戊", "6. 己一、"]
    nested = "<ol><li>甲<ol><li>乙</li><li>丙</li></ol></li><li>丁</li></ol>"
    assert lines(nested) == ["1. 甲", "1. 乙", "2. 丙", "2. 丁"]


@pytest.mark.parametrize(
    ("span", "width"), [("2", 2), ("0", 1), ("", 1), (" 3 ", 3), ("x", 1), ("1000", 1), ("-2", 1), ("50%", 1)]
)
def test_a_cell_spans_as_many_columns_as_it_says(span: str, width: int) -> None:
    table = f"<table><tr><td colspan='{span}'>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>"
    assert lines(table) == [" | ".join(["甲", *[""] * (width - 1), "乙"]), "丙 | 丁"]


def test_tables_of_data_are_rows_and_those_that_lay_out_a_page_are_none() -> None:
    table = (
        "<table><caption>表 1</caption><tr><th>项目</th><th>数量</th></tr><tr><td rowspan='2'>讲座</td><td>3</td></tr>"
    )
    assert lines(f"{table}<tr><td>4</td></tr></table>") == ["表 1", "项目 | 数量", "讲座 | 3", "讲座 | 4"]
    assert lines("<table><tr><td>甲</td></tr><tr><td>乙</td></tr></table>") == ["甲", "乙"]
    for length, rows in ((200, 1), (201, 2)):
        assert len(lines(f"<table><tr><td>{'字 ' * length}</td><td>乙</td></tr></table>")) == rows
    inner = "<table><tr><td>甲</td><td>乙</td></tr></table>"
    assert lines(f"<table><tr><td>{inner}</td><td>丙</td></tr></table>") == ["甲 | 乙", "丙"]


def test_what_is_struck_through_is_no_text() -> None:
    assert lines("甲<del>1</del><s>2</s><span style='text-decoration: underline line-through'>3</span>乙") == ["甲乙"]
    assert lines("甲<span style='text-decoration: none; x: line-through'>3</span>") == ["甲3"]
    assert lines("甲<b class='x'>1</b><b class='y'>2</b>", ".x { text-decoration: line-through } .y {color: red}") == [
        "甲2"
    ]
    assert lines("甲<b class='x'>1</b>", "@media print { .x { text-decoration: line-through } }") == ["甲1"]


def test_the_classes_of_a_style_sheet_and_a_style_are_read_so_far() -> None:
    bold = re.compile("bold")
    assert classes_with("p.a, .b , #c, .d .e { x: bold } .f { x: thin }", bold) == "p.a, .b"
    assert classes_with("".join(f".a{at} {{bold}}" for at in range(201)), bold).count(",") == 199
    for gap, found in ((996, ".a"), (997, "")):
        assert classes_with(f".a {{{' ' * gap}bold}}", bold) == found
    node = LexborHTMLParser(f"<p style='{'x' * 1001}'>").css_first("p")
    assert node is not None and len(style_of(node)) == 1000
