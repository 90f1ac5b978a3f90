"""What a service or folder answers when something cannot be done there, said in one line for people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import FazhiError

RIGHTS = "s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject"
REPLACED = "a file to publish is gone, as another command built this warehouse meanwhile; publish again"
# The codes of S3 that a person can put right, which services that imitate it use too.
_CODES = {
    "NoSuchBucket": "there is no such bucket; make it, or correct the address",
    "NoSuchKey": "a file was removed there meanwhile; publish again",
    "InvalidAccessKeyId": "the service does not know the key; correct AWS_ACCESS_KEY_ID or AWS_PROFILE",
    "SignatureDoesNotMatch": "the secret does not fit the key; correct AWS_SECRET_ACCESS_KEY or the profile's",
    "InvalidToken": "the session token is not valid; get a new one, or unset AWS_SESSION_TOKEN",
    "ExpiredToken": "the key has expired; get a new one",
    "RequestTimeTooSkewed": "the clock of this machine is wrong; set it right",
    "AccessDenied": f"the key may not do that there; give it {RIGHTS}",
    "NotImplemented": "the service has no conditional writes, without which two publishers could mix; take another",
}
_MESSAGE = re.compile(r"<Message>([^<]+)</Message>")
_CODE = re.compile(r"(?:<Code>|\(code: )(\w+)")


class TargetError(FazhiError):
    """A release cannot be published there. The message is one line: what was found and what to do."""


@contextmanager
def explained(address: str) -> Iterator[None]:
    """Within the block, what obstore raises becomes a TargetError that says what to do at `address`."""
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except (BaseError, FileNotFoundError, NotImplementedError) as error:
        if isinstance(error, FileNotFoundError) and "Object at location" not in str(error):
            raise TargetError(REPLACED) from error
        code = _CODE.search(str(error))
        line = _CODES.get(code[1]) if code else None
        if line is None and isinstance(error, PermissionDeniedError | UnauthenticatedError):
            line = _CODES["AccessDenied"]
        raise TargetError(f"{address}: {line or _other(error, address)}") from error


def _other(error: Exception, address: str) -> str:
    """What the service says, else the first line of obstore, which goes on with what only its authors can use."""
    code, message = _CODE.search(str(error)), _MESSAGE.search(str(error))
    first = f"{code[1]}: {message[1]}" if code and message else str(error).partition("\n")[0].strip()
    if "://" in address:
        return f"{first}; see whether AWS_ENDPOINT_URL and AWS_REGION are right and the service answers, and try again"
    return f"{first}; see whether the disk is full and whether you may write there, and try again"
