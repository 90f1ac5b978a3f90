"""What changed with a release, in a few lines, and the file that keeps them: `warehouse/CHANGES.md`.

A section is written when its release is published. It is never changed afterwards.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipelines.build.atomic import atomic_write
from pipelines.warehouse.descriptions import tables as described_tables
from pipelines.warehouse.diff import Difference, DiffError, TableDifference, difference
from pipelines.warehouse.release import Release

HEADER = """\
# Changes

What changed from release to release, the newest first. A section says what a release has changed since the one named
in it; `fazhi diff A B` shows any two releases by table, row and cause.
"""
_SECTION = re.compile(r"^## (\S+)$", re.MULTILINE)


def short_difference(old_path: Path, new_path: Path) -> str:
    """What changed between two releases, in a few lines of Markdown. Raises DiffError if they cannot be compared."""
    noted = [table for table, text in described_tables().items() if text.diff.notes]
    return brief(difference(old_path, new_path, tables=noted, details=False))


def note(path: Path, before: Path | None, release: Release) -> str:
    """Write what `release` changed since the release at `before` into the file at `path`, and return that text.

    If the two cannot be compared, for example because the earlier one cannot be read any more, the text says so.
    """
    if before is None:
        text = f"The first release that is kept: {_count(release.counts['dim_report'], 'report')}"
    else:
        try:
            text = short_difference(before, release.path)
        except DiffError as error:
            text = f"What changed cannot be told: {error}"
    enter(path, release.release_id, release.built_at, text)
    return text


def brief(found: Difference) -> str:
    """A line on reports and headlines, then a line for each version, column and table that changed."""
    reports = [
        f"+{_count(found.reports_added, 'report')}" if found.reports_added else "",
        f"{found.reports_changed:,} changed" if found.reports_changed else "",
        f"{found.reports_removed:,} gone" if found.reports_removed else "",
    ]
    parts = [", ".join(part for part in reports if part) or "the same reports"]
    if found.headline_units:
        parts.append(f"headlines changed for {_count(found.headline_units, 'unit')}")
    lines = [f"- {name}: {_short(old)} → {_short(new)}" for name, (old, new) in found.versions.items()]
    lines += [f"- {schema_line(table)}" for table in found.schema]
    lines += [f"- {line}" for line in map(rows_line, found.tables) if line]
    if not lines and not found.headline_units and not any(reports):
        parts = ["nothing changed"]
    return "\n".join([f"Since {found.old}: {'; '.join(parts)}", *(["", *lines] if lines else [])])


def schema_line(table: TableDifference) -> str:
    """What changed in the columns of a table, in one line. Empty if nothing changed."""
    if table.rows_old is None or table.rows_new is None:
        is_new = table.rows_old is None
        rows = table.rows_new if is_new else table.rows_old
        return f"table {table.table} {'is new' if is_new else 'is gone'} ({_count(rows or 0, 'row')})"
    parts = [f"+{name} {kind}" for name, kind in table.columns_added.items()]
    parts += [f"−{name} {kind}" for name, kind in table.columns_removed.items()]
    parts += [f"{name} {old} → {new}" for name, (old, new) in table.columns_retyped.items()]
    return f"{table.table}, columns: {', '.join(parts)}" if parts else ""


def rows_line(table: TableDifference) -> str:
    """How many rows of a table were added, removed and changed, and why, in one line. Empty if none were."""
    counts = (("+", table.added), ("−", table.removed), ("~", table.changed))
    parts = " ".join(f"{sign}{count:,}" for sign, count in counts if count)
    return f"{table.table} {parts} ({causes(table.by_cause)})" if parts else ""


def causes(by_cause: Mapping[str, int]) -> str:
    """Rows by cause, the most frequent first: `new source 2,100, rule 110`."""
    ordered = sorted(by_cause.items(), key=lambda item: -item[1])
    return ", ".join(f"{cause.replace('_', ' ')} {rows:,}" for cause, rows in ordered)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _short(version: object) -> str:
    """A version as it is, or the first digits of a hash."""
    return str(version)[:12]


def enter(path: Path, release_id: str, built_at: datetime, text: str) -> bool:
    """Write the section of a release into the file at `path`, above the sections of earlier releases.

    Returns False and changes nothing if the release already has a section. Readers see the old file or the new one.
    A `built_at` without a time zone is in UTC, as in the table `release`.
    """
    known = path.read_text(encoding="utf-8", errors="replace") if path.exists() else HEADER
    sections = list(_SECTION.finditer(known))
    if any(section[1] == release_id for section in sections):
        return False
    # A release_id begins with its time. What people wrote above the first section stays where it is.
    below = (section.start() for section in sections if section[1] < release_id)
    at = next(below, len(known))
    before = known[:at].rstrip("\n")
    moment = built_at.astimezone(UTC) if built_at.tzinfo else built_at
    section = f"## {release_id}\n\nBuilt {moment:%Y-%m-%d %H:%M} UTC. {text.strip()}\n"
    with atomic_write(path) as beside:
        beside.write_text(f"{before}\n\n{section}" + (f"\n{known[at:]}" if known[at:] else ""), encoding="utf-8")
    return True
