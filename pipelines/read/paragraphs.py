"""Where a paragraph ends and where one begins, for formats whose lines have to be joined (plain text, pages, PDF)."""

import re

FINAL = tuple("。！？!?：:；;")
CLAUSE = re.compile("[，。；]")
# The mark of a heading or an item.
MARK = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十0-9]{1,3}[)）]|[0-9]{1,2}[、.．)）](?![0-9])"
    r"|[①-⑳•●◆■·*#-]|第[一二三四五六七八九十]+[章条部])"
)
_LATIN = re.compile(r"[A-Za-z]")


def seam(before: str, after: str) -> str:
    """Return what stands between two joined lines: a space only between Latin words."""
    return " " if _LATIN.match(before[-1:]) and _LATIN.match(after[:1]) else ""
