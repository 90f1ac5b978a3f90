"""The page that puts units and areas beside each other: a small chart for each indicator, and the table beneath."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.web.blanks import blank_of_year
from pipelines.web.chart_data import Chart, line_chart, words
from pipelines.web.divisions import Divisions
from pipelines.web.figure_text import number_text, share_text
from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked, Content
from pipelines.web.pages.search import search_index

MOST_PLACES, MOST_METRICS = 8, 6
_COMMAS = str.maketrans(",、;;\n", ",,,,,")


@dataclass
class _Chosen:
    """What is compared, and what was asked for but could not be taken, in words."""

    places: list[Row] = field(default_factory=list)
    metrics: list[Row] = field(default_factory=list)
    said: list[dict[str, str]] = field(default_factory=list)
    choices: list[dict[str, str]] = field(default_factory=list)


def view(asked: Asked) -> Content:
    """Up to eight places (`units`, and `add` by code or name) and six indicators (`metrics`, `add_metric`) by year.

    Without indicators the headlines are shown. `by=unit` divides the sums of areas by the units that state them. What
    cannot be shown is said.
    """
    chosen = _Chosen()
    indicators = asked.kept_rows("indicators")
    _choose_places(asked, chosen)
    _choose_metrics(asked, indicators, chosen)
    codes = [place["code"] for place in chosen.places]
    metrics = [one["metric_code"] for one in chosen.metrics]
    by = "unit" if asked.parameters.get("by") == "unit" else "area"
    years = [row["report_year"] for row in asked.kept_rows("years")]
    cells = _cells(asked, chosen, years, by) if codes else []
    return {
        "places": chosen.places,
        "metrics": chosen.metrics,
        "indicators": indicators,
        "years": years,
        "by": by,
        "said": chosen.said,
        "choices": chosen.choices,
        "units": ",".join(codes),
        "metric_codes": ",".join(metrics),
        "rows": cells,
        "panels": [_panel(metric, chosen.places, years, cells) for metric in chosen.metrics] if codes else [],
        "file_name": "compare",
    }


def _parts(asked: Asked, *names: str) -> list[str]:
    """What stands between commas in the parameters; codes may stand between blanks too. Each once, in order."""
    parts: list[str] = []
    for name in names:
        for part in asked.parameters.get(name, "")[:2000].translate(_COMMAS).split(","):
            is_codes = all(word.isascii() and word.isdigit() for word in part.split())
            parts += part.split() if is_codes else [part.strip()]
    return list(dict.fromkeys(part for part in parts if part))


def _choose_places(asked: Asked, chosen: _Chosen) -> None:
    codes = [code for part in _parts(asked, "units", "add") for code in _codes(asked, part, chosen)]
    codes = list(dict.fromkeys(codes))
    divisions = Divisions.of(asked.release)
    known = {code: place for code in codes if (place := divisions.place(code))}
    for code in codes:
        if code not in known:
            message = f"{code[:40]}:没有这个代码(乡级九位,县、市、省六位)"
            chosen.said.append(words(message, f"{code[:40]}: no unit (9 digits) and no area (6 digits) has this code"))
    found = [known[code] for code in codes if code in known]
    chosen.places = found[:MOST_PLACES]
    if left := found[MOST_PLACES:]:
        names = ", ".join(place["name"] for place in left)
        chosen.said.append(words(f"最多 {MOST_PLACES} 个;未列入:{names}", f"{MOST_PLACES} at most; left out: {names}"))


def _codes(asked: Asked, part: str, chosen: _Chosen) -> list[str]:
    """The code that a part is or that its name has. A name that several have is put to choice."""
    if part.isascii() and part.isdigit():
        return [part]
    found = [one for one in search_index(asked.release).find(part[:100]) if one.kind != "metric"]
    same = [one for one in found if one.name == part.split()[-1]] or found
    if len(same) == 1:
        return [same[0].code]
    if same:
        chosen.choices += [{"code": one.code, "name": one.name, "where": one.where} for one in same]
        message = words(
            f"{part[:40]}:有多个同名或相近的,请选择", f"{part[:40]}: several are called so or alike; choose"
        )
    else:
        message = words(f"{part[:40]}:没有找到", f"{part[:40]}: nothing is called so")
    chosen.said.append(message)
    return []


def _choose_metrics(asked: Asked, indicators: Iterable[Row], chosen: _Chosen) -> None:
    known = {row["metric_code"]: row for row in indicators}
    wanted = _parts(asked, "metrics", "add_metric")
    for code in wanted:
        if code not in known:
            chosen.said.append(words(f"{code[:60]}:没有这个指标", f"{code[:60]}: no indicator has this code"))
    found = [known[code] for code in wanted if code in known]
    chosen.metrics = found[:MOST_METRICS] or [row for row in known.values() if row["is_headline"]]
    if left := found[MOST_METRICS:]:
        names = ", ".join(row["metric_code"] for row in left)
        chosen.said.append(
            words(f"最多 {MOST_METRICS} 个指标;未列入:{names}", f"{MOST_METRICS} indicators at most; left out: {names}")
        )


def _cells(asked: Asked, chosen: _Chosen, years: list[int], by: str) -> list[dict[str, Any]]:
    """One cell for each indicator, place and year; a cell without a figure says why it is blank."""
    codes = [place["code"] for place in chosen.places]
    asks = {"codes": codes, "metrics": [one["metric_code"] for one in chosen.metrics]}
    # Areas and units stand in tables of their own, of which none is read in vain.
    levels = {place["level"] == "township" for place in chosen.places}
    has_areas, has_units = False in levels, True in levels
    figures = {
        (row["metric_code"], row["code"], row["report_year"]): row
        for row in [
            *(asked.rows("area_figures", by=by, **asks) if has_areas else ()),
            *(asked.rows("unit_figures", **asks) if has_units else ()),
        ]
    }
    blanks = {
        (row["metric_code"], row["code"], row["report_year"]): row["status"]
        for row in (asked.rows("blanks", **asks) if has_units else ())
    }
    reports = {
        (row["code"], row["report_year"]): row["statuses"]
        for row in (asked.rows("reports", codes=codes) if has_units else ())
    }
    names = ("value", "unit", "qualifier", "method", "n_reporting", "n_units", "coverage")
    cells = []
    for metric in asks["metrics"]:
        for place in chosen.places:
            for year in years:
                figure: Mapping[str, Any] = figures.get((metric, place["code"], year), {})
                if figure:
                    status = "stated"
                elif place["level"] != "township":
                    status = "none_states"
                else:
                    of_year = blank_of_year(reports.get((place["code"], year), ()))
                    status = blanks.get((metric, place["code"], year), of_year)
                cell = {"metric_code": metric, "code": place["code"], "name": place["name"], "report_year": year}
                cells.append({**cell, "status": status, **{name: figure.get(name) for name in names}})
    return cells


def _panel(metric: Row, places: list[Row], years: list[int], cells: list[dict[str, Any]]) -> dict[str, Any]:
    """An indicator with a row of cells for each place, and its chart."""
    rows = [
        {"place": place, "cells": [cell for cell in cells if _is_of(cell, metric["metric_code"], place["code"])]}
        for place in places
    ]
    return {"metric": metric, "rows": rows, "chart": _chart(metric, rows, years)}


def _is_of(cell: Mapping[str, Any], metric: str, code: str) -> bool:
    return bool(cell["metric_code"] == metric and cell["code"] == code)


def _chart(metric: Row, rows: list[dict[str, Any]], years: list[int]) -> Chart | None:
    """A line for each place; None where no cell has a figure."""
    every = [cell for row in rows for cell in row["cells"]]
    stated = [cell for cell in every if cell["value"] is not None]
    if not stated:
        return None
    names = [row["place"]["name"] for row in rows]
    series = [
        {
            # Two places of one name are told apart by their codes.
            "name": name if names.count(name) == 1 else f"{name} {row['place']['code']}",
            "values": [cell["value"] for cell in row["cells"]],
            "bounds": [cell["qualifier"] for cell in row["cells"]],
        }
        for name, row in zip(names, rows, strict=True)
    ]
    title = words(metric["name_zh"], metric["name_en"])
    return line_chart(title, metric["unit"] or "", _note(stated, len(every)), years, series)


def _note(stated: list[dict[str, Any]], n_cells: int) -> dict[str, str]:
    """How many of the cells have a figure; of areas also from how many units, and their coverage."""
    zh, en = f"n = {len(stated)}/{n_cells} 格写明", f"n = {len(stated)} of {n_cells} cells stated"
    shares = [cell["coverage"] for cell in stated if cell["coverage"] is not None]
    if shares:
        units = [cell["n_reporting"] for cell in stated if cell["coverage"] is not None]
        least, most = number_text(min(units)), number_text(max(units))
        low, high = share_text(min(shares)), share_text(max(shares))
        zh += f";地区:{least}–{most} 个单位,覆盖 {low}–{high}"
        en += f"; areas: {least} to {most} units, coverage {low} to {high}"
    return words(zh, en)
