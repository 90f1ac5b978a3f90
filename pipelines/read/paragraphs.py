"""Where a paragraph ends and where one begins, for formats whose lines have to be joined (plain text, pages, PDF)."""

import re
from collections.abc import Iterable, Iterator

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
NOTE = "\ue002"  # begins a line of a footnote or an endnote
# A note that explains a figure of the text, and states none of its own.
_EXPLAINS = re.compile(
    r"[\W0-9①-⑳]*(?:注[:：释])?\s*(?:其中|包括|包含|含|上述|以上|该|此|这|分别|即|指|系|占|比|较|同比|上年|去年|统计|数据|口径|截至)"
)


def seam(before: str, after: str) -> str:
    """Return what stands between two joined lines: a space only between Latin words."""
    return " " if _LATIN.match(before[-1:]) and _LATIN.match(after[:1]) else ""


def whole_numbers(text: str) -> str:
    """Return the text of a paragraph in which no line break parts a number."""
    return _PARTED.sub(r"\1\2", text)


def with_notes(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; those of notes (`NOTE` before them) stand behind the paragraph that cites them.

    A note of the title waits for the first sentence, so that nothing parts title and opening. One that only explains a
    figure (其中…) keeps `NOTE` before it: its figures are parts of others, and of which is not told.
    """
    waiting: list[str] = []
    has_begun = False
    for line in lines:
        if line.startswith(NOTE):
            bare = line.removeprefix(NOTE)
            waiting.append(line if _EXPLAINS.match(bare) else bare)
        else:
            yield line
            has_begun = has_begun or bool(CLAUSE.search(line))
        if has_begun:
            yield from waiting
            waiting.clear()
    yield from waiting
