"""The kept gazetteer: the same as a new one, made anew when anything of it changed, and never needed."""

import os
import pickle
import time
from pathlib import Path

import polars as pl
import pytest

from pipelines.identify.gazetteer import Gazetteer
from pipelines.paths import PROJECT_ROOT
from pipelines.stage import kept_gazetteer
from pipelines.stage.kept_gazetteer import load_gazetteer


@pytest.fixture
def divisions(tmp_path: Path) -> Path:
    """A few units: nothing here depends on how many there are."""
    few = pl.read_parquet(PROJECT_ROOT / "raw" / "reference" / "divisions.parquet").head(300)
    few.write_parquet(tmp_path / "divisions.parquet")
    return tmp_path / "divisions.parquet"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "fazhi"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The tables from which a gazetteer was built."""
    found: list[Path] = []
    load = Gazetteer.load

    def counted(path: Path) -> Gazetteer:
        found.append(path)
        return load(path)

    monkeypatch.setattr(Gazetteer, "load", counted)
    return found


def asked(divisions: Path) -> Gazetteer:
    """What a new process gets."""
    load_gazetteer.cache_clear()
    return load_gazetteer(divisions)


def test_a_kept_gazetteer_is_the_one_that_was_built(divisions: Path, cache: Path, built: list[Path]) -> None:
    first, second = asked(divisions), asked(divisions)
    assert built == [divisions]
    assert first is not second and vars(first).keys() == vars(second).keys()
    assert first.by_name == second.by_name and first.regions == second.regions
    (file,) = cache.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert load_gazetteer(divisions) is second


def test_a_changed_table_and_changed_code_build_it_anew(
    divisions: Path, cache: Path, built: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(divisions)
    pl.read_parquet(divisions).head(200).write_parquet(divisions)
    assert len(asked(divisions).units) == 200
    package = tmp_path / "package"
    package.mkdir()
    monkeypatch.setattr(kept_gazetteer.code, "__file__", str(package / "gazetteer.py"))
    asked(divisions)
    assert len(built) == len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("content", [b"", b"garbage", pickle.dumps({"other": 1}), b"\x80\x05cno_module\nName\n."])
def test_a_damaged_file_is_built_anew(content: bytes, divisions: Path, cache: Path, built: list[Path]) -> None:
    asked(divisions)
    (file,) = cache.iterdir()
    file.write_bytes(content)
    assert asked(divisions).by_name and len(built) == 2
    assert len(asked(divisions).units) == len(asked(divisions).units) and len(built) == 2


def test_a_file_that_others_may_write_is_not_read(divisions: Path, cache: Path, built: list[Path]) -> None:
    asked(divisions)
    (file,) = cache.iterdir()
    file.chmod(0o666)
    asked(divisions)
    assert len(built) == 2


def test_where_nothing_can_be_kept_it_is_built(
    divisions: Path, tmp_path: Path, built: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert asked(divisions).by_name and built == [divisions]


def test_what_nobody_used_for_a_month_is_swept(divisions: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    for name, days in (("gazetteer-old.pickle", 31), ("gazetteer-new.pickle", 29), ("other", 31)):
        (cache / name).touch()
        os.utime(cache / name, (time.time() - days * 86_400,) * 2)
    asked(divisions)
    names = {path.name for path in cache.iterdir()}
    assert "gazetteer-old.pickle" not in names and {"gazetteer-new.pickle", "other"} < names
