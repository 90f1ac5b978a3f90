"""What a list page shows and its entry in `sources.toml` does not read: said in words, so that nothing is lost."""

import re

from selectolax.lexbor import LexborHTMLParser

from pipelines.ingest.presets import presets
from pipelines.ingest.sources import Source

_NEXT = 'a[href]:lexbor-contains("下一页"), a[href]:lexbor-contains("下页")'


def likely_presets(text: str) -> list[str]:
    """The names of the presets whose signs the source of a list page shows, the likeliest first."""
    return [name for name, preset in presets().items() if preset.is_of(text)]


def left_unread(source: Source, page: LexborHTMLParser, text: str, matched: int, leads_on: bool) -> str | None:
    """Why a list page of HTML holds more than its entry reads; None where it does not.

    `matched` is how many links the page gave, `leads_on` whether the entry found a further list page.
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
        if page.css_matches(_NEXT):
            likely = [*likely_presets(text), "links"]
            return f"the list has a next page, and the first is read; add preset = {likely[0]!r}"
    if not matched and page.css_matches("script"):
        likely = likely_presets(text)
        tip = f"add preset = {likely[0]!r}" if likely else "look for what it loads, and describe that (kind = 'json')"
        return f"no link matches link = {source.link!r}: a script may build the list; {tip}"
    return None
