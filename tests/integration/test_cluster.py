"""A cluster gives the rows of one process, whoever is killed, hangs, differs or is not there."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import cluster_fixture as work
import command_fixture
import polars as pl
import pytest
from cluster_fixture import Nodes, Rows, nodes
from small_reports import small_report, towns

from benchmarks.processes import family
from pipelines.build import cluster as module
from pipelines.build import workers as pool
from pipelines.build.cluster import Cluster, ClusterError, ClusterWorkers, check_cluster, load_distributed
from pipelines.build.executor import WorkerLostError
from pipelines.build.workers import WorkerSettings, workers
from pipelines.cli.commands import main
from pipelines.paths import PROJECT_ROOT
from pipelines.read.scans.ocr_packages import is_installed
from pipelines.settings import Settings, cluster_address
from pipelines.stage import facts, scan_queue
from pipelines.stage.facts import refresh_facts
from pipelines.stage.identities import refresh_identities
from pipelines.stage.raw_inventory import read_files, refresh_files
from pipelines.stage.scan_queue import read_documents
from pipelines.stage.sketches import refresh_sketches
from pipelines.stage.worker_settings import fingerprint

pytest.importorskip("distributed")
TITLE = "关于2023年度法治政府建设情况的报告"


@pytest.fixture(autouse=True)
def _pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few documents are worth a cluster."""
    monkeypatch.setattr(pool, "WORTH_A_POOL", 0)


@pytest.fixture(scope="module")
def two() -> Iterator[Nodes]:
    with nodes(2) as started:
        yield started


def workers_of(started: Nodes, folder: Path, seconds: float = 60.0) -> WorkerSettings:
    return WorkerSettings(1, seconds, Cluster(started.address, folder, work.fingerprint))


def ask(how: WorkerSettings, what: Callable[[pl.DataFrame], Rows], count: int = 24, size: int = 2) -> Rows:
    batches = pl.DataFrame({"n": range(count)}).iter_slices(size)
    with workers(how, count) as each:
        return [row for rows in each(what, batches, work.crashed) for row in rows]


def expected(count: int = 24, fatal: tuple[int, ...] = ()) -> Rows:
    return [(number, "crashed" if number in fatal else f"{2 * number}") for number in range(count)]


def build(raw: Path, warehouse: Path, address: Any = None) -> dict[str, bytes]:
    """The staged files that the steps make of a raw folder, by name."""
    settings = replace(Settings.load(str(raw), str(warehouse), {"FAZHI_PROCESSES": "1"}), cluster=address)
    refresh_files(settings)
    files = read_files(settings)
    counts = [read_documents(files, settings)[0], refresh_identities(files, settings), refresh_facts(settings)]
    counts.append(refresh_sketches(settings))
    assert [count.computed for count in counts] == [len(list(raw.iterdir()))] * 4
    staged = settings.stage_dir.glob("*/*.parquet")
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in staged if path.parent.name != "files"}


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells who listens where")
def test_nodes_listen_on_this_machine_alone(two: Nodes) -> None:
    inodes = set()
    for process in two.processes:
        for pid in family(process.pid):
            links = (str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink())
            inodes |= {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    listening = [line[1] for line in lines if line[3] == "0A" and line[9] in inodes]
    assert len(listening) >= 8 and all(address.startswith("0100007F:") for address in listening), listening


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw folder with a dozen reports."""
    raw = tmp_path_factory.mktemp("raw")
    some = (town for town, _ in zip(towns(Settings.load()), range(12), strict=False))
    for number, town in enumerate(some):
        text = f"全年开展法治培训{number + 2}次，处理信访件{number + 3}件。"
        (raw / f"{number}.txt").write_text(small_report(town, TITLE, 2023, text), encoding="utf-8")
    return raw


@pytest.fixture(scope="module")
def in_one_process(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The staged files that one process makes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "WORTH_A_POOL", 500)
        files = build(reports, tmp_path_factory.mktemp("here"))
    assert len(files) > 6 * 4
    return files


def test_two_workers_give_the_files_of_one_process(
    two: Nodes, tmp_path: Path, reports: Path, in_one_process: dict[str, bytes], sent: list[bytes]
) -> None:
    assert build(reports, tmp_path, two.address) == in_one_process
    assert pl.read_parquet(tmp_path / "stage/facts/*.parquet").height >= 12
    assert texts_in(sent) == 3 * 12, "two workers are fed by sending"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is sent to workers from now on."""
    payloads: list[bytes] = []
    send = ClusterWorkers._send

    def noting(self: ClusterWorkers, payload: bytes) -> Any:
        payloads.append(payload)
        return send(self, payload)

    monkeypatch.setattr(ClusterWorkers, "_send", noting)
    return payloads


def texts_in(sent: list[bytes]) -> int:
    """How many texts were sent."""
    return sum(payload.count("全年开展法治培训".encode()) for payload in sent)


def test_whole_buckets_give_the_files_of_one_process_and_no_text_is_sent(
    two: Nodes,
    tmp_path: Path,
    reports: Path,
    in_one_process: dict[str, bytes],
    sent: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "FED_BY_SENDING", 0)
    assert build(reports, tmp_path, two.address) == in_one_process and not caplog.messages
    assert sent and not texts_in(sent)
    assert not list((tmp_path / "stage").glob(".*")), "nothing stays in the scratch folder"


def test_a_worker_that_is_killed_over_a_whole_bucket_changes_nothing(
    two: Nodes,
    tmp_path: Path,
    reports: Path,
    in_one_process: dict[str, bytes],
    sent: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its nanny starts it anew, and the task is done once more."""
    once = tmp_path / "killed"
    monkeypatch.setattr(module, "FED_BY_SENDING", 0)
    monkeypatch.setattr(facts, "extract_batch", partial(work.extract_but_end_once, once=once))
    assert build(reports, tmp_path / "there", two.address) == in_one_process
    assert once.exists() and not texts_in(sent)


def test_a_folder_that_is_not_shared_is_said_and_texts_are_sent(
    two: Nodes,
    tmp_path: Path,
    reports: Path,
    in_one_process: dict[str, bytes],
    sent: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "FED_BY_SENDING", 0)
    monkeypatch.setattr(module, "_probe", lambda folder: nullcontext(folder / "only here"))
    assert build(reports, tmp_path, two.address) == in_one_process
    assert texts_in(sent) == 3 * 12
    reading, *others = caplog.messages
    assert reading.endswith("this step is done by the processes of this machine")
    assert len(others) == 3 and all(
        f"does not see {tmp_path}" in line and line.endswith("this step sends what it works on") for line in others
    )


def test_a_worker_that_is_killed_costs_nothing(two: Nodes, tmp_path: Path) -> None:
    assert ask(workers_of(two, tmp_path), partial(work.end_once, once=tmp_path / "killed")) == expected()
    assert (tmp_path / "killed").exists()


def test_a_worker_that_hangs_is_ended_and_its_batch_done_elsewhere(
    two: Nodes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = ask(workers_of(two, tmp_path, 8.0), partial(work.hang, once=tmp_path / "hung"))
    assert found == expected()
    assert any("gave no answer in 8 seconds and was ended" in line for line in caplog.messages)


def test_a_batch_that_waits_while_the_workers_work_for_others_is_not_late(
    two: Nodes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(ClusterWorkers(Cluster(two.address, tmp_path, work.fingerprint))) as other:
        batches = [pl.DataFrame({"n": [number]}) for number in range(4)]
        tasks = [other.submit(partial(work.double, seconds=4.0), batch) for batch in batches]
        assert ask(workers_of(two, tmp_path, 3.0), work.double, count=4) == expected(4)
        assert [other.result(task, 60) for task in tasks] == [[row] for row in expected(4)]
    assert not caplog.messages


def test_the_document_at_which_each_worker_hangs_stands_alone(two: Nodes, tmp_path: Path) -> None:
    assert ask(workers_of(two, tmp_path, 8.0), work.hang, count=5) == expected(5, (3,))


def test_a_worker_reads_a_scanned_page(two: Nodes, tmp_path: Path) -> None:
    if not is_installed():
        pytest.skip("character recognition is not installed")
    picture = BytesIO()
    pytest.importorskip("PIL.Image").new("L", (400, 200), 255).save(picture, "PNG")
    settings = replace(Settings.load(str(tmp_path), str(tmp_path), {}), cluster=two.address)
    with scan_queue._readers(settings, 5) as readers:
        assert len(readers) == 4, "two for each worker, so that none waits"
        page = readers[0](picture.getvalue())
        assert (page.rows, page.failure) == ((), None)
        assert "cannot be" in (readers[0](b"no picture").failure or "")


def test_a_page_at_which_each_worker_is_lost_is_a_failure() -> None:
    lost: list[bytes] = []

    class Losing:
        def submit(self, _: Any, picture: bytes) -> None:
            lost.append(picture)

        def result(self, *_: Any) -> None:
            raise WorkerLostError("a worker was killed")

    failed = scan_queue._recognised(b"a", partial(scan_queue._on_cluster, Losing()))
    assert failed.failure is not None and "3 workers were lost" in failed.failure and lost == [b"a"] * 3


def test_an_error_of_the_work_is_raised_as_it_is(two: Nodes, tmp_path: Path) -> None:
    for error in (ZeroDivisionError, TimeoutError):
        with pytest.raises(error), workers(workers_of(two, tmp_path), 9) as each:
            list(each(partial(work.fail, error=error), [1, 2]))


def test_a_folder_that_a_worker_does_not_see_is_said_and_the_work_done_here(
    two: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "raw").mkdir()
    seen = replace(workers_of(two, tmp_path), needs=(tmp_path / "raw",))
    assert ask(seen, work.double) == expected() and not caplog.messages
    monkeypatch.setattr(module, "_probe", lambda folder: nullcontext(folder / "only here"))
    assert ask(seen, work.double) == expected()
    (line,) = caplog.messages
    assert f"does not see {tmp_path}" in line and line.endswith("this step is done by the processes of this machine")


def test_a_worker_with_another_codebook_is_refused_by_name(
    two: Nodes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that was there before ends the run; one that comes later gets nothing and is sent away."""
    cluster = Cluster(two.address, tmp_path, fingerprint)
    with closing(ClusterWorkers(cluster)) as running:
        other = two.start("worker", copy_of_the_project(tmp_path / "other"))
        with pytest.raises(
            ClusterError, match=r"is refused: its codebook is .*, here it is .*; install the same fazhi"
        ):
            check_cluster(cluster)
        batches = [pl.DataFrame({"n": [number]}) for number in range(12)]
        tasks = [running.submit(partial(work.double, seconds=0.2), batch) for batch in batches]
        assert [running.result(task, 60) for task in tasks] == [[row] for row in expected(12)]
    assert any("is refused: its codebook is" in line for line in caplog.messages)
    assert other.wait(30) == 0
    check_cluster(cluster)


def copy_of_the_project(folder: Path) -> Path:
    """The code of the project with one more comment in the codebook, and its data."""
    ignored = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(PROJECT_ROOT / "pipelines", folder / "pipelines", ignore=ignored)
    with (folder / "pipelines/codebook/rules/training.toml").open("a", encoding="utf-8") as file:
        file.write("# another codebook\n")
    (folder / "raw").mkdir()
    for name in ("sql", "pyproject.toml", "raw/reference"):
        (folder / name).symlink_to(PROJECT_ROOT / name)
    return folder


def test_when_every_worker_is_lost_the_run_ends_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NO_WORKER_SECONDS", 3.0)
    with nodes(1) as one:
        worker = one.processes[-1]
        results: list[Rows] = []
        batches = pl.DataFrame({"n": range(40)}).iter_slices(1)
        with (
            pytest.raises(ClusterError, match=r"every worker of .* is lost; what was done is kept"),
            workers(workers_of(one, tmp_path), 40) as each,
        ):
            for rows in each(partial(work.double, seconds=0.1), batches, work.crashed):
                results.append(rows)
                if len(results) == 3:
                    worker.send_signal(signal.SIGTERM)
        assert [row for rows in results for row in rows] == expected(40)[: len(results)]
        worker.wait(30)
        with pytest.raises(ClusterError, match=r"no worker has come to .* in 3 seconds; start one with: fazhi worker"):
            check_cluster(workers_of(one, tmp_path).cluster)


def test_a_run_that_loses_every_worker_ends_with_exit_1_and_keeps_what_is_done(
    tmp_path: Path, reports: Path, in_one_process: dict[str, bytes]
) -> None:
    folders = ["--raw", str(reports), "--warehouse", str(tmp_path / "wh")]
    with nodes(1) as one:
        losing = [sys.executable, work.__file__, str(one.processes[-1].pid), *folders]
        environment = {**os.environ, "FAZHI_CLUSTER": one.text, "FAZHI_EXPORTS": "csv", "PYTHONPATH": str(PROJECT_ROOT)}
        lost = subprocess.run(losing, env=environment, capture_output=True, text=True, timeout=300)
    assert lost.returncode == 1
    assert re.search(
        r"every worker of tcp://\S+ is lost; what was done is kept, the next run goes on from there",
        lost.stdout + lost.stderr,
    )
    stage = tmp_path / "wh/stage"
    kept = {path: path.stat().st_mtime_ns for path in stage.glob("identities/*.parquet")}
    assert len(kept) > 1 and not list(stage.glob("facts/*.parquet"))
    again = command_fixture.fazhi("run", *folders, home=None, settings={"FAZHI_EXPORTS": "csv"})
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept, "what was done is not done again"
    facts_there = {f"facts/{path.name}": path.read_bytes() for path in stage.glob("facts/*.parquet")}
    assert facts_there == {name: found for name, found in in_one_process.items() if name.startswith("facts/")}


def test_a_scheduler_that_is_not_there_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raw").mkdir()
    monkeypatch.setenv("FAZHI_CLUSTER", "tcp://127.0.0.1:9")
    assert main(["run", "--raw", str(tmp_path / "raw"), "--warehouse", str(tmp_path / "wh")]) == 2
    assert main(["worker", "tcp://127.0.0.1:9"]) == 2
    out, err = capsys.readouterr()
    line = "fazhi: there is no scheduler at tcp://127.0.0.1:9 (Connection refused); start one with: fazhi scheduler tcp"
    assert not out and [shown.startswith(line) for shown in err.splitlines()] == [True, True]
    assert not list((tmp_path / "wh").glob("*.sqlite")), "nothing was begun"


def test_without_the_package_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        ClusterError, match=r"needs the package distributed; install it: pip install 'fazhi\[cluster\]'"
    ):
        load_distributed()


def test_by_tls_both_sides_show_a_certificate(tmp_path: Path) -> None:
    trustme = pytest.importorskip("trustme")
    files, stranger = (certificates(tmp_path / name, trustme.CA()) for name in ("ours", "theirs"))
    with nodes(1, "tls", files) as one:
        assert one.address.is_tls and ask(workers_of(one, tmp_path), work.double) == expected()
        with pytest.raises(ClusterError, match=r"no TLS with tls://.*; see FAZHI_CLUSTER_CA, _CERT and _KEY"):
            check_cluster(Cluster(cluster_address(one.text, stranger), tmp_path, work.fingerprint))
        ours_but_key = {**files, "FAZHI_CLUSTER_KEY": stranger["FAZHI_CLUSTER_KEY"]}
        with pytest.raises(ClusterError, match=r"no TLS with .*mismatch"):
            check_cluster(Cluster(cluster_address(one.text, ours_but_key), tmp_path, work.fingerprint))
        not_signed = {**stranger, "FAZHI_CLUSTER_CA": files["FAZHI_CLUSTER_CA"]}
        with pytest.raises(ClusterError, match="no TLS with"):
            check_cluster(Cluster(cluster_address(one.text, not_signed), tmp_path, work.fingerprint))


def certificates(folder: Path, authority: Any) -> dict[str, str]:
    folder.mkdir()
    paths = {name: folder / f"{name.lower()}.pem" for name in ("CA", "CERT", "KEY")}
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(paths["CA"])
    issued.private_key_pem.write_to_path(paths["KEY"])
    issued.cert_chain_pems[0].write_to_path(paths["CERT"])
    return {f"FAZHI_CLUSTER_{name}": str(path) for name, path in paths.items()}
