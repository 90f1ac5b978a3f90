"""By what texts are known that have no first bytes of their own: mails, web archives and Markdown."""

import re

_HEAD = 65_536  # a mail that went through many hands has a long head
_LINE = re.compile(rb"(?:[A-Za-z][A-Za-z0-9\-]*:|[ \t]|From )")
_KIND = re.compile(rb"^(?:mime-version|content-type|snapshot-content-location):", re.IGNORECASE | re.MULTILINE)
_LETTER = re.compile(rb"^(?:from|to|subject|date|received|message-id):", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(rb"^ {0,3}#{1,6} \S", re.MULTILINE)
_STRONG = re.compile(rb"\*\*[^*\n|]{2,40}\*\*")


def is_mail(data: bytes) -> bool:
    """Return whether `data` begins with the head of a mail: nothing but header lines, those of a mail among them."""
    head, blank, _ = data[:_HEAD].lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = head.split(b"\n")
    if not blank or not all(map(_LINE.match, lines)):
        return False
    return bool(_KIND.search(head)) or len(_LETTER.findall(head)) >= 3


def is_markdown(data: bytes) -> bool:
    """Return whether a text file is written in Markdown: it has its headings, and more of them or bold words."""
    return len(_HEADING.findall(data)) + len(_STRONG.findall(data)) >= 2 and bool(_HEADING.search(data))
