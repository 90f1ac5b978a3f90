"""The share of unclassified numbers from release to release, the quality figure that needs no labelled texts."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.build.database import connect, quote
from pipelines.report.canvas import BLUE, draw_svg, footnote, heading, write_nothing_to_show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (640, 250)
MOST_RELEASES = 30
SCHEMA = {"release_id": pl.String(), "built_at": pl.Datetime("us"), "unclassified_share": pl.Float64()}
QUERY = "SELECT r.release_id, r.built_at, r.unclassified_share FROM published.release AS r"


def unclassified_shares(releases: Iterable[Path]) -> pl.DataFrame:
    """`release_id`, `built_at` (UTC) and `unclassified_share` of the releases, the oldest first.

    A file that is no release, or that another process is writing, is left out. A release with two files counts once.
    """
    rows: set[tuple[object, ...]] = set()
    for path in releases:
        try:
            with closing(connect()) as con:
                con.execute(f"ATTACH {quote(path)} AS published (READ_ONLY)")
                rows.update(con.sql(QUERY).fetchall())
        except duckdb.Error:
            continue
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row").sort("built_at", "release_id")


def draw_unclassified_shares(frame: pl.DataFrame) -> bytes:
    """Draw the last thirty rows of `unclassified_shares` as SVG, a point for each release."""
    known = frame.drop_nulls("unclassified_share").tail(MOST_RELEASES)

    def draw(figure: "Figure") -> None:
        """Draw title, unit and the points."""
        heading(figure, "各次发布中未归类数字的占比", "Unclassified numbers, release by release")
        footnote(figure, "占报告中全部数字的百分比 · percent of all numbers in the reports; built at, UTC")
        axes = figure.subplots()
        figure.subplots_adjust(left=0.075, right=0.985, top=0.84, bottom=0.25)
        if known.is_empty():
            write_nothing_to_show(axes, "尚无发布 no release yet")
        else:
            _plot(axes, known)

    return draw_svg(draw, *SIZE)


def _plot(axes: "Axes", known: pl.DataFrame) -> None:
    """Draw the points, the share of the last release beside its point, and at most eight dates below."""
    percents = (known["unclassified_share"] * 100).to_list()
    places = range(len(percents))
    axes.plot(places, percents, color=BLUE, marker="o", markersize=3, linewidth=1)
    axes.annotate(f"{percents[-1]:.2f} %", (places[-1], percents[-1]), (0, 5), textcoords="offset points", ha="center")
    step = -(-len(percents) // 8)
    labels = known["built_at"].dt.strftime("%Y-%m-%d\n%H:%M").to_list()
    axes.set_xticks(places[::-1][::step], labels[::-1][::step])
    axes.set_xlim(-0.5, max(len(percents), 4) - 0.5)
    axes.set_ylim(0, max(1.0, 1.3 * max(percents)))
    axes.set_ylabel("%")
