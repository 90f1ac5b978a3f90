"""The codebook as a Parquet file, so that SQL can read it as `ref_indicators`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.build.atomic import atomic_write

COLUMNS = (
    *("metric_code", "family", "name_zh", "name_en", "unit", "kind", "aggregation", "weight", "includes", "counts"),
    *("excludes", "definition", "definition_zh"),
)
_TYPES = {"includes": pl.List(pl.String)}  # all others are text


def write_indicators(indicators: Iterable[Any], path: Path) -> Path:
    """Write one row an indicator to `path` and return it; equal indicators give equal bytes, in any order.

    `indicators` are the entries of the codebook: objects with the attributes `code`, `family`, `name_zh` and so on.
    """
    rows = [
        {name: getattr(indicator, "code" if name == "metric_code" else name) for name in COLUMNS}
        for indicator in indicators
    ]
    with atomic_write(path) as beside:
        pl.DataFrame(rows, schema={name: _TYPES.get(name, pl.String) for name in COLUMNS}).sort(
            "metric_code"
        ).write_parquet(beside)
    return path
