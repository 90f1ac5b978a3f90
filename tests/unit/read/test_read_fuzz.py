"""Damaged files of every format: a document or a reason, no library that fails, and bounded memory.

`make fuzz` takes a thousand of each format; test_hostile.py sends damaged files the whole way.
"""

import os
import resource

import format_fixtures as formats
import pytest
from fuzz_fixture import FAILURES, outcomes

FILES = int(os.environ.get("FUZZ_FILES", "40"))
_MOST_MEMORY = 1_500_000  # kilobytes: of this process, and of the largest that it started


@pytest.mark.parametrize("kind", formats.EVERY_FORMAT)
def test_damaged_files_are_read_or_refused(kind: str) -> None:
    before = peaks()
    found = outcomes(kind, FILES, seed=1)
    assert found.total() == FILES
    assert not FAILURES & found.keys()
    assert len(found) > 1 or FILES < 200
    # Other tests of this process may have needed more before; these files may not raise its peak beyond the bound.
    assert all(peak <= max(was, _MOST_MEMORY) for peak, was in zip(peaks(), before, strict=True))


def peaks() -> list[int]:
    """The most memory that this process and its children ever held, in kB."""
    return [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
