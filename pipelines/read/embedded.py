"""Reports that a site hands out as JSON: in an answer of its programs, or in a script or a text area of a page.

The longest string that is Chinese prose is the report, or the pieces of a list that are one text. It becomes a page of
its own, with the title and the dates that stand beside it.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from pipelines.read.han import count_han
from pipelines.read.text_blocks import text_of_blocks

_MARK = re.compile(r"[。；，：]")
_TAG = re.compile(r"<(?:p|div|br|span|table|h[1-6]|section|ul|ol)\b[^>]*>", re.IGNORECASE)
_STARTS = re.compile(r"(?:[=(,:]|^)\s*(?=[\[{\"'])")
# A quote behind a backslash begins no string: if each did, a script of them would be read to its end from each.
_STRING = re.compile(r"(?<!\\)(?:\"((?:[^\"\\\n]|\\.){80,})\"|'((?:[^'\\\n]|\\.){80,})'|`((?:[^`\\]|\\.){80,})`)")
FEWEST = 60  # Chinese characters of a report
_DEEPEST = 4  # JSON in a string of JSON
_MOST_STARTS = 200
_CHINA = timezone(timedelta(hours=8))
# The keys of common content management systems, in lower case, and the `<meta>` tag that says the same on a page.
_KEYS = {
    "articletitle": "title articletitle doctitle infotitle newstitle subject biaoti",
    "pubdate": "pubdate publishdate publishtime publish_time publish_date pubtime docpubtime docreltime releasedate "
    "releasetime displaydate opentime fbsj fbrq",
    "contentsource": "source contentsource docsource docsourcename origin laiyuan",
}
_Found = tuple[str, dict[str, str]]
_META_OF = {key: meta for meta, keys in _KEYS.items() for key in keys.split()}


def json_in(text: str) -> Any | None:
    """Return the object or list of a JSON text, also of one in a call `name(...)`; None if it is no JSON."""
    stripped = text.strip().rstrip(";")
    call = re.match(r"[\w.$]{1,60}\s*\((.*)\)\Z", stripped, re.DOTALL)
    value = _parsed(call[1] if call else stripped)
    return value if isinstance(value, dict | list) else None


def page_of_json(value: Any) -> str | None:
    """Return the page that a value of JSON holds; None if it holds no report."""
    return _page(_candidates(value, 0))


def page_in(scripts: Iterable[str], areas: Iterable[str]) -> str | None:
    """Return the page that scripts or text areas hold; None if none does."""
    found: list[_Found] = [(area, {}) for area in areas]
    for script in scripts:
        found.extend(_in_script(script))
    return _page(found)


def _in_script(script: str) -> Iterator[_Found]:
    """Yield the strings of a script with what stands beside each."""
    if count_han(script) < FEWEST and script.count("\\u") < FEWEST:
        return
    decoder, at, tried = json.JSONDecoder(strict=False), 0, 0
    while tried < _MOST_STARTS and (start := _STARTS.search(script, at)):
        tried += 1
        at = max(start.end(), start.start() + 1)
        try:
            value, at = decoder.raw_decode(script, start.end())
        except (ValueError, RecursionError):
            continue
        yield from _candidates(value, 0)
    for literal in _STRING.finditer(script):  # an object of a script need not be JSON
        written = next(group for group in literal.groups() if group is not None).replace('\\"', '"')
        written = re.sub(r'(?<!\\)"', '\\"', written).replace("\\'", "'").replace("\n", "\\n")
        yield from _candidates(_parsed(f'"{written}"'), 0)


def _candidates(top: Any, depth: int) -> Iterator[_Found]:
    """Yield each string of a value with the title and the dates beside and above it."""
    stack: list[tuple[Any, dict[str, str]]] = [(top, {})]
    while stack:
        value, beside = stack.pop()
        if isinstance(value, str):
            inner = _parsed(value) if depth < _DEEPEST and value.lstrip()[:1] in ("{", "[") else None
            if isinstance(inner, dict | list):
                yield from _candidates(inner, depth + 1)
            elif len(value) >= FEWEST:
                yield value, beside
        elif isinstance(value, list) and count_han(whole := text_of_blocks(value) or "") >= FEWEST:
            yield whole, beside
        elif isinstance(value, list):
            texts = [item for item in value if isinstance(item, str)]
            stack.extend((item, beside) for item in value if not isinstance(item, str))
            stack.append(("\n".join(texts), beside))
        elif isinstance(value, dict):
            own = dict(beside)
            for key, item in value.items():
                meta = _META_OF.get(key.lower())
                if meta and isinstance(item, str | int) and not isinstance(item, bool) and len(str(item)) <= 120:
                    own[meta] = _day(item) if meta == "pubdate" else str(item)
            stack.extend((item, own) for item in value.values())


def _page(found: Iterable[_Found]) -> str | None:
    """Return the longest Chinese prose as a page."""
    most, best = FEWEST - 1, None
    for text, beside in found:
        amount = count_han(text)
        if amount > most and _MARK.search(text):
            most, best = amount, (text, beside)
    if best is None:
        return None
    text, beside = best
    if not _TAG.search(text) and _TAG.search(html.unescape(text)):
        text = html.unescape(text)
    if not _TAG.search(text):
        text = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
    metas = "".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in beside.items() if value)
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{metas}</head><body><div>{text}</div></body></html>'


def _day(value: str | int) -> str:
    """Return a date as written, or the day of a number of seconds or milliseconds."""
    digits = str(value)
    if re.fullmatch(r"1[0-9]{9}(?:[0-9]{3})?", digits):
        return datetime.fromtimestamp(int(digits[:10]), _CHINA).date().isoformat()
    return digits


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
