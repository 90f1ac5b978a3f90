"""The page of a figure: its value, how it came about in words, and each fact behind it with its sentence."""

from pipelines.web.blanks import blank_of_year
from pipelines.web.page_view import Asked, Content, NotFoundError


def view(asked: Asked) -> Content:
    """A figure with its facts; a cell without one says why. Raises NotFoundError for what the release does not know."""
    year = asked.whole("year", 0, 1949, 2200)
    unit, indicator = asked.row("unit"), asked.row("indicator")
    if unit is None:
        raise NotFoundError(f"no unit has the code {asked.parameters['code'][:40]!r}; a code has 9 digits")
    if indicator is None:
        raise NotFoundError(f"no indicator is called {asked.parameters['metric'][:60]!r}; the codebook lists them all")
    figure = asked.row("figure", year=year)
    used, aside = (figure["fact_ids"], figure["set_aside_fact_ids"]) if figure else ([], [])
    of_year = asked.rows("reports", year=year)
    known = (asked.row("status", year=year) or {}).get("status")
    reports = sorted({fact.split(":")[0] for fact in [*used, *aside]})
    return {
        "unit": unit,
        "indicator": indicator,
        "year": year,
        "figure": figure,
        "methods": figure["method"].split("+") if figure else [],
        "status": None if figure else known or blank_of_year(report["status"] for report in of_year),
        "reports": of_year,
        "facts": asked.rows("facts", facts=used, aside=aside, reports=reports) if reports else [],
        "file_name": f"{unit['township_code']}-{year}-{indicator['metric_code']}",
    }
