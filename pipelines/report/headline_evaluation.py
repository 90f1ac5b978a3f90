"""Evaluation of headlines: what the warehouse holds for whole reports, against what a researcher reads in them.

A label is a TOML file beside the text of a report. It names the unit and the year, and each headline is either stated
(`[headlines.NAME]` with `value`, `qualifier` and `why`) or not (a line in `[absent]` that says why not). A cell is one
headline of one report. A stated cell is right if the table of figures has its value and its qualifier. An absent cell
is right if there is no row. If the unit or the year of a report was not found, none of its cells is right.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import polars as pl
from pydantic import Field

from pipelines.build.toml_file import Entry, Text, read_toml
from pipelines.report.evaluation import GoldError
from pipelines.settings import Settings
from pipelines.warehouse.descriptions import tables
from pipelines.warehouse.from_raw import build_from_raw

REPORTS, HEADLINES, UNITS = "dim_report", "dim_headline", "dim_division"


class StatedHeadline(Entry):
    """What a report says of one headline, with the reasoning; `corrected` tells what was wrong in an earlier label."""

    value: float
    qualifier: Literal["exact", "at_least", "at_most", "approx"]
    why: Text
    corrected: Text | None = None


class HeadlineLabel(Entry):
    """The label of one report."""

    township: Text
    county: Text
    report_year: int
    headlines: dict[str, StatedHeadline] = Field(default_factory=dict)
    absent: dict[str, Text] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelledFigure:
    """A value with its qualifier, as a label or the warehouse has it."""

    value: float
    qualifier: str

    def __str__(self) -> str:
        return f"{self.value:.15g} {self.qualifier}"


@dataclass(frozen=True, slots=True)
class WrongCell:
    """A cell that is wrong: `wanted` by the label because of `why`, `found` in the table."""

    document: str
    headline: str
    wanted: str
    found: str
    why: str


@dataclass
class HeadlineScore:
    """Counts of one set of reports: all cells, those that labels state, and how many of each are right.

    `right_value` counts the stated cells whose value is right, whatever their qualifier.
    """

    name: str
    texts: int = 0
    cells: int = 0
    right: int = 0
    stated: int = 0
    stated_right: int = 0
    right_value: int = 0
    wrong: list[WrongCell] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Share of all cells that are right."""
        return self.right / max(1, self.cells)

    @property
    def stated_share(self) -> float:
        """Share of the stated cells that are right."""
        return self.stated_right / max(1, self.stated)

    @property
    def value_share(self) -> float:
        """Share of the stated cells whose value is right."""
        return self.right_value / max(1, self.stated)


def evaluate_headlines(gold: Path, settings: Settings) -> list[HeadlineScore]:
    """A score for each folder with labels (*.toml), `gold` itself or a folder below it, sorted by name; none if none.

    Raises SchemaError for a label that breaks its schema, GoldError for one without a text or with unknown headlines.
    """
    folders = sorted({path.parent for path in gold.rglob("*.toml")})
    return [_evaluate_folder(folder, settings) for folder in folders]


def _evaluate_folder(folder: Path, settings: Settings) -> HeadlineScore:
    labels = {path.stem: read_toml(path, HeadlineLabel) for path in sorted(folder.glob("*.toml"))}
    for document in labels:
        if not (folder / f"{document}.txt").is_file():
            raise GoldError(f"label {folder / document}.toml has no text at {folder / document}.txt; put it there")
    headlines, places, figures = _build(folder, labels, settings)
    score = HeadlineScore(folder.name)
    for document, label in labels.items():
        given = [*label.headlines, *label.absent]
        if sorted(given) != sorted(headlines):
            raise GoldError(
                f"label {folder / document}.toml speaks of {', '.join(sorted(given)) or 'no headline'}; "
                f"it must speak of each of {', '.join(sorted(headlines))} once, in [headlines.NAME] or in [absent]"
            )
        is_placed = places.get(document) == (label.township, label.county, label.report_year)
        _score_report(score, document, label, figures.get(document, {}) if is_placed else None)
    return score


def _build(
    folder: Path, documents: Mapping[str, object], settings: Settings
) -> tuple[set[str], dict[str, tuple[str, str, int]], dict[str, dict[str, LabelledFigure]]]:
    """The warehouse of the texts, built in a temporary folder as far as the table of figures.

    That table is the one with `diff.headlines` in its NAME.toml.

    Returns the headlines there are, then township, county and year of each accepted document, then its headlines.
    """
    with TemporaryDirectory() as temporary:
        raw = Path(temporary) / "raw"
        raw.mkdir()
        for document in documents:
            shutil.copy(folder / f"{document}.txt", raw)
        own = replace(settings, raw_dir=raw, warehouse_dir=Path(temporary) / "warehouse", assumed=frozenset())
        (figures_table,) = [name for name, text in tables().items() if text.diff.headlines]
        names_read = (figures_table, REPORTS, HEADLINES, UNITS)
        built = build_from_raw(own, names_read)
        metrics, reports, components, units = (pl.read_parquet(list(built[name].paths)) for name in names_read)
    accepted = reports.filter(pl.col("status") == "accepted").join(
        units.select("township_code", "township_name", "county_name"), on="township_code", suffix="_of_unit"
    )
    names = {(row["township_code"], row["report_year"]): Path(row["raw_path"]).stem for row in accepted.to_dicts()}
    places = {
        Path(row["raw_path"]).stem: (row["township_name"], row["county_name"], row["report_year"])
        for row in accepted.to_dicts()
    }
    figures: dict[str, dict[str, LabelledFigure]] = {}
    for row in metrics.filter(pl.col("is_headline")).to_dicts():
        document = names[row["township_code"], row["report_year"]]
        figures.setdefault(document, {})[row["metric_code"]] = LabelledFigure(row["value"], row["qualifier"])
    return set(components["headline"]), places, figures


def _score_report(
    score: HeadlineScore, document: str, label: HeadlineLabel, figures: Mapping[str, LabelledFigure] | None
) -> None:
    """Count the cells of one report. `figures` is None where its unit or year was not found."""
    score.texts += 1
    for headline in sorted([*label.headlines, *label.absent]):
        stated = label.headlines.get(headline)
        wanted = LabelledFigure(stated.value, stated.qualifier) if stated else None
        found = figures.get(headline) if figures is not None else None
        is_right = figures is not None and found == wanted
        score.cells += 1
        score.right += is_right
        if wanted:
            score.stated += 1
            score.stated_right += is_right
            score.right_value += found is not None and found.value == wanted.value
        if not is_right:
            why = stated.why if stated else label.absent[headline]
            missing = "absent" if figures is not None else "unit or year not found"
            score.wrong.append(WrongCell(document, headline, str(wanted or "absent"), str(found or missing), why))


def headline_rows(scores: Sequence[HeadlineScore]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Columns and rows of the table of scores: counts, then shares with three decimals."""
    columns = ("set", "texts", "all cells right", "share", "stated cells right", "share", "value right")
    return columns, [
        (
            *(score.name, score.texts, f"{score.right}/{score.cells}", f"{score.share:.3f}"),
            *(f"{score.stated_right}/{score.stated}", f"{score.stated_share:.3f}", f"{score.value_share:.3f}"),
        )
        for score in scores
    ]
