"""`fazhi publish`: what lies in a bucket or a folder afterwards, and what readers see when it is broken off."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.cli.commands import main
from pipelines.warehouse import publish_release
from pipelines.warehouse.export import export
from pipelines.warehouse.publish_target import Pointer, PublishTarget, open_target

if TYPE_CHECKING:
    from bucket_fixture import Bucket, Made

obstore = pytest.importorskip("obstore")
pytest_plugins = ("bucket_fixture",)

Said = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def share(tmp_path: Path) -> Path:
    (tmp_path / "share").mkdir()
    return tmp_path / "share"


@pytest.fixture(params=["bucket", "folder"])
def place(request: pytest.FixtureRequest) -> str:
    """The address of an empty bucket, then of an empty folder."""
    if request.param == "bucket":
        return str(request.getfixturevalue("bucket").address)
    return str(request.getfixturevalue("share"))


def publish(made: Made, address: str, *options: str) -> int:
    return main(["publish", address, *options, "--warehouse", str(made.folder)])


def names(made: Made) -> list[str]:
    """The files that a publication of this warehouse has."""
    folder = made.folder / "published"
    tables = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
    return sorted([*tables, "fazhi.duckdb"])


def is_whole(target: PublishTarget, made: Made) -> bool:
    """Whether the release is there with every file, and the tables have the hashes that its description says."""
    there = f"releases/{made.release_id}"
    if sorted(target.sizes(made.release_id)) != names(made):
        return False
    description = json.loads(bytes(obstore.get(target.store, f"{there}/datapackage.json").bytes()))
    return all(
        hashlib.sha256(bytes(obstore.get(target.store, f"{there}/{file['path']}").bytes())).hexdigest()
        == file["sha256"]
        for file in description["fazhi"]["files"]
    )


def test_a_bucket_holds_the_release_and_names_it(bucket: Bucket, three: list[Made], capsys: Said) -> None:
    assert publish(three[0], bucket.address) == 0
    made = three[0]
    assert bucket.text("fazhi/CURRENT") == f"{made.release_id}\n"
    assert bucket.names() == sorted(
        ["fazhi/CURRENT", *(f"fazhi/releases/{made.release_id}/{name}" for name in names(made))]
    )
    assert {"parquet/fact_indicator.parquet", "datapackage.json"} < set(names(made)) and len(names(made)) > 10
    assert is_whole(open_target(bucket.address), made)
    shown = capsys.readouterr().out
    assert (
        f"{len(names(made))} files sent" in shown and f"readers of {bucket.address} now see {made.release_id}" in shown
    )


def test_a_large_file_is_sent_in_parts(bucket: Bucket, three: list[Made], monkeypatch: Patch, capsys: Said) -> None:
    """The object has the hash of the whole file all the same, so that it is not sent again."""
    monkeypatch.setattr("pipelines.warehouse.publish_target._LEAST_CHUNK", 1_000_000)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1_000_000)
    file, target = three[0].folder / "fazhi.duckdb", open_target(bucket.address)
    assert publish(three[0], bucket.address) == publish(three[0], bucket.address) == 0
    assert f" {len(names(three[0]))} there already" in capsys.readouterr().out
    path = f"releases/{three[0].release_id}/fazhi.duckdb"
    assert bytes(obstore.get(target.store, path).bytes()) == file.read_bytes()
    assert int(str(obstore.head(target.store, path)["e_tag"]).strip('"').partition("-")[2]) > 2, "the number of parts"


def test_tables_that_were_exported_are_not_written_again(three: list[Made], share: Path, tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    folder.mkdir()
    shutil.copyfile(three[0].folder / "fazhi.duckdb", folder / "fazhi.duckdb")
    export(folder / "fazhi.duckdb", folder / "exports", ["parquet", "csv"], tables=["dim_report", "dim_indicator"])
    assert main(["publish", share.as_uri(), "--warehouse", str(folder)]) == 0
    for table in ("dim_report", "dim_indicator"):
        file = f"parquet/{table}.parquet"
        assert (folder / "published" / file).samefile(folder / "exports" / file)
    assert is_whole(open_target(str(share)), three[0]), "nothing but the tables in CSV is left out"


def test_what_is_there_is_not_sent_again(place: str, three: list[Made], capsys: Said) -> None:
    for there in (0, len(names(three[0]))):
        assert publish(three[0], place) == 0
        assert f" 0 copied there, {there} there already" in capsys.readouterr().out


def test_what_was_damaged_there_is_sent_again(place: str, three: list[Made], capsys: Said) -> None:
    """Another size, and the same size with other bytes."""
    assert publish(three[0], place) == 0
    target = open_target(place)
    size = target.sizes(three[0].release_id)["parquet/dim_report.parquet"]
    for data in (b"x", b"x" * size):
        obstore.put(target.store, f"releases/{three[0].release_id}/parquet/dim_report.parquet", data)
        capsys.readouterr()
        assert publish(three[0], place) == 0
        assert capsys.readouterr().out.startswith("1 files sent")
        assert is_whole(target, three[0])


def test_what_did_not_change_is_copied_there(place: str, three: list[Made], capsys: Said) -> None:
    """Only another codebook differs between the releases, so that nearly all tables are the same."""
    assert publish(three[0], place) == publish(three[1], place) == 0
    sent, copied = (int(part.split()[0]) for part in capsys.readouterr().out.splitlines()[2].split(", ")[:2])
    assert copied > sent and sent + copied == len(names(three[1]))
    assert is_whole(open_target(place), three[0]) and is_whole(open_target(place), three[1])


def breaking_off(do: Callable[..., Any], at: int, error: type[BaseException]) -> Callable[..., Any]:
    """`do`, which raises an error from its call number `at` on."""
    lock, calls = threading.Lock(), [0]

    def instead(*args: Any, **kwargs: Any) -> Any:
        with lock:
            calls[0] += 1
            if calls[0] >= at:
                raise error("broken off")
        return do(*args, **kwargs)

    return instead


def test_readers_see_the_old_one_wherever_it_is_broken_off(
    place: str, three: list[Made], monkeypatch: Patch, capsys: Said
) -> None:
    old, new = three[:2]
    assert publish(old, place) == 0
    target = open_target(place)
    counts = []
    monkeypatch.setattr(PublishTarget, "copy", lambda *_: False)  # each file is sent
    for at, error, code in (
        (1, KeyboardInterrupt, 130),
        (6, obstore.exceptions.GenericError, 2),
        (4, KeyboardInterrupt, 130),
        (None, obstore.exceptions.GenericError, 2),  # all is there, and CURRENT is not written
    ):
        at = at or len(names(new)) - counts[-1] + 1
        with monkeypatch.context() as patch:
            patch.setattr(obstore, "put", breaking_off(obstore.put, at, error))
            assert publish(new, place) == code
        assert target.current().release_id == old.release_id and is_whole(target, old)
        counts.append(len(target.sizes(new.release_id)))
    assert counts[0] == 0 and counts == sorted(counts) and counts[-1] == len(names(new)), "each try goes on"
    said = [line for line in capsys.readouterr().err.splitlines() if line]
    assert len(said) == 4 and all("interrupted" in line or f"{place}: broken off; " in line for line in said)
    assert publish(new, place) == 0
    assert f" {len(names(new))} there already" in capsys.readouterr().out
    assert target.current().release_id == new.release_id and is_whole(target, new) and is_whole(target, old)


def publishing_meanwhile(made: Made, place: str, patch: Patch) -> None:
    """Let another publisher be faster than the next one: it publishes between its files and its CURRENT."""
    see_all = publish_release._see_all

    def meanwhile(*args: Any) -> None:
        patch.setattr(publish_release, "_see_all", see_all)
        assert publish(made, place) == 0
        see_all(*args)

    patch.setattr(publish_release, "_see_all", meanwhile)


def test_of_two_publishers_at_once_one_wins_and_the_other_is_told(
    place: str, three: list[Made], monkeypatch: Patch, capsys: Said
) -> None:
    first, faster, slower = three
    for before in ((), (first,)):  # the first publication there, and a later one
        assert all(publish(made, place) == 0 for made in before)
        publishing_meanwhile(faster, place, monkeypatch)
        capsys.readouterr()
        assert publish(slower, place) == 2
        said = capsys.readouterr().err
        assert f"another publisher made {faster.release_id} current meanwhile" in said and said.count("\n") == 1
        assert open_target(place).current().release_id == faster.release_id
    assert publish(slower, place) == 0
    assert open_target(place).current().release_id == slower.release_id


def test_two_that_publish_the_same_release_are_both_right(place: str, three: list[Made], monkeypatch: Patch) -> None:
    publishing_meanwhile(three[2], place, monkeypatch)
    assert publish(three[2], place) == 0
    assert open_target(place).current().release_id == three[2].release_id


def test_of_many_who_point_at_the_same_time_one_does(share: Path) -> None:
    barrier, won = threading.Barrier(8), []

    def point(name: str) -> None:
        target = open_target(str(share))
        barrier.wait()
        if target.point_at(name, Pointer()):
            won.append(name)

    threads = [threading.Thread(target=point, args=(f"release{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1 and open_target(str(share)).current().release_id == won[0]


def test_files_that_another_removes_meanwhile_are_missed(
    place: str, three: list[Made], monkeypatch: Patch, capsys: Said
) -> None:
    bring = publish_release._bring

    def and_lose(target: PublishTarget, *args: Any) -> Any:
        done = bring(target, *args)
        target.remove(three[2].release_id)
        return done

    monkeypatch.setattr(publish_release, "_bring", and_lose)
    assert publish(three[2], place) == 2
    assert f"files of {three[2].release_id} are gone" in capsys.readouterr().err
    assert open_target(place).current() == Pointer()


def test_a_file_that_another_release_replaces_meanwhile_is_not_sent(
    place: str, three: list[Made], tmp_path: Path, monkeypatch: Patch, capsys: Said
) -> None:
    """It has the same name and size. Its bytes must not stand below the release that is being sent."""
    folder = shutil.copytree(three[0].folder, tmp_path / "warehouse")
    target, file = open_target(place), folder / "published/parquet/release.parquet"
    send = PublishTarget.send

    def and_replace(*args: Any) -> None:
        if args[3] == file:
            size = file.stat().st_size
            file.unlink()  # and not written over: `three` shares the file
            file.write_bytes(b"x" * size)
        send(*args)

    with monkeypatch.context() as patch:
        patch.setattr(PublishTarget, "send", and_replace)
        assert main(["publish", place, "--warehouse", str(folder)]) == 2
    assert "another command built this warehouse meanwhile; publish again" in capsys.readouterr().err
    assert target.current() == Pointer() and "parquet/release.parquet" not in target.sizes(three[0].release_id)
    assert publish(three[0], place) == 0 and is_whole(target, three[0])


def test_the_last_releases_are_kept_by_number(place: str, three: list[Made], capsys: Said) -> None:
    target = open_target(place)
    obstore.put(target.store, "releases/notes/mine.txt", b"of a person")
    ids = [made.release_id for made in three]
    for made, there in ((three[0], ids[:1]), (three[1], ids[:2]), (three[2], ids[1:]), (three[2], ids[2:])):
        assert publish(made, place, "--keep", "1") == 0
        assert sorted(target.releases()) == [*there, "notes"], "the one before stays, for those who still read it"
    assert f"removed: {ids[0]}" in capsys.readouterr().out
    assert publish(three[0], place, "--keep", "1") == 0  # an older one, as after a rollback
    assert target.current().release_id == ids[0] and sorted(target.releases()) == [ids[0], ids[2], "notes"]


def test_the_setting_says_how_many_are_kept(share: Path, three: list[Made], monkeypatch: Patch) -> None:
    monkeypatch.setenv("FAZHI_RELEASES", "2")
    assert all(publish(made, str(share)) == 0 for made in three)
    assert sorted(open_target(str(share)).releases()) == [made.release_id for made in three[1:]]


def test_a_release_that_cannot_be_removed_is_said_and_the_new_one_stands(
    share: Path, three: list[Made], monkeypatch: Patch, capsys: Said
) -> None:
    assert publish(three[0], str(share)) == publish(three[1], str(share)) == 0
    monkeypatch.setattr(shutil, "rmtree", breaking_off(shutil.rmtree, 1, PermissionError))
    assert publish(three[2], str(share), "--keep", "1") == 0
    said = capsys.readouterr()
    assert "older releases stay" in said.err and "broken off" in said.err
    assert f"now see {three[2].release_id}" in said.out


def test_a_description_that_was_damaged_here_is_put_aside(share: Path, three: list[Made], tmp_path: Path) -> None:
    folder = shutil.copytree(three[0].folder, tmp_path / "warehouse")
    (folder / "published/datapackage.json").write_text("{")
    assert main(["publish", str(share), "--warehouse", str(folder)]) == 0
    assert is_whole(open_target(str(share)), three[0])
