"""Tables from a raw folder in this process, without Dagster: for evaluation, benchmarks and small experiments."""

from collections.abc import Collection, Mapping
from functools import cache

from pipelines.build.ledger import Ledger
from pipelines.codebook.load import load_codebook
from pipelines.identify.county_changes import write_county_changes
from pipelines.identify.division_changes import write_changes
from pipelines.settings import Settings
from pipelines.stage.corrections import stage_corrections
from pipelines.stage.facts import refresh_facts
from pipelines.stage.identities import refresh_identities
from pipelines.stage.indicators import write_indicators
from pipelines.stage.raw_inventory import read_files, refresh_files
from pipelines.stage.scan_queue import read_documents
from pipelines.stage.similarities import refresh_similarities
from pipelines.stage.sketches import refresh_sketches
from pipelines.warehouse.model import TableSpec, load_specs
from pipelines.warehouse.source_files import source_paths
from pipelines.warehouse.table_build import Built, build


def build_from_raw(settings: Settings, wanted: Collection[str] = ()) -> dict[str, Built]:
    """Read, identify and extract the raw folder of `settings`, then build the tables `wanted`, all if none is named.

    The tables that those read are built too. Returns each table that was built by its name, in the order of building.
    No check runs and nothing is published. Raises KeyError for a name that is no table, and what the steps raise.
    """
    refresh_files(settings)
    files = read_files(settings)
    read_documents(files, settings)
    refresh_identities(files, settings)
    refresh_facts(settings)
    write_changes(settings.division_changes_path, settings.staged_changes_path)
    write_county_changes(settings.county_changes_path, settings.staged_county_changes_path)
    stage_corrections(settings.corrections_path, settings.staged_corrections_path)
    write_indicators(load_codebook().indicators, settings.indicators_path)
    specs = _loaded_once(settings.sql_dir)  # half a second, which each call of a process would spend again
    needed = _with_sources(specs, wanted or specs)
    ledger = Ledger(settings.ledger_path)
    built: dict[str, Built] = {}
    for name, spec in specs.items():
        if name not in needed:
            continue
        if "stage_similarities" in spec.depends_on:  # the only step that goes by a table
            refresh_sketches(settings)
            refresh_similarities(settings, built["dim_report"].paths)
        paths = source_paths(settings, spec.depends_on)
        built[name] = build(spec, paths, settings.tables_dir, ledger, settings.today.year)
    return built


_loaded_once = cache(load_specs)


def _with_sources(specs: Mapping[str, TableSpec], wanted: Collection[str]) -> set[str]:
    """The tables `wanted` and every table that one of them reads, however indirectly."""
    needed: set[str] = set()
    left = list(wanted)
    while left:
        name = left.pop()
        if name not in needed:
            needed.add(name)
            left += [source for source in specs[name].depends_on if source in specs]
    return needed
