"""The torture in short: runs killed at random points while a reader asks. The long one is `make torture`."""

from pathlib import Path

from benchmarks.torture import page, torture


def test_killed_runs_lose_nothing_and_readers_never_notice(tmp_path: Path) -> None:
    tally = torture(tmp_path, kills=1, releases=1, reports=3, seed=5)
    assert tally.held, tally
    assert sum(tally.kills.values()) == 1
    assert tally.releases == 1 and tally.reader["reads"]
    assert "| failed reads | 0 | 0 |" in page(tally, 3, 1.0, "a command")
