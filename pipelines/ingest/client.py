"""One address asked for, honestly and politely: robots.txt, pace, redirects by hand, retries, limits.

Belongs here what holds for every request. Not here: which addresses are worth asking (`listing`, `fetch`), and what
holds for every connection (`transport`).
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx2
import stamina

from pipelines.ingest.archive import Sighting
from pipelines.ingest.challenge import is_challenge
from pipelines.ingest.content import is_page, page_text
from pipelines.ingest.pace import Clock, Pace
from pipelines.ingest.problems import Again, Failed, Refused, Stopped
from pipelines.ingest.robots import Rules, parse_rules
from pipelines.ingest.transport import Resolve, guarded_transport
from pipelines.ingest.urls import absolute, host_of
from pipelines.settings import Settings

MAX_REDIRECTS = 5
ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds between attempts, doubling from the first
LONGEST_RETRY_AFTER = 300.0  # seconds; a site that wants a longer rest gets it until the next run
QUIET_TIMEOUT = 20.0  # seconds without a byte
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_HEADERS = ("content-type", "content-disposition", "etag", "last-modified", "date")

# each request and each retry is the tally's to tell; without a handler Python would print them to stderr
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Answer:
    """What an address gave: status 200 with bytes, or 304 without. `headers` are those that matter."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]  # names in small letters
    data: bytes
    fetched_at: datetime
    target: str | None = None  # where a redirect leads; none is left in what `Client.get` returns


class Client:
    """Asks for addresses on behalf of one run; safe to share between threads."""

    def __init__(self, settings: Settings, clock: Clock, resolve: Resolve) -> None:
        seconds = settings.fetch_seconds
        self._clock = clock
        self._pace = Pace(clock)
        self._max_bytes = settings.max_bytes
        self._rules: dict[str, Rules | Failed] = {}
        self._closed: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._http = httpx2.Client(
            transport=guarded_transport(seconds, settings.fetch_private, resolve),
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip, deflate"},
            timeout=httpx2.Timeout(min(seconds, QUIET_TIMEOUT), pool=None),
            trust_env=False,
        )

    def get(self, url: str, hosts: frozenset[str], delay: float, known: Sighting | None = None) -> Answer:
        """Ask for `url`, following redirects within `hosts`; `delay` in seconds is kept to each host.

        `known` says what we have of it; then the answer may be a 304. Raises Refused, Failed, or Stopped, after which
        the host is not asked again.
        """

        def ask(step: str) -> Answer:
            rules = self._rules_for(step, hosts, delay)
            if not rules.allows(step):
                raise Refused("robots.txt forbids it")
            conditions = _conditions(known.headers) if known and known.final_url == step else {}
            return self._ask(step, max(delay, rules.delay), conditions)

        return self._follow(url, hosts, ask)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _follow(self, url: str, hosts: frozenset[str], ask: Callable[[str], Answer]) -> Answer:
        step = url
        for _ in range(MAX_REDIRECTS + 1):
            host = host_of(step)
            if host not in hosts:
                raise Refused(f"host {host} is not listed for this source")
            if host in self._closed:
                raise Stopped(self._closed[host])
            try:
                answer = ask(step)
            except Stopped as stop:
                self._closed[host] = stop.reason
                raise
            if answer.target is None:
                return replace(answer, url=url)
            if step.startswith("https:") and answer.target.startswith("http:"):
                raise Refused(f"redirected from https to {answer.target}")
            step = answer.target
        raise Refused(f"more than {MAX_REDIRECTS} redirects")

    def _rules_for(self, url: str, hosts: frozenset[str], delay: float) -> Rules:
        """The host's robots.txt, asked for once. Where it cannot be read nothing may be asked (RFC 9309, 2.3.1.4)."""
        place = urljoin(url, "/robots.txt")
        with self._locks.setdefault(place, threading.Lock()):
            if place not in self._rules:
                self._rules[place] = self._read_rules(place, hosts, delay)
        rules = self._rules[place]
        if isinstance(rules, Failed):
            raise Failed(rules.reason)
        return rules

    def _read_rules(self, place: str, hosts: frozenset[str], delay: float) -> Rules | Failed:
        try:
            return parse_rules(self._follow(place, hosts, lambda step: self._ask(step, delay, {})).data)
        except (Refused, Failed) as problem:
            status = problem.status if isinstance(problem, Failed) else None
            if status is not None and status < 500 and status != 429:  # none there, or an empty one
                return parse_rules(b"")
            return Failed(f"robots.txt cannot be read, so nothing is asked for: {problem.reason}")

    def _ask(self, url: str, delay: float, conditions: Mapping[str, str]) -> Answer:
        """One address without redirects, with further attempts where they are worth it."""
        for attempt in stamina.retry_context(
            on=_is_worth_another,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=FIRST_WAIT,
            wait_max=LONGEST_WAIT,
            wait_jitter=0,
        ):
            with attempt:
                try:
                    return self._once(url, delay, conditions)
                except Again as again:
                    if again.after > LONGEST_RETRY_AFTER:
                        raise Stopped(f"{again.reason} and wants to be left alone for {again.after:g} s") from again
                    self._pace.hold(host_of(url), max(again.after, attempt.next_wait))
                    raise
        raise AssertionError("stamina ends with an answer or an exception")

    def _once(self, url: str, delay: float, conditions: Mapping[str, str]) -> Answer:
        with (
            self._pace.turn(host_of(url), delay),
            _in_words(),
            self._http.stream("GET", url, headers=conditions) as response,
        ):
            headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            answer = Answer(url, url, response.status_code, headers, b"", self._clock.utc())
            if response.status_code in _REDIRECTS:
                target = absolute(url, response.headers.get("location", ""))
                if target is None:
                    raise Failed("redirected to what is no web address")
                return replace(answer, target=target)
            if response.status_code == 304 and conditions:
                return answer
            answer = replace(answer, data=self._body(response))
            self._judge(answer, response.headers.get("retry-after", ""))
            return answer

    def _body(self, response: httpx2.Response) -> bytes:
        """The body without its transfer and content codings, counted as it is unpacked."""
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._max_bytes:
                raise Refused(f"larger than {self._max_bytes} bytes when unpacked")
        return bytes(body)

    def _judge(self, answer: Answer, retry_after: str) -> None:
        """Return for a 200 with something in it; raise what anything else is."""
        status, reason = answer.status, f"status {answer.status}"
        if status in (401, 403):
            raise Stopped(f"the site answers {reason}")
        if is_page(answer.data) and is_challenge(page_text(answer.data)):
            raise Stopped("the site shows a captcha")
        if status == 429 or status >= 500:
            raise Again(f"{reason}, in {ATTEMPTS} attempts", status, self._seconds(retry_after))
        if status != 200:
            raise Failed(reason, status)
        if not answer.data:
            raise Failed("an empty body", status)

    def _seconds(self, retry_after: str) -> float:
        """The seconds of a Retry-After header, which holds a number or a date; 0 for neither."""
        text = retry_after.strip()
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock.utc()).total_seconds())


def _is_worth_another(error: Exception) -> bool | float:
    return 0.0 if isinstance(error, Again) else False  # no seconds: the host's own pause is what is waited for


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {name: known[header] for name, header in pairs if header in known}


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what httpx2 raises into the exceptions of this package."""
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise Failed(f"no connection: {error}") from error
    except httpx2.TransportError as error:
        raise Again(f"the connection broke, in {ATTEMPTS} attempts: {error or type(error).__name__}") from error
    except (httpx2.DecodingError, httpx2.InvalidURL) as error:
        raise Failed(f"cannot be read: {error}") from error
