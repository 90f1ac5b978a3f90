"""Damaged files of every format: a document or a reason, and no library that fails."""

import format_fixtures as formats
import pytest
from fuzz_fixture import FAILURES, outcomes

FILES = 15  # a format; test_read_fuzz_long.py reads a thousand


@pytest.mark.parametrize("kind", formats.EVERY_FORMAT)
def test_damaged_files_are_read_or_refused(kind: str) -> None:
    found = outcomes(kind, FILES, seed=1)
    assert found.total() == FILES
    assert not FAILURES & found.keys()
