"""How far a step has come, for whoever listens: the command line draws bars from it, a test counts.

Only the passing on belongs here. A step reports without knowing whether anybody listens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("fazhi_progress", default=None)


def report(step: str, done: int, total: int) -> None:
    """Tell the listener, if there is one, that `done` of `total` documents of `step` are through."""
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
