"""Tables in plain text, of tabs and of spaces: rows where lines share their cells, and prose with gaps as it is."""

import re

import pytest

from pipelines.read.reader import read_bytes
from pipelines.read.stacked_tables import stacked_rows
from pipelines.read.text_tables import rows_as_lines

ROWS = [["指标", "单位", "2023年", "2024年"], ["行政处罚案件", "件", "82", "86"], ["发放资料", "份", "6000", "6200余"]]
AS_LINES = ["指标 | 单位 | 2023年 | 2024年", "行政处罚案件 | 件 | 82 | 86", "发放资料 | 份 | 6000 | 6200余"]


@pytest.mark.parametrize("gap", ["\t", "  ", "        ", "\u3000", "\u3000\u3000", " \t "])
@pytest.mark.parametrize("indent", ["", "    ", "\u3000\u3000"])
def test_cells_stand_apart(gap: str, indent: str) -> None:
    lines = ["全年工作如下：", *(indent + gap.join(row) for row in ROWS), "三、存在的问题"]
    assert rows_as_lines(lines) == ["全年工作如下：", *AS_LINES, "三、存在的问题"]


def test_a_file_with_a_table_has_rows() -> None:
    text = "池店镇2024年法治政府建设工作报告\n2024年，我镇推进依法行政，情况如下。\n"
    table = "\n".join("    ".join(row) for row in ROWS)
    stored = read_bytes(f"{text}{table}\n池店镇人民政府\n2025年1月9日\n".encode(), "a.txt").text
    assert "\n".join(AS_LINES) in stored and stored.startswith(text)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["指标,单位,数量", "行政处罚案件,件,86", '发放资料,份,"6,200"'],
            ["指标 | 单位 | 数量", "行政处罚案件 | 件 | 86"],
        ),
        (["序号，事项，完成数", "1，行政检查，320次"], ["序号 | 事项 | 完成数", "1 | 行政检查 | 320次"]),
        (["项目\t数量", "行政复议\t0", "法律援助\t19件"], ["项目 | 数量", "行政复议 | 0", "法律援助 | 19件"]),
        (["项目\t上年\t\t本年\t", "\t受理\t办结\t受理\t办结", "信访\t45\t43\t36\t34"], ["项目 | 上年 | | 本年"]),
        (
            [
                "项目    上年              本年",
                "        受理    办结    受理    办结",
                "信访    45      43      36      34",
            ],
            ["项目 | 上年 | | 本年", "| | 受理 | 办结 | 受理 | 办结", "信访 | 45 | 43 | 36 | 34"],
        ),
    ],
)
def test_commas_tabs_and_places_show_cells(lines: list[str], expected: list[str]) -> None:
    shown = [re.sub(" +", " ", line or "") for line in rows_as_lines(lines)]
    assert shown[: len(expected)] == expected


def test_cells_below_each_other_make_rows() -> None:
    cells = [cell for row in ROWS for cell in row]
    found = rows_as_lines(["全年工作如下：", *cells, "三、存在的问题"])
    assert [line for line in found if line is not None] == ["全年工作如下：", *AS_LINES, "三、存在的问题"]
    text = "池店镇2024年法治政府建设工作报告\n2024年，我镇推进依法行政，情况如下。\n"
    stored = read_bytes((text + "\n".join(cells) + "\n池店镇人民政府\n2025年1月9日\n").encode(), "a.txt").text
    assert stored == text + "\n".join([*AS_LINES, "池店镇人民政府", "2025年1月9日", ""])


@pytest.mark.parametrize(
    "lines",
    [
        ["指标", "行政处罚", "86", "三、下一步工作"],  # one row, and no second head
        ["主要工作", "数量", "受理信访36件，办结34件。", "全年"],
        ["联系电话", "0595-1234567", "项目", "数量", "单位"],
        ["项目", "数量", "行政复议", "0"],
        ["调解纠纷36件，办结信访12件，开展宣传8场", "检查12次，处罚3件，整改5处"],
        ["东村，西村，南村", "3，4，5"],
        ["项目,数量", "行政处罚,86"],
    ],
)
def test_lines_and_commas_without_heads_make_no_table(lines: list[str]) -> None:
    assert rows_as_lines(lines) == lines


@pytest.mark.parametrize(
    "lines",
    [
        ["池店镇人民政府        2024年1月10日"],
        ["主送：各村   抄送：县司法局   存档"],  # one line alone
        ["张三    镇长    组长", "李四    副镇长    副组长"],  # no figures
        ["一、 开展 培训 3 场", "二、 调解 纠纷 8 件"],  # single spaces
        ["全年开展培训3场，  参训60人，  发放资料90份。", "全年调解8件，  办结7件，  满意率99%。"],  # prose
        ["3    4    5", "6    7    8"],  # no heads
        ["指标    数量", "行政处罚    86"],  # two columns may be a label and its value, or a signature
    ],
)
def test_other_gaps_make_no_table(lines: list[str]) -> None:
    assert rows_as_lines(lines) == lines


def test_rows_with_another_number_of_cells_end_the_table() -> None:
    lines = ["\t".join(row) for row in ROWS]
    assert rows_as_lines([*lines, "合计\t\t86"]) == [*AS_LINES, "合计\t\t86"]


def test_long_lines_take_linear_time() -> None:
    lines = ["字" * 100_000, " " * 100_000 + "字", "字\t" * 50_000]
    assert rows_as_lines(lines) == lines


def table(*rows: str, gap: str = "    ") -> list[str | None]:
    """Lines as they are read; each blank in a row is a gap."""
    return rows_as_lines([row.replace(" ", gap) for row in rows])


def is_table(*rows: str, gap: str = "    ") -> bool:
    return any(line and " | " in line for line in table(*rows, gap=gap))


@pytest.mark.parametrize(("length", "found"), [(24, True), (25, False)])
def test_a_cell_has_24_characters_at_most(length: int, found: bool) -> None:
    assert is_table("指标 单位 数量", f"{'字' * length} 件 86") is found
    assert is_table("指标 单位 数量", "行政处罚 件 86", f"{'字' * length} 件 86")
    assert is_table("指标 单位 数量", f"{'字' * length} 件 86", gap="\t") is found


@pytest.mark.parametrize(("cells", "found"), [(20, True), (21, False)])
def test_a_row_has_20_cells_at_most(cells: int, found: bool) -> None:
    heads, figures = " ".join(["村名", *"甲乙丙丁" * 5][:cells]), " ".join(["东村", *map(str, range(1, 21))][:cells])
    assert is_table(heads, figures) is found


@pytest.mark.parametrize("mark", "。；！？")
def test_a_cell_holds_no_sentence(mark: str) -> None:
    assert not is_table("指标 单位 数量", f"行政{mark}处罚 件 86")
    assert is_table("指标 单位 数量", "行政，处罚 件 86")


def test_a_table_has_three_rows_of_heads_at_most() -> None:
    heads = ["指标 甲 乙", "类别 丙 丁", "名称 戊 己", "单位 件 次"]
    for many in (1, 2, 3):
        assert table(*heads[:many], "处罚 3 4")[0] == "指标 | 甲 | 乙"
    assert table(*heads, "处罚 3 4")[0] == heads[0].replace(" ", "    ")
    assert table(*heads, "处罚 3 4")[1] == "类别 | 丙 | 丁"


def test_a_year_is_a_head_and_no_figure() -> None:
    assert is_table("指标 2023年 2024年", "处罚 3 4")
    assert is_table("指标 2023 2024", "处罚 3 4")
    assert not is_table("指标 2523 2624", "处罚 3 4")
    assert not is_table("指标 2023年 2024年", "处罚 2023年 2024年")


def test_figures_stand_in_each_row_and_few_cells_are_empty() -> None:
    assert is_table("指标 单位 数量", "处罚 件 3", "复议 件 4")
    assert not is_table("指标 单位 数量", "处罚 件 3", "复议 件 无", "诉讼 件 无")
    tabs = ["指标\t甲\t乙\t丙", "处罚\t3\t\t", "复议\t4\t5\t6"]
    assert rows_as_lines(tabs)[1] == "处罚 | 3"
    assert rows_as_lines([*tabs[:2], "复议\t4\t\t"]) == [*tabs[:2], "复议\t4\t\t"]


def test_the_first_cell_of_a_row_is_a_label_unless_rows_are_numbered_or_wide() -> None:
    assert not is_table("指标 数量 人数", "3 4 5")
    assert is_table("序号 数量 人数", "3 4 5")
    assert is_table("指标 数量 人数", "2023年 4 5")
    assert is_table("指标 数量 人数 场次", "3 4 5 6")


def test_two_columns_have_heads_that_are_known_and_two_rows() -> None:
    assert is_table("项目 数量", "处罚 86", "复议 0")
    assert not is_table("项目 数量", "处罚 86")
    assert not is_table("镇长 张三", "处罚 86件", "复议 无")
    assert is_table("项目 张三", "处罚 86", "复议 0")  # figures all the way down
    assert not is_table("镇长 数量", "处罚 86", "复议 0")
    assert not is_table("项目 张三", "处罚 86", "复议 没有任何一件案子")


def test_three_columns_with_commas_have_heads_that_are_known() -> None:
    assert rows_as_lines(["项目,单位,数量", "处罚,件,86"])[0] == "项目 | 单位 | 数量"
    for lines in (["甲村,乙村,丙村", "处罚,件,86"], ["甲地,数量,单位", "处罚,件,86"], ["项目,东村,西村", "处罚,件,86"]):
        assert rows_as_lines(lines) == lines
    assert rows_as_lines(["项目,东村,西村", "处罚,6,86", "复议,3,4"])[0] == "项目 | 东村 | 西村"
    assert rows_as_lines(["项目,单位,数量", '"处罚,复议",件,86'])[1] == "处罚,复议 | 件 | 86"


def test_a_form_has_a_figure_behind_each_label() -> None:
    assert table("调解 8件 信访 3件", "培训 2场 讲座 5场") == ["调解 | 8件 | 信访 | 3件", "培训 | 2场 | 讲座 | 5场"]
    assert not is_table("调解 8件 信访 3件")
    assert not is_table("调解 8件 信访 3件", "培训 2场 讲座 五场")
    assert not is_table("调解 8件", "培训 2场")
    assert not is_table("8件 调解 3件 信访", "2场 培训 5场 讲座")
    assert is_table("调 8件 访 3件 讲 2场", "调 7件 访 4件 讲 1场")


def test_a_row_with_fewer_cells_has_them_where_they_begin() -> None:
    heads, full = "指标      甲村      乙村      丙村", "处罚      3         4         5"
    for shift, expected in ((0, "复议 | | | 6"), (2, "复议 | | | 6"), (3, None)):
        row = "复议" + " " * (26 + shift) + "6"
        found = rows_as_lines([heads, full, row])
        assert re.sub(" +", " ", found[2] or "") == (expected or re.sub(" +", " ", row))
    assert re.sub(" +", " ", rows_as_lines([heads, full, "复议      7"])[2] or "") == "复议 | 7"
    wide = "复议      7         8         9         1"
    assert rows_as_lines([heads, full, wide])[2] == wide


def test_what_is_remarked_may_be_missing() -> None:
    lines = ["指标\t数量\t备注", "处罚\t3\t结案", "复议\t4"]
    assert rows_as_lines(lines)[2] == "复议 | 4"
    assert rows_as_lines(["指标\t数量\t人数", *lines[1:]])[2] == "复议\t4"
    assert rows_as_lines([*lines[:2], "复议"])[2] == "复议"


@pytest.mark.parametrize(("length", "found"), [(1000, True), (1001, False)])
def test_a_line_of_a_thousand_characters_may_be_a_row(length: int, found: bool) -> None:
    row = "处罚\t件\t86"
    lines = ["指标\t单位\t数量", row + " " * (length - len(row))]
    assert (rows_as_lines(lines)[0] == "指标 | 单位 | 数量") is found


def test_tables_follow_each_other_and_stand_between_lines() -> None:
    lines = ["开头", "指标 甲 乙", "处罚 3 4", "中间", "指标 丙 丁", "复议 5 6", "结尾"]
    assert table(*lines) == [line.replace(" ", " | ") for line in lines]
    assert table("指标 甲 乙", "处罚 3 4", "指标 丙 丁", "复议 5 6")[2:] == ["指标 | 丙 | 丁", "复议 | 5 | 6"]
    assert table("题 注 一", "指标 甲 乙", "名称 丙 丁", "单位 件 次", "处罚 3 4")[1] == "指标 | 甲 | 乙"


def stacked(*cells: str | None) -> list[list[str]]:
    return [row for _, row, _ in stacked_rows(cells)]


HEADS = ("项目", "单位", "数量")


def test_cells_below_each_other_have_the_lines_they_stand_on() -> None:
    cells = ["开头", *HEADS, "处罚", "件", "3", "复议", "件", "4"]
    assert list(stacked_rows(cells)) == [
        (1, list(HEADS), 3),
        (4, ["处罚", "件", "3"], 6),
        (7, ["复议", "件", "4"], 9),
    ]
    assert stacked(*HEADS, "处罚", "件", "3") == []  # one row is none
    assert len(stacked(*cells, "结尾一句", "又一句", "再一句")) == 3


def test_stacked_rows_have_figures_in_the_same_places() -> None:
    rows = (*HEADS, "处罚", "件", "3", "复议", "件", "4")
    assert len(stacked(*rows, "诉讼", "5", "件")) == 0  # figures go on in other places
    assert len(stacked(*rows, "诉讼", "没有", "一件")) == 3
    assert len(stacked(*rows, "诉讼", "件", "6")) == 4
    assert len(stacked(*rows, "诉讼", "件")) == 3
    assert stacked(*HEADS, "处罚", "件", "无", "复议", "件", "无") == []


def test_the_label_of_a_stacked_row_is_no_figure_unless_rows_are_numbered() -> None:
    assert stacked("项目", "数量", "8", "3", "9", "4") == []
    assert len(stacked("序号", "数量", "1", "3", "2", "4")) == 3
    assert stacked("序号", "数量", "处罚", "3", "复议", "4") == []
    assert len(stacked("项目", "数量", "2023年", "3", "2024年", "4")) == 3


def test_the_heads_of_a_stacked_table_are_known_words_and_no_figures() -> None:
    assert stacked("镇长", "单位", "数量", "处罚", "件", "3", "复议", "件", "4") == []
    assert stacked("项目", "甲", "乙", "处罚", "件", "3", "复议", "件", "4") == []
    assert stacked("单位", *HEADS, "处罚", "件", "3", "复议", "件", "4") == []
    assert len(stacked("项目", "2023年", "2024年", "处罚", "5", "3", "复议", "7", "4")) == 3


@pytest.mark.parametrize(("length", "rows"), [(24, 3), (25, 0)])
def test_a_stacked_cell_has_24_characters_at_most(length: int, rows: int) -> None:
    assert len(stacked(*HEADS, "处" * length, "件", "3", "复议", "件", "4")) == rows
    for mark in "，。；！？|":
        assert stacked(*HEADS, f"处{mark}罚", "件", "3", "复议", "件", "4") == []


@pytest.mark.parametrize(("columns", "rows"), [(8, 3), (9, 0)])
def test_a_stacked_table_has_eight_columns_at_most(columns: int, rows: int) -> None:
    heads = ["项目", *(f"{at}数量" for at in "甲乙丙丁戊己庚辛")][:columns]
    body = [["处罚", *map(str, range(1, columns))], ["复议", *map(str, range(1, columns))]]
    assert len(stacked(*heads, *body[0], *body[1])) == rows


def test_a_line_left_blank_among_stacked_cells_may_be_a_cell() -> None:
    assert stacked(*HEADS, "处罚", "件", "3", "复议", "", "件", "4") == []
    spaced = [cell for each in (*HEADS, "处罚", "件", "3", "复议", "件", "4") for cell in (each, "")]
    assert len(stacked(*spaced)) == 3
    assert stacked(*HEADS, "处罚", None, "件", "3", "复议", "件", "4") == []
