"""docs/figures.toml: what fazhi makes of each example stands in it, and every word of `method` is explained."""

import re
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from small_reports import small_report, towns

from pipelines.paths import SQL_DIR
from pipelines.report.figure_pages import YEAR, FigureRule, figure_rules, method_words, read_figure_rules
from pipelines.settings import Settings
from pipelines.warehouse.from_raw import build_from_raw

RULES = read_figure_rules()
MART = (SQL_DIR / "marts" / "township_metric.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """By the name of a rule: the rows of `township_metric` of its example, by indicator. Each rule has its own town."""
    settings = Settings.load(environ={})
    raw = tmp_path_factory.mktemp("figures") / "raw"
    raw.mkdir()
    rule_of = {}
    for rule, town in zip(RULES.rules, towns(settings), strict=False):
        rule_of[town["township_code"]] = rule.name
        for at, report in enumerate(rule.reports):
            text = small_report(town, report.title, YEAR, report.text)
            (raw / f"{rule.name}_{at}.txt").write_text(text, encoding="utf-8")
    own = replace(settings, raw_dir=raw, warehouse_dir=raw.parent / "warehouse", assumed=frozenset())
    built = build_from_raw(own, ["township_metric"])
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in rule_of.values()}
    for row in pl.read_parquet(list(built["township_metric"].paths)).to_dicts():
        assert row["report_year"] == YEAR
        found[rule_of[row["township_code"]]][row["metric_code"]] = row
    return found


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES.rules])
def test_the_page_shows_what_comes_out(rule: FigureRule, figures: dict[str, dict[str, dict[str, Any]]]) -> None:
    for figure in rule.figures:
        wanted = figure.model_dump()
        row = figures[rule.name].get(figure.metric_code, {})
        assert {name: row.get(name) for name in wanted} == wanted


def test_each_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES.rules]
    assert len(names) == len(set(names)) > 50


def mart_words() -> list[str]:
    """The words that the mart can put into `method`, in its order."""
    (steps,) = re.findall(r"concat_ws\((.*?)\) AS steps", MART, flags=re.DOTALL)
    words = re.findall(r"(?:THEN|ELSE) '(\w+)'", steps)
    (alone,) = re.findall(r"THEN '(\w+)' ELSE n\.steps END AS method", MART)
    return [alone, *("from_METRIC" if word == "from_" else word for word in words)]


def test_every_word_of_method_is_in_the_glossary_in_its_order() -> None:
    words = mart_words()
    glossary = [word.name for word in RULES.word]
    assert sorted(glossary) == sorted(words)
    # The last four exclude each other.
    assert glossary[:-4] == words[:-4]


def test_an_example_shows_every_word_of_method() -> None:
    methods = {word for rule in RULES.rules for figure in rule.figures for word in figure.method.split("+")}
    shown = {re.sub("^from_.+", "from_METRIC", word) for word in methods}
    assert shown == set(mart_words())


def test_the_page_is_in_both_languages() -> None:
    entries = [*RULES.section, *RULES.rules, *RULES.word]
    assert all(re.search("[\u4e00-\u9fff]", entry.zh) for entry in entries)
    # English quotes Chinese words, and is longer than what it quotes.
    assert all(
        len(re.findall("[a-z]+", entry.en)) > len(re.findall("[\u4e00-\u9fff]", entry.en)) / 2 for entry in entries
    )


def test_an_empty_bound_is_a_dash_and_disagreeing_versions_are_shown() -> None:
    page = figure_rules()
    assert "| `petitions_received` | 36 | 36 | — | at_least | false | part_of_year |\n" in page
    assert "| `petitions_received` | 45 | 45 | 45 | exact | false | single | 1 |\n" in page
    assert "| `single` | One fact" in method_words()
