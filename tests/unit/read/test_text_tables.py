"""Tables in plain text, of tabs and of spaces: rows where lines share their cells, and prose with gaps as it is."""

import re

import pytest

from pipelines.read.reader import read_bytes
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
