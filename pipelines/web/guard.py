"""What every answer carries and what every request must be: Host, origin, method, password, security headers.

The text of a report is hostile, and so may be any page that is open in the same browser. Nothing runs that does not
come from this server (CSP). A page elsewhere cannot send a form here (Origin, Sec-Fetch-Site, token). A name that was
pointed at this machine is refused (Host).
"""

import base64
import binascii
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.errors import FazhiError
from pipelines.settings import Settings

TOKEN_HEADER, TOKEN_FIELD = "x-fazhi-token", "token"
PASSWORD = "FAZHI_WEB_PASSWORD"
HOSTS = "FAZHI_WEB_HOSTS"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
METHODS = frozenset({"GET", "HEAD", "POST"})
_SAME_SITE = frozenset({"same-origin", "none"})
#: As a static page says it too; browsers heed `frame-ancestors` only in a header.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": f"{PAGE_POLICY}; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class GuardError(FazhiError):
    """The server must not be started like this. The message says what is missing."""


@dataclass(frozen=True)
class Guard:
    """What this server lets in. `hosts` are the names that it may be called by, `token` is new in each process."""

    hosts: frozenset[str] = LOOPBACK
    is_read_only: bool = False
    password: str = field(default="", repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @classmethod
    def for_host(cls, host: str, is_read_only: bool, settings: Settings) -> "Guard":
        """The guard of a server on `host`. Raises GuardError where others could reach it and write."""
        if not (host in LOOPBACK or _is_loopback(host) or is_read_only or settings.web_password):
            raise GuardError(
                f"--host {host} lets other machines in; add --read-only, or set {PASSWORD} to a password that they need"
            )
        named = settings.web_hosts | {host.lower(), socket.gethostname().lower()}
        return cls(LOOPBACK | named, is_read_only, settings.web_password)

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request that is not let in; None for one that is."""
        if request.method not in METHODS:
            return _refused(405, f"{request.method} is not used here; expected GET or POST")
        if not self._knows(request.headers.get("host", "")):
            return _refused(
                421, f"this server is not called by that name; open it by its own, or add the name to {HOSTS}"
            )
        if self.password and not self._has_password(request.headers):
            challenge = {"www-authenticate": 'Basic realm="fazhi", charset="UTF-8"'}
            return _refused(401, f"a password is needed: that of {PASSWORD}, with any user name", challenge)
        if request.method == "POST":
            return self._post_refusal(request)
        return None

    def is_ours(self, token: object) -> bool:
        """Whether a form carries this process's token."""
        return isinstance(token, str) and hmac.compare_digest(token.encode(), self.token.encode())

    def _post_refusal(self, request: Request) -> Response | None:
        if self.is_read_only:
            return _refused(403, "this workbench is read-only; start it without --read-only to write corrections")
        if request.headers.get("sec-fetch-site", "same-origin") not in _SAME_SITE:
            return _refused(403, "the form comes from another site; open the workbench itself")
        origin = request.headers.get("origin")
        if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
            return _refused(403, f"the form comes from {origin[:80]!r}; open the workbench itself")
        return None

    def _knows(self, host: str) -> bool:
        """Whether `host` (with a port or without) is a name of this server. A bare address cannot be rebound."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
        name = name.strip("[]").lower()
        return name in self.hosts or _is_address(name)

    def _has_password(self, headers: Headers) -> bool:
        kind, _, encoded = headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return kind.lower() == "basic" and hmac.compare_digest(given.encode(), self.password.encode())


@dataclass(frozen=True)
class GuardMiddleware:
    """Ask the guard before each request, and put the security headers on each answer."""

    app: ASGIApp
    guard: Guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer: Callable[[Scope, Receive, Send], Awaitable[None]] = self.guard.refusal(Request(scope)) or self.app
        await answer(scope, receive, send_guarded)


def _refused(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"fazhi: {reason}\n", status, headers=dict(headers or {}))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback
