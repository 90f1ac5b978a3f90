import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipelines.read.scans.ocr_models import Reading
from pipelines.read.scans.scanned_rows import rows_of
from pipelines.read.scans.table_grid import Grid, boxes_by_cell, find_grid
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
