"""Pace: one request at a time for a host, with a pause between two, whoever asks, and no wait beyond a deadline.

How long a pause a site wants stands in its entry in `sources.toml` and in its robots.txt.
"""

import math
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipelines.ingest.problems import CutShort, FetchInterrupted

JITTER = 0.5  # a pause is up to this share longer than asked for, so that runs do not beat in step


class Clock:
    """The time, and waiting that can be broken off; tests put one in its place that does not wait."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def now(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def utc(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond `stop`."""
        self._stop.wait(seconds)

    def stop(self) -> None:
        """End all waiting, for good."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether the run is being broken off."""
        return self._stop.is_set()


@dataclass(frozen=True)
class Deadline:
    """The moment of the clock (`Clock.now`) after which nothing is asked, and the name of the limit that sets it."""

    at: float
    name: str

    def cut(self) -> CutShort:
        """What to raise when it has passed."""
        return CutShort(f"{self.name} is over")


NO_DEADLINE = Deadline(math.inf, "")


@dataclass
class _Lane:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


class Pace:
    """Gives each host one turn at a time; safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}

    @contextmanager
    def turn(self, host: str, delay: float, deadline: Deadline = NO_DEADLINE) -> Iterator[None]:
        """Wait for the host to be free; the block is the request, after which come `delay` seconds and some jitter.

        Raises FetchInterrupted when the clock was stopped meanwhile, and CutShort rather than wait beyond `deadline`.
        """
        lane = self._lane(host)
        left = deadline.at - self._clock.now()
        if left <= 0 or not lane.lock.acquire(timeout=left if left < threading.TIMEOUT_MAX else -1):
            raise deadline.cut()
        try:
            while not self._clock.is_stopped and (wait := lane.free_at - self._clock.now()) > 0:
                if lane.free_at >= deadline.at:
                    raise deadline.cut()
                self._clock.sleep(wait)
            if self._clock.is_stopped:
                raise FetchInterrupted
            if self._clock.now() >= deadline.at:
                raise deadline.cut()
            try:
                yield
            finally:
                self.hold(host, delay * random.uniform(1, 1 + JITTER))
        finally:
            lane.lock.release()

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody ask the host for so many seconds from now."""
        lane = self._lane(host)
        lane.free_at = max(lane.free_at, self._clock.now() + seconds)

    def _lane(self, host: str) -> _Lane:
        return self._lanes.setdefault(host, _Lane())
