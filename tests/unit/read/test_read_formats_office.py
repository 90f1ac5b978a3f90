"""PDF and Word: lines become paragraphs, tables rows, and what an editor hid stays out."""

import document_fixtures as make
import docx as word
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from test_read_formats import content

from pipelines.read.formats.numbering import Numbering
from pipelines.read.reader import read_bytes

LONG = (
    "双溪镇坚持把普法工作摆在重要位置，全年举办各类讲座活动共计128场，覆盖干部群众三千余人，发放资料九千份，反响良好。"
)


def test_a_sentence_over_lines_and_pages_is_one_line() -> None:
    lines = make.wrap(LONG)
    pages = [[make.TITLE, *make.wrap(make.OPENING), *lines[:1]], [*lines[1:], *make.wrap(make.PLAN)]]
    data = make.pdf(pages, head="双溪镇人民政府文件")
    text = content(data)
    assert LONG + "\n" in text and make.OPENING + "\n" in text and make.PLAN + "\n" in text
    document = read_bytes(data, "a")
    furniture = [(span.kind, document.text[span.start : span.end]) for span in document.furniture]
    assert [kind for kind, _ in furniture].count("page_number") == 2
    assert furniture.count(("running_head", "双溪镇人民政府文件")) == 2


def test_the_title_is_no_running_head_though_later_pages_repeat_it() -> None:
    pages = [[make.TITLE, *make.wrap(make.OPENING)], make.wrap(LONG), make.wrap(make.PLAN * 3)]
    document = read_bytes(make.pdf(pages, head=make.TITLE), "a")
    titles = [span for span in document.furniture if document.text[span.start : span.end] == make.TITLE]
    assert len(titles) == 3 and document.text.count(make.TITLE) == 4


def test_a_pdf_with_a_blank_page_is_not_complete() -> None:
    pages = [[make.TITLE, *make.wrap(make.OPENING), *make.wrap(LONG)], []]
    assert not read_bytes(make.pdf(pages, numbers=False), "a").is_complete
    assert read_bytes(make.pdf(pages[:1], numbers=False), "a").is_complete


def test_tracked_changes_read_as_accepted() -> None:
    document = word.Document()
    paragraph = document.add_paragraph("全年开展培训")
    paragraph._p.append(make.tracked("3", "del"))
    paragraph._p.append(make.tracked("5", "ins"))
    paragraph.add_run("次。")
    assert content(make.saved(document)) == "全年开展培训5次。\n"


def test_numbers_that_word_makes_are_text() -> None:
    document = word.Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, kind, text in ((0, "chineseCounting", "%1、"), (1, "chineseCountingThousand", "（%2）"))
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for text, depth in (("主要做法", 0), ("学法", 1), ("普法", 1), ("存在问题", 0), ("短板", 1)):
        numbered = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>')
        document.add_paragraph(text)._p.get_or_add_pPr().append(numbered)
    assert content(make.saved(document)) == "一、主要做法\n（一）学法\n（二）普法\n二、存在问题\n（一）短板\n"


def test_every_kind_of_number_is_written_as_word_shows_it() -> None:
    def third(kind: str, start: int = 1) -> str:
        root = parse_xml(
            f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">'
            f'<w:start w:val="{start}"/>'
            f'<w:numFmt w:val="{kind}"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
        )
        numbering = Numbering(root)
        return [numbering.next("1", 0) for _ in range(3)][-1]

    assert third("decimal", 8) == "10."
    assert (third("chineseCounting", 8), third("chineseCounting", 19)) == ("十.", "二十一.")
    assert third("decimalEnclosedCircle") == "③."
    assert (third("upperLetter"), third("lowerLetter")) == ("C.", "c.")
    assert third("bullet") == ""


def test_merged_cells_boxes_contents_and_controls_of_word() -> None:
    document = word.Document()
    table = document.add_table(rows=3, cols=3)
    for at, row in enumerate((("渠道", "受理", "办结"), ("来访", "15", "14"), ("", "8", "8"))):
        for cell, text in zip(table.rows[at].cells, row, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    contents = document.add_paragraph("一、主要做法........3")
    contents.style = document.styles.add_style("toc 1", 1)
    control, inside = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    inside.append(document.add_paragraph("控件里的文字9次。")._p)
    control.append(inside)
    document.element.body.insert(0, control)
    document.sections[0].header.paragraphs[0].text = "页眉2023"
    assert content(make.saved(document)) == ("控件里的文字9次。\n渠道 | 受理 | 办结\n来访 | 15 | 14\n来访 | 8 | 8\n")


def test_a_wps_file_is_what_is_inside_it() -> None:
    for data in (make.doc(), make.docx()):
        assert read_bytes(data, "报告.wps").text == make.TEXT


@pytest.mark.parametrize(
    ("merged", "below"), [("15", ""), ("１５件", ""), ("共15", ""), ("来访", "来访"), ("全镇合计", "全镇合计")]
)
def test_a_merged_label_stands_in_each_row_and_a_merged_figure_once(merged: str, below: str) -> None:
    document = word.Document()
    table = document.add_table(rows=3, cols=2)
    for at, row in enumerate((("渠道", "受理"), ("信访", merged), ("热线", ""))):
        for cell, text in zip(table.rows[at].cells, row, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    assert content(make.saved(document)).splitlines()[1:] == [
        f"信访 | {merged}",
        f"热线 | {below}" if below else "热线",
    ]
