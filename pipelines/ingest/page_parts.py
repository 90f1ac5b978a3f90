"""What belongs to a page and lies elsewhere: the files that it links to."""

import re

from pipelines.ingest.content import page_text
from pipelines.ingest.found_links import Link
from pipelines.ingest.markup import base_of, parse_page, short_words, words_of
from pipelines.ingest.sources import Source
from pipelines.ingest.urls import absolute

_ATTACHED = "a[href], iframe[src], embed[src]"


def attachments(data: bytes, url: str, source: Source) -> list[Link]:
    """The files that a page links to in its body, by the extensions that the source allows; each once."""
    if not source.attachments:
        return []
    page = parse_page(page_text(data))
    base = base_of(page, url)
    body = (page.css_first(source.body) if source.body else None) or page.root
    ending = re.compile(rf"\.(?:{'|'.join(source.attachments)})(?=$|[?#&])", re.IGNORECASE)
    found: dict[str, Link] = {}
    for node in body.css(_ATTACHED) if body else ():
        target = absolute(base, node.attributes.get("href") or node.attributes.get("src") or "")
        title = words_of(node) or short_words(node.attributes.get("title"))
        if target and (ending.search(target) or ending.search(title)):
            found.setdefault(target, Link(target, title))
    return list(found.values())
