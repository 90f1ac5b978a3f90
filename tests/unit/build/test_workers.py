"""Workers that are killed: nothing is lost, the order is kept, and the one document that does it is named."""

import os
import random
import signal
import time
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from pipelines.build import workers as module
from pipelines.build.executor import WorkerLostError
from pipelines.build.workers import WorkerSettings, workers


@pytest.fixture(autouse=True)
def _pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few documents are worth a pool."""
    monkeypatch.setattr(module, "WORTH_A_POOL", 0)


def double(batch: pl.DataFrame, fatal: tuple[int, ...], once: Path | None = None) -> list[tuple[int, str]]:
    """Each number twice. The process ends at a fatal one; with `once` only until that file is there."""
    for number in batch["n"]:
        if number in fatal and not (once and once.exists()):
            if once:
                once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [(number, f"{2 * number}") for number in batch["n"]]


def crashed(batch: pl.DataFrame) -> list[tuple[int, str]]:
    assert batch.height == 1
    return [(batch["n"][0], "crashed")]


def ask(count: int, size: int, fatal: tuple[int, ...], once: Path | None = None) -> list[tuple[int, str]]:
    batches = pl.DataFrame({"n": range(count)}).iter_slices(size)
    with workers(WorkerSettings(2), count) as each:
        return [row for rows in each(partial(double, fatal=fatal, once=once), batches, crashed) for row in rows]


def expected(count: int, fatal: tuple[int, ...]) -> list[tuple[int, str]]:
    return [(number, "crashed" if number in fatal else f"{2 * number}") for number in range(count)]


@pytest.mark.parametrize(
    ("count", "size", "fatal"),
    [(40, 8, ()), (40, 8, (13,)), (40, 40, (0,)), (21, 4, (20,)), (12, 3, (4, 5)), (3, 1, (1,)), (2, 2, (0, 1))],
)
def test_the_documents_that_end_their_worker_are_named_and_the_others_kept(
    count: int, size: int, fatal: tuple[int, ...], caplog: pytest.LogCaptureFixture
) -> None:
    assert ask(count, size, fatal) == expected(count, fatal)
    assert bool(caplog.messages) == bool(fatal)


@pytest.mark.parametrize("size", [1, 4, 30])
def test_a_worker_that_something_else_killed_costs_no_document(tmp_path: Path, size: int) -> None:
    number = random.Random(size).randrange(30)
    assert ask(30, size, (number,), tmp_path / "killed") == expected(30, ())


def hang(batch: pl.DataFrame, once: Path) -> list[tuple[int, str]]:
    """Each number twice. The process hangs at 3, the first time."""
    if 3 in batch["n"] and not once.exists():
        once.touch()
        time.sleep(600)
    return double(batch, ())


def test_a_worker_that_hangs_is_ended_and_costs_no_document(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    batches = pl.DataFrame({"n": range(12)}).iter_slices(3)
    with workers(WorkerSettings(2, seconds=10), 12) as each:
        found = [row for rows in each(partial(hang, once=tmp_path / "hung"), batches, crashed) for row in rows]
    assert found == expected(12, ())
    assert any("gave no answer in 10 seconds and was killed" in line for line in caplog.messages)


def late(number: int) -> None:
    raise TimeoutError(number)


def test_a_timeout_of_the_work_itself_is_its_error() -> None:
    with workers(WorkerSettings(2), 10) as each, pytest.raises(TimeoutError):
        list(each(late, [1, 2, 3]))


def test_an_error_of_the_work_is_raised_as_it_is() -> None:
    with workers(WorkerSettings(2), 10) as each, pytest.raises(ZeroDivisionError):
        list(each(partial(divide, by=0), [1, 2, 3]))


def divide(number: int, by: int) -> float:
    return number / by


def test_without_a_result_for_what_crashes_the_pool_is_an_error(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1]})
    with workers(WorkerSettings(2), 10) as each:
        assert list(each(partial(double, fatal=(1,), once=tmp_path / "killed"), [frame])) == [[(1, "2")]]
        with pytest.raises(WorkerLostError):
            list(each(partial(double, fatal=(1,)), [frame]))
        assert list(each(partial(double, fatal=()), [frame])) == [[(1, "2")]], "there are workers again"


def panic(batch: pl.DataFrame) -> list[tuple[int, str]]:
    if 5 in batch["n"]:
        raise pl.exceptions.PanicException("index out of bounds")
    return double(batch, ())


@pytest.mark.parametrize("worth", [0, 500])
def test_a_panic_counts_as_the_end_of_its_process(worth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTH_A_POOL", worth)
    batches = list(pl.DataFrame({"n": range(8)}).iter_slices(4))
    with workers(WorkerSettings(2), 8) as each:
        assert [row for rows in each(panic, batches, crashed) for row in rows] == expected(8, (5,))
        if worth:
            with pytest.raises(pl.exceptions.PanicException):
                list(each(panic, batches))


def test_the_careful_work_on_few_documents_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORTH_A_POOL", 500)
    batches = list(pl.DataFrame({"n": range(8)}).iter_slices(4))
    with workers(WorkerSettings(1), 8, is_careful=True) as each:
        found = [row for rows in each(partial(double, fatal=(2,)), batches, crashed) for row in rows]
    assert found == expected(8, (2,))
