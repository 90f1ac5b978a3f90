"""Tables in plain text, of tabs and of spaces: rows where lines share their cells, and prose with gaps as it is."""

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
