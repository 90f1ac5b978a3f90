"""What a list page, a JSON list or a sitemap links to: addresses, titles and dates, page after page.

All functions are pure and work on what was fetched. The requests are made by `fetch`.
"""

import importlib
import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.ingest import lists
from pipelines.ingest.client import FetchResponse
from pipelines.ingest.content import page_text
from pipelines.ingest.data_lists import json_links, plain_value, sitemap, value_at
from pipelines.ingest.found_links import DATE, Link, ListPage, as_date
from pipelines.ingest.list_signs import left_unread
from pipelines.ingest.markup import base_of, parse_page, short_words, words_of
from pipelines.ingest.presets import ListForm
from pipelines.ingest.problems import FetchFailed, FetchRefused
from pipelines.ingest.script_links import SCRIPT_ALONE, address_in, is_plain, scripts_of
from pipelines.ingest.sources import Source
from pipelines.ingest.urls import absolute

_URL_DATE = re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+")  # the common CMS of TRS: t20240131_1234.html
_CLIMB = 3  # levels above a link in which its date may stand
_LONGEST_TITLE = 200  # characters of an element that is clicked; a longer one holds more than one link
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
MOST_LINKS = 500_000  # of all lists of a source, wanted or not


def walk(source: Source, ask: Callable[[str], FetchResponse]) -> Iterator[list[Link]]:
    """The new links of each list page, page after page until there are no more.

    The end is a page that is not there (404, where nothing says how many there are), one without any new link, or the
    source's `max_pages`; the last raises FetchRefused if there was more to read, and so do more than `MOST_LINKS`. What
    `ask` raises passes through. Raises FetchFailed at the end where the first page holds more than its entry reads.
    """
    queue, asked, known = deque([absolute(source.start, "") or source.start]), set[str](), set[tuple[str, str]]()
    unread = ""
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
            if problem.status in (404, 410) and asked and source.pages and not source.page_script:
                break
            if asked:
                raise FetchFailed(f"{problem.reason}, at page {len(asked) + 1} of the list: {url}") from problem
            raise
        try:
            page = parse_list(answer, source)
        except FetchFailed:
            raise
        except Exception as error:  # nobody can list what hostile bytes raise
            raise FetchFailed(f"the list cannot be read: {type(error).__name__}: {error}") from error
        unread = page.unread if not asked else unread
        asked.add(url)
        fresh = {key: link for link in page.links if (key := (link.url, link.title if link.lost else "")) not in known}
        known.update(fresh)
        yield list(fresh.values())
        queue.extend(page.further)
        if source.pages and not source.page_script and fresh:
            queue.append(absolute(source.start, source.pages.replace("{n}", str(number))) or source.start)
            number += 1
    if unread:
        raise FetchFailed(unread)


def parse_list(answer: FetchResponse, source: Source) -> ListPage:
    """The links of one list page, by the kind of its source. Raises FetchFailed for JSON that is not as described."""
    if source.list_module:
        page: ListPage = importlib.import_module(f"{lists.__name__}.{source.list_module}").links(answer, source)
        return page
    text = page_text(answer.data)
    if source.kind == "json":
        return ListPage(tuple(json_links(text, answer.final_url, source)))
    if source.kind == "sitemap":
        return sitemap(text, answer.final_url)
    return _html_list(text, answer.final_url, source)


def _html_list(text: str, url: str, source: Source) -> ListPage:
    """The links of a list in HTML, also where a script or JSON holds the HTML."""
    if source.html_at:
        text = plain_value(value_at(text, source.html_at, "html_at"))
    text = _CDATA.sub("", text)
    page = parse_page(text)
    base = base_of(page, url)
    held = [node.text() for node in page.css(source.records)] if source.records else []
    links: list[Link] = []
    further = [*_counted_pages(text, base, source)]
    for part in map(parse_page, held) if held else (page,):
        around = _Surroundings(part)
        links += filter(None, (_html_link(node, base, around) for node in _link_nodes(part, source.link)))
        named = part.css(source.next) if source.next else []
        further += filter(None, (absolute(base, node.attributes.get("href") or "") for node in named))
    return ListPage(tuple(links), tuple(further), left_unread(source, page, text, base, links, bool(further)) or "")


def _link_nodes(page: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    """The elements of the links: those of the selector; where it is any link, also what a click makes one."""
    yield from page.css(selector)
    if selector == ListForm.model_fields["link"].default:
        clicked = page.css("[onclick]:not(a[href])")
        yield from (node for node in clicked if len(words_of(node)) <= _LONGEST_TITLE)


def _counted_pages(text: str, base: str, source: Source) -> Iterator[str]:
    """The further list pages where a script of the page says how many there are."""
    said = re.search(source.page_script, text) if source.page_script else None
    if said is None:
        return
    count = min(int(said["count"]), source.max_pages + 1)
    for number in range(source.first_page, source.first_page + count - 1):
        address = source.pages.format_map({**said.groupdict(default=""), "n": number})
        yield absolute(base, address) or base


def _html_link(node: LexborNode, base: str, around: "_Surroundings") -> Link | None:
    href = node.attributes.get("href") or ""
    script = "" if is_plain(node) else scripts_of(node)
    url = absolute(base, href) if is_plain(node) else address_in(script, base)
    if not url and not script:
        return None
    # lists cut long titles and put the whole one into the attribute
    title = max(words_of(node), short_words(node.attributes.get("title")), key=len)
    if not url:
        return Link(base, title, around.date_beside(node), lost=SCRIPT_ALONE)
    return Link(url, title, around.date_beside(node) or as_date(_URL_DATE.search(url)))


def _target(node: LexborNode) -> str:
    return (node.attributes.get("href") or "") if is_plain(node) else scripts_of(node)


class _Surroundings:
    """What stands around the links of a page. No element is looked at anew for each link that it holds."""

    def __init__(self, page: LexborHTMLParser) -> None:
        self._targets: dict[int, str | None] = {}  # of an element: where all links in it lead, None if not to one place
        self._dates: dict[int, date | None] = {}
        for link in page.css("a[href], [onclick]"):
            href = _target(link)
            place: LexborNode | None = link
            while place is not None:
                seen = place.mem_id in self._targets
                if seen and self._targets[place.mem_id] in (None, href):
                    break  # what is above is marked as well: no element is passed more than twice
                self._targets[place.mem_id] = None if seen else href
                place = place.parent

    def date_beside(self, node: LexborNode) -> date | None:
        """A date beside the link: in it or in what holds it and no other link."""
        href = _target(node)
        place: LexborNode | None = node
        for _ in range(_CLIMB + 1):
            if place is None or self._targets.get(place.mem_id, href) != href:
                return None
            if place.mem_id not in self._dates:
                self._dates[place.mem_id] = as_date(DATE.search(words_of(place, separator=" ")))
            if found := self._dates[place.mem_id]:
                return found
            place = place.parent
        return None
