"""The pictures in a mail or a web archive.

They are put into its page, so that they are read where that has no text.
"""

import base64
import html
import re
from email.message import Message
from posixpath import basename
from urllib.parse import unquote, urldefrag

from selectolax.lexbor import LexborHTMLParser

from pipelines.read.charset import decode, decode_page

_DOTS = re.compile(r"image/(?!svg|.*(?:emf|wmf)).*")  # drawings are no scans
_MARK = b"\xef\xbb\xbf"  # the page is UTF-8, whatever it declares


def page_with_pictures(message: Message, content: bytes, is_page: bool) -> bytes | None:
    """Return the page `content` (or the plain text, or b'') with the pictures of the mail in it; None if it has none.

    What is attached and shown nowhere stands at the end. Raises ReadError of `decode`.
    """
    pictures = [(part, _names(part)) for part in message.walk() if _DOTS.fullmatch(part.get_content_type())]
    if not pictures:
        return None
    if is_page:
        text = decode_page(content)[0]
    else:
        lines = decode(content)[0].splitlines() if content else []
        text = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    tree = LexborHTMLParser(text if "<body" in text.lower() else f"<html><body>{text}</body></html>")
    if tree.body is None:
        return None
    shown = set()
    for node in tree.body.css("img[src]"):
        source = node.attributes.get("src") or ""
        at = _place(pictures, source)
        if at is not None:
            node.attrs["src"] = _address(pictures[at][0])
            shown.add(at)
    # what a web archive holds and its page does not show are backgrounds of its style sheets
    rest = [part for at, (part, _) in enumerate(pictures) if at not in shown and "Content-Location" not in part]
    if not shown and not rest:
        return None
    more = "".join(f'<p><img src="{_address(part)}"></p>' for part in rest)
    before, end, after = (tree.html or "").rpartition("</body>")
    return _MARK + (f"{before}{more}{end}{after}").encode("utf-8", "replace")


def _place(pictures: list[tuple[Message, list[str]]], source: str) -> int | None:
    """Return which of the pictures an address names: by all of it, else by its last part alone."""
    for name in (source, _last(source)):
        for at, (_, names) in enumerate(pictures):
            if name and name in names:
                return at
    return None


def _names(part: Message) -> list[str]:
    """Return the addresses under which a page may show a picture."""
    identity = str(part.get("Content-ID", "")).strip().strip("<>")
    location = str(part.get("Content-Location", "")).strip()
    return [f"cid:{identity}" if identity else "", location, _last(location) if location else ""]


def _last(address: str) -> str:
    return basename(unquote(urldefrag(address)[0]).replace("\\", "/"))


def _address(part: Message) -> str:
    """Return the picture itself as an address."""
    content = part.get_payload(decode=True)
    coded = base64.b64encode(content if isinstance(content, bytes) else b"").decode()
    return f"data:image/png;base64,{coded}"
