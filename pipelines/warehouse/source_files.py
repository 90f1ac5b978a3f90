"""Which files stand behind each source that the SQL under `sql/` may name."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.build.buckets import bucket_paths
from pipelines.settings import Settings
from pipelines.warehouse.descriptions import inputs
from pipelines.warehouse.table_parts import table_files


def source_paths(settings: Settings, tables: Iterable[str] = ()) -> dict[str, Path | Sequence[Path]]:
    """The Parquet files of each source, and of each of the `tables`, by the name that the SQL gives it."""
    staged = ("documents", "identities", "readings", "facts", "numbers", "similarities")
    return {
        **{f"stage_{name}": bucket_paths(settings.stage_dir, name) for name in staged},
        "stage_files": settings.files_path,
        "stage_corrections": settings.staged_corrections_path,
        "ref_divisions": settings.divisions_path,
        "ref_division_changes": settings.staged_changes_path,
        "ref_county_changes": settings.staged_county_changes_path,
        "ref_indicators": settings.indicators_path,
        **{name: table_files(settings.tables_dir, name) for name in tables if name not in inputs()},
    }
