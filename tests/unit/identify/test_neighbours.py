"""Two units of one county in one text, drawn at random from the division table: the neighbour is never the author."""

import random
from collections import Counter

import polars as pl
import pytest

from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import identify
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

DIVISIONS = PROJECT_ROOT / "raw" / "reference" / "divisions.parquet"
SEED, PAIRS = 15, 60
BODY = "依法行政，推进法治政府建设，现将有关情况报告如下：\n一、主要做法\n全年学法6次。\n"
SIGNED = "{c}{o}\n2024年1月9日\n"

# {c} county, {u} the unit that reports, {o} its office, {k} its kind, {v} the neighbour. Who reports can be told.
TOLD = (
    "2023年，我{k}与{v}联合普法，" + BODY + SIGNED,
    "2023年，我{k}同{c}{v}签订协议，" + BODY + SIGNED,
    "2023年，我{k}邀请{v}干部授课，" + BODY + SIGNED,
    "2023年，{c}{u}组织干部到{v}学习，" + BODY + "{v}、{v}的做法好。\n",
    "{u}2023年法治政府建设报告\n2023年，{c}{u}和{v}共同调解，" + BODY,
    "{c}{u}2023年法治政府建设报告\n2023年，我{k}与{v}共同调解，" + BODY,
    "{c}{u}2023年法治政府建设报告\n2023年，{u}" + BODY + "下一篇：{v}2023年法治政府建设报告\n",
    "{c}2023年法治政府建设报告\n2023年，我{k}与{v}共同调解，" + BODY + SIGNED,
    "发布机构：{v}人民政府\n{c}{u}2023年法治政府建设报告\n2023年，{u}" + BODY,
    "{c}{o}文件\n2023年法治政府建设报告\n2023年，我{k}与{v}共同调解，" + BODY,
)
# Who reports cannot be told, or two are named: no unit, and never the neighbour.
UNTOLD = (
    "2023年，我{k}依法行政。{v}与我{k}交界，" + BODY,
    "2023年，我{k}依法行政，学习借鉴{v}经验，" + BODY,
    "2023年法治政府建设报告\n2023年，我{k}依法行政，先后前往{v}观摩，" + BODY,
    "2023年，{c}{v}依法行政，" + BODY + SIGNED,
    "2023年法治政府建设报告\n2023年，{c}{v}" + BODY + SIGNED,
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DIVISIONS)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[dict[str, str], dict[str, str]]]:
    """A unit that reports and another one of its county."""
    regular = pl.read_parquet(DIVISIONS).filter(pl.col("township_name").str.contains("^..{1,3}(镇|乡|街道)$"))
    counties = regular.partition_by("county_code", maintain_order=True)
    chance = random.Random(SEED)
    drawn = chance.sample([county.to_dicts() for county in counties if county.height > 1], PAIRS)
    return [(one, other) for one, other in (chance.sample(county, 2) for county in drawn)]


def filled(layout: str, unit: dict[str, str], neighbour: dict[str, str]) -> str:
    name = unit["township_name"]
    kind = "街道" if name.endswith("街道") else name[-1]
    office = f"{name}办事处" if kind == "街道" else f"{name}人民政府"
    return layout.format(c=unit["county_name"], u=name, o=office, k=kind, v=neighbour["township_name"])


def found(text: str, gazetteer: Gazetteer) -> str | None:
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, None, None, gazetteer).township_code


@pytest.mark.parametrize("layout", TOLD)
def test_the_author_is_found_beside_a_neighbour(layout: str, pairs, gazetteer: Gazetteer) -> None:
    codes = [(found(filled(layout, *pair), gazetteer), pair) for pair in pairs]
    wrong = [(code, pair) for code, pair in codes if code not in (None, pair[0]["township_code"])]
    assert not wrong
    assert Counter(code is not None for code, _ in codes)[True] >= 0.95 * PAIRS


@pytest.mark.parametrize("layout", UNTOLD)
def test_a_neighbour_is_not_taken_for_the_author(layout: str, pairs, gazetteer: Gazetteer) -> None:
    codes = {found(filled(layout, *pair), gazetteer) for pair in pairs}
    assert codes == {None}
