"""Serve the workbench until it is stopped."""

import os

from pipelines.errors import FazhiError
from pipelines.settings import Settings
from pipelines.web.app import create_app
from pipelines.web.guard import Guard


class ServerError(FazhiError):
    """The workbench cannot be served. The message says why and what to do."""


def serve(settings: Settings, host: str, port: int, is_read_only: bool) -> None:
    """Serve on `host` and `port` until Ctrl-C. Raises GuardError for a host that would let strangers write."""
    import uvicorn

    guard = Guard.for_host(host, is_read_only, os.environ)
    config = uvicorn.Config(
        create_app(settings, guard), host=host, port=port, log_level="warning", server_header=False, workers=1
    )
    try:
        uvicorn.Server(config).run()
    except OSError as error:
        raise ServerError(f"cannot serve on {host}:{port} ({error.strerror or error}); give another --port") from error
