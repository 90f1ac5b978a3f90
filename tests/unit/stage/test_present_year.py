"""The present year in a run: the clock is asked once, and a new year identifies no text again."""

from dataclasses import replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from small_reports import small_report, towns

from pipelines.assets.workspace import Workspace
from pipelines.settings import Settings
from pipelines.stage.one_file import examine
from pipelines.warehouse.from_raw import build_from_raw

TEXT = "全年受理信访件45件。"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A raw folder with a report on 2023 and one on 2027."""
    found = Settings.load(tmp_path / "raw", tmp_path / "warehouse", environ={})
    (tmp_path / "raw").mkdir()
    for year, town in zip((2023, 2027), towns(found), strict=False):
        text = small_report(town, f"关于{year}年度法治政府建设情况的报告", year, TEXT)
        (tmp_path / "raw" / f"{year}.txt").write_text(text, encoding="utf-8")
    return found


def run(settings: Settings, year: int) -> tuple[dict[str, str | None], set[str], dict[Path, int]]:
    """Status by file, the tables that were built again, and when the staged identities were written."""
    built = build_from_raw(replace(settings, today=date(year, 1, 1)), ["township_metric"])
    rows = pl.read_parquet(list(built["dim_report"].paths)).select("raw_path", "reason_code").rows()
    again = {name for name, table in built.items() if not table.reused}
    return dict(rows), again, {path: path.stat().st_mtime_ns for path in settings.stage_dir.glob("identities/*")}


def test_a_new_year_identifies_nothing_again_and_accepts_what_waited_for_it(settings: Settings) -> None:
    first, _, written = run(settings, 2026)
    assert first == {"2023.txt": None, "2027.txt": "no_year"} and written
    assert run(settings, 2026) == (first, set(), written)
    second, again, still = run(settings, 2027)
    assert second == {"2023.txt": None, "2027.txt": None} and still == written
    assert "township_metric" in again
    assert run(settings, 2028) == (second, {"correction", "report_alone"}, written)


@pytest.mark.parametrize(("today", "status", "year"), [(2026, "quarantined", None), (2027, "accepted", 2027)])
def test_one_file_is_judged_in_the_same_way(settings: Settings, today: int, status: str, year: int | None) -> None:
    found = examine(settings.raw_dir / "2027.txt", None, replace(settings, today=date(today, 12, 31))).identity
    assert (found["status"], found["report_year"]) == (status, year)
    assert found["status_reason"] == (None if year else "2027 is later than the present year, and no report is")


def test_a_run_over_midnight_is_of_one_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        day = 31

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime(2026, 12, cls.day, 23, 59, tzinfo=tz) if cls.day else datetime(2027, 1, 1, tzinfo=tz)

    monkeypatch.setattr("pipelines.settings.datetime", Clock)
    (tmp_path / "raw").mkdir()
    workspace = Workspace(raw_dir=str(tmp_path / "raw"), warehouse_dir=str(tmp_path / "warehouse"))
    assert workspace.settings().today == date(2026, 12, 31)
    context = SimpleNamespace(run=SimpleNamespace(tags={}, job_name="", run_id=""), log=None, instance=None)
    workspace.setup_for_execution(context)  # type: ignore[arg-type]
    Clock.day = 0
    assert workspace.settings().today == date(2026, 12, 31)
    assert Settings.load(environ={}).today == date(2027, 1, 1)
    workspace.teardown_after_execution(context)  # type: ignore[arg-type]
