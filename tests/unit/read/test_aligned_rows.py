"""Tables without rules: which lines fall apart into the cells of columns, and where a head stands that spans some."""

import pytest

from pipelines.read.formats.aligned_rows import Piece, aligned_cells

SIZE = 10.0


def line(*pieces: tuple[str, float]) -> list[Piece]:
    """Pieces of text with where they begin; a character is as wide as the size."""
    return [Piece(text, left, left + SIZE * len(text)) for text, left in pieces]


HEADS = line(("项目", 0), ("上年", 60), ("本年", 120))
ROWS = [line(("信访", 0), ("36", 60), ("40", 120)), line(("热线", 0), ("41", 60), ("43", 120))]
PROSE = line(("全年工作情况如下", 0))


def texts(lines: list[list[Piece]]) -> dict[int, tuple[str, ...]]:
    return aligned_cells(lines, SIZE)


def test_lines_that_fall_apart_at_the_same_places_are_rows() -> None:
    assert texts([HEADS, *ROWS]) == {0: ("项目", "上年", "本年"), 1: ("信访", "36", "40"), 2: ("热线", "41", "43")}
    assert sorted(texts([PROSE, HEADS, *ROWS, PROSE])) == [1, 2, 3]
    assert sorted(texts([HEADS, *ROWS, PROSE, HEADS, *ROWS])) == [0, 1, 2, 4, 5, 6]
    assert texts([PROSE, HEADS, PROSE]) == texts([PROSE]) == texts([]) == {}


@pytest.mark.parametrize(("years", "found"), [(("36", "40"), True), (("甲", "乙"), False), (("2023", "2024年"), False)])
def test_rows_hold_figures_and_years_are_none(years: tuple[str, str], found: bool) -> None:
    rows = [line((name, 0), (years[0], 60), (years[1], 120)) for name in ("信访", "热线")]
    assert bool(texts(rows)) is found


@pytest.mark.parametrize(("words", "found"), [(2, True), (3, True), (4, False)])
def test_all_full_lines_but_three_hold_figures(words: int, found: bool) -> None:
    assert bool(texts([HEADS] * words + ROWS[:1])) is found


def test_one_full_row_is_a_table_where_all_of_it_is_figures_and_others_have_less() -> None:
    short = [line(("信访", 0), ("36", 60)), line(("热线", 0), ("43", 120))]
    assert texts([*short, ROWS[0]]) == {0: ("信访", "36"), 1: ("热线", "", "43"), 2: ("信访", "36", "40")}
    assert texts([short[0], ROWS[0]]) == {}
    assert texts([*short, line(("信访", 0), ("36", 60), ("无", 120))]) == {}


@pytest.mark.parametrize(("columns", "found"), [(20, True), (21, False)])
def test_a_table_has_twenty_columns_at_most(columns: int, found: bool) -> None:
    row = line(*((f"{at}", 60.0 * at) for at in range(columns)))
    assert bool(texts([row, row])) is found


@pytest.mark.parametrize(("left", "found"), [(119.0, True), (60 + 4 * SIZE, False), (60 + 4 * SIZE + 1, True)])
def test_columns_do_not_touch(left: float, found: bool) -> None:
    rows = [line(("信访", 0), ("3600", 60), ("40", left)), line(("热线", 0), ("41", 60), ("43", left + 1))]
    assert bool(texts(rows)) is found


@pytest.mark.parametrize(
    ("heads", "cells"),
    [
        ([("两年合计", 70)], ("", "两年合计")),  # over the middle of both columns
        ([("信访", 0), ("合计", 90)], ("信访", "合计")),
        ([("信访", 0), ("合计", 60)], ("信访", "合计")),
        ([("信访", 0), ("合计", 120)], ("信访", "", "合计")),
    ],
)
def test_a_head_stands_over_the_middle_or_the_first_of_its_columns(
    heads: list[tuple[str, float]], cells: tuple[str, ...]
) -> None:
    head = line(*heads, ("率", 190)) if len(heads) == 1 else line(*heads)
    rows = [[*row, Piece("9%", 185, 205)] for row in ROWS] if len(heads) == 1 else ROWS
    found = texts([head, *rows])
    assert found[0][: len(cells)] == cells


@pytest.mark.parametrize(("left", "found"), [(140, True), (150, True), (151, False)])
def test_a_piece_stands_no_further_than_two_characters_off_its_column(left: float, found: bool) -> None:
    assert bool(texts([line(("信访", 0), ("无", left)), *ROWS])) is found


def test_a_label_between_two_rows_joins_the_one_above() -> None:
    upper, lower = line(("36", 60), ("40", 120)), line(("41", 60), ("43", 120))
    assert texts([HEADS, upper, line(("信访", 0)), lower]) == {
        0: ("项目", "上年", "本年"),
        1: ("信访", "36", "40"),
        2: (),
        3: ("", "41", "43"),
    }
    assert 3 not in texts([HEADS, upper, line(("信访事项", 50)), lower])  # its place is not free
    assert 2 not in texts([HEADS, upper, line(("信访", 0))])
