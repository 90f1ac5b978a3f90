"""Trying again what failed for a reason that passes: a disk or a network folder that did not answer in time.

Only the choice of such reasons and the pause belong here. Sites are asked again by `pipelines.ingest.transport`.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

MOST = 3
FIRST_PAUSE = 2  # seconds; each further pause is twice as long
PASSING = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT})


@contextmanager
def retrying(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Within the block a passing error asks Dagster to run the asset again, at most `MOST` times."""
    try:
        yield
    except Exception as error:
        if not any(map(_passes, _causes(error))):
            raise
        raise dg.RetryRequested(MOST, FIRST_PAUSE * 2**context.retry_number) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it: a library's error about a table may have been one of the disk."""
    while error is not None:
        yield error
        error = error.__cause__


def _passes(error: BaseException) -> bool:
    if isinstance(error, duckdb.IOException):  # says the reason in words only
        return any(os.strerror(number) in str(error) for number in PASSING)
    return isinstance(error, OSError) and error.errno in PASSING
