"""What libraries raise at damaged files, as the one reason that people see."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode


@contextmanager
def damage_named(what: str) -> Iterator[None]:
    """Turn whatever is raised in the block, but a ReadError, into ReadError `broken`. `what` is the kind of file.

    zipfile, lxml and the readers of workbooks raise whatever the damage leads to.
    """
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        message = f"found a damaged {what} ({type(error).__name__}); fetch it again, or save it as PDF"
        raise ReadError(ReasonCode.BROKEN, message) from error
