"""Heads and units of tables: columns that compare years hold no figure, and a bare number takes the unit of its row."""

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract
from pipelines.extract.report.table_heads import heads_beside


def values(*rows: str) -> list[tuple[str, float, str]]:
    text = "2024年，情况如下。\n" + "\n".join(rows) + "\n"
    facts = extract(text, (), 2024, load_codebook()).facts
    return [(fact.metric_code, fact.value, fact.qualifier) for fact in facts]


GROWTH = [
    "增减",
    "增减数",
    "增长",
    "增长率",
    "增幅",
    "增减变化",
    "变化情况",
    "同比",
    "同比增长（%）",
    "较上年增减",
    "比上年±",
    "+/-",
    "升降幅度",
]


@pytest.mark.parametrize("head", GROWTH)
def test_a_column_that_compares_years_holds_no_figure(head: str) -> None:
    rows = (
        f"项目 | 2023年 | 2024年 | {head}",
        "行政处罚案件（件） | 69 | 86 | 17",
        "调解矛盾纠纷（件） | 120 | 131 | 11",
    )
    assert values(*rows) == [("enforcement_penalty_cases", 86, "exact"), ("disputes_mediated", 131, "exact")]


@pytest.mark.parametrize(
    ("label", "unit", "cell", "expected"),
    [
        ("矛盾纠纷调解成功率", "%", "98.5", ("dispute_mediation_rate", 98.5, "exact")),
        ("发放宣传资料", "份", "6200余", ("publicity_materials", 6200, "at_least")),
        ("发放宣传资料", "份", "6200多", ("publicity_materials", 6200, "at_least")),
        ("行政处罚案件", "件", "86", ("enforcement_penalty_cases", 86, "exact")),
    ],
)
def test_a_bare_number_takes_the_unit_of_its_row(
    label: str, unit: str, cell: str, expected: tuple[str, float, str]
) -> None:
    assert values("指标 | 单位 | 数值", f"{label} | {unit} | {cell}") == [expected]
    assert values("指标 | 数值", f"{label}（{unit}） | {cell}") == [expected]


@pytest.mark.parametrize(
    ("heads", "beside"),
    [
        (["项目", "2023年", "2024年"], (True, True)),
        (["项目", "2024年受理", "2024年办结"], (True, False)),  # one year, named twice
        (["项目", "本年", "累计"], (True, False)),
        (["项目", "备注"], (False, False)),
    ],
)
def test_heads_name_this_year_or_several(heads: list[str], beside: tuple[bool, bool]) -> None:
    assert heads_beside(heads) == beside
