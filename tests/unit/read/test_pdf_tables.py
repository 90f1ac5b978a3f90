"""Tables of PDF pages: by their rules, however these are drawn, and without rules by the columns of their cells."""

import io
from typing import Any

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from pipelines.read.formats.aligned_rows import Piece, aligned_cells
from pipelines.read.formats.page_glyphs import Char
from pipelines.read.formats.pdf_rules import DrawnLine
from pipelines.read.formats.ruled_rows import rows_with_tables
from pipelines.read.reader import read_bytes

FONT = "STSong-Light"
TITLE = "池店镇2024年法治政府建设工作报告"
OPENING = "2024年，我镇推进依法行政，持续提高依法办事的能力和水平，现将有关情况报告如下。"
SPANNED = [["指标", "2023年", "", "2024年", ""], ["", "受理", "办结", "受理", "办结"], ["信访", "45", "43", "36", "34"]]
SPANS = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0))]


def pdf(rows: list[list[Any]], *commands: Any, **sizes: Any) -> str:
    """The text of a PDF with a table, as it is read."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    prose = ParagraphStyle("prose", fontName=FONT, fontSize=11, leading=18, wordWrap="CJK")
    style = [("FONT", (0, 0), (-1, -1), FONT, 10), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *commands]
    stream = io.BytesIO()
    table = Table(rows, style=TableStyle(style), **sizes)
    SimpleDocTemplate(stream).build([Paragraph(TITLE, prose), Paragraph(OPENING, prose), table])
    return read_bytes(stream.getvalue(), "a.pdf").text


@pytest.mark.parametrize("align", ["LEFT", "CENTER", "RIGHT"])
@pytest.mark.parametrize("rules", [("GRID", 0.5), ("GRID", 1.5), ("INNERGRID", 0.5)])
def test_rules_close_in_cells_that_span(rules: tuple[str, float], align: str) -> None:
    text = pdf(SPANNED, *SPANS, (rules[0], (0, 0), (-1, -1), rules[1], "black"), ("ALIGN", (0, 0), (-1, -1), align))
    expected = "指标 | 2023年 | | 2024年\n指标 | 受理 | 办结 | 受理 | 办结\n信访 | 45 | 43 | 36 | 34\n"
    assert expected in text


@pytest.mark.parametrize("align", ["LEFT", "CENTER"])
def test_columns_without_rules_show_cells(align: str) -> None:
    text = pdf(SPANNED, *SPANS, ("ALIGN", (0, 0), (-1, -1), align))
    assert text.endswith("指标 | 2023年 | | 2024年\n| | 受理 | 办结 | 受理 | 办结\n信访 | 45 | 43 | 36 | 34\n")


def test_a_cell_of_several_lines_is_one_cell() -> None:
    label = Paragraph("矛盾纠纷排查化解案件总数", ParagraphStyle("cell", fontName=FONT, fontSize=10, wordWrap="CJK"))
    text = pdf([["指标", "数量"], [label, "131件"]], ("GRID", (0, 0), (-1, -1), 0.5, "black"), colWidths=[60, 60])
    assert text.endswith("指标 | 数量\n矛盾纠纷排查化解案件总数 | 131件\n")


def test_rules_may_be_thin_boxes() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream)
    sheet.setFont(FONT, 11)
    for at, line in enumerate((TITLE, OPENING)):
        sheet.drawString(60, 780 - 20 * at, line)
    for row, cells in enumerate((("指标", "数量"), ("行政处罚案件", "86件"))):
        for column, cell in enumerate(cells):
            x, y = 100 + 90 * column, 700 - 22 * row
            sheet.drawString(x + 4, y + 6, cell)
            for box in ((x, y, 90, 0.5), (x, y + 22, 90, 0.5), (x, y, 0.5, 22), (x + 90, y, 0.5, 22)):
                sheet.rect(*box, stroke=0, fill=1)
    sheet.save()
    assert read_bytes(stream.getvalue(), "a.pdf").text.endswith("指标 | 数量\n行政处罚案件 | 86件\n")


def _chars(text: str, left: float, bottom: float) -> list[Char]:
    return [Char(char, left + 10 * at, left + 10 * at + 10, bottom, bottom + 10) for at, char in enumerate(text)]


def test_a_frame_around_text_is_no_table() -> None:
    frame = [DrawnLine(0, 0, 400, 0), DrawnLine(0, 100, 400, 100), DrawnLine(0, 0, 0, 100), DrawnLine(400, 0, 400, 100)]
    chars = [*_chars("全年开展培训三场次。", 10, 60), *_chars("调解纠纷八件。", 10, 40)]
    assert [row.cells for row in rows_with_tables(chars, frame)] == [("全年开展培训三场次。",), ("调解纠纷八件。",)]


def test_gaps_in_prose_and_lists_of_names_make_no_table() -> None:
    names = [[Piece("张三", 0, 20), Piece("镇长", 40, 60)], [Piece("李四", 0, 20), Piece("书记", 40, 60)]]
    apart = [[Piece("一、", 0, 20), Piece("培训3场", 40, 80)], [Piece("二、调解", 0, 60), Piece("8件", 70, 90)]]
    assert aligned_cells(names, 10) == aligned_cells(apart, 10) == {}
