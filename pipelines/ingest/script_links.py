"""Links that a script follows: the address is read out of the script, which is never run."""

import re

from selectolax.lexbor import LexborNode

from pipelines.ingest.markup import LONGEST_TEXT
from pipelines.ingest.urls import absolute

# a text in quotes that starts as an address does, or ends as the name of a page or a file does
_ADDRESS = re.compile(
    r"""["']\s*((?:https?:)?//[^"'\s]+|\.{0,2}/[^"'\s]+|[\w./%-]+\.(?:s?html?|jhtml|jspx?|do|aspx?|php|pdf|docx?|wps|ofd|xlsx?)"""
    r"""(?:\?[^"'\s]*)?)\s*["']""",
    re.IGNORECASE,
)
_EMPTY_CALL = re.compile(r"javascript:(?:void\(?0?\)?|[\w.]+\(\))?;?", re.IGNORECASE)  # without its blanks
SCRIPT_ALONE = "only a script follows this link, and no address stands in it"


def scripts_of(node: LexborNode) -> str:
    """What a click on the element runs: its `onclick`, or an address that begins with javascript:; '' for neither."""
    href = (node.attributes.get("href") or "")[:LONGEST_TEXT].strip()
    onclick = (node.attributes.get("onclick") or "")[:LONGEST_TEXT]
    is_script = href.lower().startswith("javascript:") and not _EMPTY_CALL.fullmatch("".join(href.split()))
    return f"{onclick} {href if is_script else ''}".strip()


def is_plain(node: LexborNode) -> bool:
    """Whether the element has an address of its own, which is no script and no place in the same page."""
    href = (node.attributes.get("href") or "").strip().lower()
    return bool(href) and not href.startswith(("javascript:", "#"))


def address_in(script: str, base: str) -> str | None:
    """The first web address that stands in a script in quotes, made absolute; None where there is none."""
    for found in _ADDRESS.finditer(script):
        if address := absolute(base, found[1]):
            return address
    return None
