"""What libraries raise at damaged files, as the one reason that people see."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.read.document import ReadError
from pipelines.reasons import Reason, ReasonCode


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


def damaged_member(error: Exception) -> Reason:
    """Return the reason for a file in an archive at which unpacking raises `error`, whatever that is."""
    if isinstance(error, ReadError):
        return error.reason
    kind = type(error).__name__
    if isinstance(error, NotImplementedError):  # zipfile's word for a method that it does not know
        found = "found a file in the archive that is packed in a way that is not read"
        return Reason(ReasonCode.UNSUPPORTED, f"{found} ({error}); pack it anew as zip")
    return Reason(ReasonCode.BROKEN, f"found a damaged file in the archive ({kind}); fetch the archive again")
