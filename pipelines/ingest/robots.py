"""What a robots.txt asks of us: which addresses not to read, and how long to wait between two requests.

The file itself is asked for in `pipelines.ingest.client`.
"""

from dataclasses import dataclass

from protego import Protego

from pipelines.ingest.problems import SiteStopped

PRODUCT = "fazhi"  # the name that robots.txt files call us by
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
    robots = Protego.parse(data.decode("utf-8-sig", "replace"))
    delay = float(robots.crawl_delay(PRODUCT) or 0.0)
    rate = robots.request_rate(PRODUCT)
    if rate is not None and rate.requests:
        delay = max(delay, rate.seconds / rate.requests)
    if delay > MAX_DELAY:
        raise SiteStopped(f"robots.txt wants {delay:g} seconds between requests, more than {MAX_DELAY:g}")
    return RobotsRules(robots, delay)
