"""Texts that a site's program gives in pieces: an array of paragraphs, or the blocks of an editor.

The pieces are strings, or objects with the text under a usual name, which may hold pieces themselves: `{"text": ...}`,
`{"type": "paragraph", "data": {"text": ...}}`, `{"type": "paragraph", "children": [...]}`, `{"insert": ...}`.
"""

import re
from collections.abc import Sequence
from typing import Any

from pipelines.read.paragraphs import MARK

# In the order in which they are shown, in lower case.
_TEXTS = (
    "heading title subtitle text txt content contents html value insert paragraph para body data children blocks items"
).split()
# What the objects of a list of articles have, and pieces of one text do not.
_ARTICLE = re.compile(r"(?:time|date|author|source|channel|column|doc_?id|info_?id|article_?id|url)$", re.IGNORECASE)
_LONGEST_HEADING = 60
_DEEPEST = 20


class _NotOneTextError(Exception):
    """The list holds several articles."""


def text_of_blocks(blocks: Sequence[Any]) -> str | None:
    """Return the text of a list of pieces, a line for each; None if it holds articles, and not the pieces of one text.

    Pieces within a piece that hold only words are joined to one line, as are those that end their lines themselves.
    """
    try:
        pieces = [_text(block, 1) for block in blocks]
    except _NotOneTextError:
        return None
    ends_lines = any(isinstance(block, dict) and "insert" in block for block in blocks)
    return ("" if ends_lines else "\n").join(piece for piece in pieces if piece)


def _text(block: Any, depth: int) -> str:
    """Return the text of one piece; '' where it has none (a picture, a number)."""
    if depth > _DEEPEST:
        raise _NotOneTextError
    if isinstance(block, str):
        return block
    if isinstance(block, list):
        pieces = [piece for item in block if (piece := _text(item, depth + 1))]
        return ("" if all(map(_is_leaf, block)) else "\n").join(pieces)
    if not isinstance(block, dict):
        return ""
    named = {key.lower(): value for key, value in block.items()}
    title = named.get("title")
    is_titled = isinstance(title, str) and title and not (MARK.match(title) and len(title) <= _LONGEST_HEADING)
    if is_titled or any(map(_ARTICLE.search, named)):
        raise _NotOneTextError
    return "\n".join(piece for key in _TEXTS if (piece := _text(named.get(key), depth + 1)))


def _is_leaf(block: Any) -> bool:
    """Return whether a piece holds words and no pieces: it is a part of a line."""
    return isinstance(block, str) or (
        isinstance(block, dict) and not any(isinstance(value, list | dict) for value in block.values())
    )
