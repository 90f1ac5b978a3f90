"""Pages that ask whether a person is there, instead of what was asked for: the sign to stop.

Such pages are recognised here. Nothing in fazhi gets around them.
"""

import re

from pipelines.ingest.markup import parse_page

# A page of any length may ask for a code in its search box or letter form; one that says little else is a challenge.
MOST_CHARACTERS = 500
ANSWERED = (404, 410)  # the server is well and has no such page: neither a challenge nor a failure of the host
MOST_FAILURES = 5  # of a host in a row; whatever is the matter, it is not asked again in this run
_SIGNS = re.compile(
    r"captcha|verify you are (?:a )?human|验证码|人机验证|安全验证|滑动验证|拖动滑块|滑块验证|访问验证|访问过于频繁"
    r"|__jsl_clearance|acw_sc__v2|\$_ts\s*=",
    re.IGNORECASE,
)


def is_challenge(text: str) -> bool:
    """Whether the source of a page is that of a captcha or of another test for browsers."""
    if not _SIGNS.search(text):
        return False
    return len(_shown(text)) <= MOST_CHARACTERS


def is_only_script(status: int, text: str) -> bool:
    """Whether an answer is a program for a browser and nothing to read, where its status says that it is no page.

    Firewalls answer so with 412, 521 or 202. A site that builds its pages by scripts does so where a page is missing.
    """
    if status in ANSWERED or (status < 400 and status != 202):
        return False
    return "<script" in text.lower() and not _shown(text)


def _shown(text: str) -> str:
    """What a page shows without its scripts, in one word."""
    page = parse_page(text)
    page.strip_tags(["head", "script", "style", "noscript"])
    return "".join(page.text().split())
