"""7z archives that hold more than they state: no file goes beyond the limit, and none takes another one with it."""

from typing import Any

import document_fixtures as make
import py7zr
import pytest

from pipelines.read import seven_zip
from pipelines.read.seven_zip import un7z
from pipelines.reasons import Reason

FILES = {"a.txt": b"a" * 40, "b.txt": b"b" * 41, "c.txt": b"c" * 39}


@pytest.fixture(autouse=True)
def _states_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of an archive is listed as one of a byte."""
    listed = py7zr.SevenZipFile.list

    def stated(archive: py7zr.SevenZipFile) -> list[Any]:
        infos = listed(archive)
        for info in infos:
            info.uncompressed = 1
        return infos

    monkeypatch.setattr(py7zr.SevenZipFile, "list", stated)


def contents(limit: int) -> dict[str, bytes | str]:
    """What each file holds, or the code of the reason why it has no content."""
    found = un7z(make.packed_7z(FILES), 10, limit)
    return {name: str(content.code) if isinstance(content, Reason) else content for name, *_, content in found}


def test_a_file_that_goes_beyond_the_limit_takes_no_other_with_it() -> None:
    assert contents(41) == FILES
    assert contents(40) == {**FILES, "b.txt": "broken"}
    assert contents(38) == dict.fromkeys(FILES, "broken")


@pytest.mark.parametrize(("most", "is_tried"), [(3, True), (2, False)])
def test_so_many_files_are_tried_one_by_one(monkeypatch: pytest.MonkeyPatch, most: int, is_tried: bool) -> None:
    monkeypatch.setattr(seven_zip, "_MOST_TRIES", most)
    assert contents(40) == {**FILES, "b.txt": "broken", **({} if is_tried else {"c.txt": "broken"})}
