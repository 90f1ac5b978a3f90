"""The pages of a text file, which a program wrote from a document with pages: form feeds, page numbers, running heads.

What stands between two pages would part a sentence. It is set aside, and follows the paragraph that runs over it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.read.normalise import normalise

_DASHES = r"[—–―\-－ ·~]*[—–―\-－·~][—–―\-－ ·~]*"
# With a sign of its own such a line is a page number anywhere, a bare number only beside a form feed.
_SIGNED = re.compile(
    rf"\s*(?:{_DASHES}[0-9０-９]{{1,3}}{_DASHES}"
    r"|第 ?[0-9一二三四五六七八九十]{1,3} ?页(?: ?[,，/]? ?共 ?[0-9一二三四五六七八九十]{1,3} ?页)?)\s*"
)
_BARE = re.compile(r"\s*[0-9０-９]{1,3}(?: ?/ ?[0-9]{1,3})?\s*")
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
    pages = [page for sheet in sheets for page in _by_number(sheet)]
    if len(sheets) == len(pages) == 1 and not _SIGNED.fullmatch(pages[0][-1]):
        return TextPages(pages[0], frozenset(), {})
    heads = _running_heads(pages)
    lines: list[str] = []
    starts: set[int] = set()
    aside: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for page in pages:
        kinds = _kinds(page, heads, len(sheets) > 1, is_first=not lines)
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


def _by_number(sheet: Sequence[str]) -> Iterator[list[str]]:
    """Cut lines behind each page number that has a sign of its own."""
    start = 0
    for at, line in enumerate(sheet):
        if _SIGNED.fullmatch(line):
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
    return bool(_SIGNED.fullmatch(line) or _BARE.fullmatch(line))


def _head(line: str) -> str:
    return re.sub(r"[0-9０-９]+", "0", line.strip())


def _kinds(page: Sequence[str], heads: frozenset[str], is_sheet: bool, is_first: bool) -> dict[int, str]:
    """Return the kind of furniture by the number of its line, for what stands at the edges of a page.

    `is_sheet` tells that form feeds part the pages, `is_first` that the title stands on this one.
    """
    kinds: dict[int, str] = {}
    for _ in range(2):  # a number, and a head or a foot beside it
        for at in _edges(["" if at in kinds else line for at, line in enumerate(page)]):
            line = page[at]
            if _SIGNED.fullmatch(line) or (is_sheet and _BARE.fullmatch(line)):
                kinds[at] = "page_number"
            elif _head(line) in heads and not (is_first and _is_title(page, at)):
                kinds[at] = "running_head"
    return dict(sorted(kinds.items()))


def _is_title(page: Sequence[str], at: int) -> bool:
    """Return whether a line that other pages have as their head is the title here: no other one stands below it."""
    below = [line for line in page[at + 1 :] if line.strip()][:_HEAD_LINES]
    return bool(_TITLE.fullmatch(page[at])) and not any(map(_TITLE.fullmatch, below))
