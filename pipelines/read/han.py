"""Chinese characters, by which a report is told from what stands around it."""

import re

HAN = re.compile(r"[一-龥]")


def count_han(text: str) -> int:
    """Return how many Chinese characters a text has."""
    return len(HAN.findall(text))
