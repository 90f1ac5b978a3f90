"""The tables of the project as their SQL defines them, kept in the user's cache folder.

To follow the SQL, and to hold descriptions and checks against it, takes most of a second, which each start would spend.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb
import pydantic

from pipelines.build.kept_objects import kept
from pipelines.paths import SQL_DIR
from pipelines.warehouse.check_runner import check_sql
from pipelines.warehouse.checks import load_checks
from pipelines.warehouse.model import TableSpec, load_specs


@cache
def project_tables() -> Mapping[str, TableSpec]:
    """Every table of the project by name, in build order, as `load_specs` gives them; once per process.

    The project's checks fit them. Raises what `load_specs`, `load_checks` and `check_sql` raise.
    """
    room = Path(__file__).parent
    code = [path for folder in (room, room.parent / "build") for path in folder.glob("*.py")]
    code += [room.parent / "settings.py", room.parent / "reasons.py"]
    written = [path for ending in ("sql", "toml") for path in SQL_DIR.rglob(f"*.{ending}")]
    name = f"tables-{duckdb.__version__}-{pydantic.VERSION}"
    found: dict[str, TableSpec] = kept(name, dict, sorted([*code, *written]), _load)
    return found


def _load() -> dict[str, TableSpec]:
    specs = load_specs(SQL_DIR)
    check_sql(load_checks(), specs)
    return specs
