"""Charts of four panels, one a headline: how a figure is distributed, and how it changed on the year before.

The values are counted in classes that widen with the value, because a few units state thousands where most state a
dozen. DuckDB counts, so that a release of millions of figures is drawn as fast as one of five.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.report.canvas import BLUE, ORANGE, draw_svg, heading, note, say_too_few
from pipelines.warehouse.descriptions import describe_column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (640, 380)
# Column of township_year -> its code in dim_indicator, and what it counts.
HEADLINES = {
    "trainings_held": ("trainings_held", "次 sessions"),
    "enforcement_staff": ("enforcement_staff_headline", "人 persons"),
    "petitions_handled": ("petitions_handled", "件 cases"),
    "publicity_events": ("publicity_events_headline", "场 events"),
}
INFINITY = float("inf")
# The upper ends of the classes, each with what is written below it.
VALUES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, INFINITY)
VALUE_LABELS = ("0", "1", "2", "5", "10", "20", "50", "100", "200", "500", "1k", "2k", "5k", "10k", "> 10k")
CHANGES = (-0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1, INFINITY)
CHANGE_LABELS = ("−50 %", "−20", "−5", "+5", "+20", "+50", "+100", "> +100")

# One row a headline and class: how many figures, how many of them only lower bounds; n of how many, and the median.
SCHEMA = {
    "headline": pl.String,
    "label": pl.String,
    "n": pl.Int64,
    "n_lower_bounds": pl.Int64,
    "n_stating": pl.Int64,
    "n_possible": pl.Int64,
    "median": pl.Float64,
}

# The line above a panel, from how many state the figure, how many might, the median,
# and whether there are lower bounds.
Describe = Callable[[int, int, float, bool], str]


def headlines(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """How each headline of `township_year` is distributed over the classes of `VALUES`."""
    rows = []
    for headline in HEADLINES:
        every, bounds, stating, possible, median = con.execute(
            f"""
            SELECT
                histogram(y.{headline}, $ends),
                histogram(y.{headline}, $ends) FILTER (WHERE y.{headline}_is_lower_bound),
                count(y.{headline}), count(*), median(y.{headline})
            FROM township_year AS y
            """,
            {"ends": [float(end) for end in VALUES[:-1]]},
        ).fetchall()[0]
        rows += _rows(headline, VALUES, VALUE_LABELS, (every, bounds), (stating, possible, median))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def changes(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """How the change of each headline on the year before is distributed; of `n_possible` pairs, those both exact.

    A rounded or conflicting figure may differ for that reason alone, and from zero there is no share of change.
    """
    rows = []
    for headline, (code, _) in HEADLINES.items():
        every, stating, possible, median = con.execute(
            """
            SELECT
                histogram(c.change_share, $ends) FILTER (WHERE c.is_exact),
                count(c.change_share) FILTER (WHERE c.is_exact), count(*),
                median(c.change_share) FILTER (WHERE c.is_exact)
            FROM township_change AS c
            WHERE c.metric_code = $code
            """,
            {"ends": [float(end) for end in CHANGES[:-1]], "code": code},
        ).fetchall()[0]
        rows += _rows(headline, CHANGES, CHANGE_LABELS, (every, None), (stating, possible, median))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _rows(
    headline: str,
    ends: Sequence[float],
    labels: Sequence[str],
    counts: tuple[Mapping[float, int] | None, Mapping[float, int] | None],
    totals: tuple[int, int, float | None],
) -> list[tuple[object, ...]]:
    every, bounds = (count or {} for count in counts)  # DuckDB's histogram of nothing is null
    return [
        (headline, label, every.get(end, 0), bounds.get(end, 0), *totals)
        for end, label in zip(ends, labels, strict=True)
    ]


def draw_headlines(frame: pl.DataFrame) -> bytes:
    """The rows of `headlines` as SVG; the median of figures some of which are lower bounds is one itself."""

    def describe(stating: int, possible: int, median: float, has_bounds: bool) -> str:
        return f"n = {stating:,} / {possible:,}, 中位数 median {'≥ ' if has_bounds else ''}{median:,.10g}"

    return _draw_panels(
        frame,
        ("四项主要指标的分布", "Distribution of the headline figures"),
        "柱高:乡镇年数;n:写明该数的 / 有报告的乡镇年 · "
        "Bars: units × years; n: those that state the figure, of those with a report",
        describe,
        lambda headline: f"{HEADLINES[headline][1]},组上限 upper end of the class",
        has_legend=True,
    )


def draw_changes(frame: pl.DataFrame) -> bytes:
    """The rows of `changes` as SVG."""

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
    words: str,
    describe: Describe,
    label: Callable[[str], str],
    has_legend: bool = False,
) -> bytes:
    """A panel of bars for each headline; `describe` and `label` say what stands above and below one."""

    def draw(figure: "Figure") -> None:
        """Title, unit and the panels one by one."""
        heading(figure, *titles)
        note(figure, words)
        for axes, (headline, part) in zip(_grid(figure), _parts(frame), strict=True):
            _bars(axes, headline, part, describe)
            axes.set_xlabel(label(headline), labelpad=1)
        if has_legend:
            _legend(figure)

    return draw_svg(draw, *SIZE)


def _grid(figure: "Figure") -> "list[Axes]":
    panels = figure.subplots(2, 2)
    figure.subplots_adjust(left=0.075, right=0.985, top=0.85, bottom=0.16, wspace=0.17, hspace=0.85)
    return list(panels.flat)


def _parts(frame: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    return [(headline, frame.filter(pl.col("headline") == headline)) for headline in HEADLINES]


def _bars(axes: "Axes", headline: str, part: pl.DataFrame, describe: Describe) -> None:
    """One bar a class, from the first to the last that holds a figure."""
    from matplotlib.ticker import MaxNLocator

    stating, possible, median = part.select("n_stating", "n_possible", "median").row(0)
    title = f"{describe_column('township_year', headline).zh}  {headline.replace('_', ' ')}"
    if not stating:
        axes.set_title(title)
        return say_too_few(axes, f"无数据 no figure (n = 0 / {possible:,})")
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
