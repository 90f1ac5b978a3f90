"""Write `raw/corrections.csv` for people: add exact lines, take exact lines back, lose none.

A lock keeps writers apart, the file is replaced whole or not at all, and what was written is read back by the parser of
the stage before it counts. The text of all other lines, the order of the columns, the byte order mark and the ends of
lines stay as they are.
"""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.build.atomic import atomic_write
from pipelines.errors import FazhiError
from pipelines.paths import CORRECTIONS_LOCK
from pipelines.stage.corrections import COLUMNS, CorrectionsError, read_corrections
from pipelines.warehouse.export.copies import spreadsheet_text

WAIT = 10.0  # seconds for another writer; one needs some hundredths
_MARK = "\ufeff"
_LONGEST = 20_000  # characters of a cell

Cells = Mapping[str, str]


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet, in which people open the file, would take the cell for a formula."""
    return spreadsheet_text(cell.strip()) != cell.strip()


class CorrectionRefused(FazhiError):
    """Nothing was written. The message says what was found, what was expected and what to do."""


@dataclass(frozen=True)
class FileLine:
    """One line of the file: its number (the header is 1), what the parser made of it, and a key for its very cells."""

    line: int
    key: str
    staged: Mapping[str, Any]

    @property
    def problem(self) -> str | None:
        """Why the line cannot be used, as the parser says it."""
        problem: str | None = self.staged["problem"]
        return problem


def file_lines(path: Path) -> list[FileLine]:
    """The lines of the file in their order; a missing file has none. Raises CorrectionsError if it is no table."""
    try:
        stat = path.stat()
    except OSError:
        return _file_lines(path)
    return _known_lines(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=4)
def _known_lines(path: Path, _stat: tuple[int, ...]) -> list[FileLine]:
    return _file_lines(path)


def _file_lines(path: Path) -> list[FileLine]:
    staged = {row["line"]: row for row in read_corrections(path).iter_rows(named=True)}
    table = _Table.parse(_text(path))
    return [
        FileLine(record.line, table.key(record), staged[record.line])
        for record in table.records
        if record.line in staged
    ]


def append_lines(path: Path, rows: Sequence[Cells], check: Callable[[list[FileLine]], None] | None = None) -> list[str]:
    """Add `rows`, cells by the name of their column, to the end of the file: all of them or none. Returns their keys.

    `check` sees the lines that are there, while nobody else can write, and may raise. Raises CorrectionRefused, with
    the parser's words where a line has a problem.
    """
    for row in rows:
        _check_cells(row)
    with _writing(path) as before:
        if check is not None:
            check(_file_lines(path))
        table = _Table.parse(before).with_columns([name for row in rows for name, cell in row.items() if cell])
        after = table.text() + "".join(table.line_of(row) for row in rows)
        _replace(path, after, before, added=len(rows))
    return [table.key_of(row) for row in rows]


def take_back(path: Path, keys: Sequence[str]) -> int:
    """Remove the lines with these keys; of equal lines the last. Returns how many went: all of them.

    Raises CorrectionRefused if one of them does not stand in the file as it was written.
    """
    with _writing(path) as before:
        table = _Table.parse(before)
        left = list(table.records)
        for key in keys:
            same = [record for record in left if table.key(record) == key]
            if not same:
                raise CorrectionRefused(
                    f"the line does not stand in {path.name} any more as it was written; somebody changed it or took "
                    "it back: load the page again"
                )
            left.remove(same[-1])
        _replace(path, _Table(table.mark, table.end, table.header, left).text(), before, added=-len(keys))
    return len(keys)


@dataclass(frozen=True)
class _Record:
    """One line of the table: its number, its text with the line break, and its cells."""

    line: int
    raw: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    """The file in parts. The first record is the header, empty lines are records without cells."""

    mark: str
    end: str
    header: tuple[str, ...]
    records: list[_Record]

    @classmethod
    def parse(cls, text: str) -> "_Table":
        """Take the text of the file apart; an empty one gets a header. Raises csv.Error where a quote stays open."""
        if not text.strip(_MARK):
            text = _MARK + ",".join(COLUMNS) + "\n"
        mark = _MARK if text.startswith(_MARK) else ""
        physical = io.StringIO(text.removeprefix(_MARK), newline="").readlines()
        reader = csv.reader(iter(physical), strict=True)
        records, before = [], 0
        for cells in reader:
            raw = "".join(physical[before : reader.line_num])
            records.append(_Record(before + 1, raw, tuple(cells)))
            before = reader.line_num
        header = tuple(cell.strip() for cell in records[0].cells)
        return cls(mark, "\r\n" if physical[0].endswith("\r\n") else "\n", header, records)

    def with_columns(self, needed: Sequence[str]) -> "_Table":
        """The same table with the columns that are needed and missing at its end, empty in the lines that are there."""
        missing = [name for name in COLUMNS if name in needed and name not in self.header]
        if not missing:
            return self
        wider = [
            _Record(record.line, _longer(record.raw, names), (*record.cells, *names)) if record.cells else record
            for at, record in enumerate(self.records)
            for names in [missing if at == 0 else [""] * len(missing)]
        ]
        return _Table(self.mark, self.end, (*self.header, *missing), wider)

    def text(self) -> str:
        """The whole file; its last line ends with a line break."""
        body = "".join(record.raw for record in self.records)
        return self.mark + body + ("" if body.endswith(("\n", "\r")) else self.end)

    def line_of(self, row: Cells) -> str:
        """A new line of the file."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=self.end).writerow([row.get(name, "") for name in self.header])
        return text.getvalue()

    def key(self, record: _Record) -> str:
        """What tells the line from others: its cells by their names, wherever the line and its columns stand."""
        return self.key_of(dict(zip(self.header, record.cells, strict=False)))

    def key_of(self, row: Cells) -> str:
        cells = {name: cell.strip().replace("\r\n", "\n") for name, cell in row.items() if cell.strip()}
        return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()[:32]


def _longer(raw: str, names: Sequence[str]) -> str:
    body = raw.rstrip("\r\n")
    return body + "".join(f",{name}" for name in names) + raw[len(body) :]


def _check_cells(row: Cells) -> None:
    for name, cell in row.items():
        if name not in COLUMNS:
            raise CorrectionRefused(f"{name[:40]!r} is no column of the file, expected one of {', '.join(COLUMNS)}")
        if "\0" in cell or len(cell) > _LONGEST:
            raise CorrectionRefused(
                f"{name} is longer than {_LONGEST} characters or holds a NUL; write a few plain words"
            )
        if is_formula(cell) and cell.strip() != "-":  # the scope - says that there is none
            raise CorrectionRefused(
                f"{name} begins with {cell.strip()[0]!r}, which a spreadsheet takes for a formula; begin with a word"
            )


@contextmanager
def _writing(path: Path) -> Iterator[str]:
    """The text of the file, while nobody else writes it. A folder that cannot be written is a refusal."""
    lock = FileLock(path.with_name(CORRECTIONS_LOCK))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with lock.acquire(timeout=WAIT):
            read_corrections(path)  # says what is wrong with a file that is no table, before it is touched
            yield _text(path)
    except Timeout as error:
        raise CorrectionRefused(f"{path.name} is being written by somebody else; try again") from error
    except CorrectionsError as error:
        raise CorrectionRefused(str(error)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CorrectionRefused(f"{path} cannot be written ({reason}); nothing was changed") from error


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8") if path.exists() else ""


def _replace(path: Path, after: str, before: str, added: int) -> None:
    """Put `after` in the place of the file if the parser reads the old lines as before and the new ones whole."""
    target = path.resolve()  # a link stays a link
    old = read_corrections(path).drop("line")
    with atomic_write(target) as beside:
        beside.write_bytes(after.encode("utf-8"))
        if target.exists():
            shutil.copymode(target, beside)
        new = read_corrections(beside).drop("line")
        for problem in new.tail(max(added, 0))["problem"]:
            if problem is not None:
                raise CorrectionRefused(problem)
        if new.height != old.height + added or (added > 0 and not new.head(old.height).equals(old)):
            raise CorrectionRefused(f"{path.name} would not read back as it was; mend its lines by hand first")
        if _text(path) != before:
            raise CorrectionRefused(f"{path.name} was changed by another program at this moment; try again")
