"""A note in the ledger of the step that works on documents, so that a run which dies there is known to the next.

Few documents are worked on in the process of the run itself, and one of them may end it (a crash in a library, no
memory). Then the note stays. The next run gives all its documents to worker processes, however few they are. There the
one that ends its process is found and named (`pipelines.build.workers`), so no document stops two nights.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.build.answers import IN_HAND
from pipelines.build.ledger import Ledger, LedgerEntry

# The step that found the note ends well and removes it, but the same document may end a later step of this run.
_careful: set[Path] = set()


@contextmanager
def in_hand(ledger: Ledger, step: str) -> Iterator[bool]:
    """Note that `step` works on documents until the block ends. Gives whether a run before this one died in a step."""
    if any(entry.value for entry in ledger.known(IN_HAND).values()):
        _careful.add(ledger.path)
    ledger.record(IN_HAND, {step: LedgerEntry("", True)})
    try:
        yield ledger.path in _careful
    finally:
        ledger.record(IN_HAND, {step: LedgerEntry("", False)})
