"""What a step has in hand: a run that died in a step makes the next one careful, and one that ended well does not."""

from pathlib import Path

import pytest

from pipelines.build import in_hand as module
from pipelines.build.answers import IN_HAND
from pipelines.build.in_hand import in_hand
from pipelines.build.ledger import Ledger


@pytest.fixture(autouse=True)
def _a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_careful", set())


def noted(path: Path) -> dict[str, bool]:
    return {step: entry.value for step, entry in Ledger(path).known(IN_HAND).items()}


def test_a_step_that_ends_leaves_no_doubt(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    for step in ("read", "extract", "read"):
        with in_hand(Ledger(path), step) as is_careful:
            assert not is_careful and noted(path)[step]
        assert not any(noted(path).values())
    with pytest.raises(ValueError, match="odd"), in_hand(Ledger(path), "read"):
        raise ValueError("odd")  # an error that is told is no death
    with in_hand(Ledger(path), "read") as is_careful:
        assert not is_careful


def test_a_step_in_which_a_run_died_makes_every_step_of_the_next_one_careful(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    died = in_hand(Ledger(path), "read")
    died.__enter__()
    with in_hand(Ledger(path), "read") as is_careful:
        assert is_careful
    with in_hand(Ledger(path), "extract") as is_careful:
        assert is_careful
    with in_hand(Ledger(tmp_path / "other.sqlite"), "read") as is_careful:
        assert not is_careful
    monkeypatch.setattr(module, "_careful", set())
    with in_hand(Ledger(path), "read") as is_careful:
        assert not is_careful  # the run after it
