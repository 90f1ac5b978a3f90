"""`fazhi fetch` and the asset `fetched_documents`: what they show, and when they fail."""

import io
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from fake_site import CONTACT, Bench, Reply, Site, listing, page
from rich.console import Console

from pipelines.assets.fetched import SENSOR_TAG, fetched_documents
from pipelines.assets.workspace import Workspace
from pipelines.cli.commands import main
from pipelines.cli.fetch_output import fetch_progress
from pipelines.paths import PROJECT_ROOT

pytest_plugins = ("site_fixture",)


@pytest.fixture
def raw(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A raw folder with one site of two pages, one of which is not there; the real clock and the real resolver."""
    monkeypatch.setenv("FAZHI_CONTACT", CONTACT)
    monkeypatch.setenv("FAZHI_FETCH_PRIVATE", "1")
    rows = (("/1.html", "2023年法治政府建设年度报告", "2024-01-31"), ("/2.html", "2022年法治政府建设年度报告", ""))
    site.routes = {"/list/": Reply(listing(*rows)), "/1.html": Reply(page("<p>一</p>"))}
    describe(tmp_path, site)
    return tmp_path


def describe(raw: Path, site: Site, more: str = "") -> None:
    text = '[[site]]\nid = "shipu"\nname = "石浦镇"\ndivision = "330225"\ndelay = 0\nlink = "li a"\n'
    start = site.url("/list/", "127.0.0.1")
    (raw / "sources.toml").write_text(f'{text}start = "{start}"\n{more}', encoding="utf-8")


def fetch(raw: Path, *arguments: str) -> int:
    """The exit code of the command."""
    try:
        return main(["fetch", *arguments, "--raw", str(raw)])
    except SystemExit as end:
        return int(str(end.code))


def run(raw: Path, **tags: str) -> dg.ExecuteInProcessResult:
    workspace = Workspace(raw_dir=str(raw), warehouse_dir=str(raw.parent / "warehouse"))
    return dg.materialize([fetched_documents], resources={"workspace": workspace}, tags=tags, raise_on_error=False)


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {check.check_name: check.passed for check in result.get_asset_check_evaluations()}


def test_the_command_reports_each_source_with_its_reasons(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch(raw) == 0
    out, err = capsys.readouterr()
    lines = [line.split() for line in out.splitlines()]
    assert "source listed pages attachments new changed unchanged refused failed resting waiting".split() in lines
    assert "shipu 2 2 0 1 0 0 0 1 0 0".split() in lines
    assert "shipu: failed 1: status 404, at http://127.0.0.1" in out
    assert err == ""
    assert fetch(raw, "shipu") == 0
    out = capsys.readouterr().out
    assert "shipu 2 0 0 0 0 0 0 1 2 0".split() in [line.split() for line in out.splitlines()]
    assert "shipu: failed 1: status 404 (when last asked for; it is not due), at http://127.0.0.1" in out
    assert fetch(raw, "shipu", "--all") == 0
    assert "shipu 2 2 0 0 0 1 0 1 0 0".split() in [line.split() for line in capsys.readouterr().out.splitlines()]


def test_a_dry_run_shows_what_would_be_fetched(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch(raw, "--dry-run", "--since", "2024-01-01", "--limit", "1") == 0
    out = capsys.readouterr().out
    assert "2023年法治政府建设年度报告" in out and "2022年法治政府建设年度报告" not in out
    assert not (raw / "fetched").exists()


def test_a_source_that_turns_us_away_or_lists_too_little_ends_with_1(
    raw: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    describe(raw, site, "min_documents = 3\n")
    assert fetch(raw) == 1
    assert "shipu: failed: 2 documents listed, fewer than min_documents = 3" in capsys.readouterr().out
    describe(raw, site)
    site.routes["/1.html"] = Reply(status=403)
    assert fetch(raw, "--all") == 1
    assert "shipu: stopped: the site answers status 403" in capsys.readouterr().out
    describe(raw, site, 'title_words = ["没有"]\n')
    assert fetch(raw) == 0
    assert "shipu: warning: found nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["other"], "there is no source 'other'"),
        (["--limit", "0"], "--limit"),
        (["--since", "yesterday"], "--since"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    raw: Path, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(raw, *arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line


def test_without_a_contact_or_a_site_nothing_is_fetched(
    raw: Path, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FAZHI_CONTACT")
    assert fetch(raw) == 2
    assert "FAZHI_CONTACT is not set" in capsys.readouterr().err
    (raw / "sources.toml").unlink()
    assert fetch(raw) == 2
    assert "docs/fetching.md" in capsys.readouterr().err
    assert site.asked == []


def test_there_is_a_bar_for_each_source(bench: Bench) -> None:
    out = Console(file=io.StringIO(), force_terminal=True, width=100)
    with fetch_progress(out, [bench.source(), bench.source(id="tianzhen")]) as listener:
        listener("shipu", 3, 7)
    shown = out.file.getvalue()  # type: ignore[attr-defined]
    assert "shipu" in shown and "tianzhen" in shown and "3/7" in shown


# --- the asset


def test_the_asset_fetches_and_its_checks_tell_how_it_went(raw: Path, site: Site) -> None:
    result = run(raw)
    assert result.success and all(checks(result).values())
    (made,) = result.asset_materializations_for_node("fetched_documents")
    assert made.metadata["new"].value == 1 and made.metadata["failed"].value == 1
    assert made.metadata["sources"].value[0]["listed"] == 2
    site.routes["/list/"] = Reply(listing())
    describe(raw, site, "min_documents = 1\n")
    result = run(raw)
    assert result.success
    assert checks(result) == {
        "sources_found_something": False,
        "sources_reach_minimum": False,
        "sources_let_us_read": True,
    }
    severities = {check.check_name: check.severity.value for check in result.get_asset_check_evaluations()}
    assert severities == {
        "sources_found_something": "WARN",
        "sources_reach_minimum": "ERROR",
        "sources_let_us_read": "WARN",
    }


def test_the_asset_does_nothing_without_sites_or_in_a_run_of_the_sensor(raw: Path, site: Site) -> None:
    assert all(checks(run(raw, **{SENSOR_TAG: "new_raw_files"})).values())
    (raw / "sources.toml").unlink()
    result = run(raw)
    assert result.success and all(checks(result).values())
    assert site.asked == [] and not (raw / "fetched").exists()


def test_the_asset_lets_the_run_go_on_without_network_or_contact(
    raw: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.close()
    result = run(raw)
    assert result.success and not checks(result)["sources_found_something"]
    monkeypatch.delenv("FAZHI_CONTACT")
    result = run(raw)
    assert result.success and not checks(result)["sources_let_us_read"]


def test_a_broken_description_of_sites_fails_the_asset(raw: Path) -> None:
    (raw / "sources.toml").write_text("[[site]]\n", encoding="utf-8")
    assert not run(raw).success


def test_the_graph_loads_without_what_only_fetching_needs() -> None:
    code = "import sys, pipelines.definitions; print({'httpx2', 'stamina', 'protego', 'selectolax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
