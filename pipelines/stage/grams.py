"""The 20-grams of a text: every row of 20 characters in it, without its spaces and its page furniture.

Each is a number of 64 bits, its polynomial hash, which NumPy works out for all at once: sets of strings take six times
as long. Two different 20-grams of two reports have one number about once in 10^12 pairs of reports.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

GRAM = 20  # characters: longer than a set phrase, shorter than a sentence
_BASE = 0x9E3779B97F4A7C15  # odd, so that no character is lost modulo 2^64
_LAST_BITS = 16  # of a number: sixteen times as many values as a report of usual length has 20-grams
_LAST = np.uint64((1 << _LAST_BITS) - 1)

Numbers = npt.NDArray[np.uint64]


def plain_text(text: str | None, furniture: Sequence[dict[str, Any]] | None) -> str:
    """A text without its spaces and its furniture."""
    kept, at = [], 0
    for span in sorted(furniture or (), key=lambda span: span["start"]):
        kept.append((text or "")[at : span["start"]])
        at = max(at, span["end"])
    return "".join("".join([*kept, (text or "")[at:]]).split())


def gram_numbers(plain: str) -> Numbers:
    """The numbers of the different 20-grams, in ascending order."""
    found = np.sort(_numbers(plain))
    is_first = np.append(True, found[1:] != found[:-1])[: len(found)]
    different: Numbers = found[is_first]
    return different


def count_shared(own: Numbers, other: str) -> int:
    """How many of the numbers `own`, which `gram_numbers` gave, are those of 20-grams of another plain text.

    Most are not, and their last bits say so. So few are left to be looked up, and the other text is not sorted.
    """
    stands_there = np.zeros(1 << _LAST_BITS, dtype=bool)
    stands_there[own & _LAST] = True
    numbers = _numbers(other)
    maybe = numbers[stands_there[numbers & _LAST]]
    if not len(maybe):
        return 0
    place = np.minimum(np.searchsorted(own, maybe), len(own) - 1)
    is_shared = np.zeros(len(own), dtype=bool)
    is_shared[place[own[place] == maybe]] = True
    return int(np.count_nonzero(is_shared))


def _numbers(plain: str) -> Numbers:
    """The number of each 20-gram in its place, and again where it comes again."""
    if len(plain) < GRAM:
        return np.empty(0, dtype=np.uint64)
    ones = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    twos = _joined(ones, 1, ones)
    fours = _joined(twos, 2, twos)
    eights = _joined(fours, 4, fours)
    return _mixed(_joined(_joined(eights, 8, eights), 16, fours))


def _joined(first: Numbers, length: int, then: Numbers) -> Numbers:
    """The numbers of rows of characters, each of `length` whose number is in `first` and those of `then` behind it."""
    behind = then[length:]
    return first[: len(behind)] + behind * np.uint64(pow(_BASE, length, 2**64))


def _mixed(numbers: Numbers) -> Numbers:
    """The numbers with each bit depending on all bits, as a MinHash needs them (the last steps of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
