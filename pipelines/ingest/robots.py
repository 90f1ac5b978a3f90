"""What a robots.txt asks of us: which addresses not to read, and how long to wait between two requests.

The file itself is asked for in `pipelines.ingest.client`.
"""

import re
from dataclasses import dataclass

from protego import Protego

from pipelines.ingest.problems import SiteStopped

PRODUCT = "fazhi"  # the name that robots.txt files call us by
MOST_BYTES = 512_000  # so much of a robots.txt is read; RFC 9309 asks for no more
_AGENT = re.compile(r"^[^\S\n]*user[- ]?agent[^\S\n]*(?::|[^\S\n])([^\n#]*)", re.IGNORECASE | re.MULTILINE)
MAX_DELAY = 120.0  # seconds; a site that wants more than this between requests is left alone


@dataclass(frozen=True)
class RobotsRules:
    """The rules of one host for us; `delay` is in seconds."""

    robots: Protego
    delay: float

    def allows(self, url: str) -> bool:
        """Whether we may read this address."""
        return bool(self.robots.can_fetch(url, PRODUCT))


def parse_rules(data: bytes) -> RobotsRules:
    """The rules that a robots.txt states; no bytes mean that all is allowed.

    Crawl-delay and Request-rate both set the delay. Raises SiteStopped where it is longer than `MAX_DELAY`.
    """
    text = "\n".join(data[:MOST_BYTES].decode("utf-8-sig", "replace").splitlines())
    robots = Protego.parse(_AGENT.sub(_known_agent, text))
    delay = float(robots.crawl_delay(PRODUCT) or 0.0)
    rate = robots.request_rate(PRODUCT)
    if rate is not None and rate.requests:
        delay = max(delay, float(min(rate.seconds, 10**9)) / min(rate.requests, 10**9))
    if delay > MAX_DELAY:
        raise SiteStopped(f"robots.txt wants {delay:g} seconds between requests, more than {MAX_DELAY:g}")
    return RobotsRules(robots, delay)


def _known_agent(line: re.Match[str]) -> str:
    """A line that says whom rules are for; all others than us are one, as each would get a copy of each rule."""
    agent = line[1].strip().lower()
    name = agent if agent == "*" else agent.replace("*", "")
    return f"User-agent: {name}" if name == "*" or name in PRODUCT else "User-agent: other"
