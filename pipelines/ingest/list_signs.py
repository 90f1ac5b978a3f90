"""What a list page shows and its entry in `sources.toml` does not read: said in words, so that nothing is lost."""

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser

from pipelines.ingest.found_links import Link
from pipelines.ingest.presets import presets
from pipelines.ingest.script_links import is_plain, scripts_of
from pipelines.ingest.sources import Source
from pipelines.ingest.urls import absolute

_NEXT = 'a[href]:lexbor-contains("下一页"), a[href]:lexbor-contains("下页")'


def likely_presets(text: str) -> list[str]:
    """The names of the presets whose signs the source of a list page shows, the likeliest first."""
    return [name for name, preset in presets().items() if preset.is_of(text)]


def left_unread(
    source: Source, page: LexborHTMLParser, text: str, url: str, links: Sequence[Link], leads_on: bool
) -> str | None:
    """Why a list page of HTML holds more than its entry reads; None where it does not.

    `links` are those that the page gave, `leads_on` says whether the entry found a further list page.
    """
    if source.list_module or source.kind != "html":
        return None
    if not source.records and page.css_matches('script[type="text/xml"]') and "<datastore" in text:
        return "a script holds the records of the list; add preset = 'jcms'"
    if not leads_on and (not source.pages or source.page_script):
        for preset in presets().values():
            counted = re.search(preset.page_script, text) if preset.page_script else None
            if counted and int(counted["count"]) > 1:
                return f"the list has {counted['count']} pages, and the first is read; add preset = {preset.name!r}"
        for node in page.css(_NEXT):
            if is_plain(node) and absolute(url, node.attributes.get("href") or "") not in (None, url):
                likely = [*likely_presets(text), "links"]
                return f"the list has a next page, and the first is read; add preset = {likely[0]!r}"
            if scripts_of(node):
                return "the list has a next page that a script opens, and the first is read; describe it by pages"
    if not any(source.wants(link.title, link.url) for link in links):
        for preset in presets().values():
            if (preset.kind == "json" or preset.html_at) and not source.html_at and preset.is_of(text):
                return f"a script loads the list; look for the address that it asks, and add preset = {preset.name!r}"
    if not links and page.css_matches("script"):
        likely = likely_presets(text)
        tip = f"add preset = {likely[0]!r}" if likely else "look for what it loads, and describe that (kind = 'json')"
        return f"no link matches link = {source.link!r}: a script may build the list; {tip}"
    return None
