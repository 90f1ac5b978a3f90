"""The page of an indicator: what counts, how its figures are spread over units, counties, provinces and years."""

from typing import Any

from pipelines.web.chart_data import Chart, histogram, histogram_chart, line_chart, map_chart, tile_chart, words
from pipelines.web.codebook_examples import codebook_examples, shown_codebook_version
from pipelines.web.county_map import MAP
from pipelines.web.figure_text import number_text, share_text
from pipelines.web.open_release import Row
from pipelines.web.page_view import MOST_ROWS, Asked, Content, NotFoundError
from pipelines.web.province_tiles import province_tiles

HALF = 0.5  # of a county's units must state the figure before the county is ranked
MOST_COUNTIES = 5000  # more than there are: the whole ranking
MOST_FACTS = 4_000_000  # that are counted by rule; 20 ms
_DRAWN = 20  # counties in the chart of the ranking


def view(asked: Asked) -> Content:
    """An indicator in one year (`year`; the last without one) and one province (`province`) or all.

    `all=1` ranks counties of any coverage, `by=unit` ranks by the figure a unit, `most` says how many counties are
    given. Raises NotFoundError for a code, a year or a province that the release does not know.
    """
    code = asked.parameters["code"]
    indicator = asked.kept_by("indicators", "metric_code").get(code)
    if indicator is None:
        raise NotFoundError(f"no indicator is called {code[:60]!r}; the codebook lists them all")
    years = asked.kept_rows("years", code=code)
    year = _year(asked, [row["report_year"] for row in years])
    province = _province(asked)
    asks_all, by = asked.whole("all", 0, 0, 1), "unit" if asked.parameters.get("by") == "unit" else "area"
    areas = asked.rows("areas")
    ranking = asked.rows(
        "ranking",
        year=year,
        province=province,
        by=by,
        least=0.0 if asks_all else HALF,
        most=asked.whole("most", MOST_ROWS, 1, MOST_COUNTIES),
    )
    has_map = (asked.settings.warehouse_dir / MAP).is_file()
    counties = asked.rows("counties", year=year, least=0.0 if asks_all else HALF) if has_map else []
    classes = histogram(asked.rows("counts", year=year))
    trend = _trend(years, [row for row in areas if row["province_code"] == province])
    now = next((row for row in years if row["report_year"] == year), None)
    provinces = [row for row in areas if row["report_year"] == year]
    release = next(iter(asked.kept_rows("release")), {})
    rules = asked.kept_rows("rules", code=code, most=MOST_FACTS)
    entry = codebook_examples().get(code, {})  # a headline has none
    return {
        "indicator": indicator,
        "parts": asked.kept_rows("parts", code=code),
        "examples": entry.get("matches", []),
        "counter_examples": entry.get("others", []),
        "codebook_differs": release.get("codebook_version") != shown_codebook_version(),
        "years": years,
        "year": year,
        "now": now,
        "province": province,
        "province_name": province_tiles()[province].zh if province else None,
        "asks_all": bool(asks_all),
        "by": by,
        "distribution": classes,
        "ranking": ranking,
        "trend": trend,
        "provinces": provinces,
        "rules": [{**row, "words": entry.get("rules", {}).get(row["rule_id"], "")} for row in rules],
        "rules_of_facts": min(release.get("n_facts", 0), MOST_FACTS),
        "rules_are_part": release.get("n_facts", 0) > MOST_FACTS,
        "charts": {
            **_charts(indicator, now, classes, ranking, by, trend, province, provinces),
            "map": map_chart(counties, indicator["unit"] or "", _counties_note(counties)) if counties else None,
        },
        "file_name": f"{code}-{year}" if year else code,
    }


def _year(asked: Asked, years: list[int]) -> int | None:
    """The year asked for, else the last; None where the release has none."""
    year = asked.whole("year", years[-1] if years else 0, 0, 9999)
    if year and year not in years:
        raise NotFoundError(f"no report is of {year}; this release has {', '.join(map(str, years)) or 'none'}")
    return year or None


def _province(asked: Asked) -> str | None:
    code = asked.parameters.get("province", "").strip()
    if code and code not in province_tiles():
        raise NotFoundError(f"no province has the code {code[:40]!r}; a code has 6 digits, such as 330000")
    return code or None


def _trend(years: list[Row], areas: list[Row]) -> list[dict[str, Any]]:
    """Year by year: the nation's median of the units that state the figure, and the province's figure a unit."""
    by_year = {row["report_year"]: row for row in areas}
    return [
        {
            "report_year": row["report_year"],
            "median": row["median"],
            "n_stating": row["n_stating"],
            "n_reporting": row["n_reporting"],
            "share_stating": row["share_stating"],
            "n_lower_bound": row["n_lower_bound"],
            "province": by_year.get(row["report_year"]),
        }
        for row in years
    ]


def _charts(
    indicator: Row,
    now: Row | None,
    classes: list[dict[str, Any]],
    ranking: list[Row],
    by: str,
    trend: list[dict[str, Any]],
    province: str | None,
    provinces: list[Row],
) -> dict[str, Chart | None]:
    """The four charts; None for one that has nothing to draw. Each says its n and its coverage."""
    unit = indicator["unit"] or ""
    return {
        "distribution": histogram_chart(classes, unit, _note(now)) if classes and now else None,
        "provinces": tile_chart(provinces, unit, _areas_note(provinces)) if provinces else None,
        "ranking": _ranking_chart(ranking[:_DRAWN], by, unit) if ranking else None,
        "trend": _trend_chart(trend, province, unit) if len(trend) > 1 else None,
    }


def _note(now: Row | None) -> dict[str, str]:
    if now is None:
        return words("", "")
    stating, of, share = (
        number_text(now["n_stating"]),
        number_text(now["n_reporting"]),
        share_text(now["share_stating"]),
    )
    return words(
        f"n = {stating}(有报告的 {of} 个单位中的 {share})", f"n = {stating} of {of} units with a report ({share})"
    )


def _areas_note(rows: list[Row]) -> dict[str, str]:
    reporting, units = (sum(row[name] or 0 for row in rows) for name in ("n_reporting", "n_units"))
    share = share_text(reporting / units if units else None)
    n, of = number_text(reporting), number_text(units)
    return words(
        f"n = {n};{len(rows)} 个省,共 {of} 个单位,覆盖 {share}",
        f"n = {n} units in {len(rows)} provinces, which have {of} (coverage {share})",
    )


def _counties_note(rows: list[Row]) -> dict[str, str]:
    n = number_text(sum(row["n_reporting"] for row in rows))
    lowest = share_text(min((row["coverage"] for row in rows if row["coverage"] is not None), default=None))
    return words(
        f"n = {n} 个单位,{len(rows)} 个县;各县覆盖率不低于 {lowest}",
        f"n = {n} units in {len(rows)} counties, each covered to {lowest} or more",
    )


def _ranking_chart(rows: list[Row], by: str, unit: str) -> Chart:
    column = "per_unit" if by == "unit" else "value"
    shares = [row["coverage"] for row in rows if row["coverage"] is not None]
    lowest = share_text(min(shares)) if shares else "—"
    n = number_text(sum(row["n_reporting"] for row in rows))
    series = {
        "name": words("每单位", "a unit") if by == "unit" else words("全县", "the county"),
        "values": [row[column] for row in rows],
        "bounds": ["at_least" if row["is_lower_bound"] else None for row in rows],
    }
    return {
        "kind": "rows",
        "title": words(f"前 {len(rows)} 个县", f"First {len(rows)} counties"),
        "unit": unit,
        "note": words(
            f"n = {n} 个单位;各县覆盖率不低于 {lowest}", f"n = {n} units; each county covered to {lowest} or more"
        ),
        "categories": [row["county_name"] for row in rows],
        "series": [series],
    }


def _trend_chart(trend: list[dict[str, Any]], province: str | None, unit: str) -> Chart:
    series = [{"name": words("全国中位数", "median of all units"), "values": [row["median"] for row in trend]}]
    if province:
        tile = province_tiles()[province]
        areas = [row["province"] for row in trend]
        series.append(
            {
                "name": words(f"{tile.zh}(每单位)", f"{tile.en}, a unit"),
                "values": [area["per_unit"] if area else None for area in areas],
                "bounds": ["at_least" if area and area["is_lower_bound"] else None for area in areas],
            }
        )
    counts = [row["n_stating"] for row in trend]
    least, most = number_text(min(counts)), number_text(max(counts))
    shares = [row["share_stating"] for row in trend if row["share_stating"] is not None]
    low, high = (share_text(min(shares)), share_text(max(shares))) if shares else ("—", "—")
    note = words(
        f"n = {least}–{most},占有报告单位的 {low}–{high}",
        f"n = {least} to {most} a year: {low} to {high} of units with a report",
    )
    return line_chart(words("走势", "Trend"), unit, note, [row["report_year"] for row in trend], series)
