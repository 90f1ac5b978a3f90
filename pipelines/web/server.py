"""Serve the workbench until it is stopped."""

import socket
from collections.abc import Callable

from pipelines.errors import FazhiError
from pipelines.settings import Settings
from pipelines.web.app import create_app
from pipelines.web.guard import Guard


class ServerError(FazhiError):
    """The workbench cannot be served. The message says why and what to do."""


def serve(settings: Settings, host: str, port: int, is_read_only: bool, on_ready: Callable[[str], None]) -> None:
    """Serve on `host` and `port` until Ctrl-C. `on_ready` is told the address once the port is ours.

    Raises GuardError for a host that would let strangers write, and ServerError where the port cannot be had.
    """
    import uvicorn

    guard = Guard.for_host(host, is_read_only, settings)
    config = uvicorn.Config(create_app(settings, guard), log_level="warning", server_header=False)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # uvicorn would log a traceback of a port that is taken, and exit by itself.
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ServerError(f"cannot serve on {host}:{port} ({error.strerror or error}); give another --port") from error
    with listening:
        on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        uvicorn.Server(config).run(sockets=[listening])
