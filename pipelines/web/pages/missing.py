"""What is not there: coverage by province and year, counties without a report, quarantine, failed sites, the queue."""

from contextlib import closing
from typing import Any

import duckdb

from pipelines.web.fetched_sources import fetched_sources
from pipelines.web.open_release import Row
from pipelines.web.page_queries import page_queries
from pipelines.web.page_view import MOST_ROWS, Asked, Content, NotFoundError


def view(asked: Asked) -> Content:
    """What is missing in the whole release or in one `area`. Raises NotFoundError for a code that no area has."""
    code = asked.parameters.get("area", "").strip() or None
    area = asked.row("area", area=code) if code else None
    if code and (area is None or area["level"] == "township"):
        raise NotFoundError(f"no county, prefecture or province has the code {code[:40]!r}; a code has 6 digits")
    number = asked.whole("page", 1, least=1)
    reason = asked.parameters.get("reason", "").strip() or None
    sources, sources_said = fetched_sources(asked.settings, asked.kept_rows("sources"))
    within: dict[str, Any] = {"area": code, "prefix": code.rstrip("0") if code else ""}
    return {
        "area": {"code": code, **area} if area else None,
        "coverage": _by_province(asked.kept_rows("coverage", area=code)),
        "counties": asked.kept_rows("counties", area=code),
        "silent_units": asked.rows("silent_units", area=code) if area and area["level"] == "county" else [],
        "reasons": asked.kept_rows("reasons", **within),
        "reason": reason,
        "quarantined": asked.rows(
            "quarantined", reason=reason, most=MOST_ROWS, skip=(number - 1) * MOST_ROWS, **within
        ),
        "page_number": number,
        "most": MOST_ROWS,
        "n_sources": len(sources),
        "n_failed_sources": sum(one["state"] == "failed" for one in sources),
        "sources": sources[:MOST_ROWS],
        "sources_said": sources_said,
        "queue": asked.release.kept("queue over releases", lambda: _queue(asked)),
    }


def _by_province(rows: list[Row]) -> dict[str, Any]:
    """The years, and for each province its units and how many of them reported in each year."""
    years = sorted({row["report_year"] for row in rows if row["report_year"] is not None})
    provinces: dict[str, dict[str, Any]] = {}
    for row in rows:
        province = provinces.setdefault(
            row["province_code"],
            {"code": row["province_code"], "name": row["province_name"], "n_units": row["n_units"], "reporting": {}},
        )
        if row["report_year"] is not None:
            province["reporting"][row["report_year"]] = row["n_reporting"]
    return {"years": years, "provinces": list(provinces.values())}


def _queue(asked: Asked) -> list[dict[str, Any]]:
    """How long the queue was in each kept release, the oldest first; ids begin with the time of the release."""
    query = page_queries(asked.page)["queue"].sql
    sizes = []
    for path in sorted(asked.settings.releases_dir.glob("*.duckdb")):
        if path.stem == asked.release.release_id:
            sizes.append({"release_id": path.stem, **(asked.row("queue") or {})})
            continue
        try:
            with closing(duckdb.connect(str(path), read_only=True)) as con:
                items, reports = con.execute(query).fetchall()[0]
        except duckdb.Error:  # a release of an older version may have no such table
            continue
        sizes.append({"release_id": path.stem, "n_items": items, "n_reports": reports})
    return sizes
