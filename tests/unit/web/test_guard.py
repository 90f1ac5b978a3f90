"""Who is let in: names of the server, forms of its own pages, the password, and what every answer carries."""

import base64

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pipelines.settings import Settings
from pipelines.web.guard import Guard, GuardError, GuardMiddleware


def settings(**environ: str) -> Settings:
    return Settings.load(environ=environ)


def client(guard: Guard, base_url: str = "http://127.0.0.1:8300") -> TestClient:
    def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.method)

    route = Route("/", echo, methods=["GET", "POST", "DELETE"])
    return TestClient(Starlette(routes=[route], middleware=[Middleware(GuardMiddleware, guard=guard)]), base_url)


@pytest.mark.parametrize("host", ["127.0.0.1:8300", "localhost", "localhost:8300", "[::1]:8300", "192.168.1.5:8300"])
def test_own_names_and_bare_addresses_are_let_in(host: str) -> None:
    assert client(Guard()).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8300", "127.0.0.1.evil.example", "localhost.evil.example:80", ""]
)
def test_a_name_that_was_pointed_at_this_machine_is_refused(host: str) -> None:
    answer = client(Guard()).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "FAZHI_WEB_HOSTS" in answer.text


def test_names_of_a_proxy_are_given_by_the_environment() -> None:
    guard = Guard.for_host("127.0.0.1", False, settings(FAZHI_WEB_HOSTS="fazhi.example, other.example"))
    assert client(guard).get("/", headers={"host": "fazhi.example"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8301"},
        {"origin": "https://127.0.0.1:8300"},
    ],
)
def test_a_form_of_another_page_is_refused(headers: dict[str, str]) -> None:
    assert client(Guard()).post("/", headers=headers).status_code == 403


def test_a_form_of_its_own_is_let_in() -> None:
    own = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8300"}
    assert client(Guard()).post("/", headers=own).text == "POST"


def test_other_methods_are_refused() -> None:
    assert client(Guard()).delete("/").status_code == 405


def test_nothing_is_written_when_it_is_read_only() -> None:
    answer = client(Guard(is_read_only=True)).post("/")
    assert answer.status_code == 403
    assert "--read-only" in answer.text


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (None, 401),
        ("Basic " + base64.b64encode("any:öffne".encode()).decode(), 200),
        ("Basic " + base64.b64encode(b"any:wrong").decode(), 401),
        ("Basic " + base64.b64encode(b"any:\xff").decode(), 401),
        ("Basic ????", 401),
        ("Bearer öffne".encode().decode("latin-1"), 401),
    ],
)
def test_a_password_is_asked_for(given: str | None, status: int) -> None:
    headers = {} if given is None else {"authorization": given.encode("latin-1", "ignore")}
    answer = client(Guard(password="öffne")).get("/", headers=headers)
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "fazhi.example", "::"])
def test_another_host_needs_read_only_or_a_password(host: str) -> None:
    with pytest.raises(GuardError, match="FAZHI_WEB_PASSWORD"):
        Guard.for_host(host, False, settings())
    assert Guard.for_host(host, True, settings()).is_read_only
    assert Guard.for_host(host, False, settings(FAZHI_WEB_PASSWORD="x")).password == "x"


def test_loopback_needs_nothing() -> None:
    assert not Guard.for_host("127.0.0.2", False, settings()).is_read_only


def test_the_token_is_new_in_each_process_and_no_secret_is_shown() -> None:
    one, other = Guard(password="hidden"), Guard()
    assert one.is_ours(one.token)
    assert not one.is_ours(other.token)
    assert not one.is_ours(None)
    assert "hidden" not in repr(one)
    assert one.token not in repr(one)


def test_every_answer_carries_the_headers() -> None:
    for answer in (client(Guard()).get("/"), client(Guard()).get("/", headers={"host": "evil.example"})):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
