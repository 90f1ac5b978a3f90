"""What a run leaves on the pages of Dagster's UI: numbers that are drawn over time, and links to the charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from pipelines.assets.dagster_home import open_instance
from pipelines.assets.history import HISTORY_DIR
from pipelines.definitions import defs
from pipelines.report.chart_files import chart_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from release_fixture import Built

pytest_plugins = ("release_fixture",)


@pytest.fixture(scope="module")
def metadata(bundled_warehouse: Built) -> Mapping[str, Mapping[str, Any]]:
    """The metadata of each asset in the run that built the bundled reports."""
    with open_instance(bundled_warehouse.folder.parent / "dagster") as instance:
        keys = instance.all_asset_keys()
        events = {key.to_user_string(): instance.get_latest_materialization_event(key) for key in keys}
    return {name: event.asset_materialization.metadata for name, event in events.items() if event.asset_materialization}


def numbers(found: Mapping[str, Any]) -> dict[str, float]:
    kinds = (dg.IntMetadataValue, dg.FloatMetadataValue)
    return {name: value.value for name, value in found.items() if isinstance(value, kinds)}


def test_a_release_has_numbers_that_are_drawn_over_time(metadata: Mapping[str, Mapping[str, Any]]) -> None:
    assert numbers(metadata["release"]) == {
        "reports": 5,
        "accepted": 4,
        "quarantined": 1,
        "facts": 63,
        "numbers": 133,
        "unclassified_share": 0.0,
        # of four units: two state trainings, two staff, two petitions, one events
        "headline_coverage": pytest.approx(7 / 16),
    }


def test_the_tables_with_headlines_have_numbers_too(metadata: Mapping[str, Mapping[str, Any]]) -> None:
    year = numbers(metadata["township_year"])
    assert year["trainings_held_coverage"] == year["enforcement_staff_coverage"] == 0.5
    assert (year["petitions_handled_coverage"], year["publicity_events_coverage"]) == (0.5, 0.25)
    assert numbers(metadata["township_metric"])["headline_figures"] == 7
    assert {path.stem for path in HISTORY_DIR.glob("*.sql")} == {"release", "township_year", "township_metric"}


def test_the_page_of_a_table_with_a_chart_links_to_the_page_that_draws_it(
    metadata: Mapping[str, Mapping[str, Any]],
) -> None:
    graph = defs.resolve_asset_graph()
    assert len(chart_files()) == 3
    for chart in chart_files():
        link = metadata[chart.page][f"{chart.name}_in_the_workbench"]
        assert isinstance(link, dg.UrlMetadataValue)
        assert link.url == f"http://127.0.0.1:8300/{chart.workbench}"
        assert f"/{chart.workbench}" in str(graph.get(dg.AssetKey(chart.page)).description)


def test_what_only_new_code_changes_is_not_written_by_each_run(metadata: Mapping[str, Mapping[str, Any]]) -> None:
    table = defs.resolve_asset_graph().get(dg.AssetKey("township_year"))
    shown = {"dagster/column_schema", "dagster/column_lineage", "sql"}
    assert shown <= set(table.metadata) and not shown & set(metadata["township_year"])
    assert {"dagster/row_count", "preview", "reused"} <= set(metadata["township_year"])


def test_a_run_draws_no_chart(metadata: Mapping[str, Mapping[str, Any]]) -> None:
    shown = {(name, key): str(value.value) for name, found in metadata.items() for key, value in found.items()}
    assert not [place for place, text in shown.items() if "data:image" in text or "<svg" in text]


def test_a_release_that_is_late_is_seen() -> None:
    policy = defs.resolve_asset_graph().get(dg.AssetKey("release")).freshness_policy
    assert policy is not None
    assert 24 < policy.warn_window.to_timedelta().total_seconds() / 3600 < 48
