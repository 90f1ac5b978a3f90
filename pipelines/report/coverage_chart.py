"""Coverage by province and year: of how many townships there is an accepted report.

The units of a year are those that existed at its end (`township_succession`), as in `province_year`; a report of a unit
of the past counts where that ground lies today.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.report.canvas import GREY, draw_svg, heading, note, say_too_few

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE = (640, 350)
MOST_YEARS = 10
# From more than the left to the right end, as a share of the units; one hue from light to dark reads in grey as well.
CLASSES = ((0.05, "#c6dbef"), (0.2, "#9ecae1"), (0.5, "#4292c6"), (0.8, "#2171b5"), (float("inf"), "#08306b"))
LABELS = ("< 5 %", "5–20", "20–50", "50–80", "≥ 80 %")

SCHEMA = {"province": pl.String, "year": pl.Int64, "n_units": pl.Int64, "n_reporting": pl.Int64}
QUERY = """
WITH reported AS (
    SELECT DISTINCT r.township_code, r.report_year
    FROM dim_report AS r
    WHERE r.status = 'accepted' AND r.is_canonical
),
reported_year AS (
    SELECT DISTINCT r.report_year
    FROM reported AS r
)
SELECT
    any_value(p.division_name) AS province, y.report_year, count(*) AS n_units, count(r.township_code) AS n_reporting
FROM township_succession AS s
INNER JOIN reported_year AS y
    ON y.report_year >= coalesce(s.first_year, y.report_year) AND y.report_year <= coalesce(s.last_year, y.report_year)
INNER JOIN dim_division AS p ON p.level = 'province' AND p.division_code = s.province_code
LEFT JOIN reported AS r ON r.township_code = s.township_code AND r.report_year = y.report_year
GROUP BY s.province_code, y.report_year
ORDER BY s.province_code, y.report_year
"""


def coverage(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row a province and year in which any unit reports: `province`, `year`, `n_units`, `n_reporting`.

    A province none of whose units reports for that year has its row too, with `n_reporting` 0: that much is known.
    """
    return pl.DataFrame(con.sql(QUERY).fetchall(), schema=SCHEMA, orient="row")


def draw_coverage(frame: pl.DataFrame) -> bytes:
    """The rows of `coverage` as a table of coloured cells, the last ten years that have reports; as SVG."""
    years = sorted(set(frame["year"]))[-MOST_YEARS:]
    shares = {(province, year): n / units for province, year, units, n in frame.iter_rows()}
    provinces = frame.filter(pl.col("year") == pl.col("year").max()).select("province", "n_units").rows()

    def draw(figure: "Figure") -> None:
        """The provinces in two columns, a row each."""
        heading(figure, "各省各年报告覆盖率", "Share of townships with an accepted report")
        panels = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.125, right=0.985, top=0.9, bottom=0.16, wspace=0.34)
        half = -(-len(provinces) // 2)
        for axes, rows in zip(panels, (provinces[:half], provinces[half:]), strict=True):
            if years:
                _cells(axes, rows, years, shares, half)
            else:
                say_too_few(axes, "尚无报告 no report yet")
        _legend(figure)
        note(figure, _totals(frame))

    return draw_svg(draw, *SIZE)


def _cells(
    axes: "Axes",
    provinces: Sequence[tuple[str, int]],
    years: Sequence[int],
    shares: dict[tuple[str, int], float],
    height: int,
) -> None:
    """One row a province with its units in the newest year, one column a year; all cells of a class are one path."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    cells: dict[str, list[Path]] = {}
    for row, (province, _) in enumerate(provinces):
        for column, year in enumerate(years):
            colour = _colour(shares.get((province, year), 0.0))
            x, y = column - 0.46, row - 0.44
            corners = [(x, y), (x + 0.92, y), (x + 0.92, y + 0.88), (x, y + 0.88), (x, y)]
            cells.setdefault(colour, []).append(Path(corners, closed=True))
    for colour, paths in sorted(cells.items()):
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), facecolor=colour, **_edge(colour)))
    axes.set(xlim=(-0.5, max(len(years), 4) - 0.5), ylim=(height - 0.5, -0.5))
    step = 1 if len(years) <= 6 else 2  # so that the years have room
    axes.set_xticks(range(len(years))[::-1][::step], [str(year) for year in years][::-1][::step])
    axes.set_yticks(range(len(provinces)), [f"{_short(province)} {units:,}" for province, units in provinces])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _colour(share: float) -> str:
    """White where no unit reports: that is known, and no share of any size."""
    return next(colour for end, colour in CLASSES if share < end) if share else "white"


def _edge(colour: str) -> dict[str, object]:
    return {"edgecolor": GREY, "linewidth": 0.3} if colour == "white" else {"edgecolor": "none"}


def _legend(figure: "Figure") -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor="white", edgecolor=GREY, linewidth=0.3, label="无 none")]
    handles += [Patch(facecolor=colour, label=label) for (_, colour), label in zip(CLASSES, LABELS, strict=True)]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 0.05), ncols=6, frameon=False, handlelength=1)


def _totals(frame: pl.DataFrame) -> str:
    """Of how many units the newest year tells."""
    latest = frame.filter(pl.col("year") == pl.col("year").max())
    if latest.is_empty():
        return ""
    year, units, found = latest["year"][0], latest["n_units"].sum(), latest["n_reporting"].sum()
    return (
        f"省名后为乡级单位数。{year}年:{units:,}个单位中{found:,}个有报告 · "
        f"Beside a name: its units. {year}: {found:,} of {units:,} units report"
    )


def _short(province: str) -> str:
    """福建省 -> 福建, 广西壮族自治区 -> 广西."""
    return re.sub(r"(壮族|回族|维吾尔)?(省|市|自治区|特别行政区)$", "", province)
