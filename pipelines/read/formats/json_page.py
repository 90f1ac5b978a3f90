"""Answers of a site's programs (JSON): the longest Chinese prose in them, with the title and the dates beside it.

Not read: all strings but the longest prose.
"""

from dataclasses import replace

from pipelines.read.charset import decode
from pipelines.read.document import Document, ReadError
from pipelines.read.embedded import json_in, page_of_json
from pipelines.read.formats import html, markdown, plain_text
from pipelines.read.text_signs import is_markdown
from pipelines.reasons import ReasonCode


def read(data: bytes, name: str) -> Document:
    """Return the report in a JSON text; what only begins like one is read as a text.

    Raises ReadError `empty`, `binary`, `undecodable` or `garbled`.
    """
    text, charset = decode(data)
    value = json_in(text)
    page = None if value is None else page_of_json(value)
    if page is not None:
        document = html.read(page.encode("utf-8", "replace"), name)
        return replace(document, media_type="application/json", encoding=charset)
    if value is None or text.lstrip()[:1] not in ("{", "["):
        return markdown.read(data, name) if is_markdown(data) else plain_text.read(data, name)
    raise ReadError(ReasonCode.EMPTY, f"found JSON without a text in it, expected a report; save the page of {name}")
