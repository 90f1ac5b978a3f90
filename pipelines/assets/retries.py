"""Trying again what failed for a reason that passes: a disk or a network folder that did not answer in time.

Only the choice of such reasons and the pause belong here. Sites are asked again by `pipelines.ingest.transport`.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

MOST = 3
FIRST_PAUSE = 2  # seconds; each further pause is twice as long
PASSING = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT})


@contextmanager
def retrying(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Within the block a passing error asks Dagster to run the asset again, at most `MOST` times."""
    try:
        yield
    except OSError as error:
        if error.errno not in PASSING:
            raise
        raise dg.RetryRequested(MOST, FIRST_PAUSE * 2**context.retry_number) from error
