"""The metadata of an asset's page: row counts, columns with descriptions and lineage, a preview, what was reused.

Column lineage is given twice: as `dagster/column_lineage`, and in words at the end of each column's description,
because the open-source UI does not draw it.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from pipelines.build.refresh import Counts

if TYPE_CHECKING:
    Result = dg.MaterializeResult[None]
else:
    Result = dg.MaterializeResult  # Dagster reads annotations, and knows this one only without its parameter

Metadata = dict[str, Any]

OWNERS = ["team:fazhi"]
PREVIEW_ROWS = 5
CELL = 60


def counts_metadata(counts: Counts) -> dict[str, dg.MetadataValue]:
    """How many documents were computed, reused and removed."""
    return {
        "computed": dg.MetadataValue.int(counts.computed),
        "reused": dg.MetadataValue.int(counts.reused),
        "removed": dg.MetadataValue.int(counts.removed),
    }


def reason_counts(frame: pl.LazyFrame) -> dict[str, int]:
    """How many rows of a staged table are kept out, by `reason_code`, the most frequent code first."""
    codes = frame.select("reason_code").drop_nulls().group_by("reason_code").len()
    return dict(codes.sort("len", "reason_code", descending=[True, False]).collect().iter_rows())


def log_errors(context: dg.AssetExecutionContext, errors: Iterable[str], most: int = 20) -> None:
    """Write the tracebacks of documents that failed into the log of the run, at most `most` of them."""
    for number, error in enumerate(errors):
        if number == most:
            context.log.error("further tracebacks are left out")
            break
        context.log.error(error)


def frame_metadata(frame: pl.LazyFrame) -> dict[str, dg.MetadataValue]:
    """Row count, column types and a preview of a staged table."""
    columns = [dg.TableColumn(name, str(kind)) for name, kind in frame.collect_schema().items()]
    return {
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(columns)),
        **shown_rows(frame, frame.select(pl.len()).collect().item()),
    }


def shown_rows(frame: pl.LazyFrame, rows: int) -> dict[str, dg.MetadataValue]:
    """How many rows a table has (`rows`), and its first rows."""
    return {
        "dagster/row_count": dg.MetadataValue.int(rows),
        "preview": dg.MetadataValue.md(markdown_table(frame.head(PREVIEW_ROWS).collect())),
    }


def markdown_table(frame: pl.DataFrame) -> str:
    """A Markdown table of `frame`. Long cells are cut; line breaks and bars are replaced."""
    if frame.height == 0:
        return "*no rows*"
    head = "| " + " | ".join(frame.columns) + " |"
    rule = "|" + " --- |" * frame.width
    body = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in frame.iter_rows()]
    return "\n".join([head, rule, *body])


def _cell(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def column_lineage(lineage: Mapping[str, Iterable[tuple[dg.AssetKey, str]]]) -> dg.TableColumnLineage:
    """Dagster's form of `{column: [(asset, column it is made from), ...]}`."""
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(asset_key=key, column_name=name) for key, name in sources]
            for column, sources in lineage.items()
            if sources
        }
    )
