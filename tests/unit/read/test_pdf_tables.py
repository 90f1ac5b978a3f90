"""Tables of PDF pages: by their rules, however these are drawn, and without rules by the columns of their cells."""

import io
from itertools import pairwise
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


def grid(columns: tuple[float, ...], lines: tuple[float, ...], gaps: tuple[DrawnLine, ...] = ()) -> list[DrawnLine]:
    """The rules of a table, cell by cell, without those in `gaps`."""
    level = [DrawnLine(one, y, other, y) for y in lines for one, other in pairwise(columns)]
    upright = [DrawnLine(x, low, x, high) for x in columns for low, high in pairwise(lines)]
    return [rule for rule in level + upright if rule not in gaps]


THREE = ((0.0, 100.0, 200.0, 300.0), (0.0, 20.0, 40.0, 60.0))


def placed_in(rules: list[DrawnLine], *texts: tuple[str, float, float]) -> list[tuple[str, ...]]:
    chars = [char for text, left, bottom in texts for char in _chars(text, left, bottom)]
    return [row.cells for row in rows_with_tables(chars, rules)]


def test_each_character_stands_in_its_cell() -> None:
    texts = [
        ("甲乙丙丁戊己庚辛壬"[3 * row + column] * 2, 100 * column + 10, 45 - 20 * row)
        for row in range(3)
        for column in range(3)
    ]
    assert placed_in(grid(*THREE), *texts) == [
        ("甲甲", "乙乙", "丙丙"),
        ("丁丁", "戊戊", "己己"),
        ("庚庚", "辛辛", "壬壬"),
    ]
    rows = rows_with_tables([char for one in texts for char in _chars(*one)], grid(*THREE))
    assert [(row.left, row.right, row.middle, row.size) for row in rows] == [
        (0, 300, 50 - 20 * at, 10) for at in range(3)
    ]
    assert placed_in(grid(*THREE), texts[0], texts[4]) == [("甲甲",), ("", "戊戊")]


def test_a_label_over_rows_is_repeated_and_a_figure_over_rows_is_not() -> None:
    gaps = (DrawnLine(0, 20, 100, 20), DrawnLine(200, 20, 300, 20))
    texts = [
        ("村名", 10, 45),
        ("数量", 110, 45),
        ("合计", 210, 45),
        ("东村", 10, 15),
        ("3", 110, 25),
        ("4", 110, 5),
        ("7", 210, 15),
    ]
    assert placed_in(grid(*THREE, gaps), *texts) == [("村名", "数量", "合计"), ("东村", "3", "7"), ("东村", "4")]


def test_a_head_over_columns_stands_in_the_first_of_them() -> None:
    gaps = (DrawnLine(200, 40, 200, 60),)
    texts = [("村名", 10, 45), ("全年办理", 180, 45), ("东村", 10, 25), ("3", 110, 25), ("4", 210, 25)]
    assert placed_in(grid(*THREE, gaps), *texts) == [("村名", "全年办理"), ("东村", "3", "4")]


def test_lines_of_a_cell_are_one_text_and_what_is_outside_stays_a_line() -> None:
    rules = grid((0.0, 100.0, 200.0), (0.0, 20.0, 60.0))
    texts = [
        ("上文", 0, 80),
        ("矛盾纠", 10, 45),
        ("纷", 10, 25),
        ("12件", 110, 35),
        ("合计", 10, 5),
        ("下文", 0, -30),
        ("旁", 230, 25),
    ]
    assert placed_in(rules, *texts) == [("上文",), ("矛盾纠纷", "12件"), ("旁",), ("合计",), ("下文",)]


@pytest.mark.parametrize(("length", "is_table"), [(200, True), (201, False)])
def test_a_table_with_a_whole_paragraph_in_a_cell_is_a_frame(length: int, is_table: bool) -> None:
    rules = grid((0.0, 2100.0, 2200.0), (0.0, 20.0, 40.0))
    found = placed_in(rules, ("字" * length, 10, 25), ("甲", 2110, 25), ("乙", 2110, 5))
    assert found[1] == (("", "乙") if is_table else ("乙",))


def test_a_table_has_two_rows_two_columns_and_two_texts() -> None:
    for columns, lines in (((0.0, 200.0), (0.0, 20.0, 40.0)), ((0.0, 100.0, 200.0), (0.0, 40.0))):
        found = placed_in(grid(columns, lines), ("甲", 10, 25), ("乙", 105, 25), ("丙", 10, 5))
        assert found == [("甲", "乙"), ("丙",)]
    rules = grid((0.0, 100.0, 200.0), (0.0, 20.0, 40.0))
    assert placed_in(rules, ("甲乙", 10, 25), ("丙丁", 25, 5)) == [("甲乙",), ("丙丁",)]
    assert placed_in(rules, ("甲乙", 110, 25)) == [("甲乙",)]
    assert placed_in(rules, ("甲乙", 110, 25), ("丙", 10, 5)) == [("", "甲乙"), ("丙",)]


@pytest.mark.parametrize(("apart", "columns"), [(2.5, 2), (3.5, 3)])
def test_rules_close_together_are_one(apart: float, columns: int) -> None:
    rules = [*grid((0.0, 100.0), (0.0, 20.0, 40.0)), *grid((100.0 + apart, 200.0), (0.0, 20.0, 40.0))]
    first = placed_in(rules, ("甲", 10, 25), ("乙", 150, 25), ("丙", 150, 5))[0]
    assert first == ("甲", *[""] * (columns - 2), "乙")


def test_tables_below_each_other_are_read_each_by_its_own_rules() -> None:
    lower = [
        DrawnLine(left, bottom - 100, right, top - 100)
        for left, bottom, right, top in grid((0.0, 50.0, 300.0), (0.0, 20.0, 40.0))
    ]
    texts = [("甲", 10, 45), ("乙", 110, 25), ("中间", 0, -30), ("丙", 10, -75), ("丁", 60, -95)]
    assert placed_in([*grid(*THREE), *lower], *texts) == [("甲",), ("", "乙"), ("中间",), ("丙",), ("", "丁")]


@pytest.mark.parametrize(("height", "is_rule"), [(7.5, False), (8.5, True)])
def test_an_upright_rule_is_about_as_high_as_a_character(height: float, is_rule: bool) -> None:
    rules = grid((0.0, 100.0, 200.0), (0.0, height, 2 * height))
    chars = [Char("甲", 10, 20, height, height + 10), Char("乙", 110, 120, -4, 6)]
    rows = [row.cells for row in rows_with_tables(chars, rules)]
    assert (rows == [("甲",), ("", "乙")]) is is_rule


def piece(text: str, left: float, right: float | None = None) -> Piece:
    return Piece(text, left, left + 20 if right is None else right)


HEAD_ROW = [piece("项目", 0), piece("上年", 60), piece("本年", 120)]


def aligned(*lines: list[Piece]) -> dict[int, tuple[str, ...]]:
    return aligned_cells(lines, 10)


def test_a_row_of_fewer_pieces_has_empty_cells() -> None:
    full = [piece("讲座", 0), piece("3", 60), piece("4", 120)]
    assert aligned(HEAD_ROW, full, [piece("案件", 0), piece("7", 120)]) == {
        0: ("项目", "上年", "本年"),
        1: ("讲座", "3", "4"),
        2: ("案件", "", "7"),
    }
    assert aligned(HEAD_ROW, full, [piece("案件", 0), piece("7", 60)])[2] == ("案件", "7")
    for left, found in ((139, True), (141, False)):  # two characters off its column at most
        assert bool(aligned(HEAD_ROW, full, [piece("案件", 0), piece("7", left)])) is found


def test_a_head_over_several_columns_stands_in_the_first() -> None:
    heads = [piece("项目", 0), piece("受理", 60), piece("办结", 120), piece("受理", 180), piece("办结", 240)]
    figures = [piece("信访", 0), *(piece(str(at), 60 * at) for at in range(1, 5))]
    over = [piece("类别", 0), piece("2023年", 90, 110), piece("2024年", 210, 230)]
    assert aligned(over, heads, figures)[0] == ("类别", "2023年", "", "2024年")
    left = [piece("类别", 0), piece("2023年", 60), piece("2024年", 180)]
    assert aligned(left, heads, figures)[0] == ("类别", "2023年", "", "2024年")


def test_aligned_tables_have_figures_and_columns_that_are_apart() -> None:
    full = [piece("讲座", 0), piece("3", 60), piece("4", 120)]
    assert aligned(HEAD_ROW, [piece("讲座", 0), piece("甲", 60), piece("乙", 120)]) == {}
    assert aligned(HEAD_ROW, [piece("讲座", 0), piece("2023年", 60), piece("2024", 120)]) == {}
    assert aligned(HEAD_ROW, [piece("3", 0), piece("甲", 60), piece("乙", 120)]) == {}
    assert aligned(HEAD_ROW, [piece("讲座", 0), piece("3", 70, 121), piece("4", 125)]) == {}
    words = [piece("说明", 0), piece("甲", 60), piece("乙", 120)]
    assert len(aligned(HEAD_ROW, full, words, words)) == 4
    assert aligned(HEAD_ROW, full, words, words, words) == {}
    assert aligned(full) == {}


def test_one_full_row_makes_a_table_only_if_all_its_cells_are_figures() -> None:
    heads = [[piece("类别", 0), piece("本年", 120)], [piece("名称", 0), piece("数量", 120)]]
    full = [piece("讲座", 0), piece("3", 60), piece("4", 120)]
    assert len(aligned(*heads, full)) == 3
    assert aligned(heads[0], full) == {}
    assert aligned(*heads, [piece("讲座", 0), piece("甲", 60), piece("4", 120)]) == {}


def test_a_label_between_two_rows_joins_the_upper_one() -> None:
    one, other = [piece("甲", 60), piece("3", 120)], [piece("乙", 60), piece("4", 120)]
    label = [piece("村名", 0)]
    found = aligned(HEAD_ROW, one, label, other)
    assert found == {0: ("项目", "上年", "本年"), 1: ("村名", "甲", "3"), 2: (), 3: ("", "乙", "4")}
    assert aligned(HEAD_ROW, one, [piece("村名", 50)], other) == {}
    assert 2 not in aligned(HEAD_ROW, [piece("讲座", 0), *one], label)


def test_lines_of_prose_part_tables() -> None:
    full = [piece("讲座", 0), piece("3", 60), piece("4", 120)]
    found = aligned(HEAD_ROW, full, [piece("以上为上半年的全部数据", 0, 300)], HEAD_ROW, full)
    assert sorted(found) == [0, 1, 3, 4]
