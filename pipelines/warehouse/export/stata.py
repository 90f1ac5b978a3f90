"""Stata .dta (version 118, Stata 14 and later): variables with labels, dates as dates, missing as missing.

Stata has no lists (they become text), no missing text (it becomes an empty one) and short names and labels.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl
import pyreadstat

from pipelines.warehouse.export.export_files import File, Place
from pipelines.warehouse.export.release_reader import Column, ExportError, Source, Table, plain

MAX_NAME = 32
MAX_LABEL = 80
MAX_ROWS = 1_000_000  # of a file: what is written at a time is held in memory
_STAMP = b"<timestamp>\x11"  # and 17 bytes of day and time; Stata knows English months
_HEADER = 1_000  # bytes in which it stands
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
YES_NO: dict[int | float, str] = {0: "no 否", 1: "yes 是"}


def write_dta(source: Source, table: Table, place: Place) -> list[File]:
    """NAME.dta, and NAME_2.dta and so on for what is beyond a million rows; `append using` puts them together."""
    files = []
    for number, frame in enumerate(source.frames(source.select(table, _stata), place.folder, MAX_ROWS), 1):
        path = place.folder / (f"{table.name}.dta" if number == 1 else f"{table.name}_{number}.dta")
        _write(frame, table, path, f"fazhi {source.release_id} {table.name}", source.built_at)
        files.append(place.finished(path, (table.name,), frame.height))
    return files


def variable_names(names: Iterable[str]) -> list[str]:
    """Names that Stata takes: the first 32 characters, with a number at the end where two would be the same."""
    taken: list[str] = []
    for name in names:
        short, number = name[:MAX_NAME], 1
        while short in taken:
            number += 1
            short = f"{name[: MAX_NAME - len(str(number)) - 1]}_{number}"
        taken.append(short)
    return taken


def label(column: Column) -> str:
    """The column's meaning in at most 80 characters: the Chinese name, then as much English as there is room for."""
    text = f"{column.text.zh}: {column.text.en}"
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"


def _stata(column: Column) -> str:
    if column.kind == "boolean":
        return f'"{column.name}"::TINYINT'
    return f"coalesce({plain(column)}, '')" if column.kind in ("text", "list") else plain(column)


def _write(frame: pl.DataFrame, table: Table, path: Path, title: str, built_at: datetime) -> None:
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
    """Date the file by its release and not by the clock, so that the same release gives the same bytes."""
    with path.open("r+b") as file:
        head = file.read(_HEADER)
        at = head.index(_STAMP) + len(_STAMP)
        file.seek(at)
        file.write(f"{built_at.day:02d} {_MONTHS[built_at.month - 1]} {built_at:%Y %H:%M}".encode())
