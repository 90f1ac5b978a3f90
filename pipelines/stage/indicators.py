"""The codebook as a Parquet file, so that SQL can read it as `ref_indicators`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.build.atomic import whole
from pipelines.warehouse.descriptions import inputs


def write_indicators(indicators: Iterable[Any], path: Path) -> Path:
    """Write one row an indicator to `path` and return it; equal indicators give equal bytes, in any order.

    `indicators` are the entries of the codebook: objects with the attributes `code`, `family`, `name_zh` and so on.
    """
    names = list(inputs()["ref_indicators"])
    rows = [
        {name: getattr(indicator, "code" if name == "metric_code" else name) for name in names}
        for indicator in indicators
    ]
    with whole(path) as beside:
        pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)).sort("metric_code").write_parquet(beside)
    return path
