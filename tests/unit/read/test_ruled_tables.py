from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipelines.read.scans.ocr_models import Reading
from pipelines.read.scans.scanned_rows import rows_of
from pipelines.read.scans.table_grid import Grid, RuledCell, boxes_by_cell, find_grid, part_of
from pipelines.read.scans.table_rows import table_rows
from pipelines.read.scans.text_strip import Strip

SIZE = 30
EDGES, LINES = (100, 220, 640, 820, 1000), (100, 160, 260, 320)


def ruled(degrees: float = 0, gaps: tuple[tuple[int, int, int, int], ...] = ()) -> np.ndarray:
    """A table of 4 columns and 3 rows; the parts of rules within `gaps` (left, top, right, bottom) are left out."""
    picture = Image.new("L", (1100, 420), 245)
    pen = ImageDraw.Draw(picture)
    for y in LINES:
        pen.line((EDGES[0], y, EDGES[-1], y), fill=30, width=2)
    for x in EDGES:
        pen.line((x, LINES[0], x, LINES[-1]), fill=30, width=2)
    for gap in gaps:
        pen.rectangle(gap, fill=245)
    turned = picture.rotate(degrees, fillcolor=245, resample=Image.Resampling.BICUBIC)
    return np.repeat(np.asarray(turned)[:, :, None], 3, axis=2)


def strip(grid: Grid, text: str, left: float, top: float) -> Strip:
    """A strip on a level page."""
    right, bottom = left + SIZE * max(len(text), 1) * (0.5 if text.isascii() else 1), top + SIZE
    x, y = (left + right) / 2, (top + bottom) / 2
    number = int(grid.numbers[int(y), int(x)])
    reading = Reading(text, (0.99,) * len(text), tuple((at + 0.5) / len(text) for at in range(len(text))))
    return Strip(reading, left, right, top, bottom, SIZE, grid.cells[number - 1] if number else None, (x, y))


def cells(grid: Grid, *strips: Strip) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(strips, grid.cells)]


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


@pytest.mark.parametrize("degrees", [0, 1, -2, 3])
def test_rules_close_in_the_cells_also_of_a_skewed_table(degrees):
    grid = find_grid(ruled(degrees), SIZE, -np.tan(np.radians(degrees)))
    assert len(grid.cells) == 12
    assert {cell.table for cell in grid.cells} == {grid.cells[0].table}
    lefts = sorted(cell.left for cell in grid.cells)
    assert lefts[2] - lefts[0] < SIZE / 2
    assert lefts[3] - lefts[0] == pytest.approx(120, abs=SIZE / 2)


def test_strokes_and_frames_are_no_cells():
    picture = np.full((800, 900, 3), 245, np.uint8)
    picture[60:740, 60:62] = picture[60:740, 840:842] = picture[60:62, 60:842] = picture[740:742, 60:842] = 20
    for x in range(100, 700, 40):
        picture[200:230, x : x + 4] = picture[200:204, x : x + 26] = picture[226:230, x : x + 30] = 20
    assert find_grid(picture, SIZE, 0.0).cells == ()


def test_a_box_over_a_rule_is_cut_at_it():
    pixels = ruled()
    grid = find_grid(pixels, SIZE, 0.0)
    boxes, numbers = boxes_by_cell(grid, box(600, 115, 720, 145)[None], pixels, SIZE)
    parts = [(part[0, 0], part[1, 0]) for part, number in zip(boxes, numbers, strict=True) if number]
    assert [numbers[0] != numbers[1], len(parts)] == [True, 2]
    assert parts[0][0] == 600
    assert parts[0][1] < 640 < parts[1][0]
    assert parts[1][1] == 720


def test_a_lone_figure_that_was_not_found_gets_a_box():
    pixels = ruled()
    pixels[118:142, 720:726] = 20  # a 1
    pixels[300:303, 900:903] = 20  # a speck
    grid = find_grid(pixels, SIZE, 0.0)
    boxes, numbers = boxes_by_cell(grid, box(120, 115, 180, 145)[None], pixels, SIZE)
    assert len(boxes) == len(numbers) == 2
    assert boxes[1][:, 0].min() < 720
    assert boxes[1][:, 0].max() > 726


def test_lines_of_a_cell_are_one_text_and_figures_stay_beside_it():
    grid = find_grid(ruled(), SIZE, 0.0)
    head = [strip(grid, text, x, 115) for text, x in (("序号", 120), ("事项", 300), ("上年", 700), ("本年", 880))]
    wrapped = [strip(grid, "开展法治宣传教育和", 240, 172), strip(grid, "普法讲座", 240, 215)]
    row = [strip(grid, "1", 150, 195), *wrapped, strip(grid, "12", 890, 195)]
    last = [strip(grid, "2", 150, 275), strip(grid, "合同审查", 240, 275), strip(grid, "7", 700, 275)]
    assert cells(grid, *head, *row, *last) == [
        ("序号", "事项", "上年", "本年"),
        ("1", "开展法治宣传教育和普法讲座", "", "12"),
        ("2", "合同审查", "7", ""),
    ]


def test_a_label_over_two_rows_is_repeated_and_a_figure_is_not():
    gaps = ((102, 255, 218, 265), (822, 255, 998, 265))
    grid = find_grid(ruled(gaps=gaps), SIZE, 0.0)
    strips = [strip(grid, "总数", 130, 230), strip(grid, "甲村", 300, 195), strip(grid, "乙村", 300, 275)]
    figures = [strip(grid, "3", 720, 195), strip(grid, "4", 720, 275), strip(grid, "7", 900, 230)]
    assert cells(grid, *strips, *figures) == [("总数", "甲村", "3", "7"), ("总数", "乙村", "4", "")]


def test_a_broken_rule_moves_no_figure():
    grid = find_grid(ruled(gaps=((815, 200, 825, 220),)), SIZE, 0.0)
    assert len(grid.cells) == 11
    row = [strip(grid, "案件", 300, 195), strip(grid, "12", 700, 195), strip(grid, "15", 900, 195)]
    alone = [strip(grid, "讲座", 300, 275), strip(grid, "8", 900, 275)]
    assert cells(grid, *row, *alone) == [("", "案件", "12", "15"), ("", "讲座", "", "8")]


def test_a_table_stands_between_the_text_around_it():
    grid = find_grid(ruled(), SIZE, 0.0)
    table = [strip(grid, "事项", 300, 115), strip(grid, "本年", 880, 115), strip(grid, "案件", 300, 195)]
    text = [strip(grid, "以下是统计表。", 100, 40), strip(grid, "以上是统计表。", 100, 360)]
    rows = cells(grid, *text, *table)
    assert rows[0] == ("以下是统计表。",)
    assert rows[-1] == ("以上是统计表。",)
    assert rows[1:3] == [("", "事项", "", "本年"), ("", "案件", "", "")]


def test_a_frame_around_paragraphs_is_no_table():
    grid = find_grid(ruled(), SIZE, 0.0)
    long = [strip(grid, "文" * 17, 230, 165 + 10 * at)._replace(size=8.0) for at in range(9)]
    far = [line._replace(reading=Reading("文" * 40, (0.9,) * 40, (0.5,) * 40)) for line in long]
    assert [len(row) for row in cells(grid, *far)] == [1] * len(far)


def framed(*frames: tuple[int, int, int, int], size: tuple[int, int] = (1100, 420)) -> np.ndarray:
    """A page with frames of rules (left, top, right, bottom)."""
    picture = Image.new("L", size, 245)
    pen = ImageDraw.Draw(picture)
    for frame in frames:
        pen.rectangle(frame, outline=30, width=2)
    return np.repeat(np.asarray(picture)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(("side", "cells"), [(60, 2), (36, 2), (30, 1)])
def test_a_cell_is_at_least_as_wide_and_as_high_as_a_character(side, cells):
    for inner in ((100, 100, 100 + side, 200), (100, 100, 400, 100 + side)):
        page = framed((100, 100, 400, 200), inner)
        assert len(find_grid(page, SIZE, 0.0).cells) == cells


@pytest.mark.parametrize(("width", "is_cell"), [(900, True), (980, False)])
def test_a_cell_is_smaller_than_half_a_page(width, is_cell):
    assert len(find_grid(framed((50, 100, 50 + width, 300)), SIZE, 0.0).cells) == is_cell


def test_a_cell_is_the_paper_within_its_rules():
    grid = find_grid(framed((100, 100, 300, 180)), SIZE, 0.0)
    assert grid.cells == (RuledCell(0, 104, 104, 297, 177),)
    assert np.unique(grid.numbers).tolist() == [0, 1]
    assert grid.numbers[140, 200] == 1
    assert grid.numbers[90, 200] == grid.numbers[140, 90] == 0


def test_rules_at_the_edge_of_the_page_close_in_no_cell():
    page = framed((-5, 100, 200, 180), (400, -5, 600, 100), (900, 200, 1200, 300), (400, 300, 600, 500))
    assert find_grid(page, SIZE, 0.0).cells == ()


def test_a_crooked_piece_of_paper_is_no_cell():
    page = framed((100, 100, 400, 300))
    page[150:152, 160:402] = page[150:302, 160:162] = 30  # a corner of it: a third of the frame
    assert len(find_grid(page, SIZE, 0.0).cells) == 1


@pytest.mark.parametrize(("apart", "tables"), [(10, 1), (40, 2)])
@pytest.mark.parametrize("below", [False, True])
def test_cells_apart_by_more_than_half_a_character_are_of_two_tables(apart, tables, below):
    one = (100, 100, 200, 180)
    other = (100, 180 + apart, 200, 260 + apart) if below else (200 + apart, 100, 300 + apart, 180)
    grid = find_grid(framed(one, other), SIZE, 0.0)
    assert len(grid.cells) == 2
    assert len({cell.table for cell in grid.cells}) == tables


def test_cells_that_a_third_joins_are_of_one_table():
    grid = find_grid(framed((100, 100, 200, 160), (300, 100, 400, 160), (100, 160, 400, 220)), SIZE, 0.0)
    assert len(grid.cells) == 3
    assert len({cell.table for cell in grid.cells}) == 1


def test_a_place_is_turned_about_the_middle_of_the_page():
    grid = Grid((), np.zeros((200, 400), np.int32), 0.1)
    assert grid.place(200, 100) == (200, 100)
    assert grid.place(300, 100) == pytest.approx((300, 90))
    assert grid.place(200, 160) == pytest.approx((206, 160))
    assert grid.place(100, 40) == pytest.approx((94, 50))


def test_a_part_of_a_box_has_its_slope_and_may_be_higher():
    sloping = np.array([(0, 0), (100, 10), (90, 60), (-10, 40)], np.float32)
    assert part_of(sloping, 0.2, 0.5).tolist() == pytest.approx(
        np.array([(20, 2), (50, 5), (40, 50), (10, 44)]), abs=1e-4
    )
    assert (part_of(sloping, 0, 1) == sloping).all()
    higher = part_of(box(10, 20, 110, 60), 0.0, 0.5, higher=0.1)
    assert higher == pytest.approx(box(10, 16, 60, 64), abs=1e-4)
    assert part_of(box(10, 20, 110, 60), -0.1, 1.2) == pytest.approx(box(0, 20, 130, 60), abs=1e-4)


def numbered(*cells: tuple[int, int, int, int]) -> Grid:
    """A page of 200 x 600 pixels with these cells."""
    numbers = np.zeros((200, 600), np.int32)
    for number, (left, top, right, bottom) in enumerate(cells, 1):
        numbers[top:bottom, left:right] = number
    return Grid(tuple(RuledCell(0, *map(float, cell)) for cell in cells), numbers, 0.0)


def test_a_box_is_cut_a_little_beside_the_rules_and_keeps_its_free_ends():
    grid, pixels = numbered((100, 50, 200, 150), (204, 50, 300, 150), (304, 50, 400, 150)), framed(size=(600, 200))
    boxes, numbers = boxes_by_cell(grid, box(150, 85, 350, 115)[None], pixels, SIZE)
    assert numbers == [1, 2, 3]
    assert boxes[:, 0, 0].tolist() == pytest.approx([150, 204 + 3.6, 304 + 3.6], abs=1.5)
    assert boxes[:, 1, 0].tolist() == pytest.approx([200 - 3.6, 300 - 3.6, 350], abs=1.5)
    assert boxes[:, 0, 1].tolist() == pytest.approx([85] * 3, abs=0.01)


def test_a_box_that_hardly_reaches_into_the_next_cell_is_not_cut_there():
    grid, pixels = numbered((100, 50, 200, 150), (204, 50, 300, 150)), framed(size=(600, 200))
    for right, expected in ((214, [1]), (224, [1, 2])):
        assert boxes_by_cell(grid, box(120, 85, right, 115)[None], pixels, SIZE)[1] == expected
    whole, numbers = boxes_by_cell(grid, box(120, 85, 190, 115)[None], pixels, SIZE)
    assert numbers == [1]
    assert (whole[0] == box(120, 85, 190, 115)).all()
    far, numbers = boxes_by_cell(grid, box(420, 5, 700, 25)[None], pixels, SIZE)  # beside the table and off the page
    assert numbers == [0]
    assert (far[0] == box(420, 5, 700, 25)).all()


@pytest.mark.parametrize(("height", "is_figure"), [(9, False), (14, True), (44, True), (52, False)])
def test_ink_in_an_empty_cell_is_a_figure_if_it_is_about_as_high_as_one(height, is_figure):
    grid, pixels = numbered((20, 50, 200, 150), (204, 50, 300, 150)), framed(size=(600, 200))
    pixels[80 : 80 + height, 250:256] = 20
    boxes, numbers = boxes_by_cell(grid, box(40, 85, 90, 115)[None], pixels, SIZE)
    assert numbers == ([1, 2] if is_figure else [1])
    if is_figure:
        free = SIZE / 4
        assert boxes[1] == pytest.approx(box(250 - free, 80 - free, 256 + free, 80 + height + free), abs=1.5)


def test_ink_is_looked_for_in_tables_that_hold_text_and_not_at_the_rules():
    grid, pixels = numbered((20, 50, 200, 150), (204, 50, 300, 150)), framed(size=(600, 200))
    pixels[60:104, 204] = 20  # the rest of a rule
    assert boxes_by_cell(grid, box(40, 85, 90, 115)[None], pixels, SIZE)[1] == [1]
    pixels[80:104, 250:256] = pixels[80:104, 262:268] = 20
    boxes, numbers = boxes_by_cell(grid, box(420, 5, 500, 25)[None], pixels, SIZE)
    assert numbers == [0]
    boxes, numbers = boxes_by_cell(grid, box(40, 85, 90, 115)[None], pixels, SIZE)
    assert numbers == [1, 2]
    assert boxes[1][:, 0].max() - boxes[1][:, 0].min() == pytest.approx(18 + SIZE / 2, abs=3)
    none, numbers = boxes_by_cell(grid, np.zeros((0, 4, 2), np.float32), pixels, SIZE)
    assert (len(none), numbers) == (0, [])


def placed(text: str, left: float, top: float, cell: RuledCell | None = None, width: float | None = None) -> Strip:
    """A strip whose middle among the cells is that on the page."""
    wide = width or SIZE * len(text) * (0.5 if text.isascii() else 1)
    found = Reading(text, (0.9,) * len(text), tuple((at + 0.5) / len(text) for at in range(len(text))))
    return Strip(found, left, left + wide, top, top + SIZE, SIZE, cell, (left + wide / 2, top + SIZE / 2))


def table(columns: tuple[float, ...], lines: tuple[float, ...]) -> list[RuledCell]:
    """The cells of a table, row by row."""
    return [
        RuledCell(0, left, top, right, bottom) for top, bottom in pairwise(lines) for left, right in pairwise(columns)
    ]


def test_a_frame_a_row_and_a_column_are_no_tables():
    for columns, lines, rows in (
        ((0, 100), (0, 60, 120), 0),
        ((0, 100, 200), (0, 60), 0),
        ((0, 100, 200), (0, 60, 120), 1),
    ):
        cells = table(columns, lines)
        assert len(table_rows(cells, [placed("项目", 10, 10, cells[0])])) == rows
    assert table_rows(table((0, 100, 200), (0, 60, 120)), []) == []


def test_rules_less_than_half_a_character_apart_are_one():
    for gap, columns in ((14, 2), (16, 3)):
        cells = [*table((0, 100), (0, 60, 120)), *table((100 + gap, 200), (0, 60, 120))]
        (row, _), *_ = table_rows(cells, [placed("项目", 10, 10, cells[0]), placed("7", 150, 10, cells[2])])
        assert len(row.cells) == columns


def test_a_row_lies_where_its_strips_lie():
    cells = table((0, 200, 400), (0, 60, 120))
    strips = [placed("项目", 10, 10, cells[0]), placed("12", 250, 14, cells[1]), placed("7", 300, 70, cells[3])]
    first, second = (row for row, _ in table_rows(cells, strips))
    assert first == (("项目", "12"), ((0.9,) * 2,) * 2, 10, 280, 10, 44, SIZE, 0)
    assert second == (("", "7"), ((), (0.9,)), 300, 315, 70, 100, SIZE, 0)
    assert [inside for _, inside in table_rows(cells, strips)] == [strips[:2], strips[2:]]


def test_figures_far_apart_in_one_piece_of_paper_stand_in_their_own_columns():
    cells = table((0, 200, 400), (0, 60, 120))
    broken = RuledCell(0, 0, 60, 400, 120)
    for gap, apart in ((36, False), (42, True)):
        figures = [placed("案件", 130, 75, broken), placed("12", 190 + gap, 75, broken)]
        rows = table_rows([*cells[:2], broken], [placed("项目", 10, 10, cells[0]), *figures])
        assert rows[1][0].cells == (("案件", "12") if apart else ("案件 12".replace(" ", ""), ""))
    words = [placed("案件", 130, 75, broken), placed("讲座", 250, 75, broken)]  # no figure: a wide heading
    assert table_rows([*cells[:2], broken], [placed("项目", 10, 10, cells[0]), *words])[1][0].cells == ("案件讲座", "")


def test_pieces_of_a_cell_are_read_line_by_line_and_from_left_to_right():
    cells = table((0, 300, 400), (0, 120, 240))
    pieces = [placed("二", 100, 12, cells[0]), placed("一", 20, 20, cells[0]), placed("三", 20, 62, cells[0])]
    for order in (pieces, pieces[::-1]):
        ((row, _),) = table_rows(cells, order)
        assert row.cells == ("一二三", "")
        assert (row.left, row.right) == (20, 130)
    near = [placed("甲", 100, 10, cells[0]), placed("乙", 20, 24, cells[0]), placed("丙", 150, 26, cells[0])]
    assert table_rows(cells, near)[0][0].cells[0] == "乙甲丙"


def test_letters_and_figures_of_two_pieces_do_not_run_together():
    cells = table((0, 300, 400), (0, 120, 240))
    ((row, _),) = table_rows(cells, [placed("12", 20, 10, cells[0]), placed("34", 20, 60, cells[0])])
    assert row.cells == ("12 34", "")
    assert row.confidences[0] == (0.9, 0.9, 1.0, 0.9, 0.9)


def test_a_cell_of_a_whole_paragraph_makes_no_table():
    cells = table((0, 300, 400), (0, 120, 240))
    for many, rows in ((200, 1), (201, 0)):
        assert len(table_rows(cells, [placed("文" * many, 10, 20, cells[0], 200)])) == rows


@pytest.mark.parametrize("slope", [-0.05, 0.05])
def test_the_cells_of_a_steep_page_have_their_own_width_and_height(slope):
    page = ruled(-float(np.degrees(np.arctan(slope))))
    grid = find_grid(page, SIZE, slope)
    assert len(grid.cells) == 12
    widths = sorted(round(cell.right - cell.left) for cell in grid.cells)
    heights = sorted(round(cell.bottom - cell.top) for cell in grid.cells)
    assert widths == pytest.approx([115] * 3 + [175] * 6 + [415] * 3, abs=8)
    assert heights == pytest.approx([55] * 8 + [95] * 4, abs=8)
