"""The server says its address, and a port that is taken in one line."""

import socket
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.web.guard import GuardError
from pipelines.web.server import ServerError, serve


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(tmp_path / "raw", tmp_path / "warehouse", environ={})


def test_a_port_that_is_taken_is_one_line(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"cannot serve on 127.0.0.1:{port} .*; give another --port"):
            serve(settings, "127.0.0.1", port, False, print)


def test_the_address_is_told_once_the_port_is_ours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn

    told: list[str] = []
    served: list[int] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: served.append(sockets[0].getsockname()[1]))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve(settings, "127.0.0.1", port, True, told.append)
    assert told == [f"http://127.0.0.1:{port}/"]
    assert served == [port]


def test_strangers_are_refused_before_anything_is_served(settings: Settings) -> None:
    with pytest.raises(GuardError):
        serve(settings, "0.0.0.0", 8300, False, pytest.fail)
