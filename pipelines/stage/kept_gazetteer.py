"""The gazetteer of all units, kept in the user's cache folder as it is built: to build it takes six times as long."""

from functools import lru_cache
from pathlib import Path

from pipelines.build.kept_objects import kept
from pipelines.identify import gazetteer as code
from pipelines.identify.gazetteer import Gazetteer
from pipelines.numerals.fold import fold_table
from pipelines.paths import COUNTY_CHANGES, DIVISION_CHANGES


@lru_cache(maxsize=1)
def load_gazetteer(divisions: Path) -> Gazetteer:
    """The gazetteer of the division table `divisions` and of the changes beside it, once per process.

    Raises what `Gazetteer.load` raises.
    """
    tables = [divisions, *(divisions.with_name(name) for name in (DIVISION_CHANGES, COUNTY_CHANGES))]
    package = Path(code.__file__).parent
    modules = [*sorted(package.glob("*.py")), *sorted((package.parent / "numerals").glob("*.py"))]
    return kept(
        "gazetteer",
        Gazetteer,
        [*tables, *modules],
        lambda: Gazetteer.load(divisions),
        given=str(fold_table()),  # its names are kept as they are folded
    )
