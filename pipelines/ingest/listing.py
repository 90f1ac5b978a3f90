"""What a list page, a JSON list, a sitemap or a page with attachments links to: addresses, titles and dates.

All functions are pure and work on what was fetched. The requests are made by `fetch`.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.ingest.client import FetchResponse
from pipelines.ingest.content import page_text
from pipelines.ingest.markup import LONGEST_TEXT, parse_page, plain_words, words_of
from pipelines.ingest.problems import FetchFailed, FetchRefused
from pipelines.ingest.sources import Source
from pipelines.ingest.urls import absolute

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")
_URL_DATE = re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+")  # the common CMS of TRS: t20240131_1234.html
_FIELD = re.compile(r"\{(\w+)\}")
_CLIMB = 3  # levels above a link in which its date may stand
_CHINA = timedelta(hours=8)
_ATTACHED = "a[href], iframe[src], embed[src]"
_SITEMAP = re.compile(r"<(url|sitemap|loc|lastmod)\b[^<>]*>(?:\s*<!\[CDATA\[)?([^<\]]*)", re.IGNORECASE)
_LONGEST_ENTRY = 10_000  # characters of an address or a date in a sitemap
MOST_LINKS = 500_000  # of all lists of a source, wanted or not


@dataclass(frozen=True)
class Link:
    """A link of a list, or to an attachment of a page. `listed_on` is its date of publication by the list."""

    url: str
    title: str = ""
    listed_on: date | None = None


@dataclass(frozen=True)
class ListPage:
    """All links of a list page, wanted or not, and the further list pages that it names."""

    links: tuple[Link, ...]
    further: tuple[str, ...] = ()


def walk(source: Source, ask: Callable[[str], FetchResponse]) -> Iterator[list[Link]]:
    """The new links of each list page, page after page until there are no more.

    The end is a page that is not there (404), one without any new link, or the source's `max_pages`; the last raises
    FetchRefused if there was more to read, and so do more than `MOST_LINKS`. What `ask` raises passes through.
    """
    queue, asked, known = deque([source.start]), set[str](), set[str]()
    number = source.first_page
    while queue:
        url = queue.popleft()
        if url in asked:
            continue
        if len(asked) == source.max_pages:
            raise FetchRefused(f"more list pages than max_pages = {source.max_pages}")
        if len(known) > MOST_LINKS:
            raise FetchRefused(f"more than {MOST_LINKS} links in its lists; lists after {len(asked)} are not read")
        try:
            answer = ask(url)
        except FetchFailed as problem:
            if problem.status in (404, 410) and asked and source.pages:
                return
            raise
        try:
            page = parse_list(answer, source)
        except FetchFailed:
            raise
        except Exception as error:  # nobody can list what hostile bytes raise
            raise FetchFailed(f"the list cannot be read: {type(error).__name__}: {error}") from error
        asked.add(url)
        fresh = list({link.url: link for link in page.links if link.url not in known}.values())
        known.update(link.url for link in fresh)
        yield fresh
        queue.extend(page.further)
        if source.pages and fresh:
            queue.append(absolute(source.start, source.pages.replace("{n}", str(number))) or source.start)
            number += 1


def parse_list(answer: FetchResponse, source: Source) -> ListPage:
    """The links of one list page, by the kind of its source. Raises FetchFailed for JSON that is not as described."""
    text = page_text(answer.data)
    if source.kind == "json":
        return ListPage(tuple(_json_links(text, answer.final_url, source)))
    if source.kind == "sitemap":
        return _sitemap(text, answer.final_url)
    page = parse_page(text)
    base, around = _base(page, answer.final_url), _Surroundings(page)
    links = (_html_link(node, base, around) for node in page.css(source.link))
    named = page.css(source.next) if source.next else []
    further = (absolute(base, node.attributes.get("href") or "") for node in named)
    return ListPage(tuple(link for link in links if link), tuple(url for url in further if url))


def attachments(data: bytes, url: str, source: Source) -> list[Link]:
    """The files that a page links to in its body, by the extensions that the source allows; each once."""
    if not source.attachments:
        return []
    page = parse_page(page_text(data))
    base = _base(page, url)
    body = (page.css_first(source.body) if source.body else None) or page.root
    ending = re.compile(rf"\.(?:{'|'.join(source.attachments)})(?=$|[?#&])", re.IGNORECASE)
    found: dict[str, Link] = {}
    for node in body.css(_ATTACHED) if body else ():
        target = absolute(base, node.attributes.get("href") or node.attributes.get("src") or "")
        title = words_of(node) or _words(node.attributes.get("title"))
        if target and (ending.search(target) or ending.search(title)):
            found.setdefault(target, Link(target, title))
    return list(found.values())


def _html_link(node: LexborNode, base: str, around: "_Surroundings") -> Link | None:
    href = node.attributes.get("href") or ""
    url = absolute(base, href)
    if not url or href.startswith("#"):
        return None
    # lists cut long titles and put the whole one into the attribute
    title = max(words_of(node), _words(node.attributes.get("title")), key=len)
    return Link(url, title, around.date_beside(node) or _as_date(_URL_DATE.search(url)))


class _Surroundings:
    """What stands around the links of a page. No element is looked at anew for each link that it holds."""

    def __init__(self, page: LexborHTMLParser) -> None:
        self._targets: dict[int, str | None] = {}  # of an element: where all links in it lead, None if not to one place
        self._dates: dict[int, date | None] = {}
        for link in page.css("a[href]"):
            href = link.attributes.get("href") or ""
            place: LexborNode | None = link
            while place is not None:
                seen = place.mem_id in self._targets
                if seen and self._targets[place.mem_id] in (None, href):
                    break  # what is above is marked as well: no element is passed more than twice
                self._targets[place.mem_id] = None if seen else href
                place = place.parent

    def date_beside(self, node: LexborNode) -> date | None:
        """A date beside the link: in it or in what holds it and no other link."""
        href = node.attributes.get("href") or ""
        place: LexborNode | None = node
        for _ in range(_CLIMB + 1):
            if place is None or self._targets.get(place.mem_id, href) != href:
                return None
            if place.mem_id not in self._dates:
                self._dates[place.mem_id] = _as_date(_DATE.search(words_of(place, separator=" ")))
            if found := self._dates[place.mem_id]:
                return found
            place = place.parent
        return None


def _json_links(text: str, base: str, source: Source) -> Iterator[Link]:
    """The links of a JSON list, by the keys that the source names."""
    try:
        items: Any = json.loads(text)
        for name in filter(None, source.items.split(".")):
            items = items[name]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise FetchFailed(
            f"no list at items = {source.items!r} in the JSON: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(items, list):
        raise FetchFailed(f"items = {source.items!r} leads to {type(items).__name__} in the JSON, expected a list")
    for item in filter(lambda item: isinstance(item, dict), items):
        href = _item_address(source.item_url, item)
        url = absolute(base, href) if href else None
        if url is None:
            continue
        title = parse_page(_plain(item.get(source.item_title))[:LONGEST_TEXT]).text()  # they come with <em> or &amp;
        when = item.get(source.item_date)
        listed_on = _moment(when) if isinstance(when, int) else _as_date(_DATE.search(_plain(when)))
        yield Link(url, _words(title), listed_on)


def _item_address(item_url: str, item: dict[str, Any]) -> str:
    """The address of a JSON item; `item_url` names its field, or is an address with fields in braces."""
    if "{" in item_url:
        return _FIELD.sub(lambda field: _plain(item.get(field[1])), item_url)
    return _plain(item.get(item_url))


def _plain(value: object) -> str:
    """A text or a number of the JSON as a text that can be stored: JSON can spell halves of characters."""
    text = str(value) if isinstance(value, str | int | float) else ""
    return text.encode("utf-8", "replace").decode()


def _moment(milliseconds: int) -> date | None:
    """The day in China of a time in milliseconds since 1970."""
    try:
        return (datetime.fromtimestamp(milliseconds / 1000, UTC) + _CHINA).date()
    except (ValueError, OverflowError, OSError):
        return None


def _sitemap(text: str, base: str) -> ListPage:
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
            links.append(Link(url, "", _as_date(_DATE.search(entry.get("lastmod", "")))))
    return ListPage(tuple(links), tuple(further))


def _base(page: LexborHTMLParser, url: str) -> str:
    """The address that relative links of the page belong to."""
    node = page.css_first("base[href]")
    return (absolute(url, node.attributes.get("href") or "") if node else None) or url


def _as_date(match: re.Match[str] | None) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _words(text: str | None) -> str:
    return plain_words((text or "")[:LONGEST_TEXT])
