"""The page of a report: its text with every number marked by what became of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipelines.identify.kind import ACCEPTED
from pipelines.stage.corrections import KINDS_OUT
from pipelines.web import pending
from pipelines.web.correcting import machine_kind, machine_place, machine_year
from pipelines.web.corrections_file import FileLine
from pipelines.web.divisions import Divisions
from pipelines.web.figure_text import cell_number
from pipelines.web.labels import label
from pipelines.web.marked_text import marked_paragraphs
from pipelines.web.open_release import Row
from pipelines.web.originals import MOST_PAGES, is_drawn, recognised_rows
from pipelines.web.page_view import Asked, Content, NotFoundError

GROUPS = ("fact", "unclassified", "other_year", "no_result", "structure", "date", "person")


def view(asked: Asked) -> Content:
    """A report with its marked text; `at` is the place of a number. Raises NotFoundError for an unknown report."""
    report = asked.row("report")
    if report is None:
        raise NotFoundError(
            f"no report has the id {asked.parameters['report'][:40]!r} in this release; an id follows the bytes "
            "of the file, so that a changed file has another one"
        )
    names = ("township_name", "county_name", "city_name", "province_name")
    unit = Divisions.of(asked.release).unit(report["township_code"], *names)
    report |= unit or dict.fromkeys(names)
    numbers, facts = asked.rows("numbers"), _facts(asked)
    for number in numbers:
        number["group"] = label("disposition", number["disposition"]).group or "structure"
    text = asked.text(report["report_id"]) or ""
    chosen = _chosen(numbers, facts, asked.whole("at", -1))
    all_lines, unreadable = pending.lines_of(asked)
    lines, applied = pending.on_report(all_lines, report), _applied(asked, report)
    if chosen:
        _add_lines(chosen, lines, applied, numbers, text)
    return {
        "report": report,
        "paragraphs": marked_paragraphs(text, numbers, chosen["evidence"] if chosen else None),
        "numbers": numbers,
        "facts": facts,
        "chosen": chosen,
        "legend": _legend(numbers),
        "picture": _picture(asked, report, chosen),
        "indicators": asked.kept_rows("indicators"),
        "lines": pending.with_outcomes(lines, applied) + pending.taken_back(lines, applied),
        "unreadable": unreadable,
        "machine_place": machine_place(report),
        "machine_year": machine_year(report),
        "machine_kind": machine_kind(report),
        "kinds": {"accepted": ACCEPTED, "quarantined": KINDS_OUT},
        "seen_place": pending.seen(pending.on_action(lines, "place")),
        "seen_year": pending.seen(pending.on_action(lines, "year")),
        "seen_kind": pending.seen(pending.on_action(lines, "kind")),
        "file_name": report["report_id"],
    }


def _facts(asked: Asked) -> list[Row]:
    """The facts of the report in the order of the text, each with what its indicator is called and means."""
    known = asked.kept_by("definitions", "metric_code")
    return [
        {"fact_id": fact["fact_id"], **known[fact["metric_code"]], **fact}
        for fact in asked.rows("facts")
        if fact["metric_code"] in known
    ]


def _applied(asked: Asked, report: Row) -> list[Row]:
    """What the release knows of the corrections that name the report, by its id or its path."""

    def made() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in asked.rows("corrections"):
            found.setdefault(row["report"], []).append(row)
        return found

    by_report = asked.release.kept("corrections by report", made)
    found = [row for name in {report["report_id"], report["raw_path"]} for row in by_report.get(name, [])]
    return sorted(found, key=lambda row: row["line"])


def _picture(asked: Asked, report: Row, chosen: dict[str, Any] | None) -> dict[str, Any] | None:
    """The page to show beside the text: `p`, else that of the chosen fact, else the first; with what was recognised."""
    if not is_drawn(report):
        return None
    of_fact = next((fact["page"] for fact in chosen["facts"] if fact["page"]), None) if chosen else None
    number = asked.whole("p", of_fact or 1, 1, MOST_PAGES)
    return {"number": number, "recognised": recognised_rows(asked.settings, report, number)}


def part_view(asked: Asked) -> Content:
    """A part of the page, for htmx: the card of a number, or the lines and the forms of the report."""
    return view(replace(asked, page="report"))


def _add_lines(
    chosen: dict[str, Any], lines: Sequence[FileLine], applied: Sequence[Row], numbers: Sequence[Row], text: str
) -> None:
    """Put to the chosen number and to each of its facts the lines that speak of it, and what a form must remember."""
    number = chosen["number"]
    added = pending.added_on(lines, number, numbers, text)
    for fact in chosen["facts"]:
        same = pending.on_fact(lines, fact)
        fact["lines"], fact["seen"] = pending.with_outcomes(same, applied), pending.seen(same)
        fact["machine_cell"] = cell_number(fact["machine_value"])
    chosen["lines"], chosen["seen"] = pending.with_outcomes(added, applied), pending.seen(added)
    chosen["cell"] = "" if number["value"] is None else cell_number(number["value"])


def _chosen(numbers: list[Row], facts: list[Row], at: int) -> dict[str, Any] | None:
    """The number that stands at `at` with its facts, and the stretch of its evidence. None where no number does."""
    for number in numbers:
        if number["char_start"] <= at < number["char_end"]:
            found = [dict(fact) for fact in facts if fact["number_start"] == number["char_start"]]
            evidence = (found[0]["char_start"], found[0]["char_end"]) if found else None
            return {"number": number, "facts": found, "evidence": evidence}
    return None


def _legend(numbers: list[Row]) -> list[dict[str, Any]]:
    """Each group of numbers that occurs, with its dispositions and how many numbers have each."""
    counts = Counter((number["group"], number["disposition"]) for number in numbers)
    return [
        {"group": group, "kinds": {kind: n for (of, kind), n in sorted(counts.items()) if of == group}}
        for group in GROUPS
        if any(of == group for of, _ in counts)
    ]
