"""Lists that are data: JSON, by the keys that an entry names, and sitemaps."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

from pipelines.ingest.found_links import DATE, Link, ListPage, as_date
from pipelines.ingest.markup import LONGEST_TEXT, parse_page, short_words
from pipelines.ingest.problems import FetchFailed
from pipelines.ingest.sources import Source
from pipelines.ingest.urls import absolute

_FIELD = re.compile(r"\{(\w+)\}")
_CHINA = timedelta(hours=8)
_LATEST = 10**11  # seconds since 1970; a larger number counts milliseconds
_SITEMAP = re.compile(r"<(url|sitemap|loc|lastmod)\b[^<>]*>(?:\s*<!\[CDATA\[)?([^<\]]*)", re.IGNORECASE)
_LONGEST_ENTRY = 10_000  # characters of an address or a date in a sitemap


def json_links(text: str, base: str, source: Source) -> Iterator[Link]:
    """The links of a JSON list, by the keys that the source names."""
    items = value_at(text, source.items, "items")
    if not isinstance(items, list):
        raise FetchFailed(f"items = {source.items!r} leads to {type(items).__name__} in the JSON, expected a list")
    for item in filter(lambda item: isinstance(item, dict), items):
        href = _item_address(source.item_url, item)
        url = absolute(base, href) if href else None
        if url is None:
            continue
        named = plain_value(item.get(source.item_title))[:LONGEST_TEXT]
        title = parse_page(named).text()  # they come with <em> or &amp;
        when = item.get(source.item_date)
        listed_on = _moment(when) if isinstance(when, int) else as_date(DATE.search(plain_value(when)))
        yield Link(url, short_words(title), listed_on)


def value_at(text: str, path: str, key: str) -> Any:
    """What stands at a path such as data.list in a JSON. Raises FetchFailed where nothing does."""
    try:
        found: Any = json.loads(text)
        for name in filter(None, path.split(".")):
            found = found[name]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise FetchFailed(f"nothing at {key} = {path!r} in the JSON: {type(error).__name__}: {error}") from error
    return found


def _item_address(item_url: str, item: dict[str, Any]) -> str:
    """The address of a JSON item; `item_url` names its field, or is an address with fields in braces."""
    if "{" in item_url:
        return _FIELD.sub(lambda field: plain_value(item.get(field[1])), item_url)
    return plain_value(item.get(item_url))


def plain_value(value: object) -> str:
    """A text or a number of the JSON as a text that can be stored: JSON can spell halves of characters."""
    text = str(value) if isinstance(value, str | int | float) else ""
    return text.encode("utf-8", "replace").decode()


def _moment(time: int) -> date | None:
    """The day in China of a time in milliseconds since 1970, or in seconds."""
    try:
        return (datetime.fromtimestamp(time / 1000 if abs(time) > _LATEST else time, UTC) + _CHINA).date()
    except (ValueError, OverflowError, OSError):
        return None


def sitemap(text: str, base: str) -> ListPage:
    """The links of a sitemap, and the sitemaps that an index names."""
    entries: list[dict[str, str]] = []
    for name, content in _SITEMAP.findall(text):
        if name.lower() in ("url", "sitemap"):
            entries.append({"kind": name.lower()})
        elif entries:
            entries[-1].setdefault(name.lower(), unescape(content[:_LONGEST_ENTRY]))
    links, further = [], []
    for entry in entries:
        url = absolute(base, entry["loc"]) if "loc" in entry else None
        if url and entry["kind"] == "sitemap":
            further.append(url)
        elif url:
            links.append(Link(url, "", as_date(DATE.search(entry.get("lastmod", "")))))
    return ListPage(tuple(links), tuple(further))
