"""How large a text may be from which facts are extracted."""

import re

from pipelines.reasons import Reason, ReasonCode

MOST_CHARACTERS, MOST_NUMBERS = 300_000, 5_000  # of a report: the longest that are known have a tenth of these
_DIGITS = re.compile(r"[0-9０-９〇零一二三四五六七八九十百千万亿两]+")


def too_large(text: str) -> Reason | None:
    """Return the reason for a text that has more characters or numbers than any report; None for all others."""
    if len(text) > MOST_CHARACTERS:
        found, most = f"{len(text)} characters", MOST_CHARACTERS
    elif _may_hold_too_many(text) and (numbers := _count_numbers(text)) > MOST_NUMBERS:
        found, most = f"{numbers} numbers", MOST_NUMBERS
    else:
        return None
    return Reason(ReasonCode.TOO_LARGE, f"found a text of {found}, a report has {most} at most; cut the report out")


def _may_hold_too_many(text: str) -> bool:
    """Whether a text has so many runs of digits. Another character parts two of them, so most texts are too short."""
    return len(text) >= 2 * MOST_NUMBERS and len(_DIGITS.findall(text)) > MOST_NUMBERS


def _count_numbers(text: str) -> int:
    from pipelines.numerals.fold import fold
    from pipelines.numerals.mentions import find_mentions  # slow to import, and hardly a text comes here

    return len(find_mentions(fold(text)))
