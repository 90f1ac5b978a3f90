"""What killed runs left behind: files that were being written and folders that DuckDB spilled into.

Whatever is written gets a hidden name first and its own name when it is whole. So in a warehouse in which no run is at
work, such a hidden file is half of something. Hidden files of other programs are left alone.
"""

import shutil
from pathlib import Path

from pipelines.build.atomic import leftovers

OURS = (
    *("stage/.*", "stage/*/.*", "tables/.*", "tables/*/.*", "releases/.spill-*"),
    *(".spill-*", ".CHANGES.md.*", ".fazhi.duckdb.*"),
)
# What versions before 0.2 kept in place of the ledger.
OUTDATED = (
    *("memo.json", "stage/settled.json", "stage/*/contents.json"),
    *("tables/contents.json", "tables/*/contents.json", "tables/audits.json", "tables/release.json"),
)


def sweep(warehouse_dir: Path) -> int:
    """Remove what killed runs left below `warehouse_dir`; call it only while holding the run lock. Returns how many."""
    found = {path for pattern in (*OURS, *OUTDATED) for path in warehouse_dir.glob(pattern)}
    found.update(path for folder in (warehouse_dir, warehouse_dir / "releases") for path in leftovers(folder))
    for path in found:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(found)
