"""What kind of document a text is, on whole documents in short: what is let through, and what is kept out and why.

The documents stand in `kinds/`; those of `apart.toml` were not looked at while the rules were made.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import Identity, identify
from pipelines.identify.kind import document_type, mask
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.stage.kept_gazetteer import load_gazetteer

HERE = Path(__file__).parent
DIVISIONS = PROJECT_ROOT / "raw" / "reference" / "divisions.parquet"


def documents(name: str) -> list[Any]:
    found = tomllib.loads((HERE / "kinds" / f"{name}.toml").read_text(encoding="utf-8"))["document"]
    return [pytest.param(each, id=f"{name}:{each['text'].split()[0]}") for each in found]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DIVISIONS)


def of(text: str, gazetteer: Gazetteer) -> Identity:
    document = read_bytes(text.encode(), "a.txt")
    return identify(document.text, document.furniture, document.fields, None, None, gazetteer)


@pytest.mark.parametrize("document", [*documents("tuned"), *documents("apart")])
def test_kind_and_verdict(document: dict[str, Any], gazetteer: Gazetteer) -> None:
    found = of(document["text"].lstrip(), gazetteer)
    assert (found.doc_type, found.doc_level) == (document["is"], document.get("level", found.doc_level))
    assert (found.status == "accepted") is document["accepted"], found.status_reason
    assert bool(found.status_reason) is not document["accepted"]


@pytest.mark.parametrize(
    ("title", "opening", "source", "kind"),
    [
        ("甲镇召开会议", "近日，甲镇", "", "other"),
        ("甲镇召开会议", "本报讯 近日，甲镇", "", "news_brief"),
        ("甲镇召开会议", "近日，甲镇", "某某日报", "news_brief"),
        ("甲镇2023年法治政府建设工作报告", "本报讯 近日，甲镇", "某某日报", "annual_report"),
        ("甲镇2023年政府信息公开工作年度报告", "", "", "info_disclosure_report"),
        ("甲镇镇长在会议上的讲话", "", "", "speech"),
        ("甲镇2023年法治政府建设工作总结", "", "", "work_summary"),
    ],
)
def test_a_title_of_a_report_goes_before_its_source_and_its_opening(
    title: str, opening: str, source: str, kind: str
) -> None:
    assert document_type(title, opening, source) == kind


@pytest.mark.parametrize(("masked", "what"), [("*件 *次 *人", "figures are masked"), ("__ __ __", "there are blanks")])
def test_one_or_two_masked_figures_are_a_slip_and_three_a_template(masked: str, what: str) -> None:
    opening = "2023年，我镇受理"
    for shown in range(3):
        assert mask("甲镇法治政府建设报告", opening + "，".join(masked.split()[:shown])) is None
    assert str(mask("甲镇法治政府建设报告", opening + "，".join(masked.split()))).startswith(what)
