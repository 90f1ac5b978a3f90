"""Where a paragraph ends and where one begins, for formats whose lines have to be joined (plain text, pages, PDF)."""

import re

FINAL = tuple("。！？!?：:；;")
CLAUSE = re.compile("[，。；]")
# The mark of a heading or an item.
MARK = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十0-9]{1,3}[)）]|[0-9]{1,2}[、.．)）](?![0-9])"
    r"|[①-⑳•●◆■·*#-]|第[一二三四五六七八九十]+[章条部])"
)
# A line that signs a report: the authority, or the day.
SIGNATURE = re.compile(
    r"[^，。；：]{2,30}(?:政府|委员会|办事处|党委|工委|管委会)"
    r"|(?:[12][0-9]{3}|[〇○零一二三四五六七八九十]{4}) ?年.{1,5}月.{1,5}日"
)
# A number that a break parts: words stand before it, a unit behind it, and the second half is no year and no mark.
_PARTED = re.compile(
    r"(?<=[一-龥，：（])([0-9]+[.]?)\n(?!(?:19|20)[0-9]{2}年)(?![0-9]+[、.．)）](?![0-9]))([0-9.]*[0-9])(?=[一-龥%％])"
)
_LATIN = re.compile(r"[A-Za-z]")


def seam(before: str, after: str) -> str:
    """Return what stands between two joined lines: a space only between Latin words."""
    return " " if _LATIN.match(before[-1:]) and _LATIN.match(after[:1]) else ""


def whole_numbers(text: str) -> str:
    """Return the text of a paragraph in which no line break parts a number."""
    return _PARTED.sub(r"\1\2", text)
