"""What a chart draws, as plain data for `static/charts.js`: the kind, the categories, the series and their bounds.

A chart is `{kind, title, unit, note, categories, series}`. A text is `{zh, en}` or a plain string. A series is
`{name, values, bounds}`, one entry a category; None is a gap. A bound is a qualifier: a lower bound is drawn hollow.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pipelines.web.figure_text import number_text
from pipelines.web.open_release import Row
from pipelines.web.province_tiles import province_tiles

Chart = dict[str, Any]
CLASSES = 20  # of a histogram, about
_COVERED = 0.95  # share of the figures that the equal classes hold; what lies above is one open class


def words(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def histogram(counts: Sequence[Row]) -> list[dict[str, Any]]:
    """Classes of equal width from `counts` (rows of `value`, `n`, `n_at_least`, by value).

    Returns {low, high, label, n, n_at_least}; `low` belongs to its class, `high` to the next. The last class has no
    `high`: it holds what lies above 95 % of the figures, so that one giant does not squeeze the rest into one bar.
    """
    total = sum(row["n"] for row in counts)
    if not total:
        return []
    least, most, seen = counts[0]["value"], counts[-1]["value"], 0
    for row in counts:
        seen += row["n"]
        if seen >= _COVERED * total:
            most = row["value"]
            break
    width = _round_width((most - least) / CLASSES)
    start = math.floor(least / width) * width
    edges = [start + width * at for at in range(math.floor((most - start) / width) + 2)]
    is_one_value = width == 1 and all(row["value"] % 1 == 0 for row in counts)
    classes = [_class(low, high, is_one_value) for low, high in pairwise(edges)]
    if counts[-1]["value"] >= edges[-1]:
        classes.append(_class(edges[-1], None, is_one_value))
    for row in counts:
        one = classes[min(int((row["value"] - start) / width), len(classes) - 1)]
        one["n"] += row["n"]
        one["n_at_least"] += row["n_at_least"]
    return classes


def _round_width(width: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ...: no class is narrower than 1."""
    if width <= 1:
        return 1
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= width)


def _class(low: float, high: float | None, is_one_value: bool) -> dict[str, Any]:
    if high is None:
        label = f"≥ {number_text(low)}"
    else:
        label = number_text(low) if is_one_value else f"{number_text(low)}–<{number_text(high)}"
    return {"low": low, "high": high, "label": label, "n": 0, "n_at_least": 0}


def histogram_chart(classes: Sequence[Mapping[str, Any]], unit: str, note: dict[str, str]) -> Chart:
    """Bars of a histogram; units that state only a lower bound are a part of each bar of their own."""
    exact = [one["n"] - one["n_at_least"] for one in classes]
    return {
        "kind": "bars",
        "title": words("分布", "Distribution"),
        "unit": unit,
        "axis": words("单位数", "units"),
        "note": note,
        "categories": [one["label"] for one in classes],
        "series": [
            {"name": words("确切或约数", "exact or about"), "values": exact},
            {"name": words("至少", "at least"), "values": [one["n_at_least"] for one in classes]},
        ],
    }


def tile_chart(areas: Iterable[Row], unit: str, note: dict[str, str]) -> Chart:
    """The grid of provinces, each with its figure a unit; a province without one stays blank."""
    known = {row["province_code"]: row for row in areas}
    tiles = []
    for code, tile in province_tiles().items():
        row = known.get(code)
        tiles.append(
            {
                "x": tile.x,
                "y": tile.y,
                "name": words(tile.zh, tile.en),
                "value": row["per_unit"] if row else None,
                "bound": "at_least" if row and row["is_lower_bound"] else None,
                "n": row["n_reporting"] if row else 0,
                "coverage": row["coverage"] if row else None,
            }
        )
    return {"kind": "tiles", "title": words("各省", "Provinces"), "unit": unit, "note": note, "tiles": tiles}


def map_chart(counties: Iterable[Row], unit: str, note: dict[str, str]) -> Chart:
    """Counties on the boundaries of the warehouse. `codes` are those that a county may have there, its own first."""
    areas = [
        {
            "codes": [row["county_code"], *(row["former_codes"] or ())],
            "name": row["county_name"],
            "value": row["per_unit"],
            "bound": "at_least" if row["is_lower_bound"] else None,
            "n": row["n_reporting"],
            "coverage": row["coverage"],
        }
        for row in counties
    ]
    return {"kind": "map", "title": words("各县", "Counties"), "unit": unit, "note": note, "areas": areas}


def line_chart(
    title: dict[str, str] | str, unit: str, note: dict[str, str], years: Sequence[int], series: list[dict[str, Any]]
) -> Chart:
    """Lines over years; a year without a figure is a gap."""
    return {
        "kind": "lines",
        "title": title,
        "unit": unit,
        "note": note,
        "categories": [str(year) for year in years],
        "series": series,
    }
