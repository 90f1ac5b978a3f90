"""Archives that were made to hurt: whatever a member does, it is a row with its reason, and its neighbours are read."""

import io
import lzma
import random
import struct
import zipfile
from pathlib import Path

import document_fixtures as make
import polars as pl
import pytest

from pipelines.ingest.inventory import locate
from pipelines.read import unpack
from pipelines.read.archive_kinds import Packed
from pipelines.read.document import ReadError
from pipelines.read.unpack import members
from pipelines.settings import Settings
from pipelines.stage import raw_inventory
from pipelines.stage.raw_inventory import read_files, refresh_files

METHODS = {"stored": 0, "deflate": 8, "bz2": 12, "lzma": 14}
GOOD = "甲镇举办讲座3场。".encode()
NOISE = random.Random(3).randbytes(4000)


def two(method: int) -> bytearray:
    """A zip archive of a file of noise, packed by `method`, and of a good one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.bin", NOISE)
        archive.writestr("b.txt", GOOD, zipfile.ZIP_STORED)
    return bytearray(stream.getvalue())


def codes(data: bytes) -> dict[str, str]:
    return {member.path: member.reason.code if member.reason else "ok" for member in members(bytes(data))}


@pytest.mark.parametrize("method", METHODS)
def test_a_flipped_byte_in_a_member_takes_no_other_file(method: str) -> None:
    rng = random.Random(method)
    whole = two(METHODS[method])
    assert codes(whole) == {"a.bin": "ok", "b.txt": "ok"}
    for _ in range(60):
        data = bytearray(whole)
        data[rng.randrange(36, 4000)] ^= 1 << rng.randrange(8)
        assert codes(data) == {"a.bin": "broken", "b.txt": "ok"}


def test_the_properties_of_a_packing_method_may_be_anything() -> None:
    whole = two(14)
    at = 30 + len("a.bin") + 4  # after the head of the member, the version and the length of the properties
    for byte in range(0, 256, 5):
        data = bytearray(whole)
        data[at] = byte
        assert codes(data)["b.txt"] == "ok" and codes(data)["a.bin"] in ("ok", "broken", "unsupported")


@pytest.mark.parametrize("method", [1, 6, 9, 20, 93, 95, 98, 99, 65535], ids=str)
def test_a_method_that_is_not_known_is_said(method: int) -> None:
    data = two(8)
    for signature, field in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(signature) + field, method)
    found = {member.path: member for member in members(bytes(data))}
    reason = found["a.bin"].reason
    assert reason is not None and reason.code in ("unsupported", "broken") and reason.text.startswith("found ")
    assert found["b.txt"].data == GOOD


def test_whatever_a_library_raises_at_a_member_is_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    class OddError(Exception):
        pass

    def odd() -> bytes:
        raise OddError("odd")

    for raised in (odd, lambda: 1 // 0, lambda: {}["a"], lambda: b"".decode(1), lambda: bytes(2**62)):  # type: ignore
        entries = [Packed("a", 1, 1, False, raised), Packed("b", 1, 1, False, lambda: b"b")]  # type: ignore[arg-type]
        monkeypatch.setattr(unpack, "entries_of", lambda data, name, entries=entries: entries)
        assert codes(b"") == {"a": "broken", "b": "ok"}


@pytest.mark.parametrize("pack", [make.packed, make.packed_rar, make.packed_7z, make.packed_tar])
def test_an_archive_with_any_byte_wrong_is_rows_or_a_reason(pack) -> None:
    rng = random.Random(5)
    whole = pack({"a.txt": NOISE[:300], "b.txt": GOOD})
    for _ in range(60):
        data = bytearray(whole)
        data[rng.randrange(8, len(data))] = rng.randrange(256)
        try:
            assert set(codes(data)) != set()
        except ReadError as error:
            assert error.code in ("broken", "encrypted", "bomb", "empty", "unsupported", "too_deep")


def test_a_tar_archive_of_long_names_for_long_names() -> None:
    long_name = bytearray(make.packed_tar({"a" * 99: b"a"})[:1024])
    long_name[156:157] = b"L"
    long_name[148:156] = b" " * 8
    long_name[148:156] = f"{sum(long_name[:512]):06o}\0 ".encode()
    with pytest.raises(ReadError) as refusal:
        codes(bytes(long_name) * 3000)
    assert refusal.value.code in ("broken", "empty")


def test_a_sparse_file_of_a_tar_archive_is_no_memory() -> None:
    head = bytearray(make.packed_tar({"a.txt": b""})[:512])
    head[156:157] = b"S"
    head[257:265] = b"ustar  \0"
    head[386:398] = head[398:410] = b"%011o\0" % 0
    head[483:495] = b"%011o\0" % 150_000_000
    head[148:156] = b" " * 8
    head[148:156] = f"{sum(head):06o}\0 ".encode()
    assert codes(bytes(head) + bytes(1024)) == {"a.txt": "bomb"}


def test_names_that_come_twice_are_numbered_until_one_is_free() -> None:
    names = ["a", "a (2)", "a", "a", "a (2)", "a (2) (2)"]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for number, name in enumerate(names):
            archive.writestr(name, str(number))
    found = {member.path: member.data.decode() for member in members(stream.getvalue())}
    assert list(found.values()) == [str(number) for number in range(len(names))]
    assert list(found) == ["a", "a (2)", "a (3)", "a (4)", "a (2) (2)", "a (2) (2) (2)"]


def test_a_file_named_like_a_path_into_an_inner_archive_keeps_its_row() -> None:
    data = make.packed({"in.zip": make.packed({"a.txt": b"inner"}), "in.zip!/a.txt": b"outer"})
    assert {member.path: member.data for member in members(data)} == {
        "in.zip!/a.txt": b"inner",
        "in.zip!/a.txt (2)": b"outer",
    }


def test_halves_of_characters_are_no_part_of_a_name() -> None:
    data = make.packed_7z({"ab.txt": b"a"})
    assert codes(data) == {"ab.txt": "ok"}
    entries = [Packed("\ud800a\udfff.txt\0", 1, 1, False, lambda: b"a"), Packed("\ud83d", 1, 1, False, lambda: b"b")]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(unpack, "entries_of", lambda data, name: entries)
        assert codes(b"") == {"a.txt": "ok", "unnamed": "ok"}


def settings_of(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    return Settings.load(tmp_path / "raw", tmp_path / "wh", {"FAZHI_PROCESSES": "1"})


def test_an_archive_at_which_the_program_fails_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(tmp_path)
    (settings.raw_dir / "a.zip").write_bytes(make.packed({"a.txt": GOOD}))
    (settings.raw_dir / "b.txt").write_bytes(GOOD)

    def fail(data: bytes, name: str) -> None:
        raise lzma.LZMAError("Corrupt input data")

    monkeypatch.setattr(raw_inventory, "members", fail)
    refresh_files(settings)
    rows = read_files(settings).select("raw_path", "reason_code")
    assert rows.rows() == [("a.zip", "internal_error"), ("b.txt", None)]


def test_a_folder_named_like_an_archive_adds_no_second_row_of_the_same_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    (settings.raw_dir / "a.zip").write_bytes(make.packed({"a.txt": GOOD, "b.txt": b"in the archive"}))
    folder = locate(settings.raw_dir, "a.zip!")
    folder.mkdir()
    (folder / "a.txt").write_bytes(GOOD)
    (folder / "b.txt").write_bytes(b"in the folder")
    refresh_files(settings)
    rows = read_files(settings)
    assert rows.height == 3 and rows["report_id"].is_unique().all()
    assert rows.filter(pl.col("reason_code").is_not_null()).is_empty()
