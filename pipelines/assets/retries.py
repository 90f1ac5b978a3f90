"""A second try for an asset that failed for a passing reason: a disk or a network folder did not answer in time.

Sites are asked again elsewhere, by `pipelines.ingest.transport`.
"""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

MOST = 3
FIRST_PAUSE = 2  # seconds; each further pause is twice as long
PASSING = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT})
_log = logging.getLogger(__name__)


@contextmanager
def retrying(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Within the block a passing error makes Dagster run the asset again, at most `MOST` times."""
    try:
        yield
    except Exception as error:
        if not is_passing(error):
            raise
        pause = FIRST_PAUSE * 2**context.retry_number
        _log.info(
            "%s failed for a passing reason, next try in %d s: %s", context.op_execution_context.op.name, pause, error
        )
        raise dg.RetryRequested(MOST, pause) from error


def is_passing(error: BaseException) -> bool:
    """Whether the error, or one that led to it, may be gone at the next try.

    What led to it counts, because an error of a library about a table may have begun as one of the disk.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in PASSING:
            return True
        # DuckDB gives no number, only the words of the system
        if isinstance(cause, duckdb.IOException) and any(os.strerror(number) in str(cause) for number in PASSING):
            return True
        cause = cause.__cause__
    return False
