"""The ledger: what it keeps, and that a lost or damaged one is said and costs nothing but time."""

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pydantic_core import PydanticSerializationError

from pipelines.build.answers import CHECKS, CONTENTS, COUNTS, HASHES, TOPICS, CheckAnswer, FileContents
from pipelines.build.ledger import Ledger, LedgerEntry, LedgerError
from pipelines.paths import PROJECT_ROOT

NAME = "ledger.sqlite"
CONTENT = FileContents(3, (("a", "BIGINT"), ("b", "VARCHAR[]")), "ff", {"province": {"350000": "f"}})
ANSWER = CheckAnswer((("all", 1.5, None), ("2023", 2.0, 4.0)), ("a", "b"), ((1, "x"), (None, True)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def written(path: Path) -> Ledger:
    """A ledger with one entry, in a warehouse in which something was computed."""
    (path.parent / "stage/documents").mkdir(parents=True, exist_ok=True)
    (path.parent / "stage/documents/00.parquet").touch()
    ledger = Ledger(path)
    ledger.record(COUNTS, {"documents": LedgerEntry("k", {"rows": 1})})
    return ledger


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute(sql)


def test_an_answer_is_computed_again_only_when_its_key_changes(path: Path) -> None:
    computed = []

    def compute(value: str) -> Callable[[], str]:
        return lambda: computed.append(value) or value

    assert Ledger(path).answer(HASHES, "raw", "a", compute("1")) == "1"
    assert Ledger(path).answer(HASHES, "raw", "a", compute("2")) == "1"
    assert Ledger(path).answer(HASHES, "other", "a", compute("3")) == "3"
    assert Ledger(path).answer(HASHES, "raw", "b", compute("4")) == "4"
    assert Ledger(path).find(HASHES, "raw", "a") is None  # the newest key alone
    assert computed == ["1", "3", "4"]


def test_answers_come_back_in_their_types_in_another_process_too(path: Path) -> None:
    ledger = Ledger(path)
    ledger.record(CONTENTS, {"a": LedgerEntry("k", CONTENT), "b": LedgerEntry("l", CONTENT._replace(rows=0))})
    ledger.record(CHECKS, {"a": LedgerEntry("k", (ANSWER,))})
    script = (
        "import sys; from pathlib import Path; from pipelines.build.ledger import Ledger\n"
        "from pipelines.build.answers import CHECKS, CONTENTS\n"
        "ledger = Ledger(Path(sys.argv[1])); print(ledger.find(CONTENTS, 'a', 'k')); print(ledger.known(CHECKS))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, cwd=PROJECT_ROOT)
    assert (done.stdout.splitlines(), done.stderr) == ([str(CONTENT), str({"a": LedgerEntry("k", (ANSWER,))})], "")


def test_where_computing_fails_nothing_is_kept(path: Path) -> None:
    def fail() -> str:
        raise ValueError("cannot say")

    with pytest.raises(ValueError, match="cannot say"):
        Ledger(path).answer(HASHES, "raw", "a", fail)
    assert Ledger(path).known(HASHES) == {}


def test_what_would_not_come_back_is_refused_when_it_is_written(path: Path) -> None:
    with pytest.raises(PydanticSerializationError):
        Ledger(path).record(COUNTS, {"a": LedgerEntry("k", {"n": "many"})})
    assert Ledger(path).known(COUNTS) == {}
    odd = (CheckAnswer((("all", float("inf"), None),), (), ()),)
    Ledger(path).record(CHECKS, {"odd": LedgerEntry("k", odd)})
    os.utime(path)  # read anew
    assert Ledger(path).find(CHECKS, "odd", "k") == odd and Ledger(path).start() is None


def test_what_another_process_wrote_is_seen_and_nothing_of_it_is_lost(path: Path) -> None:
    ledger = written(path)
    change(path, "INSERT INTO entry VALUES ('hashes', 'theirs', 'k', '\"1\"')")
    assert ledger.find(HASHES, "theirs", "k") == "1"
    change(path, "INSERT INTO entry VALUES ('hashes', 'later', 'k', '\"2\"')")
    ledger.record(HASHES, {"ours": LedgerEntry("k", "3")})
    assert {name: entry.value for name, entry in ledger.known(HASHES).items()} == {
        "theirs": "1", "later": "2", "ours": "3",
    }  # fmt: skip


def test_a_file_of_the_warehouse_has_the_same_name_in_a_copy(tmp_path: Path) -> None:
    for folder in (tmp_path / "它's 仓库", tmp_path / "copy"):
        ledger = Ledger(folder / NAME)
        assert ledger.name_of(folder / "tables/fact_indicator/08.parquet") == "tables/fact_indicator/08.parquet"
        assert ledger.name_of(tmp_path / "raw/divisions.parquet") == f"{tmp_path.as_posix()}/raw/divisions.parquet"


def test_threads_share_a_ledger(path: Path) -> None:
    def work(number: int) -> int | None:
        Ledger(path).record(COUNTS, {f"{number}": LedgerEntry("k", {"n": number})})
        return Ledger(path).answer(COUNTS, f"{number}", "k", lambda: {"n": -1})["n"]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(40))) == list(range(40))
    assert len(Ledger(path).known(COUNTS)) == 40


def test_a_first_run_says_nothing_and_makes_the_ledger(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert Ledger(path).start() is None
    assert path.is_file() and caplog.messages == []
    path.write_bytes(b"")  # a run that was killed before it wrote anything
    assert Ledger(path).start() is None and Ledger(path).start() is None
    assert caplog.messages == [] and [file.name for file in path.parent.iterdir()] == [NAME]


def test_a_ledger_that_is_gone_is_said(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ledger = written(path)
    path.unlink()
    assert ledger.find(COUNTS, "documents", "k") is None
    line = ledger.start()
    assert line == f"the ledger {path} is missing: everything is computed anew"
    assert caplog.messages == [line]
    assert ledger.start() is None  # once


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 50]),
    "empty": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"{"),
    "not SQLite": lambda path: path.write_text("{}", encoding="utf-8"),
    "zeros": lambda path: path.write_bytes(path.read_bytes()[:200] + bytes(path.stat().st_size - 200)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "another version": lambda path: change(path, "PRAGMA user_version = 99"),
    "another table": lambda path: (change(path, "DROP TABLE entry"), change(path, "CREATE TABLE entry (a TEXT)")),
    "no JSON": lambda path: change(path, "UPDATE entry SET value = '{'"),
    "another shape": lambda path: change(path, 'UPDATE entry SET value = \'{"rows": "1"}\''),
    "a negative count": lambda path: change(path, "INSERT INTO entry VALUES ('steps', 'a', 'k', '[-1]')"),
    "a hash that is none": lambda path: change(
        path, "INSERT INTO entry VALUES ('contents', 'a', 'k', '[0, [[\"a\", \"BIGINT\"]], \"zz\", {}]')"
    ),
    "a table without columns": lambda path: change(
        path, "INSERT INTO entry VALUES ('contents', 'a', 'k', '[0, [], \"0\", {}]')"
    ),
    "a part of an entry": lambda path: change(path, "INSERT INTO entry VALUES ('contents', 'a', 'k', '{\"rows\": 1}')"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_ledger_is_set_aside_and_said(path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    written(path)
    DAMAGE[damage](path)
    left = path.is_dir() or path.read_bytes()
    line = Ledger(path).start()
    assert line is not None and line.endswith(": everything is computed anew") and "\n" not in line
    assert caplog.messages == [line] and caplog.records[0].levelno == logging.WARNING
    assert Ledger(path).known(COUNTS) == {}
    Ledger(path).record(COUNTS, {"documents": LedgerEntry("k", {"rows": 2})})
    assert Ledger(path).start() is None
    aside = [file for file in path.parent.iterdir() if file.name.startswith(f"{NAME}.damaged-")]
    if damage not in ("empty", "one byte"):  # which SQLite takes for an empty database
        assert [file.is_dir() or file.read_bytes() for file in aside] == [left]
        assert aside[0].name in line


@pytest.mark.parametrize("column", ["topic", "name", "key", "value"])
def test_an_entry_with_one_other_letter_is_damage(
    path: Path, column: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a right entry by its form: a digit of a hash, another file's name, another topic of the same type."""
    monkeypatch.setitem(TOPICS, "shares", HASHES)
    Ledger(path).record(HASHES, {"a1": LedgerEntry("a1", "a1")})
    change(path, f"UPDATE entry SET {column} = replace(replace({column}, 'a1', 'a2'), 'hashes', 'shares')")
    assert Ledger(path).start() is not None
    assert "is not the one that was written" in caplog.text
    assert not Ledger(path).known(HASHES)


def test_damage_is_found_without_a_start_too(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ledger = written(path)
    path.write_text("{}", encoding="utf-8")
    assert ledger.answer(COUNTS, "documents", "k", lambda: {"rows": 7}) == {"rows": 7}
    assert "cannot be read" in caplog.text
    assert ledger.start() is None


def test_entries_of_another_version_of_fazhi_are_left_alone(path: Path) -> None:
    written(path)
    change(path, "INSERT INTO entry VALUES ('horoscopes', 'a', 'k', '1')")
    assert Ledger(path).start() is None
    assert Ledger(path).find(COUNTS, "documents", "k") == {"rows": 1}


def test_a_transaction_that_was_killed_leaves_the_ledger_before_it(path: Path) -> None:
    ledger = written(path)
    script = (
        "import os, sqlite3, sys; con = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "con.execute('PRAGMA cache_size = 2'); con.execute('PRAGMA cache_spill = 1'); con.execute('BEGIN IMMEDIATE')\n"
        "con.execute('DELETE FROM entry')\n"
        "for i in range(500): con.execute('INSERT INTO entry VALUES (?, ?, ?, ?)', ('x', str(i), 'k', 'v' * 999))\n"
        "print('written', flush=True); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True)
    assert killed.stdout == "written\n" and path.stat().st_size > 100_000
    assert path.with_name(f"{NAME}-journal").exists()
    assert ledger.start() is None
    assert ledger.find(COUNTS, "documents", "k") == {"rows": 1}


def test_a_ledger_that_another_program_holds_is_an_error_and_not_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = written(path)
    monkeypatch.setattr("pipelines.build.ledger._WAIT", 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="another program has it open"):
            ledger.record(COUNTS, {"documents": LedgerEntry("k", {"rows": 2})})
    ledger.record(COUNTS, {"documents": LedgerEntry("k", {"rows": 3})})
    assert [file.name for file in path.parent.iterdir() if file.is_file()] == [NAME]
