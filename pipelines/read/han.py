"""Chinese characters, by which a report is told from what stands around it, and how wide they are."""

import re
import unicodedata

HAN = re.compile(r"[一-龥]")


def count_han(text: str) -> int:
    """Return how many Chinese characters a text has."""
    return len(HAN.findall(text))


class _Widths(dict[str, int]):
    """The width of each character that was met: whole archives are measured, and their characters are few."""

    def __missing__(self, char: str) -> int:
        width = self[char] = 1 + (unicodedata.east_asian_width(char) in "WF")
        return width


_WIDTHS = _Widths()


def screen_width(text: str) -> int:
    """Return the width of a text on a terminal: two for a Chinese character, one for a Latin one."""
    return sum(map(_WIDTHS.__getitem__, text))
