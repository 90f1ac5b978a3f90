"""Headlines of whole reports, with floors that may only rise (`fazhi evaluate tests/headlines` shows the figures)."""

import re
from pathlib import Path

import pytest

from pipelines.build.toml_file import SchemaError
from pipelines.cli.commands import main
from pipelines.paths import PROJECT_ROOT
from pipelines.report.doc_blocks import HEADLINES, headline_table
from pipelines.report.evaluation import GoldError
from pipelines.report.headline_evaluation import HeadlineScore, evaluate_headlines
from pipelines.settings import Settings

# set: share of all cells, share of the cells that labels state. Raise a floor when it is passed; never lower one while
# the texts of its set are the same.
FLOORS = {"tuned": (0.968, 0.965), "apart": (0.812, 0.802)}
LABEL = """
township = "李遂镇"
county = "顺义区"
report_year = 2022
[headlines]
trainings_held = {value = 4, qualifier = "exact", why = "中心组4次"}
enforcement_staff_headline = {value = 9, qualifier = "exact", why = "原文没有这个数"}
petitions_handled = {value = 61, qualifier = "exact", why = "应为至少"}
[absent]
publicity_events_headline = "没有场次"
"""
TEXT = """北京市顺义区李遂镇人民政府2022年法治政府建设年度情况报告
2022年，李遂镇认真推进法治政府建设，现将有关情况报告如下。
一、主要举措和成效
（一）总体情况。镇党委理论学习中心组学法4次。全年受理信访事项61件。
"""


@pytest.fixture(scope="module")
def scores() -> dict[str, HeadlineScore]:
    return {score.name: score for score in evaluate_headlines(HEADLINES, Settings.load(environ={}))}


def labelled(folder: Path, label: str = LABEL, text: str | None = TEXT) -> Path:
    (folder / "one.toml").write_text(label, encoding="utf-8")
    if text is not None:
        (folder / "one.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", FLOORS)
def test_headlines_are_above_their_floor(name: str, scores: dict[str, HeadlineScore]) -> None:
    assert scores.keys() == FLOORS.keys()
    found = (scores[name].share, scores[name].stated_share)
    assert all(one >= floor for one, floor in zip(found, FLOORS[name], strict=True)), found


def test_each_text_is_a_whole_report() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in HEADLINES.glob("*/*.txt")}
    assert len(texts) >= 60
    short = {name for name, text in texts.items() if len(re.findall("[\u4e00-\u9fff]", text)) < 2000}
    assert not short


def test_no_two_texts_share_a_sentence() -> None:
    texts_of: dict[str, set[str]] = {}
    for path in HEADLINES.glob("*/*.txt"):
        for sentence in re.split("[。；：！？\n]", path.read_text(encoding="utf-8")):
            if len(re.findall("[\u4e00-\u9fff]", sentence)) >= 20:
                texts_of.setdefault(sentence.strip(), set()).add(path.stem)
    shared = {tuple(sorted(names)) for names in texts_of.values() if len(names) > 1}
    assert len(texts_of) > 1000
    assert not shared


def test_a_cell_is_right_only_with_value_and_qualifier(tmp_path: Path) -> None:
    (score,) = evaluate_headlines(labelled(tmp_path), Settings.load(environ={}))
    assert (score.texts, score.cells, score.stated) == (1, 4, 3)
    assert (score.right, score.stated_right, score.right_value) == (2, 1, 2)
    wrong = {cell.headline: (cell.wanted, cell.found) for cell in score.wrong}
    assert wrong == {
        "enforcement_staff_headline": ("9 exact", "absent"),
        "petitions_handled": ("61 exact", "61 at_least"),
    }


def test_no_cell_is_right_where_the_unit_or_year_is_another(tmp_path: Path) -> None:
    (score,) = evaluate_headlines(labelled(tmp_path, LABEL.replace("2022", "2021")), Settings.load(environ={}))
    assert (score.right, score.cells) == (0, 4)
    assert {cell.found for cell in score.wrong} == {"unit or year not found"}


def test_evaluate_prints_shares_and_wrong_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(labelled(tmp_path)), "--errors"]) == 0
    out = capsys.readouterr().out
    assert "2/4" in out and "1/3" in out
    assert "应为至少" in out
    assert "precision" not in out  # there is no label of facts


def test_a_label_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    settings = Settings.load(environ={})
    with pytest.raises(GoldError, match=r"one\.toml has no text"):
        evaluate_headlines(labelled(tmp_path, text=None), settings)
    with pytest.raises(SchemaError, match="qualifier"):
        evaluate_headlines(labelled(tmp_path, LABEL.replace('"exact"', '"exactly"')), settings)
    with pytest.raises(GoldError, match="must speak of each of"):
        evaluate_headlines(labelled(tmp_path, LABEL.partition("[absent]")[0]), settings)


def test_the_page_on_accuracy_has_these_shares(scores: dict[str, HeadlineScore]) -> None:
    page = (PROJECT_ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert f"]]] -->\n{headline_table(list(scores.values()))}<!-- [[[end]]] -->" in page, "stale; run make docs"
