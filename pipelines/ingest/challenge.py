"""Pages that ask whether a person is there, instead of what was asked for: the sign to stop.

Such pages are recognised here. Nothing in fazhi gets around them.
"""

import re

from pipelines.ingest.markup import parse_page

# A page of any length may ask for a code in its search box or letter form; one that says little else is a challenge.
MOST_CHARACTERS = 500
_SIGNS = re.compile(
    r"captcha|verify you are (?:a )?human|验证码|人机验证|安全验证|滑动验证|拖动滑块|滑块验证|访问验证|访问过于频繁"
    r"|__jsl_clearance|acw_sc__v2|\$_ts\s*=",
    re.IGNORECASE,
)


def is_challenge(text: str) -> bool:
    """Whether the source of a page is that of a captcha or of another test for browsers."""
    if not _SIGNS.search(text):
        return False
    page = parse_page(text)
    page.strip_tags(["script", "style"])
    return len("".join(page.text().split())) <= MOST_CHARACTERS
