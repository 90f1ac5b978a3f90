"""What `benchmarks.torture` does besides killing runs: damage between two runs, killed workers, clocks that are wrong.

    python -m benchmarks.disturbances SECONDS run ...

is `fazhi run ...` with a clock that is SECONDS off, and with worker processes however few the reports are.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path
from random import Random

import polars as pl

from benchmarks.processes import family

MODULE = "benchmarks.disturbances"
_WORKER = b"multiprocessing.spawn"  # in the command line of a worker, as Python starts it
_LOOK = 0.02  # seconds between two looks for a worker


def flip(rng: Random, path: Path) -> None:
    """Other values for a few bytes anywhere in the file."""
    data = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 20)):
        data[rng.randrange(len(data))] ^= rng.randint(1, 255)
    path.write_bytes(data)


def truncate(rng: Random, path: Path) -> None:
    """The file ends anywhere."""
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data))])


def folder_for(_: Random, path: Path) -> None:
    """A folder where the file was."""
    path.unlink()
    path.mkdir()


def other_columns(_: Random, path: Path) -> None:
    """A sound Parquet file with the stamp of the right one, and with another column."""
    pl.DataFrame({"x": [1]}).write_parquet(path, metadata=pl.read_parquet_metadata(path))


def other_rows(_: Random, path: Path) -> None:
    """A sound Parquet file with the stamp and the columns of the right one, but not with its rows."""
    metadata, frame = pl.read_parquet_metadata(path), pl.read_parquet(path)
    pl.concat([frame, frame.head(1)]).write_parquet(path, metadata=metadata)


def other_entry(rng: Random, path: Path) -> None:
    """An entry of the ledger whose value has not the form of its topic."""
    with closing(sqlite3.connect(path)) as con, con:
        topic, name = rng.choice(con.execute("SELECT topic, name FROM entry ORDER BY topic, name").fetchall())
        value = rng.choice(["null", "{}", "[[]]", '"', ""])
        con.execute("UPDATE entry SET value = ? WHERE topic = ? AND name = ?", (value, topic, name))


Damage = Callable[[Random, Path], None]
OF_FILES: dict[str, Damage] = {
    "bytes flipped": flip,
    "cut off": truncate,
    "a folder in its place": folder_for,
    "other columns": other_columns,
    "other rows": other_rows,
}
OF_LEDGERS: dict[str, Damage] = {
    "bytes flipped": flip,
    "cut off": truncate,
    "a folder in its place": folder_for,
    "an entry of another form": other_entry,
}
PLACES = {
    "stage": ("stage/*/*.parquet", OF_FILES),
    "table": ("tables/**/*.parquet", OF_FILES),
    "ledger": ("ledger.sqlite", OF_LEDGERS),
}
# What is damaged before one run. Without its ledger a run computes everything, so this damage comes by itself.
DAMAGES = [*((("stage", "table"), kind) for kind in OF_FILES), *((("ledger",), kind) for kind in OF_LEDGERS)]


def damage(rng: Random, warehouse: Path, place: str, kind: str) -> None:
    """Damage one file of a place, as PLACES names them, in one way."""
    pattern, kinds = PLACES[place]
    kinds[kind](rng, rng.choice(sorted(path for path in warehouse.glob(pattern) if path.is_file())))


def forget_stage(warehouse: Path) -> None:
    """Remove what was read, so that the next run has work for its workers."""
    shutil.rmtree(warehouse / "stage")


def kill_worker(
    rng: Random,
    process: subprocess.Popen[str],
    killed: list[int],
    nannies: Sequence[int] = (),
    begun: Path = Path("/"),
) -> None:
    """Kill one worker of a run, up to two seconds after one was first seen, and add its number to `killed`.

    With `nannies` it is one of theirs, on a cluster; these are seen from when the folder `begun` is there.
    """
    wait = rng.uniform(0, 2)
    seen_at = None
    while process.poll() is None:
        trees = [family(pid) for pid in nannies or [process.pid]]
        found = [pid for tree in trees for pid in tree if _is_worker(pid)] if begun.exists() else []
        if found and seen_at is None:
            seen_at = time.perf_counter()
        if found and seen_at is not None and time.perf_counter() - seen_at >= wait:
            with suppress(ProcessLookupError):
                os.kill(found[-1], signal.SIGKILL)
                killed.append(found[-1])
                return
        time.sleep(_LOOK)


def _is_worker(pid: int) -> bool:
    try:
        return _WORKER in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended
        return False


def wrong_clock(rng: Random) -> int:
    """Seconds, up to 20 days back, by which a clock is off in the present year: another year changes what is right."""
    now = datetime.now(UTC)
    this_year = now - datetime(now.year, 1, 1, tzinfo=UTC)
    return -rng.randint(1, max(1, int(min(this_year, timedelta(days=20)).total_seconds())))


ASK_FOR_THE_TIME = (
    "pipelines.assets.alerts",
    "pipelines.assets.release",
    "pipelines.build.aside",
    "pipelines.settings",
)


def wrong_by(seconds: float) -> type[datetime]:
    """A class in place of `datetime` whose `now` is wrong by so many seconds."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Wrong:
            right = datetime.now(tz) + timedelta(seconds=seconds)
            return cls.combine(right.date(), right.timetz())

    return Wrong


def main() -> None:
    """Run fazhi with the clock and the workers that are asked for."""
    from pipelines.build import workers
    from pipelines.cli.commands import main as fazhi

    for name in ASK_FOR_THE_TIME:
        vars(import_module(name))["datetime"] = wrong_by(float(sys.argv[1]))
    workers.WORTH_A_POOL = 0
    sys.exit(fazhi(sys.argv[2:]))


if __name__ == "__main__":
    main()
