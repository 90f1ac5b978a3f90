"""Heads and feet of a page, ruled cells, turned and vertical characters: each distance on both sides of its limit."""

from collections.abc import Sequence

import pytest

from pipelines.read.formats.page_edges import edge_rows
from pipelines.read.formats.page_glyphs import Char, Glyph, upright_text
from pipelines.read.formats.page_rows import Row, parts_of
from pipelines.read.formats.pdf_rules import DrawnLine
from pipelines.read.formats.ruled_rows import rows_with_tables

# Heads and feet of a page of 1000 points: the zone is the outer 80.


def row(text: str, middle: float, size: float = 14, left: float = 100, right: float = 400) -> Row:
    return Row((text,), left, right, middle, size)


TITLE = "清溪镇2023年法治政府建设工作报告"
BODY = [row(f"全镇第{at}项工作，按期完成", 860 - 20 * at) for at in range(6)]


def edges(page: Sequence[Row], is_first: bool = False) -> set[int]:
    return set(edge_rows(page, 0, 1000, is_first))


@pytest.mark.parametrize(("middle", "is_head"), [(1000, True), (921, True), (920, True), (919, False), (1001, False)])
def test_a_head_lies_in_the_outer_zone_of_the_paper(middle: float, is_head: bool) -> None:
    assert edges([row("内部资料", middle, 9), *BODY]) == ({0} if is_head else set())


@pytest.mark.parametrize(("size", "is_head"), [(12.3, True), (12.4, False), (14, False)])
def test_a_head_of_a_later_page_is_smaller_than_the_text(size: float, is_head: bool) -> None:
    assert edges([row("内部资料", 950, size), *BODY]) == ({0} if is_head else set())


@pytest.mark.parametrize(("gap", "is_head"), [(23.2, True), (23, False)])
def test_a_head_stands_apart_from_the_text(gap: float, is_head: bool) -> None:
    """1.65 times the larger size, which is 14."""
    body = [line._replace(middle=line.middle + 960 - gap - 860) for line in BODY]
    assert edges([row("内部资料", 960, 9), *body]) == ({0} if is_head else set())


def test_two_rows_may_be_a_head_and_three_are_none() -> None:
    heads = [row("内部资料", 980, 9), row("注意保存", 968, 9), row("不得外传", 956, 9)]
    assert edges([*heads[:2], *BODY]) == {0, 1}
    assert edges([*heads, *BODY]) == set()


@pytest.mark.parametrize(("rows", "found"), [(2, set()), (3, {0}), (4, {0})])
def test_a_page_of_two_rows_has_no_edges(rows: int, found: set[int]) -> None:
    assert edges([row("内部资料", 960, 9), *BODY][:rows]) == found


@pytest.mark.parametrize(
    ("head", "size", "title", "is_head"),
    [
        ("清溪镇文件", 9, TITLE, True),
        ("2023年", 9, TITLE, True),
        ("2022年", 9, "清溪镇法治政府建设工作报告", False),  # the title lacks a year, so it goes on
        ("清溪镇", 9, "2023年法治政府建设工作报告", False),
        ("清溪镇文件", 9, "清溪镇2023年大事记", False),  # no title of a report
        ("清溪镇文件", 19, TITLE, False),
        ("清溪镇文件", 26, TITLE, False),  # the name of the authority over its paper
        ("清溪镇2022年汇编", 20, TITLE, True),
    ],
)
def test_a_head_of_the_first_page_stands_above_the_title(head: str, size: float, title: str, is_head: bool) -> None:
    page = [row(head, 960, size, 160, 440), row(title, 900, 20, 150, 450), *BODY]
    assert edges(page, is_first=True) == ({0} if is_head else set())


@pytest.mark.parametrize(("left", "is_head"), [(100, False), (139, False), (141, True), (101, False)])
def test_what_lies_elsewhere_than_the_title_is_a_head(left: float, is_head: bool) -> None:
    """The middle of the title is at 250; twice its size is 40."""
    page = [row("注意保存", 960, 20, left, left + 300), row(TITLE, 900, 20, 100, 400), *BODY]
    assert edges(page, is_first=True) == ({0} if is_head else set())


@pytest.mark.parametrize(("gap", "size", "is_head"), [(22, 14, True), (21, 14, False), (22, 15, False), (33, 15, True)])
def test_what_is_much_smaller_may_stand_closer_above_the_title(gap: float, size: float, is_head: bool) -> None:
    page = [row("注意保存", 960, size), row(TITLE, 960 - gap, 20), *BODY]
    assert edges(page, is_first=True) == ({0} if is_head else set())


UPPER = [row(f"全镇第{at}项工作按期完成", 300 - 20 * at) for at in range(6)]  # the last one at 200


@pytest.mark.parametrize(("middle", "is_foot"), [(0, True), (80, True), (81, False), (-1, False)])
def test_a_foot_lies_in_the_outer_zone_of_the_paper(middle: float, is_foot: bool) -> None:
    assert edges([*UPPER, row("内部资料", middle)]) == ({6} if is_foot else set())


@pytest.mark.parametrize(("gap", "is_foot"), [(27, False), (28, True), (40, True)])
def test_a_foot_stands_twice_its_size_below_the_text(gap: float, is_foot: bool) -> None:
    page = [line._replace(middle=40 + gap + 10 * (5 - at)) for at, line in enumerate(UPPER)]
    assert edges([*page, row("内部资料", 40)]) == ({6} if is_foot else set())


@pytest.mark.parametrize(("gap", "is_foot"), [(55, False), (56, True)])
def test_a_foot_stands_further_below_than_other_lines(gap: float, is_foot: bool) -> None:
    page = [line._replace(middle=20 + gap + 40 * (5 - at)) for at, line in enumerate(UPPER)]
    assert edges([*page, row("内部资料", 20)]) == ({6} if is_foot else set())


@pytest.mark.parametrize(
    "text", ["工作完成。", "工作，完成", "（一）工作", "清溪镇人民政府", "2024年1月15日", "15日印发", "镇司法所"]
)
def test_the_end_of_the_text_is_no_foot(text: str) -> None:
    assert edges([*UPPER, row(text, 40)]) == set()


# Ruled tables: two rows of two cells, from 100 to 300 and from 700 down to 660.


def word(text: str, left: float, middle: float, size: float = 10) -> list[Char]:
    bottom, top = middle - size / 2, middle + size / 2
    return [Char(c, left + size * at, left + size * (at + 1), bottom, top) for at, c in enumerate(text)]


def upright(at: float, bottom: float = 660, top: float = 700) -> DrawnLine:
    return DrawnLine(at, bottom, at, top)


def level(at: float, left: float = 100, right: float = 300) -> DrawnLine:
    return DrawnLine(left, at, right, at)


GRID = [upright(100), upright(200), upright(300), level(700), level(680), level(660)]
WORDS = [*word("信访", 110, 690), *word("36件", 210, 690), *word("热线", 110, 670), *word("410件", 210, 670)]
CELLS = [("信访", "36件"), ("热线", "410件")]


def cells(rules: Sequence[DrawnLine], chars: Sequence[Char] = WORDS) -> list[tuple[str, ...]]:
    return [found.cells for found in rows_with_tables(chars, rules)]


def test_each_word_is_in_its_cell() -> None:
    assert cells(GRID) == CELLS
    around = [*word("前文", 100, 740), *WORDS, *word("后文", 100, 600)]
    assert cells(GRID, around) == [("前文",), *CELLS, ("后文",)]
    assert cells([]) == cells(GRID[:3]) == cells(GRID[3:]) == [*cells([])]


@pytest.mark.parametrize(("apart", "row_of_words"), [(2.9, ("信访", "36件", "无")), (3.1, ("信访", "36件", "", "无"))])
def test_rules_no_further_apart_than_three_points_are_one(apart: float, row_of_words: tuple[str, ...]) -> None:
    words = [*WORDS, *word("无", 320, 690)]
    rules = [*GRID, upright(300 + apart), upright(360), level(700, 300, 360), level(660, 300, 360)]
    assert cells(rules, words)[0] == row_of_words


@pytest.mark.parametrize(("height", "is_rule"), [(8.1, True), (7.9, False)])
def test_an_upright_rule_is_nearly_as_high_as_a_character(height: float, is_rule: bool) -> None:
    low = [upright(at, 700 - height, 700) for at in (100, 200, 300)]
    rules = [*low, level(700), level(700 - height / 2), level(700 - height)]
    words = [
        *word("信", 110, 699, 2),
        *word("3", 210, 699, 2),
        *word("前文后文前文", 100, 600),
        *word("前文", 100, 500),
    ]
    assert ("信", "3") in cells(rules, words) or not is_rule
    assert (len(cells(rules, words)[0]) > 1) is True


def test_a_cell_without_a_rule_between_spans_two() -> None:
    open_column = [*GRID[:1], upright(200, 660, 680), *GRID[2:]]
    assert cells(open_column, [*word("合计表", 110, 690), *WORDS[5:]]) == [("合计表",), ("热线", "410件")]
    open_row = [*GRID[:4], level(680, 200, 300), GRID[5]]
    words = [*word("信访", 110, 680), *word("36件", 210, 690), *word("41件", 210, 670)]
    assert cells(open_row, words) == [("信访", "36件"), ("信访", "41件")]


@pytest.mark.parametrize(("length", "is_table"), [(200, True), (201, False)])
def test_a_cell_holds_200_characters_at_most(length: int, is_table: bool) -> None:
    long = [Char("文", 110, 111, 689, 691) for _ in range(length)]
    (found,) = rows_with_tables([*long, *word("36件", 210, 690)], GRID)
    assert (found.left == 100) is is_table  # the edge of the table, else of the text


def test_one_filled_cell_makes_no_table() -> None:
    assert cells(GRID, word("信访", 110, 690)) == [("信访",)]
    assert len(cells(GRID, [*word("信访", 110, 690), *word("36件", 210, 670)])) == 2


def test_two_tables_above_each_other_are_two() -> None:
    lower = [rule._replace(bottom=rule.bottom - 100, top=rule.top - 100) for rule in GRID]
    below = [char._replace(bottom=char.bottom - 100, top=char.top - 100) for char in WORDS]
    between = word("说明文字", 100, 620)
    assert cells([*GRID, *lower], [*WORDS, *between, *below]) == [*CELLS, ("说明文字",), *CELLS]


# Characters that are turned, slanting or below each other.


def glyphs(lines: int, angle: int = 0, count: int = 10) -> list[Glyph]:
    return [
        Glyph(Char("文", 50 + 12 * at, 62 + 12 * at, 700 - 20 * line, 712 - 20 * line), angle, 12, False)
        for line in range(lines)
        for at in range(count)
    ]


@pytest.mark.parametrize(
    ("turned", "level_ones", "is_turned"), [(20, 0, True), (19, 0, False), (40, 10, True), (40, 11, False)]
)
def test_a_page_is_turned_where_four_fifths_of_twenty_characters_are(
    turned: int, level_ones: int, is_turned: bool
) -> None:
    found = upright_text([*glyphs(1, 90, turned), *glyphs(1, 0, level_ones)])
    assert len(found) == (turned if is_turned else level_ones)


@pytest.mark.parametrize(
    ("angle", "is_text"), [(20, True), (21, False), (-20, True), (-21, False), (69, False), (70, True)]
)
def test_a_character_is_twenty_degrees_off_a_right_angle_at_most(angle: int, is_text: bool) -> None:
    assert bool(upright_text(glyphs(3, angle))) is is_text


@pytest.mark.parametrize(("pale", "left"), [(4, 6), (5, 10), (6, 10)])
def test_a_page_that_is_pale_for_the_half_is_printed_so(pale: int, left: int) -> None:
    found = [glyph._replace(is_pale=at < pale) for at, glyph in enumerate(glyphs(1))]
    assert len(upright_text(found)) == left


@pytest.mark.parametrize(("text", "width"), [("文", 12), ("1", 6), ("a", 6)])
@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_character_is_as_wide_as_its_kind_unless_its_width_is_known(
    text: str, width: float, angle: int
) -> None:
    turned = [
        Glyph(Char(text, 100, 100, 700 - 12 * at, 700 - 12 * at), angle, 12, False, known)
        for at in range(20)
        for known in (0.0,)
    ]
    boxes = {(round(c.right - c.left, 6), round(c.top - c.bottom, 6)) for c in upright_text(turned)}
    assert boxes == {(width, 12)}
    known = [glyph._replace(width=7.5) for glyph in turned]
    assert {round(c.right - c.left, 6) for c in upright_text(known)} == {7.5}


def column(count: int, step: float, shift: float = 0.0) -> list[Glyph]:
    """Characters of size 10 below each other."""
    return [
        Glyph(
            Char("文", 300 + shift * (at % 2), 310 + shift * (at % 2), 700 - step * at, 710 - step * at), 0, 10, False
        )
        for at in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "step", "shift", "is_vertical"),
    [
        (20, 10, 0, True),
        (19, 10, 0, False),
        (20, 5.1, 0, True),
        (20, 4.9, 0, False),
        (20, 21.9, 0, True),
        (20, 22.1, 0, False),
        (20, 10, 5.9, True),
        (20, 10, 6.1, False),
    ],
)
def test_a_page_is_vertical_where_most_characters_stand_below_the_one_before(
    count: int, step: float, shift: float, is_vertical: bool
) -> None:
    found = upright_text(column(count, step, shift))
    tops = {round(char.top - found[0].top) for char in found}
    assert (len(tops) <= 2) is is_vertical or (len(tops) <= 7 and is_vertical and shift > 0)


@pytest.mark.parametrize(("others", "is_vertical"), [(7, True), (9, False)])
def test_seven_tenths_of_a_vertical_page_stand_below_each_other(others: int, is_vertical: bool) -> None:
    """Twenty characters in a column, with 19 steps; others stand beside each other."""
    page = column(20, 10) + [
        Glyph(Char("文", 20 + 30 * at, 30 + 30 * at, 100, 110), 0, 10, False) for at in range(others)
    ]
    found = upright_text(page)
    assert (found[0].left < 0) is is_vertical


@pytest.mark.parametrize(
    ("end", "start", "is_doubtful"),
    [
        *(("共1", "2件", True), ("共1.", "5万元", True)),
        *(("共3件", "12人", False), ("共13", "人次", False), ("共有", "2件", False)),
    ],
)
def test_a_number_of_a_scan_that_goes_on_in_the_next_line_is_in_doubt(end: str, start: str, is_doubtful: bool) -> None:
    """The last character of the line and the first of the next."""
    lines = [f"全年开展法治宣传活动，{end}", f"{start}，其余情况另行报告。"]
    scanned = [row(line, 700 - 20 * at)._replace(confidences=(1.0,) * len(line)) for at, line in enumerate(lines)]
    (paragraph,) = parts_of([scanned])
    doubts = [
        (at, number) for at, origin in enumerate(paragraph.origins) for number in origin.confidences or () if number < 1
    ]
    assert doubts == ([(0, 0.5), (1, 0.5)] if is_doubtful else [])
