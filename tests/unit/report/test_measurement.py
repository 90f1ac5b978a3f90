"""Precision and recall by indicator: the counts, the intervals, and the sentences with their figures."""

import json
from collections import Counter
from pathlib import Path

import pytest

from pipelines.cli.commands import fazhi
from pipelines.report import measurement
from pipelines.report.evaluation import Score, evaluate
from pipelines.settings import Settings


def score(**indicators: tuple[int, int, int]) -> Score:
    """A set with (right, missed, wrong) of each indicator."""
    made = Score("apart")
    for code, (right, missed, wrong) in indicators.items():
        made.indicators[code] = Counter(right=right, missed=missed, wrong=wrong)
        made.facts += made.indicators[code]
    return made


def test_the_interval_is_wilsons() -> None:
    """Against published values: 81 of 263 gives 0.2553 to 0.3662 (Newcombe 1998, table I)."""
    assert measurement.interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert measurement.interval(20, 20) == pytest.approx((0.8389, 1.0), abs=5e-4)
    assert measurement.interval(0, 0) == (0.0, 1.0)


def test_an_indicator_with_few_labels_is_put_together_with_the_others() -> None:
    _, rows = measurement.indicator_rows(score(a=(8, 2, 1), b=(9, 0, 0), c=(0, 0, 3)))
    assert [row[:5] for row in rows] == [("a", 10, 8, 2, 1), ("all others", 9, 9, 0, 3), ("all", 19, 17, 2, 4)]
    assert rows[0][5:] == ("0.889", "0.56 to 0.98", "0.800", "0.49 to 0.94")
    assert [row[0] for row in measurement.indicator_rows(score(a=(8, 2, 1)))[1]] == ["a", "all"]


def test_the_sentences_put_shares_and_slopes_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "gold_scores", lambda: [Score("tuned"), score(a=(9, 3, 1))])
    assert "0.400 × 0.900 / 0.750 = 0.480" in measurement.share_example("a", 0.4)
    assert "0.30 / 0.900 = 0.333" in measurement.slope_example("a", 0.3)


def test_each_indicator_is_counted_once_for_each_label_and_fact(tmp_path: Path) -> None:
    """Two figures are labelled, one of which no rule reads; one that is read has no label."""
    (tmp_path / "a.txt").write_text("2023年,全年集体学法6次,开展普法宣传活动9场次。", encoding="utf-8")
    facts = [
        {"metric": metric, "value": value, "qualifier": "exact", "evidence": words}
        for metric, value, words in (("publicity_events", 9, "宣传活动9场次"), ("mediators", 4, "调解员4名"))
    ]
    label = {"facts": facts, "report_year": 2023}
    (tmp_path / "a.json").write_text(json.dumps(label, ensure_ascii=False), encoding="utf-8")
    (found,) = evaluate(tmp_path, Settings.load(environ={}))
    assert found.indicators["publicity_events"] == Counter(right=1)
    assert found.indicators["mediators"] == Counter(missed=1)
    assert sum(count["wrong"] for count in found.indicators.values()) == found.facts["wrong"] == 1


def test_the_command_prints_the_indicators_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("2023年,开展普法宣传活动9场次。", encoding="utf-8")
    label = {"facts": [{"metric": "publicity_events", "value": 9, "qualifier": "exact", "evidence": "活动9场次"}]}
    (tmp_path / "a.json").write_text(json.dumps(label), encoding="utf-8")
    fazhi(["evaluate", str(tmp_path)], standalone_mode=False)
    assert "By indicator" not in capsys.readouterr().out
    fazhi(["evaluate", str(tmp_path), "--indicators"], standalone_mode=False)
    assert "By indicator" in capsys.readouterr().out
