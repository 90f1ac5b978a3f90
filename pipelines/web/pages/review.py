"""The page of the review queue: an inbox of doubts by their worth, with what people have answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipelines.web import pending
from pipelines.web.corrections_file import FileLine
from pipelines.web.divisions import Divisions
from pipelines.web.figure_text import cell_number
from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked, Content, NotFoundError

ITEMS = 30  # on one page
_FILTERS = ("kind", "province", "family")
_PLACE = ("township_name", "county_name", "city_name", "province_name")
_MOST_ANSWERED = 5000  # items that are looked at to say how many are done


def view(asked: Asked) -> Content:
    """A page of the queue, narrowed by `kind`, `province` and `family`, and how far people have come."""
    number = asked.whole("page", 1, least=1, most=100_000)
    filters = {name: asked.parameters.get(name, "").strip() or None for name in _FILTERS}
    lines, unreadable = pending.lines_of(asked)
    counts = asked.kept_rows("counts")
    return {
        "items": _items(asked, lines, most=ITEMS, skip=(number - 1) * ITEMS, **filters),
        "filters": filters,
        "choices": _choices(
            counts, {row["province_code"]: row["province_name"] for row in asked.kept_rows("provinces")}
        ),
        "n_found": sum(row["n"] for row in counts if _fits(row, filters)),
        "n_items": sum(row["n"] for row in counts),
        "page_number": number,
        "most": ITEMS,
        "unreadable": unreadable,
        **_progress(asked, lines),
    }


def item_view(asked: Asked) -> Content:
    """One item, for htmx. Raises NotFoundError for one that is not in the queue."""
    asked = replace(asked, page="review")
    item = asked.parameters.get("item", "")
    found = _items(asked, pending.lines_of(asked)[0], item=item)
    if not found:
        raise NotFoundError(f"the queue has no item {item[:80]!r} in this release; load the page again")
    return {"item": found[0]}


def _items(asked: Asked, lines: Sequence[FileLine], **narrowed: Any) -> list[dict[str, Any]]:
    """Items with their facts. Each fact has the lines that speak of it; an item is done when nothing of it is open.

    What their reports, units and indicators are called is looked up for these few, as a join reads the whole tables.
    """
    indicators = asked.kept_by("indicators", "metric_code")
    family = narrowed.pop("family", None)
    metrics = None if family is None else [code for code, row in indicators.items() if row["family"] == family]
    within = {"kind": None, "province": None, "item": None, "reports": None, "most": 1, "skip": 0}
    items = asked.rows("items", **{**within, **narrowed, "metrics": metrics})
    wanted = sorted({fact for item in items for fact in item["fact_ids"] or ()})
    of_facts = {fact.split(":")[0] for fact in wanted}
    of_items = {item["report_id"] for item in items if item["report_id"]}
    found = asked.rows("reports", reports=sorted(of_facts | of_items)) if of_facts | of_items else []
    reports = {row["report_id"]: row for row in found}
    facts = {
        row["fact_id"]: _named_fact(row, reports[row["report_id"]], indicators[row["metric_code"]])
        for row in (asked.rows("facts", facts=wanted, reports=sorted(of_facts)) if wanted else ())
        if row["metric_code"] in indicators and row["report_id"] in reports
    }
    units, applied = Divisions.of(asked.release), asked.kept_rows("corrections")
    named = [_named_item(item, reports.get(item["report_id"]), units, indicators) for item in items]
    return [_item(item, facts, lines, applied) for item in named]


def _named_item(item: Row, report: Row | None, units: Divisions, indicators: dict[str, Row]) -> Row:
    """An item with the title of its report, the names of its unit and of its indicator; None for what has none."""
    unit = units.unit(item["township_code"], *_PLACE) or dict.fromkeys(_PLACE)
    indicator = indicators.get(item["metric_code"])
    return {
        **{name: item[name] for name in ("review_id", "kind", "worth", "report_id")},
        "raw_path": report["raw_path"] if report else None,
        "title": report["title"] if report else None,
        "township_code": item["township_code"],
        **unit,
        "report_year": item["report_year"],
        "metric_code": item["metric_code"],
        "name_zh": indicator["name_zh"] if indicator else None,
        "name_en": indicator["name_en"] if indicator else None,
        **item,
    }


def _named_fact(fact: Row, report: Row, indicator: Row) -> Row:
    """A fact with the path and the year of its report and the names of its indicator."""
    return {
        "fact_id": fact["fact_id"],
        "report_id": fact["report_id"],
        "raw_path": report["raw_path"],
        "report_year": report["report_year"],
        "metric_code": fact["metric_code"],
        "name_zh": indicator["name_zh"],
        "name_en": indicator["name_en"],
        **fact,
    }


def _item(item: Row, facts: dict[str, Row], lines: Sequence[FileLine], applied: Sequence[Row]) -> dict[str, Any]:
    own = [_fact(facts[fact], lines, applied) for fact in item["fact_ids"] or () if fact in facts]
    others = []
    if not own and item["report_id"]:
        here = pending.on_report(lines, item)
        answers = [
            line
            for line in here
            if line.staged["action"] in ("place", "year", "kind") or _covers(line, item["at_number"])
        ]
        others = [one for one in pending.with_outcomes(answers, applied) if one["outcome"] == pending.WAITING]
    is_done = all(fact["is_answered"] for fact in own) if own else bool(others)
    return {**item, "facts": own, "lines": others, "is_done": is_done}


def _fact(fact: Row, lines: Sequence[FileLine], applied: Sequence[Row]) -> dict[str, Any]:
    same = pending.on_fact(pending.on_report(lines, fact), fact)
    shown = pending.with_outcomes(same, applied)
    before = fact["number_start"] - fact["char_start"]
    after = fact["number_end"] - fact["char_start"]
    return {
        **fact,
        "machine_cell": cell_number(fact["machine_value"]),
        "words": (fact["evidence"][:before], fact["evidence"][before:after], fact["evidence"][after:]),
        "lines": shown,
        "seen": pending.seen(same),
        "is_answered": fact["corrected_by"] is not None or any(one["outcome"] == pending.WAITING for one in shown),
    }


def _covers(line: FileLine, place: int | None) -> bool:
    start, end = line.staged["char_start"], line.staged["char_end"]
    return place is not None and start is not None and bool(start <= place < end)


def _progress(asked: Asked, lines: Sequence[FileLine]) -> dict[str, Any]:
    """How many lines each person wrote and how many wait, and how many items those that wait answer."""
    shown = pending.with_outcomes(lines, asked.kept_rows("corrections"))
    waiting = [line for line, one in zip(lines, shown, strict=True) if one["outcome"] == pending.WAITING]
    wrote = Counter(line.staged["corrected_by"] or "?" for line in lines)
    waits = Counter(line.staged["corrected_by"] or "?" for line in waiting)
    names = sorted({line.staged["report"] for line in waiting if line.staged["report"]})
    reports = [row["report_id"] for row in asked.rows("named_reports", names=names)] if names else []
    touched = _items(asked, lines, reports=reports, most=_MOST_ANSWERED) if reports else []
    return {
        "people": [{"who": who, "n_lines": n, "n_waiting": waits[who]} for who, n in wrote.most_common()],
        "n_done": sum(item["is_done"] for item in touched),
        "n_waiting": len(waiting),
    }


def _choices(counts: Sequence[Row], provinces: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """For each filter its codes, with how many items each has."""
    choices = {}
    for name, column in zip(_FILTERS, ("kind", "province_code", "family"), strict=True):
        n = Counter[str]()
        for row in counts:
            if row[column] is not None:
                n[row[column]] += row["n"]
        choices[name] = [{"code": code, "name": provinces.get(code, ""), "n": n[code]} for code in sorted(n)]
    return choices


def _fits(row: Row, filters: dict[str, str | None]) -> bool:
    province = filters["province"]
    return (
        filters["kind"] in (None, row["kind"])
        and filters["family"] in (None, row["family"])
        and (province is None or (row["province_code"] or "").startswith(province[:2]))
    )
