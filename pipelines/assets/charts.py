"""The charts on the pages of assets, as metadata.

A picture is kept with what it was drawn from, so that a run with nothing new draws nothing. A run does not fail because
a picture cannot be drawn. Then the page says why there is none.
"""

from collections.abc import Callable
from contextlib import closing

import dagster as dg

from pipelines.assets.asset_metadata import Metadata
from pipelines.build.answers import CHARTS as DRAWN
from pipelines.build.database import connect, quote
from pipelines.build.file_identity import file_identity
from pipelines.build.ledger import Ledger
from pipelines.build.stamped_parquet import stamp_in
from pipelines.report.charts import VERSION, Chart, charts
from pipelines.settings import Settings
from pipelines.warehouse.table_parts import table_files


def table_charts(settings: Settings, table: str) -> Metadata:
    """The charts of the page of `table`, drawn from the Parquet tables, and where the workbench shows them.

    Most tables have none.
    """
    found: Metadata = {}
    for chart in charts():
        if chart.page == table:
            # Dagster's open-source UI shows a picture only behind a click
            found[f"{chart.name}_in_the_workbench"] = dg.MetadataValue.url(f"{settings.web_url}/{chart.workbench}")
            found[chart.name] = _table_chart(settings, chart)
    return found


def chart_note(table: str) -> str:
    """A sentence for the description of an asset: where its charts are seen. Empty where it has none."""
    pages = dict.fromkeys(f"/{chart.workbench}" for chart in charts() if chart.page == table)
    return f" The workbench (`fazhi web`) draws its charts: {', '.join(pages)}." if pages else ""


def release_charts(settings: Settings) -> Metadata:
    """The chart of the share of unclassified numbers in all kept releases, the current one included."""
    name = "unclassified_share_over_releases"
    paths = sorted(settings.releases_dir.glob("*.duckdb"))
    if settings.release_path.is_file():
        paths.append(settings.release_path)
    seen = [f"{path.name} {identity.copied_stamp}" for path in paths if (identity := file_identity(path))]

    def draw() -> str:
        from pipelines.report.canvas import markdown_image
        from pipelines.report.history_chart import draw_unclassified_shares, unclassified_shares

        return markdown_image(draw_unclassified_shares(unclassified_shares(paths)), name.replace("_", " "))

    return {name: _kept(settings, name, str(seen), draw)}


def _table_chart(settings: Settings, chart: Chart) -> dg.MetadataValue:
    files = {name: table_files(settings.tables_dir, name) for name in chart.reads}

    def draw() -> str:
        with closing(connect()) as con:
            for name, paths in files.items():
                con.execute(f"CREATE VIEW {name} AS FROM read_parquet([{', '.join(map(quote, paths))}])")
            return chart.markdown(con)

    return _kept(settings, chart.name, str([stamp_in(path) for paths in files.values() for path in paths]), draw)


def _kept(settings: Settings, name: str, key: str, draw: Callable[[], str]) -> dg.MetadataValue:
    """The kept picture if `key`, which stands for what it was drawn from, is still the same, else a new one."""
    try:
        return dg.MetadataValue.md(Ledger(settings.ledger_path).answer(DRAWN, name, f"{VERSION} {key}", draw))
    except Exception as error:  # a headless server, a full disk, a table of another shape: never the end of a run
        return dg.MetadataValue.text(f"not drawn, and nothing else is amiss: {type(error).__name__}: {error}")
