"""Setting aside what is damaged or in the way: it gets another name in the same folder, and little of it is kept."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

KEPT = 3  # of all that was set aside in one folder, the latest
_MARK = ".damaged-"


def set_aside(path: Path) -> Path:
    """Rename the file or folder at `path` to NAME.damaged-TIME, and remove the oldest of those in its folder.

    What SQLite may have left beside a database goes with it: it would apply that to a new one. Returns the new name;
    raises OSError.
    """
    aside = path.with_name(f"{path.name}{_MARK}{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    path.rename(aside)
    for end in ("-journal", "-wal", "-shm"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(f"{aside}{end}")
    # by the change time and not by name: a clock may have been wrong, and no rename is older than the file's last bytes
    found = sorted(path.parent.glob(f"*{_MARK}*"), key=lambda one: os.lstat(one).st_ctime_ns)
    for old in [one for one in found if not one.name.startswith(aside.name)][: max(0, len(found) - KEPT)]:
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)
    return aside
