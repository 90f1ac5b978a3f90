"""Charts with one panel for each headline: how a figure is distributed, and how it changed on the year before.

The values are counted in classes that widen with the value, because a few units state thousands where most state a
dozen. DuckDB counts, so that millions of figures are drawn as fast as five.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.report.canvas import BLUE, ORANGE, draw_svg, footnote, heading, write_nothing_to_show
from pipelines.report.chart_files import chart_file
from pipelines.warehouse.descriptions import describe_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (640, 380)
DISTRIBUTIONS, CHANGES_ON_YEAR_BEFORE = "headline_distributions", "change_on_the_year_before"
# The headlines by their code, which is also the name of their column, and what each counts.
HEADLINES = {
    "trainings_held": "次 sessions",
    "enforcement_staff_headline": "人 persons",
    "petitions_handled": "件 cases",
    "publicity_events_headline": "场 events",
}
INFINITY = float("inf")
# The upper ends of the classes, and the label below each.
VALUES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, INFINITY)
VALUE_LABELS = ("0", "1", "2", "5", "10", "20", "50", "100", "200", "500", "1k", "2k", "5k", "10k", "> 10k")
CHANGES = (-0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1, INFINITY)
CHANGE_LABELS = ("−50 %", "−20", "−5", "+5", "+20", "+50", "+100", "> +100")

# A row is a headline and a class. `n_stating` of `n_possible` figures are in the classes of the headline.
SCHEMA = {
    "headline": pl.String,
    "label": pl.String,
    "n": pl.Int64,
    "n_lower_bounds": pl.Int64,
    "n_stating": pl.Int64,
    "n_possible": pl.Int64,
    "median": pl.Float64,
}

# Gives the line above a panel from n_stating, n_possible, the median and whether there are lower bounds.
Describe = Callable[[int, int, float, bool], str]


def headlines(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """How each headline is distributed over the classes of `VALUES`; the columns are those of `SCHEMA`."""
    return _histograms(con, DISTRIBUTIONS, VALUES, VALUE_LABELS)


def changes(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """How the change of each headline on the year before is distributed over the classes of `CHANGES`.

    `n_possible` counts the pairs of years with both figures, `n_stating` those of them with two exact figures.
    """
    return _histograms(con, CHANGES_ON_YEAR_BEFORE, CHANGES, CHANGE_LABELS)


def _histograms(
    con: duckdb.DuckDBPyConnection, chart: str, ends: Sequence[float], labels: Sequence[str]
) -> pl.DataFrame:
    """Run the SQL of `chart`, whose rows begin with a headline."""
    found = con.execute(chart_file(chart).sql, {"ends": [float(end) for end in ends[:-1]]}).fetchall()
    by_headline = {headline: cells for headline, *cells in found}
    rows = []
    for headline in HEADLINES:
        counts, bounds, *totals = by_headline.get(headline, (None, None, 0, 0, None))
        for end, label in zip(ends, labels, strict=True):  # DuckDB's histogram of nothing is null
            rows.append((headline, label, (counts or {}).get(end, 0), (bounds or {}).get(end, 0), *totals))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def draw_headlines(frame: pl.DataFrame) -> bytes:
    """Draw the rows of `headlines` as SVG. If some figures are lower bounds, the median is a lower bound, too."""

    def describe(stating: int, possible: int, median: float, has_bounds: bool) -> str:
        return f"n = {stating:,} / {possible:,}, 中位数 median {'≥ ' if has_bounds else ''}{median:,.10g}"

    return _draw_panels(
        frame,
        ("四项主要指标的分布", "Distribution of the headline figures"),
        "柱高:乡镇年数;n:写明该数的 / 有报告的乡镇年 · "
        "Bars: units × years; n: those that state the figure, of those with a report",
        describe,
        lambda headline: f"{HEADLINES[headline]},组上限 upper end of the class",
        has_legend=True,
    )


def draw_changes(frame: pl.DataFrame) -> bytes:
    """Draw the rows of `changes` as SVG."""

    def describe(stating: int, possible: int, median: float, _: bool) -> str:
        return f"n = {stating:,} / {possible:,}, 中位数 median {round(100 * median):+d} %"

    return _draw_panels(
        frame,
        ("与上年相比的变化", "Change on the year before"),
        "柱高:乡镇年数;n:两年都写明确数的 / 两年都有数的 · "
        "Bars: units × years; n: exact in both years, of those stated in both",
        describe,
        lambda _: "变化率,组上限 change, upper end of the class",
    )


def _draw_panels(
    frame: pl.DataFrame,
    titles: tuple[str, str],
    foot: str,
    describe: Describe,
    label: Callable[[str], str],
    has_legend: bool = False,
) -> bytes:
    """Draw a panel of bars for each headline. `describe` gives the line above it, `label` the line below it."""

    def draw(figure: "Figure") -> None:
        """Draw title, footnote and the panels one by one."""
        heading(figure, *titles)
        footnote(figure, foot)
        panels = figure.subplots(2, 2)
        figure.subplots_adjust(left=0.075, right=0.985, top=0.85, bottom=0.16, wspace=0.17, hspace=0.85)
        for axes, headline in zip(panels.flat, HEADLINES, strict=True):
            _bars(axes, headline, frame.filter(pl.col("headline") == headline), describe)
            axes.set_xlabel(label(headline), labelpad=1)
        if has_legend:
            _legend(figure)

    return draw_svg(draw, *SIZE)


def _bars(axes: "Axes", headline: str, part: pl.DataFrame, describe: Describe) -> None:
    """Draw one bar for each class, from the first to the last that has a figure."""
    from matplotlib.ticker import MaxNLocator

    stating, possible, median = part.select("n_stating", "n_possible", "median").row(0)
    name = headline.removesuffix("_headline").replace("_", " ")
    title = f"{describe_column(chart_file(DISTRIBUTIONS).page, headline).zh}  {name}"
    if not stating:
        axes.set_title(title)
        return write_nothing_to_show(axes, f"无数据 no figure (n = 0 / {possible:,})")
    filled = part.with_row_index("at").filter(pl.col("n") > 0)["at"]
    shown = part.slice(filled[0], filled[-1] - filled[0] + 1)
    places = range(shown.height)
    bounds = shown["n_lower_bounds"].to_list()
    exact = (shown["n"] - shown["n_lower_bounds"]).to_list()
    axes.bar(places, exact, color=BLUE, width=0.85)
    axes.bar(places, bounds, bottom=exact, color=ORANGE, hatch="////", edgecolor="white", linewidth=0, width=0.85)
    axes.set_xticks(places, shown["label"].to_list())
    axes.set_xlim(-0.6, max(shown.height, 6) - 0.4)
    axes.set_ymargin(0.08)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_title(f"{title}\n{describe(stating, possible, median, any(bounds))}")
    return None


def _legend(figure: "Figure") -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=BLUE, label="如数 as stated"),
        Patch(facecolor=ORANGE, hatch="////", edgecolor="white", linewidth=0, label="下限 at least"),
    ]
    figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
