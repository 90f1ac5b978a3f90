"""What is kept is what was built; it is built anew when anything of it changed, and where nothing can be kept."""

import gc
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.build import kept_objects
from pipelines.build.kept_objects import kept, lasting


class Words(NamedTuple):
    """What is kept here: the words of a file."""

    words: tuple[str, ...]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "fazhi"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "words.txt").write_text("甲 乙", encoding="utf-8")
    return tmp_path / "words.txt"


@pytest.fixture
def asked(source: Path) -> Callable[[], tuple[Words, bool]]:
    """What a new process gets, and whether it had to be built."""

    def ask() -> tuple[Words, bool]:
        built: list[Words] = []

        def build() -> Words:
            built.append(Words(tuple(source.read_text(encoding="utf-8").split())))
            return built[0]

        return kept("words", Words, [source], build), bool(built)

    return ask


Asked = Callable[[], tuple[Words, bool]]


def test_it_is_built_once_and_kept_for_this_user_alone(asked: Asked, cache: Path) -> None:
    assert asked() == (Words(("甲", "乙")), True)
    assert asked() == (Words(("甲", "乙")), False)
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_changed_file_has_it_built_anew(asked: Asked, cache: Path, source: Path) -> None:
    asked()
    source.write_text("甲 丙", encoding="utf-8")
    assert asked() == (Words(("甲", "丙")), True)
    source.write_text("甲 乙", encoding="utf-8")
    assert asked() == (Words(("甲", "乙")), False)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"garbage", pickle.dumps({"other": 1}), b"\x80\x05cno_module\nName\n."])
def test_a_damaged_file_is_written_anew(content: bytes, asked: Asked, cache: Path) -> None:
    asked()
    (file,) = cache.iterdir()
    file.write_bytes(content)
    assert asked() == (Words(("甲", "乙")), True)
    assert asked() == (Words(("甲", "乙")), False)


def test_a_file_that_others_may_write_is_not_read(asked: Asked, cache: Path) -> None:
    asked()
    (file,) = cache.iterdir()
    file.chmod(0o666)
    assert asked() == (Words(("甲", "乙")), True)


def test_where_nothing_can_be_kept_it_is_built(asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert asked() == asked() == (Words(("甲", "乙")), True)


def test_a_write_that_fails_leaves_nothing(asked: Asked, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert asked() == (Words(("甲", "乙")), True)
    assert list(cache.iterdir()) == []


def test_what_building_raises_is_raised(source: Path, cache: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        kept("words", Words, [source], lambda: 1 // 0)  # type: ignore[arg-type,return-value]
    assert not cache.exists()


def test_what_nobody_used_for_a_month_is_swept(asked: Asked, cache: Path) -> None:
    cache.mkdir(parents=True)
    for name, days in (("words-old.pickle", 31), ("words-new.pickle", 29), ("other-old.pickle", 31)):
        (cache / name).touch()
        os.utime(cache / name, (time.time() - days * 86_400,) * 2)
    asked()
    names = {path.name for path in cache.iterdir()}
    assert "words-old.pickle" not in names and {"words-new.pickle", "other-old.pickle"} < names
    assert kept_objects.cache_folder() == cache


def test_what_lasts_is_not_looked_through_for_garbage_and_what_comes_later_is() -> None:
    before = gc.get_freeze_count()
    try:
        with lasting():
            assert not gc.isenabled()
            made = [[number] for number in range(1000)]
        assert gc.isenabled() and gc.get_freeze_count() >= before + len(made)
        assert not any(one is made for one in gc.get_objects())
        later = [1]
        assert any(one is later for one in gc.get_objects())
    finally:
        gc.unfreeze()


ENDED = """
from pathlib import Path
from pipelines.build.kept_objects import lasting
with lasting():
    from pipelines.build.database import side_by_side
    made = list(side_by_side(Path("."), ["SELECT 1"], lambda con, task: con.execute(task).fetchall()))
"""


def test_a_process_whose_objects_last_ends_without_a_word(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ENDED], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
