"""Tables as county and township bureaus lay them out, in five formats: which cells are facts, and which are none.

The answers were written before the engine read the tables. The set apart is scored as a whole. Its first score, before
anyone looked at its errors, was 145 of 148 cells and two wrong facts.
"""

from pathlib import Path

import pytest
from table_fixture import TableCase, file_of, read_cases

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.table_layout import opens_table
from pipelines.read.reader import read_bytes

TABLES = Path(__file__).with_name("tables")
EXTRACTOR = Extractor(load_codebook())


def answers(case: TableCase) -> tuple[int, list[str], list[str]]:
    """How many facts are right, which ones are missing, and which ones are wrong."""
    name, data = file_of(case)
    document = read_bytes(data, name)
    furniture = [(span.start, span.end) for span in document.furniture]
    facts = EXTRACTOR.extract(document.text, furniture, 2024).facts
    left = [(fact.metric_code, fact.value, fact.qualifier) for fact in facts]
    missing, right = [], 0
    for codes, value, qualifier in case.expected:
        found = next((fact for fact in left if fact[0] in codes and fact[1:] == (value, qualifier)), None)
        if found:
            left.remove(found)
            right += 1
        else:
            missing.append(f"{'/'.join(codes)} {value:g} {qualifier}")
    may_be = {(code, value) for codes, value, _ in case.optional for code in codes}
    wrong = [f"{metric} {value:g} {qualifier}" for metric, value, qualifier in left if (metric, value) not in may_be]
    return right, missing, wrong


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=f"{n}-{c.kind}") for n, c in enumerate(read_cases(TABLES / "tuned.txt"), 1)],
)
def test_each_cell_of_a_tuned_table_is_read_as_it_should_be(case: TableCase) -> None:
    assert answers(case)[1:] == ([], [])


def test_tables_apart() -> None:
    found = [answers(case) for case in read_cases(TABLES / "apart.txt")]
    right, missing = sum(one[0] for one in found), sum(len(one[1]) for one in found)
    assert right >= 0.95 * (right + missing), f"{right} of {right + missing} cells are read"
    assert sum(len(one[2]) for one in found) == 0


HEADS = "项目 | 2023年 | 2024年"
MORE = [
    # The title of a group stands among the rows.
    (f"{HEADS}\n行政执法类\n行政处罚案件(件) | 72 | 86\n矛盾调处类\n调解纠纷(件) | 118 | 131", [86, 131]),
    # Without heads nobody knows which of two figures is this year's.
    ("行政处罚案件(件) | 72 | 86\n信访(件) | 40 | 44", []),
    # What the parts count the sum counts too.
    ("类型 | 件数 | 涉及金额(万元)\n婚姻家庭纠纷 | 30 | 2\n邻里纠纷 | 45 | 10.5\n合计 | 75 | 12.5", [125000]),
    # A bar in front of the heads may stand behind an empty cell.
    ("| 2022年 | 2023年 | 2024年\n行政处罚(件) | 60 | 172 | 86", [86]),
    # A head that is not understood.
    ("项目 | 甲等 | 2024年\n行政处罚案件(件) | 50 | 86", [86]),
    ("项目 | 2023年 | 2024年 | 三年合计\n行政处罚案件(件) | 50 | 86 | 190", [86]),
    # A head that its row contradicts, and a remark without words of its own.
    ("事项 | 次数 | 问题(起)\n行政检查 | 415 | 36", [415]),
    ("项目 | 数量 | 备注\n信访办结率 | 98% | 共47件", [98]),
    # Below it another table begins, with years in another order.
    (f"{HEADS}\n行政处罚案件(件) | 72 | 86\n项目 | 2024年 | 2023年\n调解纠纷(件) | 131 | 118", [86, 131]),
    ("季度 | 行政检查(次)\n第一季度 | 70\n第二季度 | 80\n合计 | 150", [70, 80, 150]),
]


@pytest.mark.parametrize(("table", "values"), MORE)
def test_what_tables_leave_open_is_no_fact(table: str, values: list[float]) -> None:
    facts = EXTRACTOR.extract(f"2024年，情况如下。\n{table}\n", (), 2024).facts
    assert [fact.value for fact in facts] == values


def test_the_evidence_shows_the_cell_with_its_label_and_its_heads() -> None:
    rows = ["项目 | 2023年 | | 2024年", "项目 | 受理(件) | 办结(件) | 受理(件) | 办结(件)", "信访 | 45 | 43 | 36 | 34"]
    text = "\n".join(["池店镇2024年法治政府建设工作报告", "信访情况如下：", *rows, "受理法律援助案件19件。"])
    received, closed, _ = EXTRACTOR.extract(text, (), 2024).facts
    for fact in (received, closed):
        assert fact.evidence == "\n".join(rows) == text[fact.char_start : fact.char_end]
    assert text[received.number_start : received.number_end] == "36"


def test_the_evidence_far_below_the_heads_is_the_row() -> None:
    rows = [f"第{number}项其他工作 | 已完成" for number in range(200)]
    text = "\n".join(["2024年，情况如下：", "项目 | 数量", "行政检查 | 320次", *rows, "行政处罚案件 | 86件"])
    first, last = EXTRACTOR.extract(text, (), 2024).facts
    assert first.evidence == "项目 | 数量\n行政检查 | 320次"
    assert last.evidence == "行政处罚案件 | 86件"


@pytest.mark.parametrize(
    ("cells", "opens"),
    [
        (["项目", "数量"], True),
        (["", "项目", "数量"], True),
        (["项目", "12件"], False),  # a row with a figure
        (["项目"], False),
        (["信访", "数量"], False),
    ],
)
def test_a_row_of_heads_opens_another_table(cells: list[str], opens: bool) -> None:
    assert opens_table(cells) is opens


@pytest.mark.parametrize(
    ("before", "length", "values"), [("", 60, [860_000]), ("\n", 60, [860_000]), ("", 61, []), ("\n", 61, [])]
)
def test_a_line_above_a_table_states_its_unit_where_it_is_short(before: str, length: int, values: list[float]) -> None:
    caption = "（单位：万元）".ljust(length, "附")
    facts = EXTRACTOR.extract(f"{before}{caption}\n项目 | 2024年\n罚款金额 | 86\n", (), 2024).facts
    assert [fact.value for fact in facts] == values


def test_a_short_row_of_a_table_without_categories_begins_in_the_first_column() -> None:
    rows = "项目 | 行政检查(次) | 行政处罚案件(件) | 备注\n全镇 | 40 | 12 | 无\n41 | 13"
    found = EXTRACTOR.extract(f"2024年，情况如下。\n{rows}\n", (), 2024)
    assert [fact.value for fact in found.facts] == [40, 12]
    assert [number.disposition for number in found.numbers][-2:] == ["uncoded", "part_of_total"]
