"""The slow tests: they build tables, start processes or measure time. `make test-fast` leaves them out.

The list stands here and not as marks in the files, so that what `make test-fast` runs is seen in one place.
Without them the tests must take less than 90 seconds on two cores. They run first, so that no worker is left
with them at the end (`make test` keeps this order).

Properties are tried on the same examples in each run, so that a change fails for what it changed.
`HYPOTHESIS_PROFILE=random make test` looks for new ones.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.build.kept_objects import lasting

settings.register_profile("same", derandomize=True)
settings.register_profile("random", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

MEMORY = Path("/dev/shm")  # of Linux
ENOUGH_BYTES = 6 * 2**30


def is_of_use(folder: Path) -> bool:
    """Whether the tests can work in `folder`: it has room for them, and the commands that they write there may run."""
    if not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(folder).free > ENOUGH_BYTES


# A build of a few reports waits for the disk hundreds of times, so temporary files lie in memory if there is room.
if "TMPDIR" not in os.environ and is_of_use(MEMORY):
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # it is chosen again

# what is kept between commands lies outside of the user's own folder, and is made once for all processes of the tests
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()) / f"fazhi-tests-{os.getuid()}")

TESTS = Path(__file__).parent
#: Folders and files below tests/.
SLOW = (
    "integration",
    "sql",
    "unit/assets/test_dagster_graph.py",
    "unit/assets/test_dagster_worklist.py",
    "unit/build/test_runlock.py",
    "unit/extract/test_extract_agreement.py",
    "unit/extract/test_extract_fuzz.py",
    "unit/read/test_read_large_folder.py",
    "unit/read/test_recogniser_pages.py",
    "unit/report/test_charts.py",
    "unit/stage/test_similarity.py",
    "unit/warehouse/test_diff.py",
    "unit/warehouse/test_exports.py",
    "unit/warehouse/test_exports_folder.py",
    "unit/warehouse/test_exports_metadata.py",
    "unit/warehouse/test_exports_parts.py",
    "unit/warehouse/test_publish.py",
    "unit/warehouse/test_publish_problems.py",
    "unit/warehouse/test_publish_readers.py",
    "unit/warehouse/test_releases.py",
    "unit/warehouse/test_warehouse_assembly.py",
    "unit/warehouse/test_warehouse_release.py",
    "unit/warehouse/test_warehouse_tables.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """The 10,000 tests and their modules stay to the end: no test looks through them for garbage."""
    with lasting():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies below the paths of SLOW, and let it run first."""
    paths = {item.path for item in items}
    slow = {path for path in paths if any(path.is_relative_to(TESTS / name) for name in SLOW)}
    for item in items:
        if item.path in slow:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path not in slow)
