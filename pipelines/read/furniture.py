"""Page furniture: the stretches of a saved page that are not the report.

Navigation, metadata, page tools, footers, paywalls, advertisements and spam are found in a text as spans. Nothing is
removed: the stored text keeps every character.

A line is furniture only if all of it is explained, or if it has wording that no report uses. Near the head and the foot
of a page weaker signs are enough. Kinds: `navigation`, `metadata`, `page_tools`, `footer`, `paywall`, `advertisement`,
`spam`, `markup`, `layout`.
"""

import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import ahocorasick_rs

from pipelines.numerals.fold import fold
from pipelines.read import page_fields as metadata
from pipelines.read import wording
from pipelines.read.document import Span
from pipelines.read.page_fields import Field

_SENTENCE = re.compile(r"[。;；!！]|[,，].*[,，]")
_HEADING = re.compile(r"^[一二三四五六七八九十]+[、.]|^[((（][一二三四五六七八九十]+[))）]")
_BODY_LENGTH = 40
_SIGN, _TELLTALE, _INSIDE = 1, 2, 4


class MarkedLine(NamedTuple):
    """One line of a page: its offsets without the spaces around it, its folded text, and which signs stand in it."""

    start: int
    end: int
    text: str
    signs: int


def find_furniture(text: str) -> tuple[tuple[Span, ...], tuple[Field, ...]]:
    """Return the furniture of `text` (sorted, not overlapping) and the metadata fields found in it."""
    lines = _lines(text)
    strong = [_strong(line) for line in lines]
    first, last = _body(lines, strong)
    spans: list[Span] = []
    fields: list[Field] = []
    at = 0
    while at < len(lines):
        line, kind = lines[at], strong[at]
        edge = at < first or at > last
        taken, found = _metadata(lines, at, edge) if kind in (None, "metadata") else (0, [])
        if taken:
            spans.extend(Span(each.start, each.end, "metadata") for each in lines[at : at + taken])
            fields.extend(_as_written(text, lines[at : at + taken], found))
            at += taken
            continue
        if kind == "page_tools":
            fields.extend(_as_written(text, [line], metadata.pairs(line.text)))
        kind = kind or (_weak(line.text, at < first) if edge else None)
        spans.extend([Span(line.start, line.end, kind)] if kind else _inside(line))
        at += 1
    return _with_paywall_tail(text, spans), tuple(dict.fromkeys(fields))


def _lines(text: str) -> list[MarkedLine]:
    """Split into lines that are not blank."""
    folded = fold(text)
    raws = folded.split("\n")
    starts = list(accumulate((len(raw) + 1 for raw in raws), initial=0))
    signs = _signs(folded, starts)
    lines = []
    for number, raw in enumerate(raws):
        stripped = raw.strip()
        if stripped:
            start = starts[number] + len(raw) - len(raw.lstrip())
            lines.append(MarkedLine(start, start + len(stripped), stripped, signs.get(number, 0)))
    return lines


def _signs(folded: str, starts: list[int]) -> dict[int, int]:
    """Return the kinds of signs by number of line, for the lines that have any."""
    automaton, kinds = _automaton()
    found: dict[int, int] = {}
    for word, start, _ in automaton.find_matches_as_indexes(folded, overlapping=True):
        number = bisect_right(starts, start) - 1
        found[number] = found.get(number, 0) | kinds[word]
    return found


@cache
def _automaton() -> tuple[ahocorasick_rs.AhoCorasick, list[int]]:
    kinds: dict[str, int] = dict.fromkeys(wording.SIGNS.split(), _SIGN)
    kinds |= dict.fromkeys(wording.TELLTALE.split(), _SIGN | _TELLTALE)
    for word in wording.INSIDE_SIGNS:
        kinds[word] = kinds.get(word, 0) | _INSIDE
    return ahocorasick_rs.AhoCorasick(list(kinds)), list(kinds.values())


def _body(lines: list[MarkedLine], strong: list[str | None]) -> tuple[int, int]:
    """Return the numbers of the first and the last line that read like prose; everything when none does."""
    numbers = range(len(lines))
    first = next((at for at in numbers if not strong[at] and _is_prose(lines[at].text)), None)
    if first is None:
        return len(lines), -1
    return first, next(at for at in reversed(numbers) if not strong[at] and _is_prose(lines[at].text))


def _is_prose(line: str) -> bool:
    is_body = _HEADING.match(line) or (len(line) >= _BODY_LENGTH and _SENTENCE.search(line))
    return bool(is_body) and not metadata.KEY_VALUE.match(line)


def _strong(line: MarkedLine) -> str | None:
    """Return the kind of a line that is furniture wherever it stands."""
    text = line.text
    if len(text) > wording.LONGEST_METADATA and not line.signs & _TELLTALE:
        return None
    if line.signs & _SIGN:
        for kind, pattern in wording.WHOLE_LINE:
            if pattern.search(text):
                return kind
    substance = wording.SUBSTANCE.search(text)
    if substance is None:
        return "layout"
    # the items must explain all of the line, so one of them must reach its first word: most lines end here
    if not any(wording.ITEM.match(text, at) for at in range(substance.start() + 1)):
        return None
    if wording.SUBSTANCE.search(wording.ITEM.sub("", text)):
        return None
    return "metadata" if metadata.KEY_VALUE.match(metadata.strip_lead(text)) else "page_tools"


def _weak(line: str, above: bool) -> str | None:
    """Return the kind of a line that is furniture only before the first or after the last prose."""
    if wording.FOOTER_WEAK.search(line):
        return "footer"
    return "navigation" if above and wording.NAVIGATION_WEAK.fullmatch(metadata.strip_lead(line)) else None


def _metadata(lines: list[MarkedLine], at: int, edge: bool) -> tuple[int, list[Field]]:
    """Return how many lines from `at` are metadata, and their fields."""
    line = lines[at].text
    if "|" in line:
        row = metadata.table_row(line)
        if row is not None:
            return 1, row
    if not edge and (len(line) > wording.LONGEST_METADATA or "。" in line):
        return 0, []
    line = metadata.strip_lead(line)
    pair = metadata.KEY_VALUE.match(line)
    if pair and pair[2] and _may_stand(line, pair[1], edge):
        return 1, metadata.pairs(line)
    if not edge:
        return 0, []
    alone = metadata.KEY_ONLY.match(line)
    if alone and not metadata.is_weak(alone[1]):
        return _with_value_below(lines, at, metadata.canonical(alone[1]))
    glued = metadata.KEY_GLUED.match(line)
    if glued and not metadata.is_weak(glued[1]) and metadata.fits(metadata.canonical(glued[1]), glued[2]):
        return 1, [(metadata.canonical(glued[1]), glued[2])]
    return 0, []


def _may_stand(line: str, key: str, edge: bool) -> bool:
    """Return whether a line `key: value` is metadata here: everyday words count only at the edges of the page."""
    if "。" in line or len(line) > wording.LONGEST_METADATA:
        return metadata.canonical(key) == "内容概述" and edge
    return edge or (not metadata.is_weak(key) and metadata.canonical(key) not in ("主题分类", "公开方式"))


def _with_value_below(lines: list[MarkedLine], at: int, name: str) -> tuple[int, list[Field]]:
    """Take the line below a lone key as its value when it looks like one."""
    below = metadata.strip_lead(lines[at + 1].text) if at + 1 < len(lines) else ""
    if below and not metadata.KEY_ONLY.match(below) and metadata.fits(name, below):
        return 2, [(name, below)]
    return 1, []


def _as_written(text: str, lines: list[MarkedLine], fields: list[Field]) -> list[Field]:
    """Give values back in the script of the page; they were read from folded text of the same length."""
    written = text[lines[0].start : lines[-1].end]
    folded = fold(written)
    found = [(name, value, folded.find(value)) for name, value in fields]
    return [(name, written[place : place + len(value)] if place >= 0 else value) for name, value, place in found]


def _inside(line: MarkedLine) -> list[Span]:
    """Return furniture inside a line of content: header items of a page saved as one line, markup, omissions."""
    if not line.signs & _INSIDE:
        return []
    found: list[Span] = []
    for kind, pattern in wording.INSIDE:
        for match in pattern.finditer(line.text):
            start = line.start + match.start()
            found.append(Span(start, start + len(match[0].rstrip()), kind))
    found.sort(key=lambda span: (span.start, -span.end))
    ends = accumulate((span.end for span in found), max, initial=0)
    return [span for span, end in zip(found, ends, strict=False) if span.start >= end]


def _with_paywall_tail(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """Everything below the line that ends the free part of a paid text is part of the paywall."""
    for number, span in enumerate(spans):
        near_the_end = len(text) - span.end <= wording.LONGEST_TAIL
        if near_the_end and span.kind == "paywall" and wording.PAYWALL_END.search(text[span.start : span.end]):
            return (*spans[:number], Span(span.start, len(text.rstrip()), "paywall"))
    return tuple(spans)
