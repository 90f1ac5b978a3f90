"""Mentions: every number of a text with its value, its classifier and, where its form says so, why it is no figure.

What the words around a number say (norms, plans, last year) is found by `pipelines.codebook.cues`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from operator import attrgetter
from sys import float_info

from pipelines.numerals.arabic import arabic_mentions
from pipelines.numerals.chinese import chinese_mentions
from pipelines.numerals.figures import LARGEST_EXACT, UNREAD, Mention, span_after

_START = attrgetter("start")
_CHINESE_YEAR = re.compile(
    r"[一二两](?:(?<!一)[〇零0][〇零一二三]|(?<=一)九[一二三四五六七八九])[〇零0一二三四五六七八九]年(?:度)?"
)
_DOC_NUMBER = re.compile(
    r"[〔\[【（(](?:19|20)[0-9]{2}[〕\]】）)](?:第)?[0-9]{1,4}号|(?<=[发字函办文政])(?:19|20)[0-9]{2}[0-9]{1,4}号"
)
_TITLE_DIGITS = re.compile(r"[0-9]+(?:[-—~.][0-9]+)*年?")
_DOC_NUMBER_END = re.compile(r"[0-9]号")
_TITLE = re.compile(r"《[^《》\n]{1,150}》")


def find_mentions(text: str) -> list[Mention]:
    """All numbers of a working text in order of appearance, not overlapping."""
    found = sorted(_names(text), key=_START)
    for find in (arabic_mentions, chinese_mentions):
        more = [*find(text, [(mention.start, mention.end) for mention in found])]
        found = sorted(found + more, key=_START) if found and more else found or more
    # Nearly all numbers are small: the others are looked at one by one.
    return [
        mention if (mention.upper or mention.value or 0.0) <= LARGEST_EXACT else _held(mention) for mention in found
    ]


def _held(mention: Mention) -> Mention:
    """A mention of a very large number: an unread numeral unless a float holds the number as it is written."""
    for value in (mention.value, mention.upper):
        if value is not None and not _is_exact(value):
            return Mention(mention.start, mention.end, mention.digits_end, chinese=mention.chinese, reason=UNREAD)
    return mention


def _is_exact(value: float) -> bool:
    if value <= LARGEST_EXACT:
        return True
    written = Decimal(repr(value))
    return isfinite(value) and len(written.normalize().as_tuple().digits) <= float_info.dig and written == int(value)


def _names(text: str) -> Iterator[Mention]:
    """Laws' titles, document numbers and years in Chinese numerals: spans whose digits are part of a name."""
    titles = [m.span() for m in _TITLE.finditer(text)] if "《" in text else []
    for start, end in titles:
        for run in _TITLE_DIGITS.finditer(text, start, end):
            yield Mention(run.start(), run.end(), run.end(), reason="law_title")
    at = 0
    for hint in _DOC_NUMBER_END.finditer(text) if "号" in text else ():
        match = _DOC_NUMBER.search(text, max(0, hint.start() - 12), hint.end())
        at = span_after(hint.start(), titles, at)
        if match and not (at < len(titles) and titles[at][0] <= match.start()):
            yield Mention(match.start(), match.end(), match.end(), reason="document_number")
    at = 0
    for match in _CHINESE_YEAR.finditer(text) if "年" in text else ():
        at = span_after(match.start(), titles, at)
        if not (at < len(titles) and titles[at][0] <= match.start()):
            yield Mention(match.start(), match.end(), match.end(), chinese=True, reason="date")
