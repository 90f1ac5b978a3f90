"""The pages of a text file, which a program wrote from a document with pages: form feeds, page numbers, running heads.

What stands between two pages would part a sentence. It is set aside, and follows the paragraph that runs over it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.read.normalise import normalise

# Possessive, so that a line of nothing but spaces or dashes costs no more than its length.
_DASHES = r" *+[—–―\-－·~][—–―\-－ ·~]*+"
# With a sign of its own such a line is a page number anywhere, a bare number only beside a form feed.
_SIGNED = re.compile(
    rf"\s*+(?:{_DASHES}[0-9０-９]{{1,3}}{_DASHES}"
    r"|第 ?[0-9一二三四五六七八九十]{1,3} ?页(?: ?[,，/]? ?共 ?[0-9一二三四五六七八九十]{1,3} ?页)?"
    r"|[Pp]age ?[0-9]{1,3}(?: ?(?:of|/) ?[0-9]{1,3})?)\s*"
)
_OF_ALL = re.compile(r"\s*([0-9]{1,3}) ?/ ?([0-9]{1,3})\s*")
_SIGNED_OR_OF_ALL = re.compile(f"{_SIGNED.pattern}|{_OF_ALL.pattern}")
_BARE = re.compile(r"\s*[0-9０-９]{1,3}(?: ?/ ?[0-9]{1,3})?\s*")
_BARE_OR_SIGNED = re.compile(f"{_SIGNED.pattern}|{_BARE.pattern}")
_TITLE = re.compile(r"\s*(?=[^，。；]{6,80}$)[^，。；]*(?:报告|总结|汇报|情况)[^，。；]*")
_HEAD_LINES = 4  # below a running head the title stands


class TextPages(NamedTuple):
    """The lines of a text without what stands between its pages.

    `starts` are the numbers of the lines that begin a page, `aside` holds (line, kind of furniture) by the number of
    the line that it stood behind, -1 at the beginning.
    """

    lines: list[str]
    starts: frozenset[int]
    aside: dict[int, list[tuple[str, str]]]


def pages_of(text: str) -> TextPages:
    """Return the lines of a decoded text, page by page."""
    sheets = [normalise(sheet).split("\n") for sheet in text.split("\f")]
    number = _page_numbers([line for sheet in sheets for line in sheet])
    pages = [page for sheet in sheets for page in _by_number(sheet, number)]
    if len(sheets) == len(pages) == 1 and not number.fullmatch(pages[0][-1]):
        return TextPages(pages[0], frozenset(), {})
    heads = _running_heads(pages)
    lines: list[str] = []
    starts: set[int] = set()
    aside: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for page in pages:
        kinds = _kinds(page, heads, _BARE_OR_SIGNED if len(sheets) > 1 else number, is_first=not lines)
        filled = [at for at, line in enumerate(page) if line.strip() and at not in kinds]
        for at, kind in kinds.items():
            if not filled or at < filled[0]:
                aside[len(lines) - 1].append((page[at], kind))
        if not filled:
            continue
        if lines:
            starts.add(len(lines))
        lines += page[filled[0] : filled[-1] + 1]
        for at, kind in kinds.items():
            if at > filled[-1]:
                aside[len(lines) - 1].append((page[at], kind))
    return TextPages(lines, frozenset(starts), dict(aside))


def _page_numbers(lines: Sequence[str]) -> re.Pattern[str]:
    """Return what a page number looks like anywhere in these lines: 1/3 only where 2/3 and so on follow."""
    found = [match for line in lines if (match := _OF_ALL.fullmatch(line))]
    is_counted = [int(match[1]) for match in found] == list(range(1, len(found) + 1)) and len(found) > 1
    return _SIGNED_OR_OF_ALL if is_counted and len({match[2] for match in found}) == 1 else _SIGNED


def _by_number(sheet: Sequence[str], number: re.Pattern[str]) -> Iterator[list[str]]:
    """Cut lines behind each page number, which `number` matches."""
    start = 0
    for at, line in enumerate(sheet):
        if number.fullmatch(line):
            yield list(sheet[start : at + 1])
            start = at + 1
    if any(line.strip() for line in sheet[start:]) or not start:
        yield list(sheet[start:])


def _edges(page: Sequence[str]) -> list[int]:
    """Return the numbers of the first and the last line of a page that is not empty."""
    filled = [at for at, line in enumerate(page) if line.strip()]
    return [filled[0], filled[-1]] if len(filled) > 1 else filled


def _running_heads(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """Return what stands first or last on most pages, numbers aside."""
    seen: Counter[str] = Counter()
    for page in pages:
        content = [line for line in page if line.strip() and not _is_number(line)]
        if len(content) > 2:
            seen.update({_head(content[0]), _head(content[-1])})
    return frozenset(head for head, times in seen.items() if times > max(1, len(pages) / 2))


def _is_number(line: str) -> bool:
    return bool(_BARE_OR_SIGNED.fullmatch(line))


def _head(line: str) -> str:
    return re.sub(r"[0-9０-９]+", "0", line.strip())


def _kinds(page: Sequence[str], heads: frozenset[str], number: re.Pattern[str], is_first: bool) -> dict[int, str]:
    """Return the kind of furniture by the number of its line, for what stands at the edges of a page.

    `number` matches page numbers, `is_first` tells that the title stands on this page.
    """
    kinds: dict[int, str] = {}
    for _ in range(2):  # a number, and a head or a foot beside it
        for at in _edges(["" if at in kinds else line for at, line in enumerate(page)]):
            line = page[at]
            if number.fullmatch(line):
                kinds[at] = "page_number"
            elif _head(line) in heads and not (is_first and _is_title(page, at)):
                kinds[at] = "running_head"
    return dict(sorted(kinds.items()))


def _is_title(page: Sequence[str], at: int) -> bool:
    """Return whether a line that other pages have as their head is the title here: no other one stands below it."""
    below = [line for line in page[at + 1 :] if line.strip()][:_HEAD_LINES]
    return bool(_TITLE.fullmatch(page[at])) and not any(map(_TITLE.fullmatch, below))
