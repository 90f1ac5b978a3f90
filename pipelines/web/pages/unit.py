"""The page of a unit: a grid of indicators and years, with a named blank wherever no figure stands."""

from itertools import groupby
from typing import Any

from pipelines.web.blanks import blank_of_year
from pipelines.web.divisions import Divisions
from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked, Content, NotFoundError
from pipelines.web.sparkline import sparkline

#: What a cell without a figure holds besides its place: the columns of the query `figures`.
_NO_FIGURE: Row = dict.fromkeys(
    ("value", "unit", "qualifier", "value_low", "value_high", "method", "n_facts", "has_conflict", "confidence")
)


def view(asked: Asked) -> Content:
    """The grid of a unit. Raises NotFoundError for a code that no unit has."""
    code = asked.parameters["code"]
    unit = Divisions.of(asked.release).unit(code)
    if unit is None:
        raise NotFoundError(f"no unit has the code {code[:40]!r}; a code has 9 digits, the search box finds it by name")
    years = [row["report_year"] for row in asked.kept_rows("years")]
    reports = asked.rows("reports")
    figures = {(row["metric_code"], row["report_year"]): row for row in asked.rows("figures")}
    blanks = _Blanks(reports, asked.rows("statuses"))
    quartiles = {
        (row["metric_code"], row["report_year"]): row["quartiles"]
        for row in asked.rows("quartiles", county=unit["county_code"])
    }
    stated = {metric for metric, _ in figures}
    rows = [
        _row(indicator, years, figures, blanks, quartiles)
        for indicator in asked.kept_rows("indicators")
        if indicator["metric_code"] in stated or indicator["is_headline"] or indicator["is_main"]
    ]
    return {
        "unit": unit,
        "years": years,
        "families": [
            {"family": family, "rows": list(below)} for family, below in groupby(rows, lambda row: row["family"])
        ],
        "reports": reports,
        "relatives": _relatives(asked).get(code, []),
        "cells": [cell for row in rows for cell in row["cells"]],
        "file_name": code,
    }


def _relatives(asked: Asked) -> dict[str, list[Row]]:
    """The units that came before or after a unit, for each that has any."""

    def made() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in asked.rows("relatives"):
            found.setdefault(row.pop("code"), []).append(row)
        return found

    return asked.release.kept("relatives of units", made)


class _Blanks:
    """Why a cell is empty: the warehouse's own status where it has one, else what is known of the year's reports."""

    def __init__(self, reports: list[Row], statuses: list[Row]) -> None:
        self._known = {(row["metric_code"], row["report_year"]): row["status"] for row in statuses}
        found: dict[int, set[str]] = {}
        for report in reports:
            found.setdefault(report["report_year"], set()).add(report["status"])
        self._years = {year: blank_of_year(statuses) for year, statuses in found.items()}

    def status(self, metric: str, year: int) -> str:
        return self._known.get((metric, year)) or self._years.get(year) or blank_of_year(())


def _row(
    indicator: Row,
    years: list[int],
    figures: dict[tuple[str, int], Row],
    blanks: _Blanks,
    quartiles: dict[tuple[str, int], list[float]],
) -> dict[str, Any]:
    """An indicator with a cell for each year, and the sparkline of both against the county."""
    metric = indicator["metric_code"]
    cells = []
    for year in years:
        figure = figures.get((metric, year))
        status = "stated" if figure else blanks.status(metric, year)
        head = {"metric_code": metric, "name_zh": indicator["name_zh"], "report_year": year, "status": status}
        cells.append({**head, **(figure or _NO_FIGURE)})
    bands = [quartiles.get((metric, year)) for year in years]
    return {
        **indicator,
        "cells": cells,
        "sparkline": sparkline([cell["value"] for cell in cells], bands),
    }
