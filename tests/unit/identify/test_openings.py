"""Openings in many manners of speaking: the unit and the year are found, and nothing that is not there."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

HERE = Path(__file__).parent
DIVISIONS = PROJECT_ROOT / "raw" / "reference" / "divisions.parquet"


def openings(name: str) -> list[Any]:
    found = tomllib.loads((HERE / "openings" / f"{name}.toml").read_text(encoding="utf-8"))["opening"]
    return [pytest.param(each, id=f"{name}:{each['of']}") for each in found]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DIVISIONS)


def of(opening: dict[str, Any], gazetteer: Gazetteer) -> Identity:
    document = read_bytes(opening["text"].lstrip().encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, opening.get("url"), None, gazetteer)


@pytest.mark.parametrize("opening", [*openings("tuned"), *openings("apart")])
def test_unit_and_year(opening: dict[str, Any], gazetteer: Gazetteer) -> None:
    found = of(opening, gazetteer)
    accepted_unit = found.township_code if found.status == "accepted" else None
    assert (accepted_unit or "", found.status_reason is None) == (opening["unit"], bool(opening["unit"]))
    assert opening["year"] in (0, found.report_year)
