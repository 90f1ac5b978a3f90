"""Whether two addresses are of one page: the name under which the archive and the journal know a page.

Sites write the session of the reader or the moment into their links. Such an address is new each night, and its page
is not. What is asked for is always the address as the site gave it.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

# `;jsessionid=...` of Java, and `/(S(...))/` of ASP.NET
_IN_PATH = re.compile(r";jsessionid=[^/?#;]*|/\([AFSX]\([a-z0-9]{16,40}\)\)(?=/)", re.IGNORECASE)
_SESSION = re.compile(r"(?:j|php|asp\.net_)?session_?id|aspsessionid[a-z]*|phpsessid", re.IGNORECASE)
# Such a name may also be that of something else, so its value decides: seconds or milliseconds since 1970 in the years
# from 2001 to 2033 (2024013101 is a day and a number), or the fraction that `Math.random()` gives.
_MOMENT = re.compile(
    r"_|_?t|ts|_?time|_?timestamp|_?dc|r|_?rnd|_?rand|_?random|nocache|cachebust(?:er)?|v", re.IGNORECASE
)
_NOW = re.compile(r"1[0-9]{9}|1[0-9]{12}|0\.[0-9]{6,}")


def page_key(url: str) -> str:
    """The one form of all addresses of the page at `url`, an address as `urls.absolute` gives it.

    Sessions and moments are left out, the arguments are sorted, and escapes have one form. It is not to be asked for.
    """
    bare = _IN_PATH.sub("", url)
    passing = [name for name, value in parse_qsl(urlsplit(bare).query, keep_blank_values=True) if _passes(name, value)]
    if passing:
        bare = url_query_cleaner(bare, passing, remove=True, unique=False)
    try:
        return canonicalize_url(bare)
    except ValueError:
        return bare


def _passes(name: str, value: str) -> bool:
    """Whether an argument is another one in the next minute or for the next reader."""
    return bool(_SESSION.fullmatch(name) or (_MOMENT.fullmatch(name) and _NOW.fullmatch(value)))
