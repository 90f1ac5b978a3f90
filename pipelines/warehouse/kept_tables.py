"""The tables of the project as their SQL defines them, kept in the user's cache folder.

To follow the SQL, and to hold descriptions and checks against it, takes more than a second, which no start needs to
spend again.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines.build.kept_objects import kept
from pipelines.paths import SQL_DIR
from pipelines.warehouse.check_runner import check_sql
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.lineage import LineageError, Source, column_sources
from pipelines.warehouse.model import TableSpec, load_specs

Sources = Mapping[str, tuple[Source, ...]]  # of each column of a table

_READ_BY = ("duckdb", "pydantic", "sqlglot")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProjectTables:
    """The tables by name, in build order, and for each the (table, column) pairs that its columns come from."""

    specs: Mapping[str, TableSpec]
    sources: Mapping[str, Sources]


@cache
def project_tables() -> ProjectTables:
    """Every table of the project; once per process. The checks of the project fit them.

    A table has no sources where they cannot be found: it is right all the same. Raises what `load_specs`, `load_checks`
    and `check_sql` raise.
    """
    room = Path(__file__).parent
    code = [path for folder in (room, room.parent / "build") for path in folder.glob("*.py")]
    code += [room.parent / "settings.py", room.parent / "reasons.py"]
    written = [path for ending in ("sql", "toml") for path in SQL_DIR.rglob(f"*.{ending}")]
    return kept("tables", ProjectTables, sorted([*code, *written]), _load, given=" ".join(map(version, _READ_BY)))


def _load() -> ProjectTables:
    specs = load_specs(SQL_DIR)
    check_sql(load_checks(), specs)
    return ProjectTables(specs, {name: _sources(spec) for name, spec in specs.items()})


def _sources(spec: TableSpec) -> Sources:
    try:
        return column_sources(spec)
    except LineageError as error:
        _log.warning(str(error))
        return {}
