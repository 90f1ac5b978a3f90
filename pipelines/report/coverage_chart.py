"""Coverage by province and year: how many townships have an accepted report.

`sql/charts/coverage_by_province_and_year.sql` counts them.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.report.canvas import GREY, draw_svg, footnote, heading, write_nothing_to_show
from pipelines.report.chart_files import chart_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (640, 350)
MOST_YEARS = 10
# Share of the units below which a colour applies. One hue from light to dark can be read in grey, too.
CLASSES = ((0.05, "#c6dbef"), (0.2, "#9ecae1"), (0.5, "#4292c6"), (0.8, "#2171b5"), (float("inf"), "#08306b"))
LABELS = ("< 5 %", "5–20", "20–50", "50–80", "≥ 80 %")

SCHEMA = {"province": pl.String, "year": pl.Int64, "n_units": pl.Int64, "n_reporting": pl.Int64}


def coverage(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row for each province and year in which any unit reports: `province`, `year`, `n_units`, `n_reporting`.

    A province without a report for that year has a row too, with `n_reporting` 0: that is known, not missing.
    """
    return pl.DataFrame(
        con.sql(chart_file("coverage_by_province_and_year").sql).fetchall(), schema=SCHEMA, orient="row"
    )


def draw_coverage(frame: pl.DataFrame) -> bytes:
    """Draw the rows of `coverage` as SVG: a table of coloured cells for the last ten years that have reports."""
    years = sorted(set(frame["year"]))[-MOST_YEARS:]
    shares = {(province, year): n / units for province, year, units, n in frame.iter_rows()}
    provinces = frame.filter(pl.col("year") == pl.col("year").max()).select("province", "n_units").rows()

    def draw(figure: "Figure") -> None:
        """Draw the provinces in two columns, one row each."""
        heading(figure, "各省各年报告覆盖率", "Share of townships with an accepted report")
        panels = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.125, right=0.985, top=0.9, bottom=0.16, wspace=0.34)
        half = -(-len(provinces) // 2)
        for axes, rows in zip(panels, (provinces[:half], provinces[half:]), strict=True):
            if years:
                _cells(axes, rows, years, shares, half)
            else:
                write_nothing_to_show(axes, "尚无报告 no report yet")
        _legend(figure)
        footnote(figure, _totals(frame))

    return draw_svg(draw, *SIZE)


def _cells(
    axes: "Axes",
    provinces: Sequence[tuple[str, int]],
    years: Sequence[int],
    shares: dict[tuple[str, int], float],
    height: int,
) -> None:
    """Draw a row for each province with its number of units, and a column for each year."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    cells: dict[str, list[Path]] = {}
    for row, (province, _) in enumerate(provinces):
        for column, year in enumerate(years):
            share = shares.get((province, year), 0.0)
            # white: no unit reports
            colour = next(colour for end, colour in CLASSES if share < end) if share else "white"
            x, y = column - 0.46, row - 0.44
            corners = [(x, y), (x + 0.92, y), (x + 0.92, y + 0.88), (x, y + 0.88), (x, y)]
            cells.setdefault(colour, []).append(Path(corners, closed=True))
    for colour, paths in sorted(cells.items()):  # one path for all cells of a colour keeps the SVG small
        edge = {"edgecolor": GREY, "linewidth": 0.3} if colour == "white" else {"edgecolor": "none"}
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), facecolor=colour, **edge))
    axes.set(xlim=(-0.5, max(len(years), 4) - 0.5), ylim=(height - 0.5, -0.5))
    step = 1 if len(years) <= 6 else 2  # so that the years have room
    axes.set_xticks(range(len(years))[::-1][::step], [str(year) for year in years][::-1][::step])
    axes.set_yticks(range(len(provinces)), [f"{short_name(province)} {units:,}" for province, units in provinces])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _legend(figure: "Figure") -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor="white", edgecolor=GREY, linewidth=0.3, label="无 none")]
    handles += [Patch(facecolor=colour, label=label) for (_, colour), label in zip(CLASSES, LABELS, strict=True)]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 0.05), ncols=6, frameon=False, handlelength=1)


def _totals(frame: pl.DataFrame) -> str:
    """How many units report for the newest year, of how many."""
    latest = frame.filter(pl.col("year") == pl.col("year").max())
    if latest.is_empty():
        return ""
    year, units, found = latest["year"][0], latest["n_units"].sum(), latest["n_reporting"].sum()
    return (
        f"省名后为乡级单位数。{year}年:{units:,}个单位中{found:,}个有报告 · "
        f"Beside a name: its units. {year}: {found:,} of {units:,} units report"
    )


def short_name(province: str) -> str:
    """The name of a province without its rank: 福建省 -> 福建, 广西壮族自治区 -> 广西."""
    return re.sub(r"(壮族|回族|维吾尔)?(省|市|自治区|特别行政区)$", "", province)
