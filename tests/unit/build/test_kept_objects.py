"""What is kept is what was built; it is built anew when anything of it changed, and where nothing can be kept."""

import gc
import hashlib
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
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_file_that_is_damaged_or_foreign_is_written_anew(
    content: bytes, is_whole: bool, asked: Asked, cache: Path
) -> None:
    asked()
    (file,) = cache.iterdir()
    file.write_bytes((hashlib.sha256(content).digest() if is_whole else b"") + content)
    assert asked() == (Words(("甲", "乙")), True)
    assert asked() == (Words(("甲", "乙")), False)


def test_a_file_of_which_one_bit_changed_is_written_anew(asked: Asked, cache: Path) -> None:
    asked()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert asked() == (Words(("甲", "乙")), True), place
        assert file.read_bytes() == whole


def test_what_else_it_is_made_of_counts_and_its_older_files_are_swept_too(source: Path, cache: Path) -> None:
    for given in ("package 1.0", "package 2.0", "package 1.0"):
        assert kept("words", Words, [source], lambda given=given: Words((given,)), given) == Words((given,))  # type: ignore[misc]
    for file in cache.iterdir():
        os.utime(file, (time.time() - 31 * 86_400,) * 2)
    kept("words", Words, [source], lambda: Words(("package 3.0",)), "package 3.0")
    assert len(list(cache.iterdir())) == 1


def test_what_changes_while_it_is_built_is_not_kept(source: Path, cache: Path) -> None:
    def build() -> Words:
        source.write_text("甲 丁", encoding="utf-8")
        return Words(("甲", "丁"))

    assert kept("words", Words, [source], build) == Words(("甲", "丁"))
    assert not cache.exists()


def test_code_that_changed_since_the_process_began_has_it_built_and_not_kept(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may have loaded what was there before."""
    code = tmp_path / "code.py"
    code.write_text("1", encoding="utf-8")
    assert kept("words", Words, [code], lambda: Words(("old",))) == Words(("old",))
    assert not cache.exists()
    monkeypatch.setattr(kept_objects, "_STARTED", time.time() + 1)  # a process that begins later
    assert kept("words", Words, [code], lambda: Words(("new",))) == Words(("new",))
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    assert kept("words", Words, [code], lambda: Words(("old",))) == Words(("old",))


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
