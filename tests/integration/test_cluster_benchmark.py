"""The benchmark of a cluster in small: it measures real workers, and its simulation says where the growth ends."""

from pathlib import Path

import pytest

from benchmarks import cluster
from benchmarks.cluster_model import Costs, simulate
from benchmarks.cluster_page import STEPS, WAYS, page
from pipelines.build import workers

pytest.importorskip("distributed")
COSTS = Costs(worker=0.01, driver=0.0005, scheduler=0.0001, disk_bytes=10_000)


def test_a_cluster_grows_until_the_driver_is_busy_all_the_time() -> None:
    by_workers = {count: simulate(COSTS, 100_000, count, 250, 1e9) for count in (1, 4, 16, 64, 256)}
    assert by_workers[1].seconds == pytest.approx(1000, rel=0.05) and by_workers[1].limit == "worker"
    assert by_workers[4].seconds == pytest.approx(250, rel=0.05)
    for count in (64, 256):
        assert by_workers[count].seconds == pytest.approx(50, rel=0.1), "100,000 times what the driver needs"
        assert by_workers[count].driver > 0.9 and by_workers[count].limit == "driver"


def test_a_slow_disk_or_a_slow_scheduler_is_the_limit() -> None:
    slow = simulate(COSTS, 100_000, 64, 250, 1e6)
    assert slow.seconds == pytest.approx(1000, rel=0.05) and slow.limit == "disk"
    busy = simulate(Costs(0.01, 0.0001, 0.002, 0), 100_000, 64, 250, 1e9)
    assert busy.seconds == pytest.approx(200, rel=0.05) and busy.limit == "scheduler"


def test_fewer_buckets_than_workers_are_a_limit() -> None:
    few = simulate(COSTS, 100_000, 256, 100_000 // 64, 1e9, 0.02)
    assert few.limit == "driver", "that each worker waits for its bucket counts for less than sending"
    light = simulate(Costs(0.01, 0.0, 0.0, 0), 100_000, 256, 100_000 // 64, 1e9, 0.0)
    assert light.limit == "bucket" and light.seconds == pytest.approx(0.01 * 100_000 / 64, rel=0.05)
    assert simulate(Costs(0.01, 0.0, 0.0, 0), 100_000, 64, 100_000 // 64, 1e9, 0.0).limit == "worker"


def test_the_page_tells_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_A_POOL", 0)
    monkeypatch.setattr(cluster, "IDLE_SECONDS", 0.2)
    cluster.write_reports(tmp_path, 40, 1)
    runs, pairs = cluster.measure_all(tmp_path, [1])
    assert len({run.sha256 for run in runs}) == 1 and sum(runs[1].work.values()) > 0
    assert len({run.sha256 for run, _ in pairs.values()}) == 1
    assert set(runs[1].wall) == set(STEPS) and all(runs[1].disk_bytes.values())
    for step in STEPS[1:]:
        sent, whole = (pairs[way][0] for way in WAYS)
        assert 0 < whole.sent[step] < sent.sent[step] and 0 < whole.back[step] < sent.back[step]
    text = page(runs, pairs, 40, "a command")
    assert "written by `a command`" in text and text.count("| yes |") == 3
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    assert {(row[0], row[1]) for row in rows} >= {(str(n), way) for n in (1, 256) for way in WAYS.values()}
    verdicts = [line for line in text.splitlines() if "What would lift it further:" in line]
    assert [line.split(":")[0] for line in verdicts] == ["**Texts are sent", "**Whole buckets"]
