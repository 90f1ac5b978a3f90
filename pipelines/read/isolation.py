"""A second process for what may crash or hang: libraries in C and Rust that meet damaged files.

A helper process has limits of time and memory, and is started anew when it ends. It sees no variable of the
environment but those that it needs, so no secret, and answers in plain data (`plain_answers`). A call costs about a
tenth of a millisecond, the first one half a second.
"""

import atexit
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeVar, cast

from pipelines.read.document import ReadError
from pipelines.read.plain_answers import receive, send_answer, send_refusal
from pipelines.reasons import ReasonCode

Result = TypeVar("Result")

SECONDS = 50.0
MEMORY = 4_000_000_000  # bytes of address space
# What an interpreter and the libraries look for: folders, languages, numbers of threads. Secrets have other names.
_KEPT = re.compile(
    r"PATH|HOME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|(?:DY)?LD_LIBRARY_PATH"
    r"|PYTHON(?:HOME|UTF8|HASHSEED|DONTWRITEBYTECODE|MALLOC)|(?:POLARS|OMP|OPENBLAS|MKL)_\w*THREADS"
)

_log = logging.getLogger(__name__)

_START = "import sys; from pipelines.read.isolation import serve; serve(int(sys.argv[1]), int(sys.argv[2]))"


class HelperProcess:
    """One helper process. It starts with the first call and ends with this process.

    `memory` is in bytes of address space; `environment` has variables that it sees besides those of this process.
    """

    def __init__(self, memory: int = MEMORY, environment: Mapping[str, str] | None = None) -> None:
        self._memory = memory
        self._environment = dict(environment or {})
        self._lock = threading.Lock()
        self._helper: tuple[subprocess.Popen[bytes], Connection[Any, Any]] | None = None
        atexit.register(self.stop)

    def run(self, function: Callable[..., Result], *arguments: Any, seconds: float = SECONDS) -> Result:
        """Return `function(*arguments)` as computed in the helper process, as the type that its annotation names.

        The function and the arguments must be picklable; the answer must be plain data. Raises the ReadError that the
        function raises, and ReadError `broken` for any other error. Raises ReadError `crashed` when the process dies,
        or when what it answers is no answer, and `too_slow` after `seconds`; the next call starts a new one.
        """
        with self._lock:
            pipe = self._running()
            try:
                pipe.send((function, arguments))
                if not pipe.poll(seconds):
                    self.stop()
                    _log.info("the helper process was killed: %s took more than %g s", function.__module__, seconds)
                    message = (
                        f"found a file that is not read after {seconds:.0f} seconds; save it anew in another format"
                    )
                    raise ReadError(ReasonCode.TOO_SLOW, message)
                return cast(Result, receive(pipe, function, self._memory))
            except ReadError:
                raise
            except (EOFError, OSError, ValueError) as error:
                code = self.stop()
                _log.info("the helper process ended with exit code %s in %s", code, function.__module__)
                message = f"found a file that ends the reader (exit code {code}); save it anew in another format"
                raise ReadError(ReasonCode.CRASHED, message) from error

    def _running(self) -> "Connection[Any, Any]":
        """Return the pipe to the process; starts one where there is none.

        It is a plain new interpreter: a fork would copy threads, and `multiprocessing` would run the caller's script
        anew.
        """
        if self._helper is None:
            here, there = Pipe()
            process = subprocess.Popen(
                [sys.executable, "-c", _START, str(there.fileno()), str(self._memory)],
                pass_fds=(there.fileno(),),
                env={
                    **{name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)},
                    **self._environment,
                    "PYTHONPATH": os.pathsep.join(sys.path),
                },
                # what a library prints when it panics would stand in the middle of a progress bar
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            there.close()
            self._helper = process, here
        return self._helper[1]

    def stop(self) -> int | None:
        """End the process, if it runs; returns the exit code it had come to by itself."""
        if self._helper is None:
            return None
        process, pipe = self._helper
        self._helper = None
        pipe.close()
        try:
            return process.wait(0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


_readers = HelperProcess()
run = _readers.run


def serve(handle: int, memory: int) -> None:
    """Answer calls on the pipe with this file descriptor until the other side is gone."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    pipe: Connection[Any, Any] = Connection(handle)
    while True:
        try:
            function, arguments = pipe.recv()
        except EOFError:
            return
        try:
            send_answer(pipe, function(*arguments))
        except ReadError as error:
            send_refusal(pipe, error)
        except BaseException as error:  # a panic of a Rust library is no Exception
            kind = type(error).__name__
            message = f"found a file at which the reader gives up ({kind}); save it anew in another format"
            code = ReasonCode.TOO_LARGE if kind == "MemoryError" else ReasonCode.BROKEN
            send_refusal(pipe, ReadError(code, message))
