"""A second look at each number: the piece of the line around it is cut out a little wider and read again.

One reading may be sure and wrong, above all where the box of a line cuts a digit off. Two readings of differently cut
pieces rarely make the same mistake.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from pipelines.read.scans.number_marks import DOUBTFUL, repaired
from pipelines.read.scans.ocr_models import Reading

_NUMBER = re.compile(r"[0-9][0-9.,，%]*")
_AROUND = 1.6  # of the size: what is cut out on each side of a number
_HALF_DIGIT = 0.25  # of the size


class Token(NamedTuple):
    """A number in a reading: `start` and `end` are offsets, `left` and `right` shares of the strip's width."""

    start: int
    end: int
    left: float
    right: float


def confirmed(
    reading: Reading, size: float, room: tuple[float, float], read_part: Callable[[float, float], Reading]
) -> Reading:
    """Return the reading with the confidence of its digits after a second look.

    `size` is the width of a Chinese character, `room` is what is free to the left and the right of the strip, as shares
    of its width; `read_part` reads what stands between two shares. Where both agree, the lower confidence holds; where
    they do not, the digits are doubtful. A number at the end of a strip that the wider piece shows longer is taken so.
    """
    for token in reversed(_tokens(reading, size)):
        start = max(token.left - _AROUND * size, -room[0])
        end = min(token.right + _AROUND * size, 1 + room[1])
        reading = _agreed(reading, token, repaired(read_part(start, end)))
    return reading


def _tokens(reading: Reading, size: float) -> list[Token]:
    return [
        Token(
            *match.span(),
            reading.places[match.start()] - _HALF_DIGIT * size,
            reading.places[match.end() - 1] + _HALF_DIGIT * size,
        )
        for match in _NUMBER.finditer(reading.text)
    ]


def _agreed(reading: Reading, token: Token, again: Reading) -> Reading:
    """Return the reading with what the second look says of one number."""
    text = reading.text[token.start : token.end]
    stem = text.rstrip(".,，")  # a mark after a number may be cut off
    found = {match[0].rstrip(".,，"): match.start() for match in _NUMBER.finditer(again.text)}
    first = reading.confidences[token.start : token.end]
    if stem in found:
        second = again.confidences[found[stem] : found[stem] + len(stem)]
        both = tuple(min(pair) for pair in zip(first, second, strict=False)) + first[len(stem) :]
        return _replaced(reading, token, text, both)
    doubtful = tuple(min(confidence, DOUBTFUL) for confidence in first)
    longer = next((other for other in found if _is_longer(stem, other, reading, token)), None)
    if longer is None:
        return _replaced(reading, token, text, doubtful)
    longer_text = longer + text[len(stem) :]
    return _replaced(reading, token, longer_text, (DOUBTFUL,) * len(longer_text))


def _is_longer(stem: str, other: str, reading: Reading, token: Token) -> bool:
    """Return whether a number at an end of the strip is the rest of a longer one, of which the box cut digits off."""
    at_start, at_end = token.start == 0, token.end == len(reading.text)
    digits = len(stem) < len(other) <= len(stem) + 2
    return digits and ((at_start and other.endswith(stem)) or (at_end and other.startswith(stem)))


def _replaced(reading: Reading, token: Token, text: str, confidences: tuple[float, ...]) -> Reading:
    """Return a reading with another text for a number; its characters are spread over the place of the old one."""
    step = (token.right - token.left) / len(text)
    places = tuple(token.left + (at + 0.5) * step for at in range(len(text)))
    if len(text) == token.end - token.start:
        places = reading.places[token.start : token.end]
    return Reading(
        reading.text[: token.start] + text + reading.text[token.end :],
        (*reading.confidences[: token.start], *confidences, *reading.confidences[token.end :]),
        (*reading.places[: token.start], *places, *reading.places[token.end :]),
    )
