"""From a part of a parsed page to its lines: paragraphs, headings, list items and table rows, in reading order.

The walk keeps its own stack instead of calling itself, so a page may be nested as deeply as it likes.
"""

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from pipelines.read.layout import one_line, spread, table_lines

_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q ruby rb s samp small span st1 "
    "strike strong sub sup time tt u var wbr".split()
)
# Never shown as text. The pinyin above a character (`rt`) is no word of the report.
SKIPPED = frozenset(
    "script style noscript template iframe object embed audio video svg canvas map nav aside button select input "
    "textarea head title meta link rt rp rtc -comment".split()
)
_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_AT_RULE = re.compile(r"@[^{};@]{0,200}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_CLASS = re.compile(r"[a-z]*\.[a-z_][a-z0-9_-]*", re.IGNORECASE | re.ASCII)
_MOST_CLASSES, _LONGEST_STYLE = 200, 1_000
_LONGEST_CELL = 200
_FIRST_NODES, _FIRST_WORDS = 100, 20  # of an item, to tell whether it states its number
_MARKED = re.compile(r"\s*[（(]?[0-9一二三四五六七八九十①-⑳]{1,3}[)）、.．]|\s*[①-⑳]|\s*第[一二三四五六七八九十]+")
_WHITE = re.compile(r"\s")


def drop_struck(body: LexborNode, css: str = "") -> None:
    """Remove what is deleted or struck through, by its element, its style or a class of the style sheet `css`."""
    # from the last to the first, so that none is looked at when what it stood in is gone
    for node in reversed(body.css("del, s, strike, [style]")):
        if node.tag in ("del", "s", "strike") or _STRUCK.search(style_of(node)):
            node.decompose()
    named = classes_with(css, _STRUCK)
    for node in reversed(body.css(named) if named else []):
        node.decompose()


def classes_with(css: str, pattern: re.Pattern[str]) -> str:
    """Return a selector of the classes to which a style sheet gives what `pattern` finds, '' when there are none.

    Rules for paper and small screens (`@media`) are left out.
    """
    rules = (rule.rpartition("{") for rule in _AT_RULE.sub("", css).split("}"))
    rules = ((selectors, mark, declared[:_LONGEST_STYLE]) for selectors, mark, declared in rules)
    names = (
        name.strip()
        for selectors, _, declared in rules
        if pattern.search(declared)
        for name in selectors.split(",")
        if _CLASS.fullmatch(name.strip())
    )
    return ", ".join(islice(names, _MOST_CLASSES))


def style_of(node: LexborNode) -> str:
    """Return what the style of an element says; no more than a page needs, since patterns look through it."""
    return (node.attributes.get("style") or "")[:_LONGEST_STYLE]


def lines_of(node: LexborNode, stop: int | None = None, numbered: bool = True) -> list[str]:
    """Return the lines of the text below `node`, up to the node whose `mem_id` is `stop`.

    An item of a numbered list that states no number of its own is given the one that a browser shows.
    """
    lines: list[str] = []
    current: list[str] = []
    number = ""
    places: dict[int, int] = {}  # of the last item of each list that was met
    kept = 0  # elements around that keep the line breaks of the source
    for step, child in _walk(node):
        if child.mem_id == stop:
            break
        if step in ("enter", "leave") and _keeps_breaks(child):
            kept += 1 if step == "enter" else -1
        if step == "text":
            first, *more = (child.text_content or "").split("\n") if kept else [child.text_content or ""]
            current.append(first)
            for line in more:
                _end(lines, current)
                current.append(line)
        elif step == "rows":
            _end(lines, current)
            lines.extend(_rows(child))
        elif step == "leave" or not number or current != [number]:  # a number waits for the paragraph of its item
            _end(lines, current)
        if step == "enter" and numbered and child.tag == "li":
            number = _number(child, places)
            current.append(number)
    _end(lines, current)
    return lines


def _keeps_breaks(node: LexborNode) -> bool:
    """Return whether a line break in the source is one on the page."""
    return node.tag == "pre" or bool(_PRE.search(style_of(node)))


def _walk(top: LexborNode) -> Iterator[tuple[str, LexborNode]]:
    """Yield ('text', node) for texts, ('enter' or 'leave', node) around blocks and ('rows', node) for data tables."""
    stack: list[tuple[str, LexborNode]] = [("enter", top)]
    while stack:
        step, node = stack.pop()
        tag = node.tag or ""
        if step == "leave" or tag == "-text":
            yield (step if step == "leave" else "text"), node
            continue
        if tag in SKIPPED:
            continue
        if tag == "table" and node.mem_id != top.mem_id and _is_data(node):
            yield "rows", node
            continue
        if tag not in _INLINE:
            yield "enter", node
            stack.append(("leave", node))
        child = node.last_child
        while child is not None:
            stack.append(("enter", child))
            child = child.prev


def _end(lines: list[str], current: list[str]) -> None:
    """Close the line that is being gathered."""
    line = one_line("".join(current))
    current.clear()
    if line:
        lines.append(line)


def _number(item: LexborNode, places: dict[int, int]) -> str:
    """Return the number of an item of an `ol`; nothing where the item states its own.

    `places` are the places of the items before it, by list.
    """
    parent = item.parent
    if parent is None or parent.tag != "ol":
        return ""
    if parent.mem_id in places:
        places[parent.mem_id] += 1
    else:
        before, count = item.prev, 0
        while before is not None:
            count += before.tag == "li"
            before = before.prev
        places[parent.mem_id] = count
    if _MARKED.match(_beginning(item)):
        return ""
    place = places[parent.mem_id]
    start = (parent.attributes.get("start") or "1").strip()
    return f"{int(start) + place if start.isdecimal() and len(start) < 4 else 1 + place}. "


def _beginning(node: LexborNode) -> str:
    """Return how the text of an element begins."""
    text = ""
    for part in islice(node.traverse(include_text=True), _FIRST_NODES):
        if part.tag == "-text":
            text += part.text_content or ""
            if len(text.strip()) > _FIRST_WORDS:
                break
    return text


def _is_data(table: LexborNode) -> bool:
    """Return whether a table holds data; one that lays out the page has tables or whole paragraphs in its cells."""
    if len(table.css("table")) > 1:
        return False
    rows = [row.css("td, th") for row in table.css("tr")]
    return any(len(cells) > 1 for cells in rows) and all(
        len(_WHITE.sub("", cell.text())) <= _LONGEST_CELL for cells in rows for cell in cells
    )


def _rows(table: LexborNode) -> list[str]:
    """Return the lines of a data table, its caption first."""

    def span(cell: LexborNode, name: str) -> int:
        value = (cell.attributes.get(name) or "1").strip()
        return max(1, int(value)) if value.isdecimal() and len(value) < 4 else 1

    rows = (
        [(" ".join(lines_of(cell)), span(cell, "colspan"), span(cell, "rowspan")) for cell in row.css("td, th")]
        for row in table.css("tr")
    )
    caption = table.css_first("caption")
    return [*([one_line(caption.text())] if caption else []), *table_lines(spread(rows))]
