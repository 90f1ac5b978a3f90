"""Answers of a site's programs (JSON): the longest Chinese prose in them, with the title and the dates beside it."""

from dataclasses import replace

from pipelines.read.charset import decode
from pipelines.read.document import Document, ReadError
from pipelines.read.embedded import page_of_json
from pipelines.read.formats import html
from pipelines.reasons import ReasonCode


def read(data: bytes, name: str) -> Document:
    """Return the report in a JSON text. Raises ReadError `empty`, `binary`, `undecodable` or `garbled`."""
    text, charset = decode(data)
    page = page_of_json(text)
    if page is None:
        raise ReadError(
            ReasonCode.EMPTY, f"found JSON without a text in it, expected a report; save the page of {name}"
        )
    return replace(html.read(page.encode("utf-8", "replace"), name), media_type="application/json", encoding=charset)
