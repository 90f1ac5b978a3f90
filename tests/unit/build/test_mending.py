"""Damage in a warehouse: found by what was written, set aside, said in one line, and little of it kept."""

import logging
import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from pipelines.build.answers import BYTES
from pipelines.build.aside import KEPT, set_aside
from pipelines.build.file_identity import file_identity
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.build.mending import mend_warehouse
from pipelines.build.page_cache import PageCache
from pipelines.build.run_lock import run_lock
from pipelines.build.stamped_parquet import record_written, write_parquet

FILES = ("stage/documents/00.parquet", "stage/documents/04.parquet", "tables/one.parquet", "tables/many/00.parquet")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """The ledger of a warehouse with a few files, as a run left it."""
    ledger = Ledger(tmp_path / "wh" / "ledger.sqlite")
    for number, name in enumerate(FILES):
        path = tmp_path / "wh" / name
        frame = pl.DataFrame({"report_id": [f"{row:04x}" for row in range(2000)], "n": [number] * 2000})
        write_parquet(frame, path, f"stamp {number}")
        record_written(ledger, {path: f"stamp {number}"})
    ledger.start()
    return ledger


def flip(path: Path, at: int, count: int = 8) -> None:
    """Other bytes in the middle of a file; its footer stays whole."""
    data = bytearray(path.read_bytes())
    data[at : at + count] = bytes(255 - byte for byte in data[at : at + count])
    path.write_bytes(data)


def aside(ledger: Ledger) -> list[str]:
    folder = ledger.path.parent
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.damaged-*"))


def test_a_whole_warehouse_is_left_as_it_is(ledger: Ledger) -> None:
    before = ledger.path.read_bytes()
    assert mend_warehouse(ledger) == mend_warehouse(ledger, thorough=True) == aside(ledger) == []
    assert ledger.path.read_bytes() == before


@pytest.mark.parametrize("seed", range(6))
def test_bytes_that_changed_are_found_whether_or_not_a_reader_would_notice(
    ledger: Ledger, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    name = FILES[seed % len(FILES)]
    path = ledger.path.parent / name
    flip(path, random.Random(seed).randrange(4, path.stat().st_size - 4), count=seed + 1)
    (line,) = mend_warehouse(ledger)
    assert line.startswith(
        f"{path} cannot be used (found other bytes than were written; it is now {path.name}.damaged-"
    )
    assert caplog.messages == [line] and caplog.records[0].levelno == logging.WARNING
    assert not path.exists() and len(aside(ledger)) == 1 and mend_warehouse(ledger) == []


def test_a_copy_and_a_touched_file_are_still_the_same(ledger: Ledger, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ledger.path.parent, copy, copy_function=shutil.copyfile)
    there = Ledger(copy / "ledger.sqlite")
    keys = {name: entry.key for name, entry in there.known(BYTES).items()}
    assert mend_warehouse(there) == []
    assert all(entry.key != keys[name] for name, entry in there.known(BYTES).items()), "they are known again"
    flip(copy / FILES[2], 30)
    assert len(mend_warehouse(there)) == 1


def test_damage_that_leaves_the_times_alone_is_found_when_it_is_looked_for(ledger: Ledger) -> None:
    path = ledger.path.parent / FILES[0]
    flip(path, 40)
    identity, known = file_identity(path), ledger.known(BYTES)[FILES[0]]
    assert identity is not None
    ledger.record(BYTES, {FILES[0]: LedgerEntry(identity.stamp, known.value)})
    assert mend_warehouse(ledger) == []
    assert len(mend_warehouse(ledger, thorough=True)) == 1 and not path.exists()


def test_what_a_killed_run_wrote_is_no_damage(ledger: Ledger) -> None:
    """It wrote a file and could not tell the ledger, which so does not know the file; the next run makes it again."""
    path = ledger.path.parent / FILES[0]
    write_parquet(pl.DataFrame({"report_id": ["00"], "n": [7]}), path, "another stamp")
    assert mend_warehouse(ledger) == [] and path.exists()


def test_files_and_folders_in_each_others_places(ledger: Ledger) -> None:
    folder = ledger.path.parent
    for name in (FILES[0], FILES[2]):
        (folder / name).unlink()
        (folder / name / "more").mkdir(parents=True)
    shutil.rmtree(folder / "tables/many")
    for name in ("tables/many", "releases", "exports", "stage/.notes", "tables/notes.txt"):
        (folder / name).write_text("a file", encoding="utf-8")
    (folder / "CHANGES.md").mkdir()
    lines = mend_warehouse(ledger)
    assert sum("a folder where a file should be" in line for line in lines) == 3
    assert sum("a file where a folder should be" in line for line in lines) == 3
    assert len(lines) == 6 == len(aside(ledger)), "a person's own files stay"


def test_a_database_that_sqlite_cannot_read_is_found_when_it_is_looked_for(ledger: Ledger) -> None:
    path = ledger.path.with_name("scanned_pages.sqlite")
    cache = PageCache(path)
    for number in range(300):
        cache.keep("sha", number, f"picture {number}", "text" * 50)
    assert mend_warehouse(ledger, thorough=True) == []
    data = path.read_bytes()
    path.write_bytes(data[:8192] + os.urandom(8192) + data[16384:])
    assert mend_warehouse(ledger) == []
    (line,) = mend_warehouse(ledger, thorough=True)
    assert line.startswith(f"{path} cannot be used") and cache.counts() == {}


def test_a_page_whose_content_is_damaged_is_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = PageCache(tmp_path / "scanned_pages.sqlite")
    for number in (1, 2):
        cache.keep("sha", number, f"picture {number}", f"text {number}")
    with closing(sqlite3.connect(tmp_path / "scanned_pages.sqlite", isolation_level=None)) as con:
        con.execute("UPDATE picture SET content = x'00ff00' WHERE picture_sha256 = 'picture 1'")
    assert cache.pages(["sha"]) == {"sha": {2: "text 2"}}
    assert cache.counts() == {"sha": 1} and not cache.knows("picture 1")
    assert "1 damaged pages: they are read anew" in caplog.text


def test_little_of_what_is_set_aside_is_kept(tmp_path: Path) -> None:
    for number in range(3 * KEPT):
        path = tmp_path / ("file" if number % 2 else "folder")
        if number % 2:
            path.write_text(str(number), encoding="utf-8")
        else:
            (path / "inner").mkdir(parents=True)
        set_aside(path)
        assert len(list(tmp_path.iterdir())) == min(number + 1, KEPT)
    assert {path.read_text() for path in tmp_path.glob("file.damaged-*")} <= {"5", "7"}


def test_a_folder_in_the_place_of_the_lock_stops_nothing(tmp_path: Path) -> None:
    for name in (".run.lock", ".run.holder"):
        (tmp_path / name).mkdir()
    with run_lock(tmp_path):
        assert (tmp_path / ".run.holder").read_text(encoding="utf-8") == f"{os.getpid()}\n"
