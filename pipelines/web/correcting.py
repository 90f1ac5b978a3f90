"""From a form of the workbench to the exact lines of `raw/corrections.csv`.

Evidence, offsets, path and the machine's value come from the release, never from what a person types. A form that was
shown before the release, the machine's answer or the lines on the same thing changed is refused.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from pipelines.web import pending
from pipelines.web.corrections_file import CorrectionRefused, FileLine, append_lines, is_formula
from pipelines.web.figure_text import cell_number
from pipelines.web.open_release import Row
from pipelines.web.page_view import Asked

Form = Mapping[str, str]

SIGNS = {"exact": "", "at_least": "≥", "at_most": "≤", "approx": "≈"}
#: What a person need not type, because the button says it.
REASONS = {"accept": "right: checked in the report", "reject": "no such figure: checked in the report"}
_STOPS = re.compile(r"[。;;!!??\n]")
_LONGEST_WORDS = 400  # characters of evidence; longer words are replaced by the number and its offsets


class StaleFormError(CorrectionRefused):
    """What the form was about has changed since it was shown. The message says what changed."""


def correct(asked: Asked, form: Form) -> list[str]:
    """Write what the form says. `asked` is on the page of the report. Returns the keys of the lines that were written.

    Raises StaleFormError, or CorrectionRefused where the form does not say what is needed.
    """
    report = asked.row("report")
    if report is None:
        raise StaleFormError("the report is not in this release; its file changed or went: load the page again")
    if form.get("release", "") != asked.release.release_id:
        raise StaleFormError(
            f"a new release ({asked.release.release_id}) was made since this page was shown; look at it again"
        )
    action = form.get("action", "")
    if action in ("place", "year", "kind"):
        rows, fact, number = [_report_row(report, action, form)], None, None
    elif action in ("accept", "reject", "value", "other"):
        fact, number = _fact(asked, form), None
        rows = _fact_rows(asked, report, fact, action, form)
    elif action == "add":
        fact, number = None, _number(asked, form)
        rows = [_added_row(asked, report, number, form)]
    else:
        raise CorrectionRefused(
            f"the action is {action[:40]!r}, expected accept, reject, value, other, add, place, year or kind"
        )

    def check(lines: list[FileLine]) -> None:
        here = pending.on_report(lines, report)
        if fact is not None:
            same = pending.on_fact(here, fact)
        elif number is not None:
            same = pending.added_on(here, number, asked.rows("numbers"), _text(asked))
        else:
            same = pending.on_action(here, action)
        if pending.seen(same) != form.get("seen", ""):
            raise StaleFormError(_what_changed(same))

    common = {"report": _name(report), "on": f"{datetime.now().astimezone():%Y-%m-%d}"}
    common |= {"who": form.get("who", "").strip(), "reason": form.get("reason", "").strip() or REASONS.get(action, "")}
    return append_lines(asked.settings.corrections_path, [{**common, **row} for row in rows], check)


def machine_place(report: Row) -> str:
    """The code that the machine gave the report, as a line must repeat it; empty if it found none."""
    if report["place_method"] == "correction":
        return str(report["township_code_machine"] or "")
    # A kind that is no township's leaves the report without a unit, and the machine's beside it.
    return str(report["township_code"] or report["township_code_machine"] or "")


def machine_year(report: Row) -> str:
    """The year that the machine gave the report; empty if it found none."""
    return str(report["report_year_machine" if report["year_method"] == "correction" else "report_year"] or "")


def machine_kind(report: Row) -> str:
    """The kind of document that the machine says; empty for one that it could not read."""
    return str(report["doc_kind_machine"] or report["doc_kind"] or "")


def exact_words(text: str, span: tuple[int, int], number: tuple[int, int], is_plain: bool) -> dict[str, str]:
    """Cells that name a place of the text for the parser and for `correction`: its words, with offsets where needed.

    `span` is the sentence, taken if it stands once in the text, `is_plain` says that it cannot be taken for another
    number; else the number's own words with their offsets. Offsets are in characters.
    """
    words = text[slice(*span)].strip()
    is_once = bool(words) and text.find(words, text.find(words) + 1) < 0
    if is_plain and is_once and len(words) <= _LONGEST_WORDS and not is_formula(words):
        return {"evidence": words}
    own = text[slice(*number)]
    cells = {"char_start": str(number[0]), "char_end": str(number[1])}
    return cells if is_formula(own) or own != own.strip() else {"evidence": own, **cells}


def _fact(asked: Asked, form: Form) -> Row:
    """The fact that the form is about, if the machine still says what the form shows."""
    shown = form.get("machine_value", "")
    for fact in asked.rows("facts"):
        if fact["fact_id"] == form.get("fact"):
            if (now := cell_number(fact["machine_value"])) != shown:
                raise StaleFormError(f"the machine says {now} now, the page showed {shown[:40]!r}; look again")
            if fact["is_added"]:
                raise CorrectionRefused("a person added this figure; take that line back, and add another if need be")
            return fact
    raise StaleFormError(
        "the machine does not state this figure any more, or a person rejected it; load the page again"
    )


def _number(asked: Asked, form: Form) -> Row:
    for number in asked.rows("numbers"):
        if str(number["char_start"]) == form.get("at"):
            return number
    raise StaleFormError("no number stands at this place of the text any more; load the page again")


def _fact_rows(asked: Asked, report: Row, fact: Row, action: str, form: Form) -> list[dict[str, str]]:
    numbers = asked.rows("numbers")
    span, place = (fact["char_start"], fact["char_end"]), (fact["number_start"], fact["number_end"])
    own = next((one["value"] for one in numbers if one["char_start"] == place[0]), fact["machine_value"])
    others = [one["value"] for one in _within(numbers, span) if one["char_start"] != place[0]]
    row = {
        "action": "reject" if action == "other" else action,
        "metric_code": fact["metric_code"],
        "machine_value": cell_number(fact["machine_value"]),
        **exact_words(_text(asked), span, place, own not in others),
    }
    if action == "reject":
        return [row]
    if action == "other":
        number = {"char_start": place[0], "char_end": place[1], "value": own}
        if form.get("metric", "").strip() == fact["metric_code"]:
            raise CorrectionRefused("the other indicator is the same one; choose another")
        return [row, _added_row(asked, report, number, form, span)]
    value = {"value": _value(form)} if action == "value" else {}
    return [{**row, **value, **_settings(form)}]


def _added_row(
    asked: Asked, report: Row, number: Row, form: Form, span: tuple[int, int] | None = None
) -> dict[str, str]:
    text, place = _text(asked), (number["char_start"], number["char_end"])
    span = span or _sentence(text, *place)
    others = [one["value"] for one in _within(asked.rows("numbers"), span) if one["char_start"] != place[0]]
    said = form.get("value", "").strip()
    is_own = number["value"] is not None and said == cell_number(number["value"]) and number["value"] not in others
    words = exact_words(text, span, place, not others or is_own)
    metric = form.get("metric", "").strip()
    if not any(one["metric_code"] == metric for one in asked.rows("indicators")):
        raise CorrectionRefused(f"no indicator is called {metric[:60]!r}; choose one from the list")
    return {"action": "add", "metric_code": metric, "value": _value(form), **words, **_settings(form)}


def _report_row(report: Row, action: str, form: Form) -> dict[str, str]:
    now = {"place": machine_place, "year": machine_year, "kind": machine_kind}[action](report)
    if (shown := form.get("machine_value", "")) != now:
        raise StaleFormError(f"the machine says {now or 'nothing'} now, the page showed {shown[:40]!r}; look again")
    return {"action": action, "machine_value": now, "value": form.get("value", "").strip()}


def _value(form: Form) -> str:
    typed = form.get("value", "").strip()
    return typed if typed[:1] in tuple("≥≤≈~<>") else SIGNS.get(form.get("qualifier", ""), "") + typed


def _settings(form: Form) -> dict[str, str]:
    """Period, scope and role, as far as the form sets them."""
    role, words = form.get("role", "").strip(), form.get("total_words", "").strip()
    return {
        "period": form.get("period", "").strip(),
        "scope": form.get("scope", "").strip(),
        "role": f"subset of {words}".strip() if role == "subset" else role,
    }


def _name(report: Row) -> str:
    """The path, which stays when the bytes change; the id where a cell cannot hold the path exactly."""
    path, report_id = str(report["raw_path"]), str(report["report_id"])
    return report_id if is_formula(path) or path != path.strip() or "\r" in path else path


def _text(asked: Asked) -> str:
    row = asked.row("text")
    return row["text"] if row else ""


def _within(numbers: Sequence[Row], span: tuple[int, int]) -> list[Row]:
    return [one for one in numbers if span[0] <= one["char_start"] and one["char_end"] <= span[1]]


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a number."""
    before = [stop.end() for stop in _STOPS.finditer(text, 0, start)]
    after = _STOPS.search(text, end)
    return (before[-1] if before else 0), (after.start() if after else len(text))


def _what_changed(same: Sequence[FileLine]) -> str:
    if not same:
        return "the line that stood here was taken back since this page was shown; look again"
    last = same[-1].staged
    says = " ".join(str(part) for part in (last["action"], last["person_says"]) if part)
    return f"{last['corrected_by']} wrote here since this page was shown ({says}: {last['reason']}); look again"
