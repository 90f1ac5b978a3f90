"""Counties that took another code or name, from `raw/reference/county_changes.csv`, which a script writes.

What its columns mean stands in `raw/reference/README.md`.
"""

from pathlib import Path

import polars as pl

from pipelines.build.atomic import atomic_write
from pipelines.identify.division_changes import ChangesError

KINDS = ("rename", "recode", "merger", "split", "new", "ended")
COLUMNS = ("changed_on", "known_until", "kind", "old_code", "old_name", "new_code", "new_name", "source", "url")


def load_county_changes(path: Path) -> pl.DataFrame:
    """The changes of `path` (CSV, UTF-8) in its order. Raises ChangesError for a file with other columns or values."""
    try:
        table = pl.read_csv(path, infer_schema=False)
        if table.columns != list(COLUMNS):
            raise ChangesError(f"{path}: its columns are {table.columns}, expected {list(COLUMNS)}; make the file anew")
        table.select(pl.col("kind").cast(pl.Enum(KINDS)))
        return table.with_columns(pl.col("changed_on", "known_until").str.to_date())
    except pl.exceptions.PolarsError as error:
        raise ChangesError(
            f"{path} cannot be read ({str(error).splitlines()[0]}); make it anew with make_county_changes.py"
        ) from error


def write_county_changes(source: Path, path: Path) -> Path:
    """Write the changes in `source` to `path` as Parquet. Returns `path`; raises ChangesError."""
    with atomic_write(path) as beside:
        load_county_changes(source).write_parquet(beside)
    return path


def former_names(path: Path) -> dict[str, frozenset[str]]:
    """Return for each county's code the names of the counties that became it (renamed, recoded, merged or split).

    A county that followed one that itself followed another has both names. Raises ChangesError as
    `load_county_changes`.
    """
    changes = load_county_changes(path).drop_nulls(["old_name", "new_code"]).sort("changed_on")
    former: dict[str, frozenset[str]] = {}
    for old_code, old, new_code in changes.select("old_code", "old_name", "new_code").iter_rows():
        former[new_code] = former.get(new_code, frozenset()) | former.get(old_code, frozenset()) | {old}
    return former
