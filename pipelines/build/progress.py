"""How far a step has come. A step reports it; the command line draws bars from it, and a test counts.

Where nobody listens, a report does nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("fazhi_progress", default=None)


def report(step: str, done: int, total: int) -> None:
    """Tell the listener, if there is one, that `done` of `total` documents of `step` are done."""
    if listener := _listener.get():
        listener(step, done, total)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block, `listener(step, done, total)` is called for each report."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
