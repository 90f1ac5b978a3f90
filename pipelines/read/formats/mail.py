"""Web archives (mht, mhtml, of browsers and of Word) and mails (eml): the part that holds the text.

A mail whose own text is a short letter is its attachment. The address of the page, the subject and the day a mail was
sent become fields.

Not read: attachments of a mail that is a report itself, and pictures beside a text.
"""

import contextlib
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pipelines.read.charset import decode
from pipelines.read.document import Document, ReadError
from pipelines.read.formats import html, plain_text
from pipelines.read.formats.mail_attachments import LETTER_HAN, attachments_of, decoded_words, read_attached
from pipelines.read.formats.mail_pictures import page_with_pictures
from pipelines.read.han import HAN, count_han
from pipelines.read.page_fields import Field
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.reasons import ReasonCode

# Charsets that are named by default, whatever the bytes are in.
_UNRELIABLE = re.compile(r"utf-?8|(?:us-)?ascii|iso-?8859|latin|windows-125|unknown", re.IGNORECASE)


def read(data: bytes, name: str, scans: Scans = NO_SCANS) -> Document:
    """Return the document in a web archive or a mail; one that holds only pictures has the text of these from `scans`.

    Raises ReadError `empty`, `broken`, `binary`, `undecodable`, `needs_ocr` (ScansWantedError where pictures are to be
    read), and for attached files `several`, `attachment` or what stands in the way of the only one.
    """
    message = message_from_bytes(data.lstrip())
    body = _body(message)
    attached = attachments_of(message)
    if attached and body.most_han < LETTER_HAN:
        dated = [field for field in _fields(message, message) if field[0] == "发布日期"]
        document = read_attached(attached)
        return replace(document, fields=(*document.fields, *dated))
    illustrated = _illustrated(message, body)
    if illustrated is not None:
        document = html.read(illustrated, name, scans)
    elif body.content:
        document = (html.read if body.is_page else plain_text.read)(body.content, name)
    else:
        found = "found a mail or web archive without a text in it"
        raise ReadError(ReasonCode.EMPTY, f"{found}; save the attachment or the page of {name}")
    return replace(document, fields=(*document.fields, *_fields(message, body.part)))


def picture(data: bytes, number: int) -> bytes:
    """Return picture `number` (from 1) of a mail or web archive as PNG. Raises ReadError `broken`."""
    message = message_from_bytes(data.lstrip())
    return html.picture(_illustrated(message, _body(message)) or b"", number)


class _Body(NamedTuple):
    """What a mail says itself: the part, its bytes, whether it is a page, and the most Chinese characters of a part."""

    part: Message
    content: bytes
    is_page: bool
    most_han: int


def _body(message: Message) -> _Body:
    """Return the page with most Chinese characters, else the plain text; without content where there is neither."""
    pages, texts = [], []
    for part in message.walk():
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        content = _content(part)
        if content and part.get_content_type() in ("text/html", "application/xhtml+xml"):
            pages.append((_amount(content), part, content))
        elif content and part.get_content_type() == "text/plain":
            texts.append((_amount(content), part, content))
    pages.sort(key=lambda page: -page[0])
    texts.sort(key=lambda text: -text[0])
    most = max((amount for amount, _, _ in (*pages, *texts)), default=0)
    # the plain part of a mail holds the same as its page, or only that there is one
    for is_page, found in ((True, pages), (False, texts)):
        for amount, part, content in found[:1]:
            if amount or not is_page or not texts:
                return _Body(part, content, is_page, most)
    return _Body(message, b"", False, 0)


def _illustrated(message: Message, body: _Body) -> bytes | None:
    """Return the page with its pictures where it is no longer than a letter; None where it is, or shows none."""
    if body.most_han >= LETTER_HAN:
        return None
    return page_with_pictures(message, body.content, body.is_page)


def _content(part: Message) -> bytes:
    """Return the bytes of a part, as UTF-8 where its head names a charset that fits."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return b""
    charset = part.get_content_charset() or ""
    if not charset or _UNRELIABLE.match(charset):
        return content
    try:
        return content.decode("gb18030" if charset.startswith("gb") else charset).encode()
    except (LookupError, UnicodeError):
        return content  # named wrongly: the bytes decide


def _amount(content: bytes) -> int:
    """Return how many Chinese characters a part has."""
    try:
        return count_han(decode(content)[0])
    except ReadError:
        return 0


def _fields(message: Message, part: Message) -> list[Field]:
    """Return what the heads say: the address of the page, its title, and for a mail the day it was sent."""
    found = []
    for holder, key in ((part, "Content-Location"), (message, "Snapshot-Content-Location")):
        address = _header(holder, key)
        if address.startswith(("http://", "https://")):
            found.append(("网址", address))
            break
    subject = _header(message, "Subject")
    if HAN.search(subject):
        found.append(("标题", subject))
    # the date of a web archive is the day on which somebody saved it
    if "Snapshot-Content-Location" not in message and "saved by" not in _header(message, "From").lower():
        with contextlib.suppress(ValueError, TypeError, IndexError):
            found.append(("发布日期", parsedate_to_datetime(_header(message, "Date")).date().isoformat()))
    return found


def _header(message: Message, key: str) -> str:
    """Return a line of the head, with its encoded words decoded."""
    return decoded_words(str(message.get(key, "")))
