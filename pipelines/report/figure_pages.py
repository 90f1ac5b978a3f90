"""The generated part of `docs/figures.md`, from `docs/figures.toml`: how facts become figures, in English and Chinese.

Each rule has an example, one report or several, with the rows of the mart that come out.
`tests/integration/test_figures_page.py` reads every example with fazhi and holds the rows against what comes out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.build.toml_file import Entry, ListOf, Text, read_toml
from pipelines.paths import PROJECT_ROOT
from pipelines.report.doc_blocks import markdown_rows

FIGURES_PATH = PROJECT_ROOT / "docs" / "figures.toml"
#: The year that the examples report on.
YEAR = 2023
_COLUMNS = ("value", "value_low", "value_high", "qualifier", "has_conflict", "method")


class ExampleReport(Entry):
    """A report of an example: the end of its title, and the sentences that state figures."""

    title: Text = f"关于{YEAR}年度法治政府建设情况的报告"
    text: Text


class ExampleFigure(Entry):
    """A row of the mart of figures that comes out of an example; a bound that is left out is null."""

    metric_code: Text
    value: float
    value_low: float | None = None
    value_high: float | None = None
    qualifier: Literal["exact", "at_least", "at_most", "approx"]
    method: Text
    has_conflict: bool
    n_versions_disagree: int = 0


class Bilingual(Entry):
    """A name, and what it means in English and Chinese."""

    name: Text
    en: Text
    zh: Text


class FigureRule(Bilingual):
    """A rule with its example."""

    title_en: Text
    title_zh: Text
    reports: ListOf[ExampleReport] = Field(min_length=1)
    figures: ListOf[ExampleFigure] = Field(min_length=1)


class FigureSection(Bilingual):
    """Rules that belong together."""

    title_en: Text
    title_zh: Text
    rule: ListOf[FigureRule] = Field(min_length=1)


class FigureRules(Entry):
    """`docs/figures.toml`: the rules by section, and the words that `method` may hold, in the order of `method`."""

    section: ListOf[FigureSection]
    word: ListOf[Bilingual]

    @property
    def rules(self) -> list[FigureRule]:
        """The rules of all sections."""
        return [rule for section in self.section for rule in section.rule]


def read_figure_rules(path: Path = FIGURES_PATH) -> FigureRules:
    """The rules of the page. Raises SchemaError for a mistake in the file."""
    return read_toml(path, FigureRules)


def figure_rules() -> str:
    """A section for each group of rules, as Markdown: each rule in both languages, its example and what comes out."""
    lines = []
    for section in read_figure_rules().section:
        lines += [f"## {section.title_en} · {section.title_zh}\n", f"{section.en}\n", f"{section.zh}\n"]
        for rule in section.rule:
            lines += [f"### {rule.title_en} · {rule.title_zh}\n", f"{rule.en}\n", f"{rule.zh}\n"]
            lines += [_quotation(rule.reports), _figure_table(rule.figures)]
    return "\n".join(lines)


def method_words() -> str:
    """The glossary of the words of `method`, as a Markdown table."""
    rows = [(f"`{word.name}`", word.en, word.zh) for word in read_figure_rules().word]
    return markdown_rows(("word", "meaning", "含义"), rows)


def _quotation(reports: Sequence[ExampleReport]) -> str:
    """The sentences of the reports; with their titles where there are several."""
    if len(reports) == 1:
        return f"> {reports[0].text}\n"
    return "".join(f"> - {report.title}: {report.text}\n" for report in reports)


def _figure_table(figures: Sequence[ExampleFigure]) -> str:
    """The rows that come out; `n_versions_disagree` only where a version disagrees."""
    columns = _COLUMNS + ("n_versions_disagree",) * any(figure.n_versions_disagree for figure in figures)
    rows = [(f"`{figure.metric_code}`", *(_cell(getattr(figure, name)) for name in columns)) for figure in figures]
    return markdown_rows(("metric_code", *columns), rows)


def _cell(value: object) -> str:
    """A value as the table shows it: whole numbers without a point, null as a dash."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
