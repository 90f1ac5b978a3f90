"""Archives: each report in one is a report of its own, and what cannot be opened says so."""

import bz2
import gzip
import lzma
import random
from pathlib import Path

import document_fixtures as make
import polars as pl
import pytest

from pipelines.build.buckets import scan
from pipelines.build.refresh import Counts
from pipelines.ingest.report_name import report_id
from pipelines.read import unpack as archive
from pipelines.read.document import ReadError
from pipelines.read.unpack import Member, members
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS, refresh_documents
from pipelines.stage.raw_inventory import read_files, refresh_files

ALL_PACKERS = [make.packed, make.packed_rar, make.packed_7z, make.packed_tar]
TEXTS = {"甲镇.txt": "甲镇举办讲座3场。".encode(), "年报/乙镇.txt": "乙镇举办讲座4场。".encode("gb18030")}


def listed(data: bytes) -> dict[str, str]:
    """Path to the code of its reason, or its text."""
    return {found.path: found.reason.code if found.reason else found.data.decode() for found in members(data)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    return Settings.load(tmp_path / "raw", tmp_path / "wh", {"FAZHI_MAX_BYTES": "100000", "FAZHI_PROCESSES": "1"})


def run(settings: Settings) -> tuple[Counts, Counts, dict[str, dict]]:
    files = refresh_files(settings)
    counts = refresh_documents(read_files(settings), settings)
    return files, counts, {row["raw_path"]: row for row in scan(settings.stage_dir, DOCUMENTS).collect().to_dicts()}


@pytest.mark.parametrize("pack", ALL_PACKERS)
def test_members_in_their_order_without_litter(pack) -> None:
    names = ["__MACOSX/._甲镇.txt", ".DS_Store", "年报/Thumbs.db", "thumbs.db", "Desktop.ini", "~$a.docx"]
    litter = dict.fromkeys([*names, "年报/.~lock.a.odt#", "~WRL0001.tmp"], b"x")
    assert list(members(pack({**TEXTS, **litter}))) == [Member(path, data) for path, data in TEXTS.items()]


def test_names_of_chinese_windows_are_read() -> None:
    plain = make.packed({"aaaa.txt": b"a"})
    assert listed(plain.replace(b"aaaa", "年报".encode("gbk"))) == {"年报.txt": "a"}
    assert listed(make.packed({"aaaaaa.txt": b"a"}).replace(b"aaaaaa", "年报".encode())) == {"年报.txt": "a"}
    assert listed(make.packed({"../../etc/a.txt": b"a", "C:\\b.txt": b"b"})) == {
        "../../etc/a.txt": "a",
        "C:/b.txt": "b",
    }


def test_archives_within_archives_to_a_limited_depth() -> None:
    data = make.packed({"a.txt": b"a"})
    for level in ("1", "2"):
        data = make.packed_rar({f"{level}.zip": data}) if level == "1" else make.packed({f"{level}.rar": data})
    assert listed(data) == {"2.rar!/1.zip!/a.txt": "a"}
    assert listed(make.packed({"3.zip": data})) == {"3.zip!/2.rar!/1.zip": "too_deep"}


def test_a_bad_member_does_not_take_the_others_with_it() -> None:
    data = make.packed({"a.txt": b"a", "b.zip": make.packed({"c.txt": b"c"})[:-10], "d.txt": b"d" * 50})
    assert listed(data) == {"a.txt": "a", "b.zip": "broken", "d.txt": "d" * 50}
    locked = bytearray(make.packed({"a.txt": b"a", "b.txt": b"b"}))
    at = locked.index(b"PK\x01\x02") + 8
    locked[at] |= 1
    assert listed(bytes(locked)) == {"a.txt": "encrypted", "b.txt": "b"}
    assert set(listed(make.packed_rar({"a.txt": b"a"}, password="x")).values()) == {"encrypted"}
    assert listed(make.packed_7z({"a.txt": b"a"}, password="x")) == {"a.txt": "encrypted"}


@pytest.mark.parametrize("pack", [make.packed, make.packed_rar, make.packed_7z])
def test_bombs_are_refused(pack, monkeypatch: pytest.MonkeyPatch) -> None:
    found = listed(pack({"a.txt": b"\0" * 5_000_000, "b.txt": b"b"}))
    assert found["a.txt"] == "bomb" and (found["b.txt"] == "b" or pack is make.packed_7z)
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    with pytest.raises(ReadError, match="bomb: found an archive beyond 3 files"):
        listed(pack({f"{n}.txt": b"a" for n in range(4)}))


@pytest.mark.parametrize("pack", [make.packed, make.packed_tar])
def test_the_files_of_an_archive_together_may_be_too_large(pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 25)
    assert len(listed(pack({"a.txt": b"a" * 10, "b.txt": b"b" * 15}))) == 2
    with pytest.raises(ReadError, match=r"bomb: found an archive beyond .* 25 bytes"):
        listed(pack({"a.txt": b"a" * 10, "b.txt": b"b" * 16}))
    with pytest.raises(ReadError, match="bomb"):
        listed(pack({"a.txt": b"a" * 10, "b.zip": make.packed({"c.txt": b"c"})}))


@pytest.mark.parametrize("stated", [6, 500])
def test_a_member_that_holds_less_than_is_stated_is_broken(stated: int) -> None:
    """The sum of a member is that of what is read, so that only the size shows that the list of files is wrong."""
    found = bytearray(make.packed({"a.txt": b"abcde", "b.txt": b"b"}))
    at = found.index(b"PK\x01\x02")
    found[at + 24 : at + 28] = stated.to_bytes(4, "little")
    assert listed(bytes(found)) == {"a.txt": "broken", "b.txt": "b"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_archive_is_opened_also_when_it_is_compressed(mode: str) -> None:
    assert list(members(make.packed_tar(TEXTS, mode))) == [Member(path, data) for path, data in TEXTS.items()]
    latin = make.packed_tar({"aaaa.txt": b"a"}).replace(b"aaaa", "年报".encode("gbk"))
    assert set(listed(_resummed(latin))) == {"年报.txt"}


def _resummed(data: bytes) -> bytes:
    """A tar archive whose first head was changed, with the sum of that head put right."""
    head = data[:148] + b" " * 8 + data[156:512]
    return data[:148] + f"{sum(head):06o}\0 ".encode() + data[156:]


@pytest.mark.parametrize(
    ("packed", "name", "found"),
    [
        (gzip.compress(b"text"), "raw/甲镇.html.gz", "甲镇.html"),
        (gzip.compress(b"te") + gzip.compress(b"xt"), "a.txt.GZ", "a.txt"),
        (bz2.compress(b"text"), "a.txt.bz2", "a.txt"),
        (lzma.compress(b"text"), "a.txt.xz", "a.txt"),
        (gzip.compress(b"text"), "", "unnamed"),
        (b"\x1f\x8b\x08\x08" + bytes(6) + "乙.txt".encode() + b"\0" + gzip.compress(b"text")[10:], "a.gz", "乙.txt"),
    ],
    ids=["gz", "two gz", "bz2", "xz", "no name", "its own name"],
)
def test_a_compressed_file_is_an_archive_of_one(packed: bytes, name: str, found: str) -> None:
    assert [(one.path, one.data) for one in members(packed, name)] == [(found, b"text")]


def test_compressed_bombs_and_damage_are_refused() -> None:
    assert listed(gzip.compress(bytes(5_000_000))) == {"unnamed": "bomb"}
    assert listed(make.packed({"a.gz": gzip.compress(bytes(5_000_000)), "b": b"b"})) == {"a.gz!/a": "bomb", "b": "b"}
    with pytest.raises(ReadError, match="bomb"):
        listed(make.packed_tar({"a.txt": bytes(5_000_000)}, "w:gz"))
    with pytest.raises(ReadError, match="bomb"):
        listed(gzip.compress(bytes(201_000_000)))
    noise = random.Random(2).randbytes(5000)
    for data in (gzip.compress(noise), bz2.compress(noise), lzma.compress(noise)):
        with pytest.raises(ReadError, match="broken: found a damaged compressed file"):
            listed(data[:-2000])
    with pytest.raises(ReadError, match="broken: found a damaged tar archive"):
        listed(make.packed_tar({"a.txt": noise})[:3000])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.packed({}), "empty"),
        (make.packed(TEXTS)[:60], "broken"),
        (make.packed_rar(TEXTS)[:40], "broken"),
        (make.packed_7z(TEXTS)[:40], "broken"),
    ],
    ids=["zip of nothing", "zip cut", "rar cut", "7z cut"],  # the bytes hold the time and would differ by worker
)
def test_an_archive_that_cannot_be_opened_says_why(data: bytes, code: str, settings: Settings) -> None:
    (settings.raw_dir / "a.zip").write_bytes(data)
    _, counts, found = run(settings)
    assert (
        found["a.zip"]["status_reason"].startswith(f"{code}: found")
        and found["a.zip"]["reason_code"] == code
        and counts.errors == ()
    )


def test_each_report_in_an_archive_is_a_row_with_a_stable_id(settings: Settings) -> None:
    archived = {"甲.docx": make.docx(), "内/乙.zip": make.packed({"丙.html": make.html()}), "图.png": b"\x89PNG\r\n"}
    (settings.raw_dir / "x.zip").write_bytes(make.packed(archived))
    (settings.raw_dir / "x.meta.json").write_text('{"url": "https://x.example/1"}', encoding="utf-8")
    (settings.raw_dir / "y.txt").write_bytes(make.TEXT.encode())
    files, counts, found = run(settings)
    assert (files.computed, counts.computed, counts.errors) == (2, 4, ())
    assert set(found) == {"x.zip!/甲.docx", "x.zip!/内/乙.zip!/丙.html", "x.zip!/图.png", "y.txt"}
    row = found["x.zip!/甲.docx"]
    assert row["text"] == make.TEXT
    assert row["report_id"] == report_id("x.zip!/甲.docx", row["raw_sha256"])
    assert found["x.zip!/图.png"]["reason_code"] == "broken"
    table = read_files(settings).filter(pl.col("archive_path") == "x.zip")
    assert set(table["source_url"]) == {"https://x.example/1"} and table.height == 3


def test_an_archive_is_opened_once_and_again_when_it_changes(settings: Settings) -> None:
    path = settings.raw_dir / "x.zip"
    path.write_bytes(make.packed(TEXTS))
    before = run(settings)[2]
    written = settings.files_path.stat().st_mtime_ns
    path.with_name("x.meta.json").write_text('{"url": "https://x.example/2"}', encoding="utf-8")
    files, counts, _ = run(settings)
    assert (files.computed, counts.computed, counts.reused) == (1, 0, 2)
    assert set(read_files(settings)["source_url"]) == {"https://x.example/2"}
    assert settings.files_path.stat().st_mtime_ns > written
    path.write_bytes(make.packed({**TEXTS, "丙镇.txt": b"c"}))
    _, counts, after = run(settings)
    assert (counts.computed, counts.reused, counts.removed) == (1, 2, 0)
    assert before.items() <= after.items()


def test_an_archive_that_was_too_large_is_opened_when_the_limit_is_raised(settings: Settings) -> None:
    noise = random.Random(1).randbytes(120_000)
    (settings.raw_dir / "x.zip").write_bytes(make.packed({**TEXTS, "noise.bin": noise}))
    assert run(settings)[2]["x.zip"]["reason_code"] == "too_large"
    raised = Settings.load(settings.raw_dir, settings.warehouse_dir, {"FAZHI_PROCESSES": "1"})
    assert "x.zip!/甲镇.txt" in run(raised)[2]


def test_a_compressed_page_is_a_report(settings: Settings) -> None:
    (settings.raw_dir / "甲镇.html.gz").write_bytes(gzip.compress(make.html()))
    (settings.raw_dir / "乙镇.7z").write_bytes(make.packed_7z({"报告/乙镇.docx": make.docx()}))
    _, counts, found = run(settings)
    assert counts.errors == ()
    assert {path: row["text"] == make.TEXT for path, row in found.items() if row["media_type"] != "text/html"} == {
        "乙镇.7z!/报告/乙镇.docx": True
    }
    assert make.ITEMS[0] in found["甲镇.html.gz!/甲镇.html"]["text"]
