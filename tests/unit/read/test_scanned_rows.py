import pytest

from pipelines.read.scans.number_marks import DOUBTFUL, repaired
from pipelines.read.scans.ocr_models import Reading
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
