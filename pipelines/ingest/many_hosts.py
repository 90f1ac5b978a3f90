"""Several hosts looked at side by side, where nothing is written."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Protocol, TypeVar

from pipelines.errors import FazhiError
from pipelines.ingest.client import Client
from pipelines.ingest.pace import Clock


class Unreachable(FazhiError):
    """No host at all answers; the message says of the first one why, and what to do."""


class _Look(Protocol):
    """What a look at one host gave: whether it answered at all, and what is wrong first, '' for nothing."""

    @property
    def is_reached(self) -> bool: ...

    @property
    def trouble(self) -> str: ...


Thing = TypeVar("Thing")
Look = TypeVar("Look", bound=_Look)


def look_at_all(
    look: Callable[[Thing], Look], things: Sequence[Thing], client: Client, clock: Clock, at_a_time: int, silence: str
) -> Iterator[Look]:
    """What `look` gives of each thing, so many at a time, in their order. `client` is closed at the end.

    Raises Unreachable at the end where no host at all answered. `silence` is its message; {} stands for the trouble.
    """
    first, reached = "", False
    with closing(client), ThreadPoolExecutor(at_a_time) as threads:
        try:
            for found in threads.map(look, things):
                first, reached = first or found.trouble, reached or found.is_reached
                yield found
        except BaseException:
            clock.stop()  # the threads end at their next turn
            raise
    if things and not reached:
        raise Unreachable(silence.format(first))
