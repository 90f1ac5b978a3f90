"""By what a file is recognised without being opened."""

import os
import shutil
from pathlib import Path

from pipelines.build.file_identity import file_identity, identity_of


def test_a_file_that_was_written_to_or_replaced_is_another(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    first = file_identity(path)
    assert first == identity_of(path.stat()) and first.size == 3
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(1, 1))  # size and time are as they were
    assert file_identity(path) != first
    assert file_identity(path).stamp != first.stamp and file_identity(path).copied_stamp == first.copied_stamp


def test_a_copy_with_its_times_shares_its_copied_stamp_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one", encoding="utf-8")
    shutil.copy2(tmp_path / "a", tmp_path / "b")
    one, other = file_identity(tmp_path / "a"), file_identity(tmp_path / "b")
    assert one.inode != other.inode and one.copied_stamp == other.copied_stamp


def test_a_file_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert file_identity(tmp_path / "a") is None
