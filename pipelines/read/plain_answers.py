"""The answers of the helper process as plain data: JSON, and bytes beside it.

The helper has met hostile bytes, and a library in C may have been taken over by them. A pickle could run code in the
process that loads it; JSON cannot. What comes back must be what the called function is said to return.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from multiprocessing.connection import Connection
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, get_type_hints

from pipelines.read.document import ReadError, ScansWantedError
from pipelines.reasons import ReasonCode

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_BLOB = "$bytes"  # stands for bytes in the JSON; the number beside it is that of the message with them


def send_answer(pipe: "Connection[Any, Any]", answer: Any) -> None:
    """Send what a call returned: strings, numbers, bytes, None, dataclasses, and lists, tuples and dicts of these.

    Raises TypeError for anything else, before a byte is sent.
    """
    blobs: list[bytes] = []

    def plain(value: Any) -> Any:
        if isinstance(value, bytes | bytearray):
            blobs.append(bytes(value))
            return {_BLOB: len(blobs) - 1}
        if is_dataclass(value) and not isinstance(value, type):
            return {field.name: getattr(value, field.name) for field in fields(value)}
        if isinstance(value, Real):  # numpy's
            return int(value) if isinstance(value, Integral) else float(value)
        raise TypeError(f"found {type(value).__name__} in an answer, expected plain data")

    head = json.dumps([True, answer], default=plain).encode()
    _send(pipe, head, blobs)


def send_refusal(pipe: "Connection[Any, Any]", error: ReadError) -> None:
    """Send why a call has no result."""
    pages = list(error.pages) if isinstance(error, ScansWantedError) else None
    _send(pipe, json.dumps([False, [error.code.value, error.message, pages]]).encode(), [])


def _send(pipe: "Connection[Any, Any]", head: bytes, blobs: list[bytes]) -> None:
    pipe.send_bytes(len(blobs).to_bytes(4, "big") + head)
    for blob in blobs:
        pipe.send_bytes(blob)


def receive(pipe: "Connection[Any, Any]", function: Callable[..., Any], most_bytes: int) -> Any:
    """Return the answer to a call of `function`, as the type that its annotation names.

    Raises the ReadError that was sent; EOFError or OSError where the other side is gone or sends more than `most_bytes`
    in one message; ValueError for what is no such answer.
    """
    head = pipe.recv_bytes(most_bytes)
    blobs = [pipe.recv_bytes(most_bytes) for _ in range(int.from_bytes(head[:4], "big"))]

    def whole(value: dict[str, Any]) -> Any:
        return blobs[value[_BLOB]] if value.keys() == {_BLOB} else value

    try:
        is_result, value = json.loads(head[4:], object_hook=whole)
        if is_result:
            return _answer_of(function).validate_python(value)
        code, message, pages = value
        error = ReadError(ReasonCode(code), str(message))
        if pages is not None:
            error = ScansWantedError(str(message), tuple(int(page) for page in pages))
    except (ValueError, TypeError, LookupError, RecursionError) as cause:
        raise ValueError(f"no answer of {function.__module__}: {type(cause).__name__}") from cause
    raise error


@lru_cache(maxsize=64)
def _answer_of(function: Callable[..., Any]) -> "TypeAdapter[Any]":
    """Return what checks an answer: the type that `function` is said to return, else anything plain."""
    from pydantic import TypeAdapter  # slow to import, and the helper itself needs none

    return TypeAdapter(get_type_hints(function).get("return", Any))
