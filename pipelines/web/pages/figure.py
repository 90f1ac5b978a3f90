"""The page of a figure: its value, how it came about in words, and each fact behind it with its sentence."""

from pipelines.web.blanks import blank_of_year
from pipelines.web.divisions import Divisions
from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked, Content, NotFoundError

_AROUND = 60  # characters of the text that are shown on each side of a sentence


def view(asked: Asked) -> Content:
    """A figure with its facts; a cell without one says why. Raises NotFoundError for what the release does not know."""
    year = asked.whole("year", 0, 1949, 2200)
    unit = Divisions.of(asked.release).unit(
        asked.parameters["code"], "township_code", "township_name", "county_name", "city_name", "province_name"
    )
    indicator = asked.kept_by("indicators", "metric_code").get(asked.parameters["metric"])
    if unit is None:
        raise NotFoundError(f"no unit has the code {asked.parameters['code'][:40]!r}; a code has 9 digits")
    if indicator is None:
        raise NotFoundError(f"no indicator is called {asked.parameters['metric'][:60]!r}; the codebook lists them all")
    figure = asked.row("figure", year=year)
    used, aside = (figure["fact_ids"], figure["set_aside_fact_ids"]) if figure else ([], [])
    of_year = asked.rows("reports", year=year)
    known = None if figure else (asked.row("status", year=year) or {}).get("status")
    return {
        "unit": unit,
        "indicator": indicator,
        "year": year,
        "figure": figure,
        "methods": figure["method"].split("+") if figure else [],
        "status": None if figure else known or blank_of_year(report["status"] for report in of_year),
        "reports": of_year,
        "facts": _facts(asked, used, aside) if used or aside else [],
        "file_name": f"{unit['township_code']}-{year}-{indicator['metric_code']}",
    }


def _facts(asked: Asked, used: list[str], aside: list[str]) -> list[Row]:
    """The facts with these ids, those that were used first, each with the name of its indicator and its sentence.

    They are put together here, as each table that a query joins costs it more than a look into what is kept.
    """
    reports = sorted({fact.split(":")[0] for fact in [*used, *aside]})
    texts = {report: text for report in reports if (text := asked.text(report)) is not None}
    indicators = asked.kept_by("indicators", "metric_code")
    return [
        _shown(row, indicators[row["metric_code"]], texts[row["report_id"]])
        for row in asked.rows("facts", facts=used, aside=aside, reports=reports)
        if row["metric_code"] in indicators and row["report_id"] in texts
    ]


def _shown(row: Row, indicator: Row, text: str) -> Row:
    start, end, is_used = row["char_start"], row["char_end"], row.pop("is_used")
    named = {"fact_id": row["fact_id"], "report_id": row["report_id"], "metric_code": row["metric_code"]}
    return {
        **named,
        "name_zh": indicator["name_zh"],
        "name_en": indicator["name_en"],
        **row,
        "words_before": text[max(start - _AROUND, 0) : start],
        "words": text[start:end],
        "words_after": text[end : end + _AROUND],
        "is_used": is_used,
    }
