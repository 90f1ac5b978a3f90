"""Tables as county and township bureaus lay them out, in five formats: which cells are facts, and which are none.

The answers were written before the engine read the tables. The set apart is scored as a whole; no rule was written for
a table of it.
"""

from pathlib import Path

import pytest
from table_fixture import TableCase, file_of, read_cases

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.read.reader import read_bytes

WRONG_APART = 1  # facts of the tables apart that are wrong; lower it when fewer are
READ = ("html", "docx", "xlsx", "text")
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
    [
        pytest.param(c, id=f"{n}-{c.kind}")
        for n, c in enumerate(read_cases(TABLES / "tuned.txt"), 1)
        if c.kind.startswith(READ)
    ],
)
def test_each_cell_of_a_tuned_table_is_read_as_it_should_be(case: TableCase) -> None:
    assert answers(case)[1:] == ([], [])


def test_tables_apart() -> None:
    found = [answers(case) for case in read_cases(TABLES / "apart.txt") if case.kind.startswith(READ)]
    right, missing = sum(one[0] for one in found), sum(len(one[1]) for one in found)
    assert right >= 0.95 * (right + missing), f"{right} of {right + missing} cells are read"
    assert sum(len(one[2]) for one in found) <= WRONG_APART


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
