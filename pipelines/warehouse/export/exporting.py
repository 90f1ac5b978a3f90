"""One export from beginning to end: which tables go into which format, written, described and put in place.

How a format looks is for its module to say.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import one_line
from pipelines.settings import EXPORT_FORMATS
from pipelines.warehouse.export import citation, croissant, datapackage
from pipelines.warehouse.export.copies import write_csv, write_parquet
from pipelines.warehouse.export.export_files import File, Place
from pipelines.warehouse.export.export_folder import STAMP_FILE, locked, replacing, stamp
from pipelines.warehouse.export.release_reader import ExportError, Source, Table, reading, release_id

EXPORT_VERSION = "2"  # raised when the same release is to be written in another way

# Whole texts and the millions of numbers that are no facts are not for spreadsheets.
NOT_CSV = ("number_mention", "report_text")
XLSX_TABLES = (
    *("township_year", "county_year", "city_year", "province_year", "metric_coverage", "township_change"),
    "dim_indicator",
)
DTA_TABLES = ("township_year", "township_metric", "county_year")


def _write_dta(source: Source, table: Table, place: Place) -> list[File]:
    from pipelines.warehouse.export.stata import write_dta  # heavy, and not needed for what is there already

    return write_dta(source, table, place)


_BY_TABLE: dict[str, Callable[[Source, Table, Place], list[File]]] = {
    "parquet": write_parquet,
    "csv": write_csv,
    "dta": _write_dta,
}


@dataclass(frozen=True)
class Exported:
    """An export that lies in `folder`; `reused` says that it was there already and nothing was written.

    `taken_over` counts the files that are those of the export before.
    """

    folder: Path
    release_id: str
    files: tuple[File, ...]
    reused: bool
    taken_over: int


def export(
    release_path: Path,
    folder: Path,
    formats: Sequence[str] = EXPORT_FORMATS,
    *,
    tables: Sequence[str] = (),
    where: str | None = None,
) -> Exported:
    """Write the release at `release_path` to `folder` in `formats`, unless the same export is there already.

    `tables` are written in every format; left out, each format takes those that suit it. `where` is an SQL condition
    that exported rows meet, on columns that all the tables have. The folder appears whole or not at all, and the export
    that was in it goes. Raises ExportError for what cannot be met, and then the old export stays.
    """
    if unknown := [form for form in formats if form not in EXPORT_FORMATS]:
        raise ExportError(f"there is no format {', '.join(unknown)}; choose among {', '.join(EXPORT_FORMATS)}")
    folder = folder.absolute()
    made_of: dict[str, Any] = {
        "export_version": EXPORT_VERSION,
        "release_id": release_id(release_path),
        "formats": sorted(set(formats)),
        "tables": sorted(set(tables)),
        "where": where,
    }
    with _one_line_errors(folder), locked(folder):
        if (known := _kept(folder, made_of)) is not None:
            return Exported(folder, made_of["release_id"], known, reused=True, taken_over=len(known))
        with replacing(folder) as building, reading(release_path, building, tables, where) as source:
            files = _write(source, made_of, building, folder)
            taken_over = sum(_is_one(building / file.path, folder / file.path) for file in files)
        return Exported(folder, source.release_id, files, reused=False, taken_over=taken_over)


def _kept(folder: Path, made_of: dict[str, Any]) -> tuple[File, ...] | None:
    """The files of the export in `folder` if it was made of the same and they are whole, else None."""
    found = stamp(folder)
    if found is None or found["made_of"] != made_of:
        return None
    files = tuple(File.load(file) for file in found["files"])
    is_whole = all(_size(folder / file.path) == file.bytes for file in files)
    return files if is_whole else None


def _is_one(path: Path, other: Path) -> bool:
    """Whether both are names of one file."""
    return other.exists() and path.samefile(other)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _write(source: Source, made_of: dict[str, Any], folder: Path, before: Path) -> tuple[File, ...]:
    """Write the export into `folder`; what is the same in the one that lies in `before` is taken over from there."""
    chosen = bool(made_of["tables"])
    found = stamp(before)
    is_known = found is not None and found["made_of"]["export_version"] == EXPORT_VERSION
    earlier = {file.path: file for file in map(File.load, found["files"])} if found and is_known else {}
    files: list[File] = []
    for form in made_of["formats"]:
        names = source.tables if chosen else _suited(form, list(source.tables))
        tables = [source.tables[name] for name in names]
        place = Place(folder / form, before, earlier)
        place.folder.mkdir()
        if form == "xlsx":
            from pipelines.warehouse.export.workbook import write_xlsx

            files += write_xlsx(source, tables, place)
        else:
            files += [file for table in tables for file in _BY_TABLE[form](source, table, place)]
    if chosen and (lines := [line for file in files for line in file.left_out]):
        raise ExportError(lines[0])
    made = {**made_of, "release_id": source.release_id}
    texts = {
        STAMP_FILE: datapackage.render(source, files, {"made_of": made, "files": [asdict(file) for file in files]}),
        "croissant.json": croissant.render(source, files, citation.sentence(source)),
        "CITATION.cff": citation.render(source),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(files)


def _suited(form: str, names: Sequence[str]) -> list[str]:
    """Which of the tables `names` are exported in `form` when nobody chose."""
    if form == "parquet":
        return list(names)
    if form == "csv":
        return [name for name in names if name not in NOT_CSV]
    return [name for name in (XLSX_TABLES if form == "xlsx" else DTA_TABLES) if name in names]


@contextmanager
def _one_line_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise ExportError(f"the export into {folder} failed: {one_line(error)}") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportError(f"the export into {folder} failed: {reason}; make room or give another folder") from error
