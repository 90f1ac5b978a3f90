"""What killed runs left behind: files that were being written and folders that DuckDB spilled into.

Whatever is written gets a hidden name first and its own name when it is whole. So on a warehouse on which nobody else
is at work, such a hidden file is half of something. Hidden files that are not ours are left alone.
"""

import shutil
from pathlib import Path

OURS = (
    *("stage/*/.*", "tables/.*", "tables/*/.*", "releases/.spill-*"),
    *(".spill-*", ".memo.json.*", ".CHANGES.md.*", ".fazhi.duckdb.*"),
)


def sweep(warehouse_dir: Path) -> int:
    """Remove what killed runs left below `warehouse_dir`; call it only while holding the run lock. Returns how many."""
    found = [path for pattern in OURS for path in warehouse_dir.glob(pattern)]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(found)
