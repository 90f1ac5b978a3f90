"""Publishing where it cannot be done: one line that says what to do, exit 2, and nothing is there afterwards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.cli.commands import main

if TYPE_CHECKING:
    from bucket_fixture import Bucket, Made

pytest.importorskip("obstore")
pytest_plugins = ("bucket_fixture",)

Said = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
READ, WRITE, DELETE = ("s3:ListBucket", "s3:GetObject"), "s3:PutObject", "s3:DeleteObject"


@pytest.fixture
def refused(three: list[Made], capsys: Said) -> Refused:
    return Refused(three[0].folder, capsys)


class Refused:
    """Publishing that must be refused: the line that it says."""

    def __init__(self, folder: Path, capsys: Said) -> None:
        self.folder, self._capsys = folder, capsys

    def __call__(self, address: str) -> str:
        assert main(["publish", address, "--warehouse", str(self.folder)]) == 2
        said = self._capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1 and said.err.startswith("fazhi: ")
        return said.err


@pytest.mark.parametrize("address", ["gs://bucket/x", "https://host/x", "az://x/y", "s3a://bucket"])
def test_another_kind_of_address_says_which_there_are(refused: Refused, address: str) -> None:
    said = refused(address)
    assert f"{address.partition(':')[0]}:// is no kind of address" in said
    assert "s3://BUCKET/PREFIX, file:///FOLDER, or the path of a folder" in said


@pytest.mark.parametrize("address", ["s3://", "s3:///prefix", "s3://key:secret@bucket/prefix"])
def test_an_address_without_a_bucket_is_not_repeated(refused: Refused, address: str) -> None:
    said = refused(address)
    assert "names no bucket; give s3://BUCKET/PREFIX" in said and "secret" not in said


@pytest.mark.parametrize("prefix", ["a//b", "../a", "a/./b"])
def test_a_prefix_with_empty_parts_or_dots(refused: Refused, prefix: str) -> None:
    assert f"the prefix {prefix} has an empty part or one of dots; give s3://bucket/PREFIX" in refused(
        f"s3://bucket/{prefix}"
    )


def test_a_folder_that_is_not_there_is_not_made(refused: Refused, tmp_path: Path) -> None:
    """A share that is not mounted would be filled on this disk."""
    assert "does not exist; make the folder, or mount the share" in refused(str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").touch()
    assert "is a file; make the folder" in refused(f"file://{tmp_path}/file")
    assert "names a host, expected none" in refused("file://host/share")


def test_a_folder_of_the_warehouse_is_no_place_to_publish_to(refused: Refused) -> None:
    (refused.folder / "below").mkdir(exist_ok=True)
    for folder in (refused.folder, refused.folder / "below"):
        assert "where fazhi itself writes; give another folder" in refused(str(folder))


def test_a_folder_in_which_a_file_is_in_the_way(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "releases").touch()
    said = refused(str(tmp_path))
    assert "Not a directory" in said and "see whether the disk is full and whether you may write there" in said


def test_without_a_release_there_is_nothing_to_publish(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "share").mkdir()
    assert main(["publish", str(tmp_path / "share"), "--warehouse", str(tmp_path / "none")]) == 2
    assert "build one with `fazhi run`" in capsys.readouterr().err
    assert not list((tmp_path / "share").iterdir()) and not (tmp_path / "none").exists()


@pytest.mark.parametrize(("module", "address"), [("obstore", "s3://b"), ("obstore", "/"), ("botocore", "s3://b")])
def test_without_the_extra_it_says_how_to_install_it(
    refused: Refused, module: str, address: str, monkeypatch: Patch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)
    assert "pip install 'fazhi[s3]'" in refused(address)


@pytest.mark.usefixtures("no_keys")
def test_without_a_key_it_says_where_keys_come_from(refused: Refused) -> None:
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE" in refused("s3://bucket/x")


def test_a_profile_that_is_not_there(refused: Refused, bucket: Bucket, monkeypatch: Patch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    said = refused(bucket.address)
    assert "(The config profile (nobody) could not be found); correct AWS_PROFILE" in said


def test_a_bucket_that_is_not_there(refused: Refused, bucket: Bucket) -> None:
    assert "s3://elsewhere/x: there is no such bucket; make it, or correct the address" in refused("s3://elsewhere/x")


def test_a_service_that_does_not_answer(refused: Refused, bucket: Bucket, monkeypatch: Patch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    said = refused(bucket.address)
    assert "error sending request" in said and "see whether AWS_ENDPOINT_URL and AWS_REGION are right" in said


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("AWS_ACCESS_KEY_ID", "the service does not know the key; correct AWS_ACCESS_KEY_ID or AWS_PROFILE"),
        ("AWS_SECRET_ACCESS_KEY", "the secret does not fit the key; correct AWS_SECRET_ACCESS_KEY"),
        ("", "the key may not do that there; give it s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject"),
    ],
)
def test_a_key_that_is_wrong_or_may_not_write(
    refused: Refused, bucket: Bucket, change: str, line: str, monkeypatch: Patch
) -> None:
    key, secret = bucket.key_for(*READ)
    names = bucket.names()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    if change:
        monkeypatch.setenv(change, "another")
    with bucket.with_rights():
        said = refused(bucket.address)
    assert line in said and secret not in said
    assert bucket.names() == names == []


def test_a_key_that_may_not_delete_publishes_and_keeps_the_old(
    bucket: Bucket, three: list[Made], monkeypatch: Patch, capsys: Said
) -> None:
    key, secret = bucket.key_for(*READ, WRITE)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    with bucket.with_rights():
        for made in three:
            assert main(["publish", bucket.address, "--keep", "1", "--warehouse", str(made.folder)]) == 0
        said = capsys.readouterr()
        assert "older releases stay, as they cannot be removed" in said.err and DELETE in said.err
        assert bucket.text("fazhi/CURRENT").strip() == three[-1].release_id


def test_a_profile_gives_key_region_and_endpoint(
    bucket: Bucket, three: list[Made], monkeypatch: Patch, tmp_path: Path
) -> None:
    key, secret = bucket.key_for(*READ, WRITE)
    profile = f"[profile press]\nregion = eu-central-1\nendpoint_url = {bucket.endpoint}\n"
    (tmp_path / "config").write_text(f"{profile}aws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION", "ENDPOINT_URL"):
        monkeypatch.delenv(f"AWS_{name}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "press")
    with bucket.with_rights():
        assert main(["publish", bucket.address, "--warehouse", str(three[0].folder)]) == 0
