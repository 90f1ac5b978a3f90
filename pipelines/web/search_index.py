"""Find units, counties and indicators by name, code, pinyin and the initials of its syllables."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from pypinyin import Style, pinyin

from pipelines.web.open_release import Row

MOST = 20


@dataclass(frozen=True)
class Findable:
    """Something that can be found. `names` are what it is called, `where` what it lies in, `weight` breaks a tie."""

    kind: str  # unit, area or metric
    code: str
    name: str
    where: str
    names: tuple[str, ...]
    weight: int = 0


@dataclass(frozen=True)
class SearchIndex:
    """All entries of one release, in the order of their codes.

    What each is called and where it lies stands in one text, each entry from its start to the next: one search through
    it takes a tenth of the time of forty thousand.
    """

    entries: tuple[Findable, ...]
    _text: str = field(repr=False)
    _starts: Sequence[int] = field(repr=False)

    @classmethod
    def of(cls, units: Iterable[Row], indicators: Iterable[Row]) -> "SearchIndex":
        """Index divisions (code, name, level, where, n_reports) and indicators (metric_code, name_zh, name_en)."""
        units = list(units)
        syllables = Syllables(unit["name"] for unit in units)
        entries = [
            Findable(
                "unit" if unit["level"] == "township" else "area",
                unit["code"],
                unit["name"],
                unit["where_it_lies"],
                (unit["name"], unit["code"], *syllables.of(unit["name"])),
                unit["n_reports"],
            )
            for unit in units
        ]
        entries += [
            Findable("metric", one["metric_code"], one["name_zh"], one["name_en"], (one["name_zh"], one["metric_code"]))
            for one in indicators
        ]
        texts = ["\n".join((*one.names, one.where, "")).lower() for one in entries]
        return cls(tuple(entries), "".join(texts), array("L", accumulate(map(len, texts), initial=0)))

    def find(self, text: str, most: int = MOST) -> list[Findable]:
        """The entries that hold every word of `text`, the closest first: whole names, then beginnings, then parts."""
        words = text.lower().split()
        if not words or any(word.isascii() and len(word) < 2 for word in words):
            return []  # a single letter is in nearly every name
        found = [(_distance(entry, words), -entry.weight, entry.code, entry) for entry in self._holding(words)]
        return [entry for *_, entry in sorted(found, key=lambda one: one[:3])[:most]]

    def _holding(self, words: list[str]) -> Iterator[Findable]:
        """The entries that hold all of the words, which hold no line break. The longest word is the rarest."""
        rarest = max(words, key=len)
        place = self._text.find(rarest)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            start, end = self._starts[number], self._starts[number + 1]
            if all(self._text.find(word, start, end) >= 0 for word in words):
                yield self.entries[number]
            place = self._text.find(rarest, end)


def _distance(entry: Findable, words: list[str]) -> int:
    """How far an entry is from the words: the best of them decides, as the others may say where it lies."""
    names = [name.lower() for name in entry.names]
    joined = "".join(words)
    wanted = {*words, joined}
    if wanted & set(names):
        return 0
    if any(name.startswith(tuple(wanted)) for name in names):
        return 1
    return 2 if any(word in name for name in names for word in wanted) else 3


class Syllables:
    """The pinyin of names. Each character is looked up once; one of several readings counts as each of them."""

    def __init__(self, names: Iterable[str]) -> None:
        characters = sorted({character for name in names for character in name})
        read = pinyin(characters, style=Style.NORMAL, heteronym=True)
        self._readings = dict(_paired(characters, read))

    def of(self, name: str) -> tuple[str, ...]:
        """`shipuzhen` and `spz` for 石浦镇; a few more where a character has several readings."""
        whole, initials = [""], [""]
        for character in name:
            readings = self._readings.get(character) or (character,)
            if len(whole) > 4:  # two or three characters with several readings are enough to be found by
                readings = readings[:1]
            whole = [before + reading for before in whole for reading in readings]
            initials = list(dict.fromkeys(before + reading[0] for before in initials for reading in readings))
        return (*whole, *initials)


def _paired(characters: list[str], read: list[list[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each character with its readings without tones, the usual one first."""
    for character, readings in zip(characters, read, strict=True):
        yield character, tuple(dict.fromkeys(readings))
