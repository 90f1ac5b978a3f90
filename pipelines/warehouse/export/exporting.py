"""One export from start to end: which tables go into which format, then writing, describing and moving into place."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.build.database import one_line
from pipelines.build.stamped_parquet import hash_of
from pipelines.settings import EXPORT_FORMATS
from pipelines.warehouse.export import citation, croissant, datapackage
from pipelines.warehouse.export.copies import write_csv, write_parquet
from pipelines.warehouse.export.export_files import ExportFile, FormatFolder
from pipelines.warehouse.export.export_folder import STAMP_FILE, locked, read_stamp, replacing
from pipelines.warehouse.export.release_reader import (
    ExportError,
    ExportTable,
    ReleaseReader,
    open_release,
    read_release_id,
)

EXPORT_VERSION = "2"  # raised when the same release is to be written in another way


@dataclass(frozen=True)
class Exported:
    """The export in `folder`. `reused` is True if it was there already, so that nothing was written.

    `n_reused` counts the files that are those of the last export.
    """

    folder: Path
    release_id: str
    files: tuple[ExportFile, ...]
    reused: bool
    n_reused: int


def export(
    release_path: Path,
    folder: Path,
    formats: Sequence[str] = EXPORT_FORMATS,
    *,
    tables: Sequence[str] = (),
    where: str | None = None,
    like: Path | None = None,
) -> Exported:
    """Write the release at `release_path` to `folder` in `formats`, unless the same export is there already.

    `tables` are written in every format. Without `tables` each format takes those that suit it. `where` is an SQL
    condition on columns that all the tables have; only rows that meet it are exported. Files that still hold the same
    are reused: those of the last export, or of the one in the folder `like` if there is one. The folder appears as a
    whole and replaces the last export. Raises ExportError if that is not possible, and then the last export stays.
    """
    if unknown := [form for form in formats if form not in EXPORT_FORMATS]:
        raise ExportError(f"there is no format {', '.join(unknown)}; choose among {', '.join(EXPORT_FORMATS)}")
    folder = folder.absolute()
    made_of: dict[str, Any] = {
        "export_version": EXPORT_VERSION,
        "release_id": read_release_id(release_path),
        "formats": sorted(set(formats)),
        "tables": sorted(set(tables)),
        "where": where,
    }
    with _one_line_errors(folder), locked(folder):
        if (files := _same_export(folder, made_of)) is not None:
            return Exported(folder, made_of["release_id"], files, reused=True, n_reused=len(files))
        with (
            replacing(folder) as building,
            open_release(release_path, building, tables, where) as release,
        ):
            before = like if like and read_stamp(like) else folder
            files = _write(release, made_of, building, before)
            pairs = [(building / file.path, before / file.path) for file in files]
            n_reused = sum(old.exists() and new.samefile(old) for new, old in pairs)
        return Exported(folder, release.release_id, files, reused=False, n_reused=n_reused)


def _same_export(folder: Path, made_of: dict[str, Any]) -> tuple[ExportFile, ...] | None:
    """The files of the export in `folder`, if it was made of the same and every file still holds what was written.

    The description is written last. Only a file that is younger is read to see whether it is still the same.
    """
    stamp = read_stamp(folder)
    if stamp is None or stamp.made_of != made_of:
        return None
    described = folder / STAMP_FILE
    younger = False
    for file in stamp.files:
        path = folder / file.path
        if not path.is_file() or path.stat().st_size != file.bytes:
            return None
        if path.stat().st_mtime_ns > described.stat().st_mtime_ns:
            younger = True
            if hash_of(path) != file.sha256:
                return None
    if younger:  # a copy without its times, for example
        described.touch()
    return stamp.files


def _write(release: ReleaseReader, made_of: dict[str, Any], folder: Path, before: Path) -> tuple[ExportFile, ...]:
    """Write the export into `folder`. Files of the last export, in the folder `before`, are reused if still right."""
    stamp = read_stamp(before)
    last: dict[str, ExportFile] = {}
    if stamp is not None and stamp.made_of.get("export_version") == EXPORT_VERSION:
        last = {file.path: file for file in stamp.files}
    is_chosen = bool(made_of["tables"])
    files: list[ExportFile] = []
    for form in made_of["formats"]:
        tables = list(release.tables.values())
        into = FormatFolder(folder / form, before, last)
        into.path.mkdir()
        files += _write_format(release, tables if is_chosen else tables_for(form, tables), into)
    if is_chosen and (lines := [line for file in files for line in file.left_out]):
        raise ExportError(lines[0])  # who names a table wants it whole
    made = {**made_of, "release_id": release.release_id}
    texts = {
        STAMP_FILE: datapackage.render(release, files, {"made_of": made, "files": [asdict(file) for file in files]}),
        "croissant.json": croissant.render(release, files, citation.sentence(release)),
        "CITATION.cff": citation.render(release),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(files)


def _write_format(release: ReleaseReader, tables: Sequence[ExportTable], into: FormatFolder) -> list[ExportFile]:
    # The modules for Excel and Stata are slow to import, so that they are imported only where they are needed.
    if into.path.name == "xlsx":
        from pipelines.warehouse.export.workbook import write_xlsx

        return write_xlsx(release, tables, into)
    if into.path.name == "dta":
        from pipelines.warehouse.export.stata import write_dta

        return [file for table in tables for file in write_dta(release, table, into)]
    write = write_parquet if into.path.name == "parquet" else write_csv
    return [file for table in tables for file in write(release, table, into)]


def tables_for(form: str, tables: Iterable[ExportTable]) -> list[ExportTable]:
    """The tables that are exported in the format `form` if nobody chooses, in the order in which the format has them.

    `export.formats` and `export.sheet` of NAME.toml beside the SQL of a table decide it.
    """
    suited = [table for table in tables if form in table.text.export.formats]
    if form != "xlsx":
        return suited
    return sorted(suited, key=lambda table: (table.text.export.sheet is None, table.text.export.sheet, table.name))


@contextmanager
def _one_line_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise ExportError(f"the export into {folder} failed: {one_line(error)}") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExportError(f"the export into {folder} failed: {reason}; make room or give another folder") from error
