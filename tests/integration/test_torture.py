"""The torture in short: a killed run, damage and a wrong clock while a reader asks. The long one is `make torture`.

Only the run that is killed has a process of its own; the others run here, where everything is loaded.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from benchmarks import torture as module
from benchmarks.disturbances import ASK_FOR_THE_TIME, DAMAGES, MODULE, damage, wrong_by
from benchmarks.torture import Tally, TortureError, page, torture
from pipelines.assets.run_job import Event, StepFailed, run_job
from pipelines.build.answers import HASHES
from pipelines.build.ledger import Ledger, LedgerEntry
from pipelines.definitions import defs
from pipelines.settings import Settings

SEED = 5


def finish_here(raw: Path, warehouse: Path, module: Sequence[str] = (), **_: Any) -> float:
    """A run in this process, with the clock that the long torture would give to a process."""
    events: list[Event] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ASK_FOR_THE_TIME if MODULE in module else ():
            patch.setattr(f"{name}.datetime", wrong_by(float(module[-1])))
        patch.setenv("FAZHI_EXPORTS", "csv")
        patch.setenv("DAGSTER_HOME", str(warehouse / ".dagster"))
        if not run_job(defs, Settings.load(str(raw), str(warehouse)), events.append).is_done:
            raise TortureError(str([event for event in events if isinstance(event, StepFailed)]))
    return 4.0  # so long a run takes that is killed


def test_disturbed_runs_lose_nothing_and_readers_never_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(SEED)
    monkeypatch.setattr(module, "_finish", finish_here)
    monkeypatch.setattr(module, "_kill_a_worker", lambda *_: None)  # tests/unit/stage/test_crashed.py
    monkeypatch.setattr(module, "_kill_a_worker_of_a_cluster", lambda *_: None)  # test_cluster.py
    monkeypatch.setattr(module, "DAMAGES", [rng.choice([one for one in DAMAGES if "ledger" not in one[0]])])
    tally = torture(tmp_path, kills=1, releases=1, rounds=1, reports=3, seed=SEED)
    assert tally.held, tally
    assert sum(tally.kills.values()) == 1
    assert tally.releases == 2 and tally.reader["reads"]
    assert len(tally.disturbed) == 3 and all(held == [True] for held in tally.disturbed.values())
    text = page(tally, 3, 1.0, "a command")
    assert "| failed reads | 0 | 0 |" in text and "| the clock back | 1 | 1 |" in text


def test_what_does_not_hold_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that fails, and one that makes another release of the same files."""
    releases = iter(["a", "a", "a", "b"])
    monkeypatch.setattr(module, "_release", lambda _: next(releases))
    monkeypatch.setattr(module, "_contents", lambda _: [])
    tally = Tally(same=True, reader={"failed": [], "wrong": 0})
    assert tally.held

    def fail(*_: Path) -> float:
        raise TortureError("a run ended with 1")

    for kind, finish in (("fails", fail), ("another release", lambda *_: 1.0)):
        monkeypatch.setattr(module, "_finish", finish)
        module._same_again(tmp_path, tmp_path, tally, kind)
    assert tally.disturbed == {"fails": [False], "another release": [False]} and not tally.held


@pytest.mark.parametrize("kind", sorted({kind for _, kind in DAMAGES}))
def test_each_kind_of_damage_changes_the_file(tmp_path: Path, kind: str) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.record(HASHES, {"a": LedgerEntry("k", "f")})
    (tmp_path / "stage/facts").mkdir(parents=True)
    (tmp_path / "tables").mkdir()
    files = {
        "stage": tmp_path / "stage/facts/00.parquet",
        "table": tmp_path / "tables/a.parquet",
        "ledger": ledger.path,
    }
    for name in ("stage", "table"):
        pl.DataFrame({"a": [1, 2, 3]}).write_parquet(files[name], metadata={"fazhi_key": "k"})
    for places in [places for places, other in DAMAGES if other == kind]:
        for place in places:
            before = files[place].read_bytes()
            damage(Random(SEED), tmp_path, place, kind)
            assert files[place].is_dir() or files[place].read_bytes() != before
