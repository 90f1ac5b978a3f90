"""Damaged files of every format: a document or a reason, no library that fails, and bounded memory.

`make fuzz` takes a thousand of each format; test_hostile.py sends damaged files the whole way.
"""

import os
import resource
from pathlib import Path

import format_fixtures as formats
import pytest
from fuzz_fixture import FAILURES, outcomes

FILES = int(os.environ.get("FUZZ_FILES", "40"))
_MOST_MEMORY = 1_500_000  # kilobytes: of this process, and of the largest that it started


@pytest.mark.parametrize("kind", formats.EVERY_FORMAT)
def test_damaged_files_are_read_or_refused(kind: str) -> None:
    before = memory_now()
    children_before = largest_child()
    found = outcomes(kind, FILES, seed=1)
    assert found.total() == FILES
    assert not FAILURES & found.keys()
    assert len(found) > 1 or FILES < 200
    assert memory("VmHWM") - before < _MOST_MEMORY
    # The mark of a new process begins at what its parent held, and the mark of all children never falls.
    assert largest_child() < max(_MOST_MEMORY, memory("VmHWM") + 1, children_before + 1)


def memory_now() -> int:
    """What this process holds, in kB. Its peak is counted anew from here: other tests may have needed more before."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def largest_child() -> int:
    """The most that one process started from this one ever held, in kB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def memory(name: str) -> int:
    """A line of the process's status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
