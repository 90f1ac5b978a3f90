"""The reporting unit, measured on openings generated for units drawn at random from the division table."""

import random
from collections import Counter

import pytest

from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.identify.names import short_name
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

DIVISIONS = PROJECT_ROOT / "raw" / "reference" / "divisions.parquet"
SEED = 20231231
UNITS = 1500

# {c} county, {u} unit, {o} its office; every layout of the first group states the county, none of the second does.
STATED = (
    "{c}{o}2023年度法治政府建设情况报告\n\n2023年，{u}把依法行政落到日常工作中，现将全年情况报告如下：\n一、主要做法\n",
    "{o}\n关于2022年法治政府建设工作的报告\n\n{c}委全面依法治县办：\n2022年，{u}围绕中心工作推进普法，现汇报如下：\n",
    "发布机构：{c}{o}\n发布日期：2024-01-09\n{u}2023年法治政府建设年度报告\n2023年，我们坚持依法办事，情况如下：\n",
    "2021年，{c}{u}认真落实上级部署，推进法治政府建设，现将工作情况报告如下：\n一、组织领导\n{u}调整了领导小组。\n",
    "中共{c}{u}委员会 {c}{o}\n2020年度推进法治政府建设工作总结\n一年来，依法行政水平稳步提升，现总结如下。\n",
    "{u}2024年法治政府建设工作总结\n2024年以来，在{c}委、{c}人民政府领导下，{u}依法履职，现将情况总结如下：\n",
)
UNSTATED = (
    "{o}2023年度法治政府建设情况报告\n\n2023年，{u}把依法行政落到日常工作中，现将全年情况报告如下：\n一、主要做法\n",
    "2022年，{u}在上级领导下推进依法行政，现将法治政府建设情况报告如下：\n一、组织领导\n{u}党委会研究法治工作。\n",
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DIVISIONS)


@pytest.fixture(scope="module")
def drawn(gazetteer: Gazetteer) -> list[dict[str, str]]:
    """Units that are townships, towns and subdistricts, with the names used in the layouts."""
    import polars as pl

    regular = pl.read_parquet(DIVISIONS).filter(pl.col("township_name").str.contains("..(镇|乡|街道)$"))
    return random.Random(SEED).sample(regular.to_dicts(), UNITS)


def identified(text: str, gazetteer: Gazetteer, url: str | None = None) -> Identity:
    document = read_bytes(text.encode(), "generated.txt")
    return identify(document.text, document.furniture, document.fields, url, None, gazetteer)


def filled(layout: str, unit: dict[str, str], county: str) -> str:
    name = unit["township_name"]
    office = f"{name}办事处" if name.endswith("街道") else f"{name}人民政府"
    return layout.format(c=county, u=name, o=office)


def test_units_whose_county_is_stated_are_found(gazetteer: Gazetteer, drawn: list[dict[str, str]]) -> None:
    right: Counter[int] = Counter()
    wrong = []
    for number, unit in enumerate(drawn):
        county = unit["county_name"] if number % 3 else short_name(unit["county_name"])
        layout = number % len(STATED)
        found = identified(filled(STATED[layout], unit, county), gazetteer)
        right[layout] += found.township_code == unit["township_code"]
        if found.township_code not in (None, unit["township_code"]):
            wrong.append((unit["township_name"], county, found.township_code))
    accuracy = right.total() / len(drawn)
    # Measured when written: 0.999 right, none wrong.
    assert accuracy >= 0.995, (accuracy, right)
    assert not wrong


def test_units_whose_county_is_not_stated_are_never_wrong(gazetteer: Gazetteer, drawn: list[dict[str, str]]) -> None:
    unique = 0
    for number, unit in enumerate(drawn):
        found = identified(filled(UNSTATED[number % len(UNSTATED)], unit, ""), gazetteer)
        assert found.township_code in (None, unit["township_code"]), (unit, found)
        same_name = gazetteer.by_name.get(unit["township_name"], [])
        if found.township_code is None:
            assert found.status == "quarantined"
            assert unit["township_code"] in found.place_candidates or len(same_name) == 1
        unique += found.township_code is not None
    # About two in three of the units drawn have a name of their own.
    assert unique / len(drawn) > 0.5
