"""The kept gazetteer: the same as a new one, and made anew when its table or its code changed."""

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
    assert first is not second and vars(first) == vars(second)
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
