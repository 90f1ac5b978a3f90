"""The inventory: what is a report, what is not, and that no file is lost."""

import json
import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.ingest import early_scan
from pipelines.ingest.inventory import digest, inventory, locate, scan
from pipelines.ingest.report_name import report_id
from pipelines.settings import Settings
from pipelines.stage.raw_inventory import refresh_files


def put(folder: Path, name: str, content: bytes | str = "正文") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(raw: Path, previous: pl.DataFrame | None = None) -> dict[str, dict]:
    frame, _ = inventory(raw, previous)
    return {row["raw_path"]: row for row in frame.to_dicts()}


def test_every_file_at_any_depth_is_a_report_but_for_the_named_exceptions(tmp_path: Path) -> None:
    for name in ("a.txt", "深/层 文件夹/b.txt", "x/reference/c.txt", "no_suffix", "data.json"):
        put(tmp_path, name)
    for name in ("README.md", "x/README.md", "sources.toml", "reference/codes.csv", ".hidden", ".git/config"):
        put(tmp_path, name)
    put(tmp_path, "a.meta.json", "{}")
    assert set(rows(tmp_path)) == {"a.txt", "深/层 文件夹/b.txt", "x/reference/c.txt", "no_suffix", "data.json"}


def test_litter_of_programs_has_no_row_in_any_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.docx")
    names = ("Thumbs.db", "thumbs.DB", "ehthumbs.db", "desktop.ini", "Desktop.ini", ".DS_Store", "._a.docx")
    for name in (*names, "~$a.docx", "~$报告.doc", ".~lock.a.odt#", "~WRL0001.tmp", "__MACOSX/b.txt", "@eaDir/c.txt"):
        put(tmp_path, name)
        put(tmp_path, f"深/层/{name}")
    put(tmp_path, "深/thumbs.db.txt")
    put(tmp_path, "深/关于~$的报告.txt")
    assert set(rows(tmp_path)) == {"a.docx", "深/thumbs.db.txt", "深/关于~$的报告.txt"}
    assert set(scan(tmp_path)["raw_path"]) == set(rows(tmp_path))


def test_sidecar_fields_are_taken_and_the_moment_is_utc(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    content = {"url": "https://example.org/1", "fetched_at": "2024-02-01T08:00:00+08:00", "source_id": "s1"}
    put(tmp_path, "a.meta.json", "\ufeff" + json.dumps(content))
    row = rows(tmp_path)["a.txt"]
    assert (row["source_url"], row["source_id"]) == ("https://example.org/1", "s1")
    assert row["fetched_at"].isoformat() == "2024-02-01T00:00:00+00:00"
    assert row["sidecar_error"] is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("不是 JSON", "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ("[1, 2]", "not an object"),
        ('{"url": 5}', "url"),
        ('{"fetched_at": "yesterday"}', "fetched_at"),
        ("[" * 100_000, "not JSON"),
        (b" " * 1_000_001, "larger than"),
    ],
)
def test_a_broken_sidecar_is_named_and_the_report_stays(tmp_path: Path, content: bytes | str, expected: str) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "a.meta.json", content)
    row = rows(tmp_path)["a.txt"]
    assert expected in row["sidecar_error"]
    assert row["raw_sha256"]


def test_a_sidecar_without_its_report_is_not_lost(tmp_path: Path) -> None:
    put(tmp_path, "gone.meta.json", '{"url": "https://example.org/gone"}')
    row = rows(tmp_path)["gone.meta.json"]
    assert row["reason_code"] == "sidecar_alone"
    assert row["status_reason"] == "missing: a sidecar without a report beside it"
    assert row["source_url"] == "https://example.org/gone"


def test_links_in_a_circle_end_and_dangling_ones_have_a_row(tmp_path: Path) -> None:
    put(tmp_path, "folder/a.txt")
    (tmp_path / "folder/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path / "folder", target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "nothing")
    found = rows(tmp_path)
    assert set(found) == {"folder/a.txt", "self", "nowhere.txt"}
    assert found["nowhere.txt"]["reason_code"] == "missing"
    assert found["nowhere.txt"]["status_reason"] == "missing: the link leads nowhere"
    assert found["self"]["reason_code"] == "unreadable" and found["self"]["reason"]


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    put(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "a.meta.json")
    found = rows(tmp_path)
    assert found["pipe"]["status_reason"] == "unreadable: not a regular file"
    assert "not a regular file" in found["a.txt"]["sidecar_error"]


def test_a_file_name_that_is_not_utf8_is_kept_and_found_again(tmp_path: Path) -> None:
    name = "池店镇".encode("gb18030") + b".txt"
    try:
        (tmp_path / os.fsdecode(name)).write_bytes(b"text")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (raw_path,) = rows(tmp_path)
    assert locate(tmp_path, raw_path).read_bytes() == b"text"
    sidecar = tmp_path / os.fsdecode(name.replace(b".txt", b".meta.json"))
    sidecar.write_text('{"url": "https://x.example/1"}', encoding="utf-8")
    ((found, row),) = rows(tmp_path).items()
    assert (found, row["source_url"]) == (raw_path, "https://x.example/1")


def test_unchanged_files_are_not_hashed_again_and_changed_ones_are(tmp_path: Path) -> None:
    first, second = put(tmp_path, "1.txt", "一"), put(tmp_path, "2.txt", "二")
    before, hashed = inventory(tmp_path)
    assert hashed == 2
    assert inventory(tmp_path, before)[1] == 0
    status = second.stat()
    second.write_text("三", encoding="utf-8")
    os.utime(second, ns=(status.st_atime_ns, status.st_mtime_ns))  # same size, same mtime, other bytes
    put(tmp_path, "1.meta.json", '{"url": "https://example.org"}')
    after, hashed = inventory(tmp_path, before)
    assert hashed == 2
    assert after.filter(pl.col("raw_path") == "1.txt")["source_url"].to_list() == ["https://example.org"]
    assert after["raw_sha256"].to_list() != before["raw_sha256"].to_list()
    first.unlink()
    (tmp_path / "1.meta.json").unlink()
    assert inventory(tmp_path, after)[0]["raw_path"].to_list() == ["2.txt"]


def test_the_same_bytes_twice_are_two_reports(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "同")
    put(tmp_path, "b.txt", "同")
    found = rows(tmp_path)
    assert found["a.txt"]["raw_sha256"] == found["b.txt"]["raw_sha256"]
    assert found["a.txt"]["report_id"] != found["b.txt"]["report_id"]
    assert found["a.txt"]["report_id"] == report_id("a.txt", found["a.txt"]["raw_sha256"])


def test_the_digest_changes_with_every_change_of_the_folder(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", "甲")
    seen = {digest(tmp_path)}
    assert digest(tmp_path) in seen
    path.write_text("乙", encoding="utf-8")
    seen.add(digest(tmp_path))
    put(tmp_path, "b.txt")
    seen.add(digest(tmp_path))
    path.unlink()
    seen.add(digest(tmp_path))
    assert len(seen) == 4
    lines = tmp_path / "corrections.csv"  # no report, and yet it changes the release
    assert digest(tmp_path, [lines]) not in seen
    seen.add(digest(tmp_path, [lines]))
    lines.write_text("report\n", encoding="utf-8")
    seen.add(digest(tmp_path, [lines]))
    lines.write_text("report,action\n", encoding="utf-8")
    seen.add(digest(tmp_path, [lines]))
    assert len(seen) == 7


@pytest.fixture
def many(tmp_path: Path) -> Settings:
    """A project whose last inventory says that its raw folder is large."""
    settings = Settings.load(tmp_path / "raw", tmp_path / "warehouse")
    put(settings.raw_dir, "深/a b.txt")
    put(settings.inventory_path.parent, settings.inventory_path.name, b"0" * 1_000_001)
    return settings


def test_a_look_begun_ahead_sees_what_a_look_sees_and_is_taken_over_once(many: Settings) -> None:
    with early_scan.scanning(many.raw_dir, many.inventory_path):
        seen = early_scan.take(many.raw_dir)
        assert seen is not None
        assert_frame_equal(seen, scan(many.raw_dir))
        assert early_scan.take(many.raw_dir) is None


def test_a_step_goes_by_the_look_begun_ahead(many: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.ingest.inventory.scan", None)
    with early_scan.scanning(many.raw_dir, many.inventory_path):
        assert refresh_files(many).computed == 1


def test_a_look_is_begun_for_a_large_folder_only_and_forgotten_after_a_fetch(many: Settings) -> None:
    with early_scan.scanning(many.raw_dir, many.raw_dir / "no inventory"):
        assert early_scan.take(many.raw_dir) is None
    with early_scan.scanning(many.raw_dir, many.inventory_path):
        early_scan.discard(many.raw_dir)
        assert early_scan.take(many.raw_dir) is None


def test_a_look_that_failed_is_as_good_as_none(many: Settings) -> None:
    with early_scan.scanning(many.raw_dir / "gone", many.inventory_path):
        assert early_scan.take(many.raw_dir / "gone") is None
