"""A file at which each worker process is killed is a row with its reason in every step, and the run goes on.

Few files are worked on in the process of the run. There such a file ends the run, and is a row in the next.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.build import workers
from pipelines.build.one_bucket import BatchResult
from pipelines.settings import Settings
from pipelines.stage import documents, facts, identities
from pipelines.warehouse.from_raw import build_from_raw

REPORT = "象山县石浦镇人民政府关于{}年度法治政府建设情况的报告\n\n{}年,石浦镇镇党委理论学习中心组全年集体学法6次。\n"
POISON = "这份报告读不得。"
REAL = {
    "documents": documents.read_batch,
    "identities": identities.identify_batch,
    "facts": facts.extract_batch,
}


def is_poison(batch: pl.DataFrame) -> bool:
    if "text" in batch.columns:
        return bool(batch["text"].str.contains(POISON).any())
    return bool(batch["raw_path"].eq("poison.txt").any())


def kill_at_poison(batch: pl.DataFrame, step: str, **more: Any) -> BatchResult:
    """The work of a step, in a process that is killed at a certain report."""
    if is_poison(batch):
        os.kill(os.getpid(), signal.SIGKILL)
    return REAL[step](batch, **more)


def panic_at_poison(batch: pl.DataFrame, **more: Any) -> BatchResult:
    if is_poison(batch):
        raise pl.exceptions.PanicException("index out of bounds")
    return REAL["facts"](batch, **more)


def read_a_null_pointer(batch: pl.DataFrame, **more: Any) -> BatchResult:
    """The work of the first step, in which a library crashes."""
    if is_poison(batch):
        ctypes.string_at(0)
    return REAL["documents"](batch, **more)


def kill_in_documents(batch: pl.DataFrame, **more: Any) -> BatchResult:
    return kill_at_poison(batch, "documents", **more)


def kill_in_identities(batch: pl.DataFrame, **more: Any) -> BatchResult:
    return kill_at_poison(batch, "identities", **more)


def kill_in_facts(batch: pl.DataFrame, **more: Any) -> BatchResult:
    return kill_at_poison(batch, "facts", **more)


KILLED = {
    "documents": (documents, "read_batch", kill_in_documents),
    "identities": (identities, "identify_batch", kill_in_identities),
    "facts": (facts, "extract_batch", kill_in_facts),
}


def build(folder: Path, processes: int = 2) -> dict[str, tuple[str, str | None, str | None]]:
    """Build `dim_report`. Returns raw_path -> (status, reason_code, reason_text)."""
    env = {"FAZHI_PROCESSES": str(processes)}
    settings = Settings.load(str(folder / "raw"), str(folder / "wh"), env)
    built = build_from_raw(settings, ["dim_report"])
    rows = duckdb.sql(f"SELECT raw_path, status, reason_code, reason_text {built['dim_report'].sql}").fetchall()
    return {row[0]: row[1:] for row in rows}


def write_reports(folder: Path) -> None:
    """Three good reports and the one that kills."""
    (folder / "raw").mkdir()
    for year in (2021, 2022, 2023):
        (folder / f"raw/{year}.txt").write_text(REPORT.format(year, year), encoding="utf-8")
    (folder / "raw/poison.txt").write_text(REPORT.format(2020, 2020) + POISON, encoding="utf-8")


def only_poison_crashed(found: dict[str, tuple[str, str | None, str | None]]) -> None:
    for year in (2021, 2022, 2023):
        assert found[f"{year}.txt"] == ("accepted", None, None)
    status, code, text = found["poison.txt"]
    assert (status, code) == ("quarantined", "crashed")
    assert text is not None and "is killed, for want of memory or by a library" in text


@pytest.mark.parametrize("step", KILLED)
def test_the_file_is_a_row_crashed_and_all_others_are_what_they_were(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_reports(tmp_path)
    monkeypatch.setattr(workers, "WORTH_A_POOL", 0)
    module, name, killer = KILLED[step]
    killer_of: Callable[..., BatchResult] = killer
    monkeypatch.setattr(module, name, killer_of)
    found = build(tmp_path)
    only_poison_crashed(found)
    monkeypatch.setattr(workers, "WORTH_A_POOL", 500)
    assert build(tmp_path) == found, "it is not tried again, where it would end the run itself"


KILLERS: dict[str, dict[str, Callable[..., BatchResult]]] = {
    "a crash in documents": {"documents": read_a_null_pointer},
    "a kill in all that follow": {"identities": kill_in_identities, "facts": kill_in_facts},
}


def night(folder: Path, kind: str, processes: int) -> None:
    """A run in a process of its own, with steps that are killed at the poison."""
    for step, killer in KILLERS[kind].items():
        module, name, _ = KILLED[step]
        setattr(module, name, killer)
    build(folder, processes)


def nights(folder: Path, kind: str, processes: int, count: int) -> list[int | None]:
    codes = []
    for _ in range(count):
        process = get_context("spawn").Process(target=night, args=(folder, kind, processes))
        process.start()
        process.join()
        codes.append(process.exitcode)
    return codes


@pytest.mark.parametrize(("kind", "processes"), list(zip(KILLERS, (2, 1), strict=True)))
def test_a_file_that_ends_the_run_is_a_row_in_the_next(tmp_path: Path, kind: str, processes: int) -> None:
    write_reports(tmp_path)
    first, second = nights(tmp_path, kind, processes, 2)
    assert first in (-signal.SIGKILL, -signal.SIGSEGV) and second == 0
    only_poison_crashed(build(tmp_path))  # where nothing kills any more: it is not tried again


def test_a_panic_in_the_process_of_the_run_is_a_row_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_reports(tmp_path)
    monkeypatch.setattr(facts, "extract_batch", panic_at_poison)
    only_poison_crashed(build(tmp_path))
