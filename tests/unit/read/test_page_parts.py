"""The parts of a web page: which heading is its title, what is hidden or a tool, and what a script holds."""

import json

import pytest

from pipelines.read.document import ReadError
from pipelines.read.formats import html

PROSE = (
    "2023年，清溪镇坚持依法行政，推进法治政府建设，健全工作机制，压实各级责任，现将有关情况报告如下。"
    "全年组织学法12次，调解纠纷35件，受理来信来访46件，按期办结。"
)
BODY = "".join(f"<p>{PROSE}{at}项工作完成。</p>" for at in range(4))


def lines(page: str) -> list[str]:
    return html.read(page.encode(), "a.html").text.splitlines()


def page(body: str, head: str = "") -> str:
    return f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


@pytest.mark.parametrize(("length", "is_title"), [(5, False), (6, True), (80, True), (81, False)])
def test_a_heading_of_6_to_80_characters_is_the_title(length: int, is_title: bool) -> None:
    heading = "清溪镇法治政府建设情况报告".ljust(length, "文")[:length]
    found = lines(page(f"<h1>{heading}</h1><div id='zoom'>{BODY}</div>", "<title>网页的标题一</title>"))
    assert found[0] == (heading if is_title else "网页的标题一")


@pytest.mark.parametrize(("before", "is_title"), [(49, True), (50, False)])
def test_the_title_is_among_the_first_fifty_headings(before: int, is_title: bool) -> None:
    headings = "<h1>短</h1>" * before + "<h1>清溪镇法治政府建设报告</h1>"
    found = lines(page(f"{headings}<div id='zoom'>{BODY}</div>", "<title>网页的标题一</title>"))
    assert found[0] == ("清溪镇法治政府建设报告" if is_title else "网页的标题一")


def test_a_title_that_the_text_begins_with_does_not_stand_twice() -> None:
    title = "清溪镇法治政府建设报告"
    found = lines(page(f"<h1>{title}</h1><div id='zoom'><p>清溪镇 法治政府建设报告</p>{BODY}</div>"))
    assert sum("法治政府建设报告" in line for line in found) == 1
    late = "".join(f"<p>{at}</p>" for at in "甲乙丙丁戊己")
    found = lines(page(f"<h1>{title}</h1><div id='zoom'>{late}<p>{title}</p>{BODY}</div>"))
    assert found[0] == title and found.count(title) == 2


@pytest.mark.parametrize(("share", "is_kept"), [(2, False), (3, True)])
def test_what_is_hidden_is_left_out_unless_it_holds_the_page(share: int, is_kept: bool) -> None:
    """Of four equal paragraphs up to a half may be hidden; a script may show more."""
    parts = [f"<p>{PROSE}</p>" for _ in range(4)]
    hidden = "<div style='display: none'>" + "".join(parts[:share]) + "</div>" + "".join(parts[share:])
    assert len(lines(page(f"<div id='zoom'>{hidden}</div>"))) == (4 if is_kept else 4 - share)


@pytest.mark.parametrize("marked", ["style='display:none'", "hidden", "style='visibility: hidden'", "class='unseen'"])
def test_each_way_to_hide(marked: str) -> None:
    style = "<style>.unseen { display: none }</style>"
    found = lines(page(f"<div id='zoom'>{BODY}<p {marked}>看不见的99件。</p></div>", style))
    assert not any("99件" in line for line in found)
    assert any("99件" in line for line in lines(page(f"<div id='zoom'>{BODY}<p class='seen'>看得见的99件。</p></div>")))


@pytest.mark.parametrize(("marks", "is_container"), [(6, True), (5, False)])
def test_a_known_container_holds_most_of_the_prose(marks: int, is_container: bool) -> None:
    """Six tenths of the punctuation marks of the page."""
    inside, outside = "工作完成，" * marks, "其他事项，" * (10 - marks)
    found = lines(page(f"<div>{outside}</div><div id='zoom'><p>{inside}</p></div>"))
    assert any("其他事项" in line for line in found) is not is_container


STATE = {"content": f"<p>{PROSE * 4}</p>", "title": "清溪镇2023年法治政府建设报告", "pubdate": 1704844800}


def test_a_report_in_a_script_has_the_fields_beside_it() -> None:
    found = html.read(page(f"<script>window.state = {json.dumps(STATE, ensure_ascii=False)}</script>").encode(), "a")
    assert PROSE[:20] in found.text
    assert dict(found.fields)["标题"] == STATE["title"]


def test_a_report_in_a_script_without_a_title_has_that_of_the_page() -> None:
    state = json.dumps({"content": STATE["content"]}, ensure_ascii=False)
    title = "<title>清溪镇2023年法治政府建设报告</title>"
    found = lines(page(f"<script>window.state = {state}</script>", title))
    assert found[0] == "清溪镇2023年法治政府建设报告"
    own = json.dumps({"content": f"<p>清溪镇2023年法治政府建设报告</p>{STATE['content']}"}, ensure_ascii=False)
    found = lines(page(f"<script>window.state = {own}</script>", title))
    assert found.count("清溪镇2023年法治政府建设报告") == 1
    assert lines(page(f"<script>window.state = {state}</script>"))[0].startswith("2023年，清溪镇")


def test_a_page_of_nothing_is_empty() -> None:
    with pytest.raises(ReadError) as failed:
        lines(page("<div>loading</div>"))
    assert failed.value.code == "empty"


@pytest.mark.parametrize(("length", "is_tool"), [(1000, True), (1001, False)])
def test_the_names_of_an_element_are_read_so_far(length: int, is_tool: bool) -> None:
    names = "x" * (length - 4) + " nav"
    found = lines(page(f"<div id='zoom'>{BODY}<p class='{names}'>上一篇99件</p></div>"))
    assert any("99件" in line for line in found) is not is_tool


@pytest.mark.parametrize(("length", "is_weighed"), [(999, True), (1000, True), (1001, False)])
def test_a_page_is_weighed_so_often(monkeypatch: pytest.MonkeyPatch, length: int, is_weighed: bool) -> None:
    """A page may be weighed once, and 10,000 characters more. Here ten elements around its prose take these.

    What is hidden before them is weighed last, if at all.
    """
    monkeypatch.setattr(html, "_MOST_WEIGHED", 1)
    prose = (PROSE * 20)[:length]
    nested = "<div style='display:none'>" * 10 + prose + "</div>" * 10
    found = lines(page(f"<div id='zoom'><p hidden>看不见的99件</p>{nested}</div>"))
    assert any("99件" in line for line in found) is not is_weighed
