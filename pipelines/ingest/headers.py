"""The headers of answers. Servers write into them what they like, so each is read as hostile text.

A header that makes no sense counts as none: it costs neither the address nor its source.
"""

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any

import httpx2

ENCODINGS = ("gzip", "deflate")  # what we ask for
KEPT = ("content-type", "content-disposition", "etag", "last-modified", "date")
_CONDITIONS = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))  # from the answer before
_LONGEST = 1000  # characters of a header that is kept or sent back
_MOST_COOKIES, _LONGEST_COOKIES = 50, 4000  # of one domain, and their characters together

# a cookie that the library cannot read would put a traceback on the terminal
warnings.filterwarnings("ignore", message="http.cookiejar bug")


def kept_headers(headers: httpx2.Headers) -> dict[str, str]:
    """The headers of `KEPT`, by names in small letters; one that is longer than any true one is left out."""
    found = {name: headers[name] for name in KEPT if name in headers}
    return {name: _printable(value) for name, value in found.items() if len(value) <= _LONGEST}


def conditions(known: Mapping[str, str]) -> dict[str, str]:
    """The headers that ask whether a page is still what it was, where its answer held what can be sent back."""
    found = {name: known[kept] for name, kept in _CONDITIONS if kept in known}
    return {name: value for name, value in found.items() if _can_be_sent(value)}


def encoding_not_asked_for(headers: httpx2.Headers) -> str | None:
    """The Content-Encoding of an answer if it is another than one of `ENCODINGS`, or several; None if all is well."""
    named = _codings(headers)
    if not named or (len(named) == 1 and named[0].lower() in ENCODINGS):
        return None
    return _printable(", ".join(named))[:100]


def is_packed(headers: httpx2.Headers) -> bool:
    """Whether the body of the answer has a Content-Encoding."""
    return bool(_codings(headers))


def _codings(headers: httpx2.Headers) -> list[str]:
    codings = headers.get_list("content-encoding", split_commas=True)
    return [coding for coding in codings if coding and coding.lower() != "identity"]


def seconds_to_wait(retry_after: str, now: datetime) -> float:
    """The seconds of a Retry-After header, which holds a number or a date; 0 for neither."""
    text = retry_after.strip()[:_LONGEST]
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError, TypeError, IndexError):
        return 0.0


class FewCookies(DefaultCookiePolicy):
    """Keeps the cookies of a domain as long as they are few, short and can be sent back."""

    def __init__(self) -> None:
        super().__init__()
        self._lengths: dict[str, dict[tuple[str, str], int]] = {}

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        """Whether to keep a cookie."""
        text = f"{cookie.name}={cookie.value or ''}"
        kept, name = self._lengths.get(cookie.domain, {}), (cookie.path, cookie.name)
        lengths = {**kept, name: len(text)} if len(text) <= _LONGEST and _can_be_sent(text + cookie.path) else {}
        if not lengths or len(lengths) > _MOST_COOKIES or sum(lengths.values()) > _LONGEST_COOKIES:
            return False
        if not super().set_ok(cookie, request):
            return False
        self._lengths[cookie.domain] = lengths
        return True


def _can_be_sent(value: str) -> bool:
    return value.isascii() and value.isprintable() and 0 < len(value) <= 2 * _LONGEST


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
