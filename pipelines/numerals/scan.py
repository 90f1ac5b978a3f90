"""Scans: patterns that look for whatever opens with one of some characters.

Here belongs one trick: `re` skips text by a leading character class ten times faster than by alternatives or
lookbehinds, so the class comes first and what must hold around it is asked behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: First characters, as the inside of a character class, and what must follow one of them.
Opening = tuple[str, str]


def scan(openings: Iterable[Opening]) -> re.Pattern[str]:
    """A pattern that matches where any of the openings does."""
    openings = list(openings)
    firsts = "".join(first for first, _ in openings)
    return re.compile(f"[{firsts}](?:{'|'.join(f'(?<=[{first}]){rest}' for first, rest in openings)})")
