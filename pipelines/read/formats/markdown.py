"""Markdown: told from plain text, and rendered to a page whose lines are taken."""

import re

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.read.charset import decode
from pipelines.read.document import Document, ReadError
from pipelines.read.formats.html_lines import lines_of
from pipelines.read.layout import LayoutPart, compose
from pipelines.read.normalise import normalise
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "text/markdown"
_LONGEST_ADDRESS = 200
_FRONT = re.compile(r"\A---\n.{0,2000}?\n---\n", re.DOTALL)
# Four spaces open a paragraph in Chinese text, and a masked figure (X镇, **件) is no emphasis.
_MARKDOWN = MarkdownIt("commonmark", {"breaks": True, "html": False}).enable("table").disable(["code", "lheading"])


def read(data: bytes, name: str) -> Document:
    """Return the document in a Markdown file. Raises ReadError `empty`, `binary` or `undecodable`."""
    decoded, charset = decode(data)
    source = _FRONT.sub("", normalise(decoded))
    body = LexborHTMLParser(_MARKDOWN.render(source)).body
    if body is None:
        raise ReadError(ReasonCode.EMPTY, f"{name} has nothing but marks of Markdown")
    return compose(map(LayoutPart, lines_of(body)), MEDIA_TYPE, charset, points_to=_picture(body))


def _picture(body: LexborNode) -> str | None:
    """Return the address of the first picture: a text in Markdown holds none itself."""
    picture = body.css_first("img")
    return None if picture is None else (picture.attributes.get("src") or "a picture")[:_LONGEST_ADDRESS]
