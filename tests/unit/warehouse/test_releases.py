"""The releases that are kept: found by name, gone back to, forgotten; reused where nothing is new."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_fixtures import CHIDIAN, FEW, NOW, VERSIONS, Report, Warehouse, built, say

from pipelines.build.answers import HASHES
from pipelines.build.ledger import LedgerEntry
from pipelines.cli.commands import main
from pipelines.warehouse.kept_releases import ReleaseError, describe, find, forget, kept, rollback
from pipelines.warehouse.query import QueryError, query
from pipelines.warehouse.release import Release, publish
from pipelines.warehouse.release_file import log_of

REPORT = Report("a.txt", CHIDIAN, 2023, [say("exam_sessions", "测试{3}次。", 3)])


def publish_of(warehouse: Warehouse, days: int = 0, version: str = "1", keep: int = 7) -> Release:
    inputs = {**VERSIONS, "codebook_version": version}
    now = NOW + timedelta(days=days)
    return publish(
        warehouse.specs,
        warehouse.tables_dir,
        warehouse.release_path,
        warehouse.ledger,
        inputs=inputs,
        now=now,
        keep=keep,
    )


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A warehouse with three releases of one report, each of another codebook, and their ids, the oldest first."""
    warehouse = built(tmp_path_factory.mktemp("three"), REPORT, wanted=FEW)
    ids = [publish_of(warehouse, days=day, version=str(day)).release_id for day in range(3)]
    return warehouse.folder, ids


def folders(three: tuple[Path, list[str]]) -> tuple[Path, Path]:
    return three[0] / "fazhi.duckdb", three[0] / "releases"


def current(release_path: Path) -> str:
    return describe(release_path).release_id


def test_each_release_is_kept_and_the_newest_is_current(three: tuple[Path, list[str]]) -> None:
    release_path, releases_dir = folders(three)
    assert [release.release_id for release in kept(releases_dir)] == three[1][::-1]
    assert current(release_path) == three[1][-1]
    assert kept(releases_dir)[0].path.samefile(release_path), "the current release takes no room of its own"


def test_a_release_is_found_by_its_names(three: tuple[Path, list[str]]) -> None:
    release_path, releases_dir = folders(three)
    first, second, third = (releases_dir / f"{name}.duckdb" for name in three[1])
    assert find(release_path, releases_dir, three[1][0]) == first
    assert find(release_path, releases_dir, three[1][1][:12]) == second
    assert find(release_path, releases_dir, "previous") == second
    assert describe(find(release_path, releases_dir, "current")).release_id == three[1][2]
    assert find(release_path, releases_dir, str(third)) == third


def test_a_name_that_is_not_one_release_says_which_there_are(three: tuple[Path, list[str]]) -> None:
    for name, problem in (("2024", "3 releases begin with '2024'"), ("1999", "no release begins with '1999'")):
        with pytest.raises(ReleaseError, match=f"{problem}; kept are: {three[1][2]}, "):
            find(*folders(three), name)
    with pytest.raises(ReleaseError, match=r"there is no release at .*nowhere\.duckdb"):
        find(*folders(three), "nowhere.duckdb")


def test_nobody_can_write_into_a_release(three: tuple[Path, list[str]]) -> None:
    assert folders(three)[0].stat().st_mode & 0o222 == 0


def test_a_file_that_is_no_release_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "half.duckdb").write_bytes(b"half a release")
    assert kept(tmp_path) == []
    with pytest.raises(ReleaseError, match="is not a release that can be read"):
        describe(tmp_path / "half.duckdb")


def test_going_back_holds_until_something_is_new(tmp_path: Path) -> None:
    warehouse = built(tmp_path, REPORT, wanted=FEW)
    first, second = publish_of(warehouse, 0, "1"), publish_of(warehouse, 1, "2")
    releases_dir = tmp_path / "releases"
    with duckdb.connect(str(warehouse.release_path), read_only=True) as reader:
        rollback(warehouse.release_path, releases_dir, "previous")
        assert reader.sql("SELECT codebook_version FROM release").fetchall() == [("2",)], "who reads is not disturbed"
    assert current(warehouse.release_path) == first.release_id
    again = publish_of(warehouse, 2, "2")
    assert again.reused and (again.release_id, again.current) == (second.release_id, first.release_id)
    assert current(warehouse.release_path) == first.release_id
    third = publish_of(warehouse, 3, "3")
    assert not third.reused and current(warehouse.release_path) == third.release_id
    warehouse.release_path.unlink()
    assert publish_of(warehouse, 4, "3").current == third.release_id, "the name is given back"
    for day in range(5, 8):
        publish_of(warehouse, day, str(day), keep=2)
    assert len(kept(releases_dir)) == 2


def test_the_current_release_is_never_forgotten(tmp_path: Path) -> None:
    warehouse = built(tmp_path, REPORT, wanted=FEW)
    ids = [publish_of(warehouse, day, str(day)).release_id for day in range(3)]
    rollback(warehouse.release_path, tmp_path / "releases", ids[0])
    assert [path.stem for path in forget(warehouse.release_path, tmp_path / "releases", keep=1)] == [ids[1]]
    assert {release.release_id for release in kept(tmp_path / "releases")} == {ids[0], ids[2]}


@pytest.mark.parametrize("years", [-6, 5], ids=["a clock that went back", "a clock that was ahead"])
def test_a_clock_that_was_wrong_makes_no_release_and_pushes_none_out(tmp_path: Path, years: int) -> None:
    """Three releases by the right clock, one by the wrong one; then the same again and again by either clock."""
    wrong = 365 * years
    warehouse = built(tmp_path, REPORT, wanted=FEW)
    ids = [publish_of(warehouse, day, str(day), keep=4).release_id for day in range(3)]
    odd = publish_of(warehouse, wrong, "odd", keep=4)
    for day in (3, wrong + 1, 4, wrong - 1):
        again = publish_of(warehouse, day, "odd", keep=4)
        assert again.reused and (again.release_id, again.current) == (odd.release_id, odd.release_id)
    releases_dir = tmp_path / "releases"
    assert {release.release_id for release in kept(releases_dir)} == {*ids, odd.release_id}
    right = [publish_of(warehouse, day, str(day), keep=4) for day in range(5, 8)]
    assert [release.before and release.before.stem for release in right] == [
        odd.release_id, right[0].release_id, right[1].release_id,
    ]  # fmt: skip
    assert publish_of(warehouse, 8, "7", keep=4).reused
    assert {release.release_id for release in kept(releases_dir)} == {
        ids[2], *(release.release_id for release in right),
    }  # fmt: skip


def test_a_kept_release_that_is_dated_in_the_future_is_not_the_last(tmp_path: Path) -> None:
    """It came from another warehouse, say. The ledger may be lost as well; what readers see is then the last."""
    warehouse, other = (built(tmp_path / name, REPORT, wanted=FEW) for name in ("here", "there"))
    publish_of(other, 9999, "2")
    (release,) = kept(tmp_path / "there/releases")
    first = publish_of(warehouse, 0, "1")
    shutil.copy2(release.path, tmp_path / "here/releases")
    assert publish_of(warehouse, 1, "1").reused
    warehouse.ledger.record(HASHES, {"last release": LedgerEntry("", "gone")})
    assert publish_of(warehouse, 2, "1").release_id == first.release_id
    rollback(warehouse.release_path, tmp_path / "here/releases", first.release_id)
    assert not publish_of(warehouse, 3, "2").reused, "it is of another run, though it holds the same"


def test_two_paths_two_orders_one_content(tmp_path: Path) -> None:
    reports = [
        Report("a.txt", CHIDIAN, 2023, [say("exam_pass_rate", "合格率{98.5}%。", 98.5)]),
        Report("b.txt", CHIDIAN, 2022, [say("exam_sessions", "测试{5}次。", 5)]),
    ]
    here, there = built(tmp_path / "here", *reports), built(tmp_path / "那边 x", *reversed(reports))
    first, second = publish_of(here), publish_of(there, days=9)
    one, other = describe(first.path), describe(second.path)
    assert (one.content_sha256, one.inputs_sha256) == (other.content_sha256, other.inputs_sha256)
    tables = "SELECT * FROM release_table ORDER BY table_name"
    with duckdb.connect(str(one.path), read_only=True) as a, duckdb.connect(str(other.path), read_only=True) as b:
        assert a.sql(tables).fetchall() == b.sql(tables).fetchall()
        assert len(a.sql(tables).fetchall()) == len(here.published)


def test_the_commands_list_go_back_and_say_what_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse = built(tmp_path, REPORT, wanted=FEW)
    where = ["--warehouse", str(tmp_path)]
    assert main(["releases", *where]) == 2
    assert "there is no release at" in capsys.readouterr().err
    first, second = publish_of(warehouse, 0, "1").release_id, publish_of(warehouse, 1, "2").release_id
    assert main(["releases", "--format", "csv", *where]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [[second, "True"], [first, "False"]]
    assert main(["rollback", "previous", *where]) == 0
    assert f"readers now see {first}" in capsys.readouterr().out
    assert main(["rollback", "previous", *where]) == 2
    assert f"no release before the current one is kept; kept are: {second}, {first}" in capsys.readouterr().err


_CLIENT = """
import sys, duckdb
client = duckdb.connect(sys.argv[1])  # root may, although the file is read-only
client.execute("CREATE TABLE of_the_client AS SELECT 1 AS one")
print("writes", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_client(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that holds a release open for writing and has written something."""
    path.chmod(0o644)
    command = [sys.executable, "-c", _CLIENT, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout and client.stdout.readline() == "writes\n"
        try:
            yield client
        finally:
            client.kill()


def test_a_client_that_writes_neither_breaks_nor_alters_what_is_read(tmp_path: Path) -> None:
    warehouse = built(tmp_path, REPORT, wanted=FEW)
    first = publish_of(warehouse)
    with another_client(warehouse.release_path):
        with pytest.raises(duckdb.IOException, match="Could not set lock"):
            duckdb.connect(str(warehouse.release_path), read_only=True)
        assert query(warehouse.release_path, "SELECT release_id FROM release").rows == [(first.release_id,)]
        assert current(warehouse.release_path) == first.release_id
    assert log_of(warehouse.release_path).exists(), "the client was killed and left its log"
    with pytest.raises(QueryError, match="of_the_client"):
        query(warehouse.release_path, "FROM of_the_client")
    second = publish_of(warehouse, days=1, version="2")
    with closing(duckdb.connect(str(warehouse.release_path), read_only=True)) as con:
        assert con.sql("SELECT release_id FROM release").fetchall() == [(second.release_id,)]
