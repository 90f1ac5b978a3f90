"""Scans: fast patterns for whatever starts with one of a set of characters.

`re` skips text by a leading character class ten times faster than by alternatives or lookbehinds. So the class comes
first in the pattern, and the conditions on the text around it come behind it.
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
