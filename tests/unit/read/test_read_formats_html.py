"""Web pages: the report and nothing else, on the pages of the common content management systems."""

import document_fixtures as make
import pytest
from test_read_formats import content

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
