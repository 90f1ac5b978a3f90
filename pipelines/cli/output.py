"""The output of the command line: the summary of a run, tables of results. Nothing is computed here."""

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import category

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # each is slow to import
    from pipelines.report.evaluation import Score
    from pipelines.report.headline_evaluation import HeadlineScore
    from pipelines.report.summary import Summary

PLAIN_WIDTH = 160  # for a file or pipe, which has no width: a row of a summary fits into one line
_LEAST = 12  # places for a name in the summary: six characters
_BETWEEN = 3  # places between two columns of a table
SIGNS = {"exact": "", "at_least": "≥ ", "at_most": "≤ ", "approx": "≈ "}


def console(stream: TextIO | None = None) -> Console:
    """A console as wide as the terminal, or plain and `PLAIN_WIDTH` wide if the stream is no terminal.

    What the stream's encoding does not have is shown as an escape: the locale may not be one of UTF-8.
    """
    target = stream or sys.stdout
    if isinstance(target, io.TextIOWrapper) and target.encoding.lower() != "utf-8":
        target.reconfigure(errors="backslashreplace")
    width = None if target.isatty() else PLAIN_WIDTH
    return Console(file=target, width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    title: str | None = None,
    breaks: str = "",
    least: int | None = None,
) -> Table:
    """A table for people: numbers are aligned right, None is an empty cell, control characters are escapes.

    Those in `breaks` stay what they are. With `least` a number is never broken into lines, nor is another value into
    lines of fewer places than that.
    """
    rows = [tuple(row) for row in rows]
    shown = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for index, name in enumerate(columns):
        is_number, places = _needed(name, [row[index] for row in rows], least, breaks)
        shown.add_column(
            Text(visible(name)),
            justify="right" if is_number else "left",
            overflow="fold",
            min_width=places if least else None,
        )
    for row in rows:
        shown.add_row(*(Text(visible(cell_text(value), breaks)) for value in row))
    return shown


def fitting(columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int, least: int) -> int:
    """How many of the first columns a table with `least` has room for in `width` places; at least one."""
    room = width - 1
    for at, name in enumerate(columns):
        room -= _needed(name, [row[at] for row in rows], least)[1]
        if room < 0:
            return max(1, at)
        room -= _BETWEEN
    return len(columns)


def _needed(name: str, cells: Sequence[Any], least: int | None, breaks: str = "") -> tuple[bool, int]:
    """Whether a column is one of numbers, and how many places it needs; a Chinese character takes two.

    A head breaks between its words, a text where it must but in lines of `least` places, a number nowhere.
    """
    is_number = any(isinstance(cell, int | float) for cell in cells)
    parts = (*map(visible, name.split()), *(visible(cell_text(cell), breaks) for cell in cells))
    places = max(map(cell_len, parts), default=0)
    return is_number, places if is_number or not least else min(places, least)


def visible(text: str, breaks: str = "") -> str:
    """The text with an escape such as \\x1b for each character that would steer a terminal instead of being seen.

    These are control characters, marks of direction, separators of lines, and halves of surrogates. Spaces of any
    width and characters that Unicode does not know stay as they are, and so do those in `breaks`.
    """
    if text.isprintable():
        return text
    steering = {char for char in set(text) if category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - set(breaks)
    return text.translate({ord(char): char.encode("unicode_escape").decode() for char in steering})


def cell_text(value: Any) -> str:
    """A value as a person reads it: nothing for None, lists and dicts as JSON, no digits that a float does not hold."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def summary(out: Console, release_path: Path, found: "Summary") -> None:
    """Show what the release holds and where it is."""
    row = found.release
    share = 0.0 if row["unclassified_share"] is None else 100 * row["unclassified_share"]
    heads = [name.replace("_", " ") for name in found.reports.columns]  # so that they break between words
    shown = fitting(heads, found.reports.rows, out.width, _LEAST)
    rows = [row[:shown] for row in found.reports.rows]
    out.print(table(heads[:shown], rows, title="Accepted reports", least=_LEAST))
    if found.reports.is_cut:
        out.print("... and more: fazhi sql \"SELECT * FROM dim_report WHERE status = 'accepted'\"")
    if found.reasons.rows:
        out.print(table(found.reasons.columns, found.reasons.rows, title="Quarantined reports"))
    out.print(
        f"{row['n_files']} reports: {row['n_accepted']} accepted, {row['n_quarantined']} quarantined; "
        f"{row['n_facts']} facts, {row['n_numbers']} numbers, {share:.1f} % unclassified"
    )
    files, pages = found.waiting
    if pages:
        out.print(
            f"{pages} scanned pages of {files} files wait for character recognition; the next run goes on "
            "(FAZHI_OCR_PAGES sets how many pages a run reads)"
        )
    out.print(f"release: {release_path}", soft_wrap=True)


def warnings(out: Console, found: Sequence[tuple[str, str]]) -> None:
    """Show what the run warns of: the name of each check and what it found. Nothing where there is nothing."""
    if found:
        count = "1 warning" if len(found) == 1 else f"{len(found)} warnings"
        out.print(f"{count}; `fazhi ui` shows the rows behind each, at the check of that name:")
        for name, text in found:
            out.print(f"- {name}: {visible(text)}")


def write_examined(identity: Mapping[str, Any], facts: Sequence[Mapping[str, Any]], form: str) -> None:
    """Show one file: as tables, or as JSON lines with the identity first and then a line for each fact."""
    if form == "jsonl":
        for kind, record in (("identity", identity), *(("fact", fact) for fact in facts)):
            print(json.dumps({"record": kind, **record}, ensure_ascii=False, default=str))
        return
    out = console()
    out.print(table(("field", "value"), [(k, v) for k, v in identity.items() if v not in (None, [], ())]))
    columns = ("metric", "value", "unit", "role", "period", "evidence")
    rows = [
        (
            f["metric_code"],
            SIGNS[f["qualifier"]] + cell_text(f["value"]),
            f["unit"],
            f["role"],
            f["period"],
            f["evidence"],
        )
        for f in facts
    ]
    out.print(table(columns, rows, title="1 fact" if len(rows) == 1 else f"{len(rows)} facts"))


def scores(out: Console, sets: Sequence["Score"], errors: bool, indicators: bool = False) -> None:
    """Show the scores of labelled sets, by family and by confidence; on request by indicator, and each error."""
    from pipelines.report.calibration import confidence_rows

    rows = [
        {
            "set": score.name,
            "texts": score.identity["documents"],
            "labels": score.facts["right"] + score.facts["missed"],
            "precision": f"{score.precision:.3f}",
            "recall": f"{score.recall:.3f}",
            "F1": f"{score.f1:.3f}",
            "qualifier": f"{score.qualifier:.3f}",
            "unclassified": f"{score.unclassified:.3f}",
            "places": f"{score.identity['places right']}/{score.identity['places']}",
            "years": f"{score.identity['years right']}/{score.identity['years']}",
            "numbers": f"{score.identity['doc_numbers right']}/{score.identity['doc_numbers']}",
            "accepted": f"{score.identity['accepted']}/{score.identity['places']}",
            "kept out": f"{score.identity['negatives kept out']}/{score.identity['negatives']}",
        }
        for score in sets
    ]
    out.print(table(list(rows[0]), [list(row.values()) for row in rows], title="Labelled sets"))
    out.print(table(["family", "right", "missed", "wrong", "F1"], _families(sets), title="By family, all sets"))
    out.print(table(*confidence_rows(sets), title="By confidence"))
    if indicators:
        from pipelines.report.measurement import indicator_rows

        for score in sets:
            out.print(table(*indicator_rows(score), title=f"By indicator, {score.name}"))
    if errors:
        misses = [(s.name, *astuple(miss)) for s in sets for miss in s.misses]
        out.print(table(["set", "document", "kind", "metric", "value", "evidence"], misses, title="Errors"))


def headline_scores(out: Console, sets: Sequence["HeadlineScore"], errors: bool) -> None:
    """Show the shares of headline cells that are right, and with `errors` each wrong cell."""
    from pipelines.report.headline_evaluation import headline_rows

    columns, rows = headline_rows(sets)
    out.print(table(columns, rows, title="Headlines"))
    if errors:
        wrong = [(score.name, *astuple(cell)) for score in sets for cell in score.wrong]
        out.print(table(["set", "document", "headline", "wanted", "found", "why"], wrong, title="Wrong cells"))


def _families(sets: Sequence["Score"]) -> list[tuple[Any, ...]]:
    names = sorted({name for score in sets for name in score.families})
    rows = []
    for name in names:
        right, missed, wrong = (sum(score.families[name][k] for score in sets) for k in ("right", "missed", "wrong"))
        f1 = 2 * right / max(1, 2 * right + missed + wrong)
        rows.append((name, right, missed, wrong, f"{f1:.3f}"))
    return rows
