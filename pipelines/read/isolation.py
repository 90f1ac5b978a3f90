"""A second process for what may crash or hang: libraries in C and Rust that meet damaged files.

Each process has one helper process, with limits of time and memory, which is started anew when it ends. A call costs
about a tenth of a millisecond, the first one half a second.
"""

import atexit
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeVar, cast

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode

Result = TypeVar("Result")

SECONDS = 60.0
MEMORY = 4_000_000_000  # bytes of address space

_log = logging.getLogger(__name__)

_START = "import sys; from pipelines.read.isolation import serve; serve(int(sys.argv[1]))"
_Helper = tuple["subprocess.Popen[bytes]", "Connection[Any, Any]"]
_lock = threading.Lock()
_helper: _Helper | None = None


def run(function: Callable[..., Result], *arguments: Any, seconds: float = SECONDS) -> Result:
    """Return `function(*arguments)` as computed in the helper process; all of it must be picklable.

    Raises what the function raises. Raises ReadError `crashed` when the process dies and `too_slow` after `seconds`;
    the next call starts a new one.
    """
    with _lock:
        _, pipe = _running()
        try:
            pipe.send((function, arguments))
            if not pipe.poll(seconds):
                _stop()
                _log.info("the helper process was killed: %s took more than %g s", function.__module__, seconds)
                message = f"found a file that is not read after {seconds:.0f} seconds; save it anew in another format"
                raise ReadError(ReasonCode.TOO_SLOW, message)
            is_result, value = pipe.recv()
        except (EOFError, OSError) as error:
            code = _stop()
            _log.info("the helper process ended with exit code %s in %s", code, function.__module__)
            message = f"found a file that ends the reader (exit code {code}); save it anew in another format"
            raise ReadError(ReasonCode.CRASHED, message) from error
    if is_result:
        return cast(Result, value)
    raise value


def _running() -> _Helper:
    """Return the helper process and the pipe to it; starts one where there is none.

    It is a plain new interpreter: a fork would copy threads, and `multiprocessing` would run the caller's script anew.
    """
    global _helper
    if _helper is None:
        here, there = Pipe()
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(there.fileno())],
            pass_fds=(there.fileno(),),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            # what a library prints when it panics would stand in the middle of a progress bar
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        there.close()
        _helper = process, here
    return _helper


@atexit.register
def _stop() -> int | None:
    """End the helper process; returns the exit code it had come to by itself."""
    global _helper
    if _helper is None:
        return None
    process, pipe = _helper
    _helper = None
    pipe.close()
    try:
        return process.wait(0.5)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def serve(handle: int) -> None:
    """Answer calls on the pipe with this file descriptor until the other side is gone.

    An answer is whether the call gave a result, and the result or the error.
    """
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pipe: Connection[Any, Any] = Connection(handle)
    while True:
        try:
            function, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, Any] = True, function(*arguments)
        except ReadError as error:
            answer = False, error
        except BaseException as error:  # a panic of a Rust library is no Exception
            kind = type(error).__name__
            message = f"found a file at which the reader gives up ({kind}); save it anew in another format"
            code = ReasonCode.TOO_LARGE if kind == "MemoryError" else ReasonCode.BROKEN
            answer = False, ReadError(code, message)
        pipe.send(answer)
