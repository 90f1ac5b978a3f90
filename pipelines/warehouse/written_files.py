"""The files that people write and a run depends on: codebook, list of sites, checks with their bounds.

They are checked before a run. The SQL of the tables and its descriptions are checked when they are loaded
(`pipelines.warehouse.model.load_specs`), which every run does before it builds anything.
"""

from pathlib import Path

from pipelines.codebook.load import load_codebook
from pipelines.ingest.sources import load_sources
from pipelines.warehouse.checks import load_checks


def check_written_files(sources_path: Path) -> None:
    """Raise SchemaError for the first mistake in the codebook, the list of sites at `sources_path`, or the checks.

    Codebook and checks stay loaded for the run that follows.
    """
    load_codebook()
    load_sources(sources_path)
    load_checks()
