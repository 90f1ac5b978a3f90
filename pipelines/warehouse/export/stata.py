"""Stata files .dta (version 118, Stata 14 and later): labelled variables, real dates, real missing values.

Stata has no lists, so they become text. It has no missing text, so that becomes empty text. Names and labels are short.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl
import pyreadstat

from pipelines.warehouse.export.export_files import ExportFile, FormatFolder
from pipelines.warehouse.export.release_reader import ExportColumn, ExportError, ExportTable, ReleaseReader, plain

MAX_NAME = 32
MAX_LABEL = 80
MAX_ROWS = 1_000_000  # rows of a file: they are held in memory while they are written
_STAMP = b"<timestamp>\x11"  # and 17 bytes of day and time; Stata knows English months
_HEADER = 1_000  # the timestamp stands in so many first bytes
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
YES_NO: dict[int | float, str] = {0: "no 否", 1: "yes 是"}


def write_dta(release: ReleaseReader, table: ExportTable, folder: FormatFolder) -> list[ExportFile]:
    """Write NAME.dta, and NAME_2.dta and so on after each million rows. Stata's `append using` joins them."""
    files = []
    for number, frame in enumerate(release.frames(release.select(table, _stata), folder.path, MAX_ROWS), 1):
        path = folder.path / (f"{table.name}.dta" if number == 1 else f"{table.name}_{number}.dta")
        _write(frame, table, path, f"fazhi {release.release_id} {table.name}", release.built_at)
        files.append(folder.finished(path, (table.name,), frame.height))
    return files


def variable_names(names: Iterable[str]) -> list[str]:
    """Names that Stata allows: the first 32 characters, with a number at the end if two would be the same."""
    taken: list[str] = []
    for name in names:
        short, number = name[:MAX_NAME], 1
        while short in taken:
            number += 1
            short = f"{name[: MAX_NAME - len(str(number)) - 1]}_{number}"
        taken.append(short)
    return taken


def label(column: ExportColumn) -> str:
    """The meaning of a column in at most 80 characters: the Chinese name, then the beginning of the English text."""
    text = f"{column.text.zh}: {column.text.en}"
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"


def _stata(column: ExportColumn) -> str:
    if column.kind == "boolean":
        return f'"{column.name}"::TINYINT'
    return f"coalesce({plain(column)}, '')" if column.kind in ("text", "list") else plain(column)


def _write(frame: pl.DataFrame, table: ExportTable, path: Path, title: str, built_at: datetime) -> None:
    names = variable_names(frame.columns)
    # the labels of a variable's values are stored under its name, which then must be a character shorter
    flags = [
        name
        for name, column in zip(names, table.columns, strict=True)
        if column.kind == "boolean" and len(name) < MAX_NAME
    ]
    try:
        pyreadstat.write_dta(
            frame.rename(dict(zip(frame.columns, names, strict=True))),
            str(path),
            file_label=title[:MAX_LABEL],
            column_labels=[label(column) for column in table.columns],
            variable_value_labels=dict.fromkeys(flags, YES_NO),
        )
    except pyreadstat.ReadstatError as error:
        raise ExportError(f"table {table.name} cannot be written for Stata ({error}); choose another format") from error
    _date(path, built_at)


def _date(path: Path, built_at: datetime) -> None:
    """Give the file the date of its release, so that the same release always gives the same bytes."""
    with path.open("r+b") as file:
        head = file.read(_HEADER)
        at = head.index(_STAMP) + len(_STAMP)
        file.seek(at)
        file.write(f"{built_at.day:02d} {_MONTHS[built_at.month - 1]} {built_at:%Y %H:%M}".encode())
