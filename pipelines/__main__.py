"""`python -m pipelines` is the command `fazhi`."""

import atexit
import os
import sys
from contextlib import suppress


def start() -> None:
    """Run the command line, and end the process with its exit code."""
    code = 1

    def leave() -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # its reader has gone, or it is closed
                stream.flush()
        os._exit(code)

    # Python would take apart all that a run has made, object by object: a second for nothing. What is registered first
    # is called last, so that threads are waited for, and all others that asked for it are called before.
    atexit.register(leave)
    from pipelines.cli.commands import main

    try:
        code = main()
    except SystemExit as end:  # of a command that has said what failed
        code = end.code if isinstance(end.code, int) else 1
    sys.exit(code)


if __name__ == "__main__":
    start()
