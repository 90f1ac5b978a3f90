"""Tables whose cells stand below each other: where one begins, how many columns it has, and where it ends."""

import pytest

from pipelines.read.stacked_tables import stacked_rows

HEADS = ["序号", "指标名称", "数量"]


def rows(lines: list[str | None]) -> list[list[str]]:
    return [cells for _, cells, _ in stacked_rows(lines)]


def table(columns: list[str], *cells: list[str]) -> list[str]:
    return [*columns, *(cell for row in cells for cell in row)]


TWO = table(HEADS, ["1", "行政处罚案件", "86件"], ["2", "行政检查", "320次"])


def test_rows_have_as_many_lines_as_there_are_heads() -> None:
    assert rows([*TWO]) == [HEADS, ["1", "行政处罚案件", "86件"], ["2", "行政检查", "320次"]]
    around = ["前文", *TWO, "以上数据来自各站所。", "后文"]
    assert rows([*around]) == rows([*TWO])
    assert [(first, last) for first, _, last in stacked_rows([*around])] == [(1, 3), (4, 6), (7, 9)]


def test_two_tables_are_two_and_what_stands_between_is_none() -> None:
    other = table(["项目", "数量"], ["信访", "36件"], ["热线", "410件"])
    assert rows([*TWO, "说明文字", *other]) == [*rows([*TWO]), ["项目", "数量"], ["信访", "36件"], ["热线", "410件"]]


@pytest.mark.parametrize(
    "lines",
    [
        table(HEADS, ["1", "行政处罚案件", "86件"]),  # one row shows nothing
        table(["序号", "内部", "外部"], ["1", "甲", "86件"], ["2", "乙", "3件"]),  # no other head
        table(["部位", "指标名称", "数量"], ["1", "甲", "86件"], ["2", "乙", "3件"]),  # no first head
        table(HEADS, ["1", "行政处罚案件", "86件"], ["2", "320次", "行政检查"]),  # figures in other places
        table(HEADS, ["甲", "行政处罚案件", "86件"], ["乙", "行政检查", "320次"]),  # no numbers below 序号
        table(["项目", "数量"], ["1", "86件"], ["2", "320次"]),  # numbers below 项目
        table(HEADS, ["1", "行政处罚，案件", "86件"], ["2", "行政检查", "320次"]),  # a sentence is no cell
        table(HEADS, ["1", "行" * 25, "86件"], ["2", "行政检查", "320次"]),
        [*TWO, "77"],  # a figure without a row
        ["指标名称", *TWO],
        ["数量", *TWO],
        table(["项目", "数量", "3"], ["信访", "36件", "1"], ["热线", "410件", "2"]),
    ],
)
def test_what_does_not_repeat_is_no_table(lines: list[str]) -> None:
    assert rows([*lines]) == []


def test_a_cell_has_24_characters_at_most() -> None:
    lines = table(HEADS, ["1", "行" * 24, "86件"], ["2", "行政检查", "320次"])
    assert rows([*lines])[1] == ["1", "行" * 24, "86件"]


@pytest.mark.parametrize(("columns", "found"), [(2, True), (8, True), (9, False)])
def test_a_table_has_two_to_eight_columns(columns: int, found: bool) -> None:
    heads = ["项目", "数量", *(f"指标{'甲乙丙丁戊己庚'[at]}数" for at in range(columns - 2))]
    lines = table(heads, *([name, *[f"{at}件"] * (columns - 1)] for at, name in enumerate(("信访", "热线"))))
    assert bool(rows([*lines])) is found
    if found:
        assert len(rows([*lines])[0]) == columns


def test_lines_are_apart_by_the_same_number_of_empty_ones() -> None:
    assert rows([line for cell in TWO for line in (cell, "")]) == rows([*TWO])
    assert rows([line for cell in TWO for line in (cell, None, " ")]) == rows([*TWO])
    assert rows([*TWO[:4], "", *TWO[4:]]) == []


def test_a_year_may_head_a_column_and_is_no_figure() -> None:
    lines = table(["项目", "2023年", "2024年"], ["信访", "36件", "40件"], ["热线", "410件", "400件"])
    assert rows([*lines])[0] == ["项目", "2023年", "2024年"]


def test_the_larger_of_two_ways_to_read_the_columns_is_taken() -> None:
    lines = table(["项目", "数量"], ["信访", "36件"], ["热线", "410件"], ["调解", "5件"], ["复议", "0件"])
    assert len(rows([*lines])) == 5


def test_nothing_is_nothing() -> None:
    assert rows([]) == rows([None, ""]) == rows(["序号"]) == rows(["序号", "数量"]) == []


def test_a_row_that_is_cut_off_ends_no_table() -> None:
    """A figure behind the last whole row shows that the columns are others."""
    lines = table(["项目", "数量", "备注"], ["信访", "36件", "已办"], ["热线", "410件", "已办"])
    assert len(rows([*lines])) == 3
    assert rows([*lines, "调解", "5件"]) == []
    assert rows([*lines, "以上为全年"]) == rows([*lines])
