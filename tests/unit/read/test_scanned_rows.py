import pytest

from pipelines.read.document import ReadError, ScansWantedError
from pipelines.read.scans.number_marks import DOUBTFUL, repaired
from pipelines.read.scans.ocr_models import Reading
from pipelines.read.scans.scan_requests import listed, require, rows_of_scan
from pipelines.read.scans.scanned_page import ScannedPage, ScannedRow
from pipelines.read.scans.scanned_rows import rows_of
from pipelines.read.scans.text_strip import Strip

SIZE = 30


def reading(text: str, confidence: float = 1.0) -> Reading:
    return Reading(text, (confidence,) * len(text), tuple((at + 0.5) / len(text) for at in range(len(text))))


def strip(text: str, left: float, top: float, width: float | None = None) -> Strip:
    return Strip(reading(text), left, left + (width or SIZE * len(text)), top, top + SIZE, SIZE)


def cells(*strips: Strip) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of(strips)]


def test_no_strips_no_rows():
    assert rows_of([]) == ()


def test_prose_that_was_cut_in_two_is_one_cell():
    assert cells(strip("全年开展讲座，", 100, 100), strip("参加人数增加", 340, 103)) == [
        ("全年开展讲座，参加人数增加",)
    ]


def test_figures_that_were_cut_keep_a_space():
    row = rows_of([strip("2023", 100, 100, 60), strip("15", 180, 100, 30)])[0]
    assert row.cells == ("2023 15",)
    assert len(row.confidences[0]) == len(row.cells[0])


def test_far_apart_is_a_table():
    table = [strip("项目", 100, 100), strip("数量", 400, 100), strip("讲座", 100, 150), strip("12", 410, 152, 30)]
    assert cells(*table) == [("项目", "数量"), ("讲座", "12")]


def test_a_figure_stays_under_its_heading_beside_an_empty_cell():
    heads = [strip("项目", 100, 100), strip("上年", 400, 100), strip("本年", 600, 100), strip("单位", 800, 100)]
    row = [strip("讲座", 100, 150), strip("12", 610, 150, 30), strip("次", 815, 150)]
    last = [strip("案件", 100, 200), strip("7", 415, 200, 15), strip("9", 615, 200, 15), strip("件", 815, 200)]
    assert cells(*heads, *row, *last) == [
        ("项目", "上年", "本年", "单位"),
        ("讲座", "", "12", "次"),
        ("案件", "7", "9", "件"),
    ]


def test_a_heading_with_its_characters_far_apart_is_one_cell():
    assert cells(*(strip(glyph, 300 + 120 * at, 100) for at, glyph in enumerate("工作报告"))) == [("工作报告",)]
    assert cells(strip("甲", 100, 100), strip("3", 300, 100)) == [("甲", "3")]


def test_two_columns_of_text_are_read_one_after_the_other():
    left = [strip(f"左栏第{at}行的文字满满一行", 100, 100 + 50 * at, 390) for at in range(1, 9)]
    right = [strip(f"右栏第{at}行的文字满满一行", 540, 100 + 50 * at, 390) for at in range(1, 9)]
    head = strip("横跨两栏的标题在最上面", 300, 60, 430)
    rows = rows_of([head, *(one for pair in zip(left, right, strict=True) for one in pair)])
    assert [row.column for row in rows] == [0, *[1] * 8, *[2] * 8]
    assert [row.cells[0][0] for row in rows] == ["横", *["左"] * 8, *["右"] * 8]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共1O2件", "共102件"),
        ("I4", "14"),
        ("3l", "31"),
        ("O件", "O件"),
        ("二〇二三年", "二〇二三年"),
        ("WTO规则", "WTO规则"),
    ],
)
def test_look_alikes_are_digits_between_digits_only(text, expected):
    assert repaired(reading(text)).text == expected


def test_a_repaired_digit_is_in_doubt():
    assert min(repaired(reading("共1O2件")).confidences) == DOUBTFUL
    assert repaired(reading("共102件")).confidences == (1.0,) * 5


def test_a_digit_beside_a_letter_is_in_doubt():
    assert repaired(reading("达9S件")).confidences == (1.0, DOUBTFUL, 1.0, 1.0)


def test_the_comma_of_thousands_is_narrow():
    narrow = Reading("12，840", (1.0,) * 6, (0.1, 0.2, 0.28, 0.38, 0.48, 0.58))
    wide = narrow._replace(places=(0.1, 0.2, 0.35, 0.5, 0.6, 0.7))
    assert repaired(narrow).text == "12,840"
    assert repaired(wide).text == "12，840"


def test_a_number_that_begins_with_a_nought_lacks_a_digit():
    assert repaired(reading("021年")).confidences == (*(DOUBTFUL,) * 3, 1.0)
    assert repaired(reading("0件，0.5%")).confidences == (1.0,) * 7


def test_a_point_before_three_digits_may_be_a_comma():
    assert repaired(reading("2.400份")).confidences == (1.0, DOUBTFUL, 1.0, 1.0, 1.0, 1.0)


def test_a_row_has_the_place_and_the_usual_size_of_its_strips():
    one, other = strip("全年开展", 100, 100), strip("讲座", 225, 104)._replace(size=40)
    assert rows_of([other, one]) == (ScannedRow(("全年开展讲座",), ((1.0,) * 6,), 100, 285, 100, 134, 35, 0),)


@pytest.mark.parametrize(("gap", "cells_found"), [(38, 1), (40, 2)])
def test_cells_are_apart_by_more_than_a_character_and_a_third(gap, cells_found):
    assert len(cells(strip("项目甲", 100, 100), strip("内容", 190 + gap, 100))[0]) == cells_found


@pytest.mark.parametrize(("gap", "text"), [(8, "A12"), (10, "A 12")])
def test_a_space_stays_where_letters_and_figures_are_apart(gap, text):
    assert cells(strip("A", 100, 100, 15), strip("12", 115 + gap, 100, 30)) == [(text,)]
    assert cells(strip("甲", 100, 100), strip("12", 130 + gap, 100, 30)) == [("甲12",)]
    assert cells(strip("12", 100, 100, 30), strip("件", 130 + gap, 100)) == [("12件",)]


@pytest.mark.parametrize(("lower", "rows"), [(14, 1), (16, 2), (-14, 1), (-16, 2)])
def test_strips_whose_middles_lie_within_half_a_height_are_of_one_row(lower, rows):
    assert len(cells(strip("全年开展", 100, 100), strip("讲座", 225, 100 + lower))) == rows


def test_a_sloping_line_is_followed_from_strip_to_strip():
    assert cells(*(strip("讲座", 100 + 65 * at, 100 + 10 * at) for at in range(4))) == [("讲座讲座讲座讲座",)]


@pytest.mark.parametrize(("over", "rows"), [(10, 1), (20, 2)])
def test_strips_over_each_other_by_half_of_the_shorter_one_are_of_two_rows(over, rows):
    assert len(cells(strip("全年开展讲座", 100, 100), strip("共", 280 - over, 110))) == rows
    assert len(cells(strip("共", 100, 110), strip("全年开展讲座", 130 - over, 100))) == rows


def test_a_strip_joins_a_line_that_another_one_follows_already():
    first, second, late = strip("上一行", 100, 100), strip("下一行", 100, 112), strip("后半行", 195, 113)
    assert cells(first, second, late) == [("上一行",), ("下一行后半行",)]


@pytest.mark.parametrize(("gap", "is_table"), [(90, True), (100, False)])
def test_rows_far_below_are_not_of_the_table(gap, is_table):
    heads = [strip("项目", 100, 100), strip("上年", 400, 100), strip("本年", 600, 100)]
    rows = cells(*heads, strip("讲座", 100, 130 + gap), strip("12", 615, 130 + gap, 30))
    assert rows == [("项目", "上年", "本年"), ("讲座", "", "12") if is_table else ("讲座", "12")]


def test_a_line_of_prose_ends_a_table_and_another_may_begin():
    one = [strip("项目", 100, 100), strip("上年", 400, 100), strip("本年", 600, 100)]
    other = [strip("讲座", 100, 180), strip("12", 615, 180, 30)]
    more = [strip("甲", 100, 220), strip("乙", 300, 220), strip("丙", 615, 220)]
    assert cells(*one, strip("以上为统计数据", 100, 140), *other, *more) == [
        ("项目", "上年", "本年"),
        ("以上为统计数据",),
        ("讲座", "", "12"),
        ("甲", "乙", "丙"),
    ]


def test_a_row_that_cannot_be_placed_stays_as_it_is():
    heads = [strip("项目", 100, 100), strip("数量情况说明统计", 300, 100), strip("单位", 800, 100)]
    assert cells(*heads, strip("12", 310, 150, 30), strip("15", 450, 150, 30)) == [
        ("项目", "数量情况说明统计", "单位"),
        ("12", "15"),
    ]


def test_a_column_is_as_wide_as_what_stands_in_it():
    heads = [strip("甲", 100, 100), strip("乙", 400, 100), strip("丙", 700, 100)]
    wide = [strip("很长的一个项目名称", 100, 140), strip("7", 705, 140, 15)]
    under = [strip("3", 360, 180, 15), strip("9", 705, 180, 15)]
    assert cells(*heads, *wide, *under)[2] == ("3", "", "9")


def test_single_characters_in_a_table_are_cells():
    rows = [*(strip(glyph, 100 + 200 * at, 100) for at, glyph in enumerate("甲乙丙"))]
    assert cells(*rows, *(strip(glyph, 100 + 200 * at, 140) for at, glyph in enumerate("丁戊己"))) == [
        ("甲", "乙", "丙"),
        ("丁", "戊", "己"),
    ]
    assert cells(strip("工作", 100, 100), strip("报", 300, 100)) == [("工作", "报")]


def columns(
    many: int = 6, left: str = "左栏文字满满一行字", right: str = "右栏文字满满一行字", short: int = 0, whole: int = 0
) -> list[int]:
    """The columns of the rows of a page of two columns; `short` of its left lines are short, `whole` lines go over."""
    strips = [strip("字" * 24, 100, 40 + 800 + 50 * at, 820) for at in range(whole)]
    for at in range(many):
        wide = 200 if at < short else 390
        strips += [strip(left, 100, 100 + 50 * at, wide), strip(right, 540, 100 + 50 * at, 390)]
    return [row.column for row in rows_of(strips)]


def test_two_columns_have_six_lines_beside_each_other_at_least():
    assert columns(6) == [1] * 6 + [2] * 6
    assert columns(5) == [0] * 5


def test_columns_hold_prose_on_both_sides():
    assert columns(left="左栏文字满满一行") == [0] * 6
    assert columns(right="右栏文字满满一行") == [0] * 6


def test_most_left_lines_of_columns_are_full():
    assert columns(short=2) == [1] * 6 + [2] * 6
    assert columns(short=3) == [0] * 6


def test_most_lines_of_a_page_of_columns_are_parted():
    assert columns(whole=4) == [1] * 6 + [2] * 6 + [0] * 4
    assert columns(whole=5) == [0] * 11


@pytest.mark.parametrize(("right", "parted"), [(790, False), (810, True), (1380, True), (1410, False)])
def test_the_gutter_is_near_the_middle(right, parted):
    strips = []
    for at in range(8):
        strips += [strip("左栏文字满满一行字", 100, 100 + 50 * at, 390)]
        strips += [strip("右栏文字满满一行字", 560, 100 + 50 * at, right - 560)]
    assert (rows_of(strips)[0].column == 1) is parted


def test_a_line_over_both_columns_ends_what_stands_above_it():
    strips = []
    for at in range(8):
        top = 100 + 50 * at + (60 if at > 3 else 0)
        strips += [strip("左栏文字满满一行字", 100, top, 390), strip("右栏文字满满一行字", 540, top, 390)]
    strips.append(strip("横跨两栏的小标题在中间", 300, 305, 430))
    strips.append(strip("末尾右", 540, 600))
    assert [row.column for row in rows_of(strips)] == [1] * 4 + [2] * 4 + [0] + [1] * 4 + [2] * 5


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("3A", [0]),
        ("A3", [1]),
        ("|3件", [1]),
        ("2.400", [1]),
        ("2.40", []),
        ("1234.500", []),
        ("2.4000", []),
        ("1,2.400", []),
        ("05", [0, 1]),
        ("105", []),
        ("共O5", [2]),
        ("1O", [0, 1]),
        ("1O5%", [0, 1, 2]),
        ("12345", []),
    ],
)
def test_what_may_be_another_digit_is_in_doubt(text, doubtful):
    found = repaired(reading(text)).confidences
    assert [at for at, confidence in enumerate(found) if confidence == DOUBTFUL] == doubtful
    assert all(confidence in (1.0, DOUBTFUL) for confidence in found)
    assert set(repaired(reading(text, 0.3)).confidences) == {0.3}  # never surer than it was read


def test_a_comma_as_wide_as_two_digits_and_more_is_no_comma_of_thousands():
    for step, text in ((0.235, "2,840"), (0.245, "2，840")):
        places = (0.1, 0.2, 0.1 + step, 0.2 + step, 0.3 + step)
        assert repaired(Reading("2，840", (1.0,) * 5, places)).text == text
    later = (0.1, 0.2, 0.3, 0.4, 0.45, 0.55, 0.65, 0.75)
    assert repaired(Reading("共有2，8401", (1.0,) * 8, later)).text == "共有2，8401"


def test_a_line_in_three_pieces_is_one_cell_and_a_fourth_far_off_another():
    pieces = [strip("全年", 100, 100), strip("开展", 165, 100), strip("讲座", 230, 100), strip("共一", 400, 100)]
    row = rows_of(pieces)[0]
    assert row.cells == ("全年开展讲座", "共一")
    assert cells(strip("共一", 100, 100), strip("全年", 400, 100), strip("讲座", 465, 100)) == [("共一", "全年讲座")]
    assert cells(*pieces[:3], strip("3", 295, 100, 15), strip("4", 330, 100, 15)) == [("全年开展讲座3 4",)]


@pytest.mark.parametrize(("left", "right", "crosses"), [(470, 560, True), (525, 560, False), (470, 545, False)])
def test_a_line_goes_over_the_gutter_by_half_a_character_on_each_side(left, right, crosses):
    """The gutter ends at 540, and its middle is taken six pixels before that."""
    strips = []
    for at in range(8):
        top = 100 + 50 * at
        strips += [strip("左栏文字满满一行字", 100, top, 390), strip("右栏文字满满一行字", 540, top, 390)]
    strips.append(strip("横跨", left, 600, right - left))
    assert (rows_of(strips)[-1].column == 0) is crosses


def test_a_scanned_page_is_measured_as_if_it_were_as_wide_as_paper():
    row = ScannedRow(("讲 座", "12"), ((0.9, 0.8, 0.7), (0.6, 0.5)), 100, 300, 200, 240, 30, 2)
    (found,) = rows_of_scan(ScannedPage((row,), 1190, 1000))
    assert (found.left, found.right, found.middle, found.size, found.column) == (50, 150, 390, 15, 2)
    assert found.cells == ("讲 座", "12")
    assert found.confidences == (0.9, 0.7, 1.0, 0.6, 0.5)
    assert rows_of_scan(ScannedPage((row,), 1000, 1000), 500)[0].right == 150
    assert rows_of_scan(ScannedPage((row,), 0, 0), 2)[0].left == 200


def test_the_pages_that_are_still_to_be_read_are_named():
    empty = ScannedPage((), 10, 10)
    require([1, 2], {1: empty, 2: empty}, "a scan")
    with pytest.raises(ScansWantedError, match="found a scan; pages 2, 3 to be read") as wanted:
        require([1, 2, 3], {1: empty}, "a scan")
    assert wanted.value.pages == (2, 3)
    with pytest.raises(ReadError, match=r"page 2 cannot be read \(it is cut off\)"):
        require([1, 2], {1: empty, 2: empty._replace(failure="it is cut off")}, "a scan")


def test_the_first_ten_of_many_pages_are_listed():
    assert listed([4]) == "page 4"
    assert listed([4, 5]) == "pages 4, 5"
    assert listed(range(1, 11)) == "pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
    assert listed(range(1, 12)) == "pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ..."
