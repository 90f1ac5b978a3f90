"""One address asked for, honestly and politely: robots.txt, pace, redirects, retries, limits.

What holds for every request is here. Which addresses are worth asking for is decided in `listing` and `fetch`; what
holds for every connection, in `transport`.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http.cookiejar import CookieJar
from urllib.parse import urljoin

import httpx2
import stamina

from pipelines.ingest.archive import Sighting
from pipelines.ingest.challenge import ANSWERED, MOST_FAILURES, is_challenge, is_only_script
from pipelines.ingest.content import is_page, page_text, unpacked
from pipelines.ingest.headers import (
    ENCODINGS,
    FewCookies,
    conditions,
    encoding_not_asked_for,
    is_packed,
    kept_headers,
    seconds_to_wait,
)
from pipelines.ingest.old_servers import Leniency, context_for
from pipelines.ingest.pace import NO_DEADLINE, Clock, Deadline, Pace
from pipelines.ingest.problems import (
    NO_CONNECTION,
    FetchFailed,
    FetchInterrupted,
    FetchProblem,
    FetchRefused,
    SiteStopped,
    TryAgain,
)
from pipelines.ingest.robots import RobotsRules, parse_rules
from pipelines.ingest.soft_answers import GONE, leads_on_to, soft_failure
from pipelines.ingest.transport import QUIET_TIMEOUT, Resolve, guarded_transport
from pipelines.ingest.urls import absolute, host_of
from pipelines.settings import Settings

MAX_REDIRECTS = 5
MOST_SITEMAPS = 5
ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds between attempts, doubling from the first
LONGEST_RETRY_AFTER = 300.0  # seconds; a site that wants a longer rest gets it until the next run
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# requests and retries are counted in the tally and logged below; without a handler Python prints them to stderr
logging.getLogger("stamina").addHandler(logging.NullHandler())


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FetchResponse:
    """What an address gave: status 200 with bytes, or 304 without. `headers` are those of `headers.KEPT`."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]  # names in small letters
    data: bytes
    fetched_at: datetime
    target: str | None = None  # where a redirect leads; none is left in what `Client.get` returns


class Client:
    """Asks for addresses on behalf of one run; safe to share between threads."""

    def __init__(
        self, settings: Settings, clock: Clock, resolve: Resolve, lenient: Mapping[str, Leniency] | None = None
    ) -> None:
        self._seconds = seconds = settings.fetch_seconds
        self._clock = clock
        self._pace = Pace(clock)
        self._max_bytes = settings.max_bytes
        self._rules: dict[str, RobotsRules | FetchFailed] = {}
        self._closed: dict[str, str] = {}
        self._failures: Counter[str] = Counter()  # of each host, since it last answered as it should
        self._locks: dict[str, threading.Lock] = {}
        private = settings.fetch_private
        self._http = httpx2.Client(
            transport=guarded_transport(seconds, private, resolve),
            mounts={
                f"https://{host}": guarded_transport(seconds, private, resolve, context_for(leniency))
                for host, leniency in (lenient or {}).items()
            },
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": ", ".join(ENCODINGS)},
            cookies=CookieJar(FewCookies()),
            trust_env=False,
        )

    def get(
        self,
        url: str,
        hosts: frozenset[str],
        delay: float,
        known: Sighting | None = None,
        deadline: Deadline = NO_DEADLINE,
    ) -> FetchResponse:
        """Ask for `url` and follow redirects within `hosts`; at least `delay` seconds lie between requests to a host.

        `known` is what we have of the address; then the status may be 304. Raises FetchRefused, FetchFailed,
        SiteStopped, after which the host is not asked again, or CutShort when `deadline` has passed.
        """

        def ask(step: str) -> FetchResponse:
            rules = self._rules_for(step, hosts, delay, deadline)
            if not rules.allows(step):
                raise FetchRefused("robots.txt forbids it")
            is_known = known is not None and known.final_url == step
            sent = conditions(known.headers) if known and is_known else {}
            return self._ask(step, max(delay, rules.delay), sent, deadline)

        return self._follow(url, hosts, ask)

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of a host names, where that was read already; a few at most."""
        rules = self._rules.get(urljoin(url, "/robots.txt"))
        return list(rules.robots.sitemaps)[:MOST_SITEMAPS] if isinstance(rules, RobotsRules) else []

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _follow(self, url: str, hosts: frozenset[str], ask: Callable[[str], FetchResponse]) -> FetchResponse:
        step = url
        for _ in range(MAX_REDIRECTS + 1):
            host = host_of(step)
            if host not in hosts:
                raise FetchRefused(f"host {host} is not listed for this source")
            if host in self._closed:
                raise SiteStopped(self._closed[host])
            try:
                answer = ask(step)
            except SiteStopped as stop:
                self._close(host, stop.reason)
                raise
            except FetchFailed as problem:
                self._count(host, problem)
                raise
            self._failures[host] = 0
            if answer.target is None:
                return replace(answer, url=url)
            if step.startswith("https:") and answer.target.startswith("http:"):
                raise FetchRefused(f"redirected from https to {answer.target}")
            step = answer.target
        raise FetchRefused(f"more than {MAX_REDIRECTS} redirects")

    def has_closed(self, url: str) -> bool:
        """Whether the host of `url` is asked nothing more in this run."""
        return host_of(url) in self._closed

    def _close(self, host: str, reason: str) -> None:
        """Ask the host nothing more in this run."""
        _log.info("%s is not asked again in this run: %s", host, reason)
        self._closed[host] = reason

    def _count(self, host: str, problem: FetchFailed) -> None:
        """Count a failure of the host; the last of `MOST_FAILURES` in a row closes it."""
        self._failures[host] = 0 if problem.status in ANSWERED else self._failures[host] + 1
        if self._failures[host] == MOST_FAILURES:
            self._close(host, f"{MOST_FAILURES} failures in a row, the last: {problem.reason}")

    def _rules_for(self, url: str, hosts: frozenset[str], delay: float, deadline: Deadline) -> RobotsRules:
        """The host's robots.txt, asked for once. Where it cannot be read nothing may be asked (RFC 9309, 2.3.1.4)."""
        place = urljoin(url, "/robots.txt")
        with self._locks.setdefault(place, threading.Lock()):
            if place not in self._rules:
                try:
                    data = self._follow(place, hosts, lambda step: self._ask(step, delay, {}, deadline)).data
                    self._rules[place] = parse_rules(data)
                except (FetchRefused, FetchFailed) as problem:
                    status = problem.status if isinstance(problem, FetchFailed) else None
                    if status is not None and status < 500 and status != 429:  # none there, or an empty one
                        self._rules[place] = parse_rules(b"")
                    else:
                        reason = f"robots.txt cannot be read, so nothing is asked for: {problem.reason}"
                        _log.info("%s: %s", place, reason)
                        self._rules[place] = FetchFailed(reason)
        rules = self._rules[place]
        if isinstance(rules, FetchFailed):
            raise FetchFailed(rules.reason)
        return rules

    def _ask(self, url: str, delay: float, sent: Mapping[str, str], deadline: Deadline) -> FetchResponse:
        """One address without redirects, asked again where another attempt may help."""
        for attempt in stamina.retry_context(
            # 0 seconds: stamina need not wait, because the host's own pause is kept
            on=lambda error: 0.0 if isinstance(error, TryAgain) else False,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=FIRST_WAIT,
            wait_max=LONGEST_WAIT,
            wait_jitter=0,
        ):
            with attempt:
                try:
                    return self._once(url, delay, sent, deadline)
                except TryAgain as again:
                    if again.after > LONGEST_RETRY_AFTER:
                        raise SiteStopped(f"{again.reason} and wants to be left alone for {again.after:g} s") from again
                    _log.info("attempt %d of %d at %s failed: %s", attempt.num, ATTEMPTS, url, again.reason)
                    self._pace.hold(host_of(url), max(again.after, attempt.next_wait))
                    raise
        raise AssertionError("stamina ends with an answer or an exception")

    def _once(self, url: str, delay: float, sent: Mapping[str, str], deadline: Deadline) -> FetchResponse:
        with (
            self._pace.turn(host_of(url), delay, deadline),
            self._within(deadline) as timeout,
            _in_words(),
            self._http.stream("GET", url, headers=sent, timeout=timeout) as response,
        ):
            headers, refused = kept_headers(response.headers), encoding_not_asked_for(response.headers)
            answer = FetchResponse(url, url, response.status_code, headers, b"", self._clock.utc())
            _log.debug("asked for %s: status %d", url, response.status_code)
            if response.status_code in _REDIRECTS:
                target = absolute(url, response.headers.get("location", ""))
                if target is None:
                    raise FetchFailed("redirected to what is no web address")
                return replace(answer, target=target)
            if response.status_code == 304 and sent:
                return answer
            answer = replace(answer, data=b"" if refused else self._body(response))
            self._judge(answer, response.headers.get("retry-after", ""))
            if refused:
                raise FetchRefused(f"sent in the Content-Encoding {refused}, which was not asked for")
            if not answer.data:
                raise FetchFailed("an empty body", answer.status)
            return self._led_on(answer)

    def _led_on(self, answer: FetchResponse) -> FetchResponse:
        """The answer, as a redirect where it is a page that only leads on. Raises FetchFailed for a soft failure."""
        text = page_text(answer.data) if is_page(answer.data) else ""
        if target := leads_on_to(text, answer.url):
            if host_of(target) != host_of(answer.url):
                raise FetchFailed(f"a page without text that leads on to another host: {target}")
            return replace(answer, data=b"", target=target)
        if why := soft_failure(text):
            raise FetchFailed(f"{why}, with status {answer.status}", 404 if why == GONE else None)
        return answer

    @contextmanager
    def _within(self, deadline: Deadline) -> Iterator[httpx2.Timeout]:
        """The time that a request may take. What then fails because the deadline has passed is no fault of the site."""
        seconds = min(self._seconds, deadline.at - self._clock.now())
        try:
            yield httpx2.Timeout(min(seconds, QUIET_TIMEOUT), connect=seconds, pool=None)
        except (FetchRefused, FetchFailed) as problem:
            if self._clock.now() >= deadline.at:
                raise deadline.cut() from problem
            raise

    def _body(self, response: httpx2.Response) -> bytes:
        """The body without its transfer and content codings, counted as it is unpacked."""
        body = bytearray()
        raw = response.iter_raw()
        try:
            for chunk in unpacked(raw) if is_packed(response.headers) else raw:
                body += chunk
                if len(body) > self._max_bytes:
                    raise FetchRefused(f"larger than {self._max_bytes} bytes when unpacked")
        except EOFError as error:  # a Content-Length that is too small, which httpx2 would not notice
            raise TryAgain(f"the body ends early, in {ATTEMPTS} attempts") from error
        return bytes(body)

    def _judge(self, answer: FetchResponse, retry_after: str) -> None:
        """Accept a 200; raise the exception that fits anything else."""
        status, reason = answer.status, f"status {answer.status}"
        if status in (401, 403):
            raise SiteStopped(f"the site answers {reason}")
        text = page_text(answer.data) if is_page(answer.data) else ""
        if is_challenge(text):
            raise SiteStopped("the site shows a captcha")
        if is_only_script(status, text):
            raise SiteStopped(f"the site answers {reason} and a script alone, which is a test for browsers")
        if status == 429 or status >= 500:
            raise TryAgain(f"{reason}, in {ATTEMPTS} attempts", status, seconds_to_wait(retry_after, self._clock.utc()))
        if status != 200:
            raise FetchFailed(reason, status)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn whatever an answer raises into the exceptions of this package: it costs one address."""
    try:
        yield
    except (FetchProblem, FetchInterrupted):
        raise
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        hint = "; old servers may need extra_ca or tls (docs/fetching.md)" if "SSL" in str(error) else ""
        raise FetchFailed(f"{NO_CONNECTION}: {error}{hint}") from error
    except httpx2.TransportError as error:
        raise TryAgain(f"the connection broke, in {ATTEMPTS} attempts: {error or type(error).__name__}") from error
    except Exception as error:  # nobody can list what hostile bytes raise
        raise FetchFailed(f"cannot be read: {type(error).__name__}: {error}") from error
