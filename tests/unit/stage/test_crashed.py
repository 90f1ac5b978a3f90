"""A file at which each worker process is killed is a row with its reason in every step, and the run goes on."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.build import workers
from pipelines.build.refresh import BatchResult
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


def kill_at_poison(batch: pl.DataFrame, step: str, **more: Any) -> BatchResult:
    """The work of a step, in a process that is killed at a certain report."""
    if "text" in batch.columns:
        is_poison = batch["text"].str.contains(POISON).any()
    else:
        is_poison = batch["raw_path"].eq("poison.txt").any()
    if is_poison:
        os.kill(os.getpid(), signal.SIGKILL)
    return REAL[step](batch, **more)


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


@pytest.mark.parametrize("step", KILLED)
def test_the_file_is_a_row_crashed_and_all_others_are_what_they_were(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw").mkdir()
    for year in (2021, 2022, 2023):
        (tmp_path / f"raw/{year}.txt").write_text(REPORT.format(year, year), encoding="utf-8")
    (tmp_path / "raw/poison.txt").write_text(REPORT.format(2020, 2020) + POISON, encoding="utf-8")
    monkeypatch.setattr(workers, "WORTH_A_POOL", 0)
    module, name, killer = KILLED[step]
    killer_of: Callable[..., BatchResult] = killer
    monkeypatch.setattr(module, name, killer_of)
    found = build(tmp_path)
    for year in (2021, 2022, 2023):
        assert found[f"{year}.txt"] == ("accepted", None, None)
    status, code, text = found["poison.txt"]
    assert (status, code) == ("quarantined", "crashed")
    assert text is not None and "is killed, for want of memory or by a library" in text
    monkeypatch.setattr(workers, "WORTH_A_POOL", 500)
    assert build(tmp_path) == found, "it is not tried again, where it would end the run itself"
