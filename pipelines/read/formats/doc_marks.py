"""Old Word documents: what the library does not tell of a text is written into it before the library reads it.

That is which text a style strikes through or hides, and where a footnote is cited and where it begins.

The offsets and the codes of properties (sprm) are those of [MS-DOC]: the style sheet (2.9.271), the pages of runs and
paragraphs (2.9.33, 2.9.174), the pieces of the text (2.9.177), and the places of notes (2.8.16, 2.8.17).
"""

import io
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import olefile

from pipelines.read.notes import NOTE

BLANK = "\x7f"  # stands for a character that is no text; no document holds it
_MARKS = {0x0837: "struck", 0x2A53: "struck twice", 0x083C: "hidden"}
_CHARACTER_STYLE = 0x4A30
_TABLE_STREAM, _NARROW, _RECORDS = 0x0200, 0x40000000, 154
_STYLES, _CITED, _NOTES, _RUNS, _PARAGRAPHS, _PIECES = (
    1,
    2,
    3,
    12,
    13,
    33,
)  # places in the list of what the table stream holds
_PAGE, _DEEPEST = 512, 20
_LENGTHS, _REFERENCE = 0x4C, 0x02  # where the lengths of text and notes stand; the character that cites a note
# Bytes of an operand by the upper three bits of a code; 6 is a length that is stated.
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
_TABLE_ROWS, _TABS = 0xD608, 0xC615  # whose length is stated in another way
_ON, _AS_STYLE, _NOT_STYLE = 1, 0x80, 0x81
_Marks = dict[str, bool]


class _Style(NamedTuple):
    """A style: the number of the one that it is based on, and its properties of characters."""

    base: int
    properties: bytes


class _Stretch(NamedTuple):
    """A stretch of the stream of the document in bytes, with the properties of the run or paragraph there."""

    start: int
    end: int
    properties: bytes


def with_marks(data: bytes) -> bytes:
    """Return an old Word document in which `BLANK` stands for each character that its properties strike or hide.

    `NOTE` stands where a footnote is cited, and where each begins behind the text. What marks the ends of paragraphs
    and cells stays. A file that is damaged comes back as it is: what it lacks is said by whoever reads it.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as package:
            document = bytearray(package.openstream("WordDocument").read())
            flags = struct.unpack_from("<H", document, 10)[0]
            table = package.openstream("1Table" if flags & _TABLE_STREAM else "0Table").read()
        if not (_blank(document, table) | _mark_notes(document, table)):
            return data
        stream = io.BytesIO(data)
        with olefile.OleFileIO(stream, write_mode=True) as package:
            package.write_stream("WordDocument", bytes(document))
            return stream.getvalue()
    except (OSError, struct.error, IndexError, ValueError, TypeError):
        return data


def _blank(document: bytearray, table: bytes) -> bool:
    """Write `BLANK` over what is no text; return whether there is any."""
    sheet = _Sheet(_styles(_record(document, table, _STYLES)))
    if not sheet.has_marks:
        return False
    paragraphs = list(_stretches(document, _record(document, table, _PARAGRAPHS), 13))
    starts = [paragraph.start for paragraph in paragraphs]
    pieces = list(_pieces(_record(document, table, _PIECES)))
    found = False
    for run in _stretches(document, _record(document, table, _RUNS), 1):
        at = run.start
        while at < run.end:  # a run goes over several paragraphs
            number = bisect_right(starts, at) - 1
            paragraph = paragraphs[number] if number >= 0 else _Stretch(0, at, b"")
            end = min(run.end, paragraph.end) if paragraph.end > at else run.end
            if sheet.is_hidden(run.properties, paragraph.properties):
                found = True
                _write_over(document, at, end, pieces)
            at = end
    return found


def _mark_notes(document: bytearray, table: bytes) -> bool:
    """Write `NOTE` where footnotes are cited and begin; return whether that was possible for all of them."""
    text, notes = struct.unpack_from("<II", document, _LENGTHS)
    cited = _record(document, table, _CITED)
    count = (len(cited) - 4) // 6
    if not notes or count < 1:
        return False
    begins = struct.unpack_from(f"<{count}I", _record(document, table, _NOTES))
    places = (*struct.unpack_from(f"<{count}I", cited), *(text + begin for begin in begins))
    spots, first = [], 0
    for start, end, width in _pieces(_record(document, table, _PIECES)):
        last = first + (end - start) // width
        spots += [start + width * (place - first) for place in places if width == 2 and first <= place < last]
        first = last
    # one with a mark of its own has another character there
    if len(spots) < len(places) or any(document[at : at + 2] != bytes((_REFERENCE, 0)) for at in spots):
        return False
    for at in spots:
        document[at : at + 2] = ord(NOTE).to_bytes(2, "little")
    return True


def _write_over(document: bytearray, start: int, end: int, pieces: list[tuple[int, int, int]]) -> None:
    """Write `BLANK` over the characters from byte `start` to byte `end`; `pieces` are (start, end, width) in bytes."""
    for first, last, width in pieces:
        for at in range(max(start, first), min(end, last, len(document)), width):
            if int.from_bytes(document[at : at + width], "little") >= 0x20:
                document[at : at + width] = ord(BLANK).to_bytes(width, "little")


class _Sheet:
    """The styles of a document by their numbers."""

    def __init__(self, styles: list[_Style | None]) -> None:
        self._styles = styles
        self._known: dict[int, _Marks] = {}
        self.has_marks = any(any(self._of(number).values()) for number in range(len(styles)))

    def is_hidden(self, run: bytes, paragraph: bytes) -> bool:
        """Return whether a run with these properties, in a paragraph with those, is struck through or hidden."""
        marks = dict(self._of(int.from_bytes(paragraph[:2], "little")))
        own = list(_properties(run))
        for code, operand in own:
            if code == _CHARACTER_STYLE:
                marks |= self._of(int.from_bytes(operand, "little"))
        return any(_changed(marks, own).values())

    def _of(self, number: int) -> _Marks:
        """Return the marks that a style sets or takes away, with those of the styles that it is based on."""
        if number not in self._known:
            chain: list[_Style] = []
            at = number
            while at < len(self._styles) and (style := self._styles[at]) and len(chain) < _DEEPEST:
                chain.append(style)
                at = style.base
            marks: _Marks = {}
            for style in reversed(chain):
                marks = _changed(marks, _properties(style.properties))
            self._known[number] = marks
        return self._known[number]


def _changed(marks: _Marks, properties: list[tuple[int, bytes]] | Iterator[tuple[int, bytes]]) -> _Marks:
    """Return the marks as properties change them; a property may also repeat or turn what the style says."""
    changed = dict(marks)
    for code, operand in properties:
        if code in _MARKS and operand:
            before = marks.get(_MARKS[code], False)
            changed[_MARKS[code]] = {_AS_STYLE: before, _NOT_STYLE: not before}.get(operand[0], operand[0] == _ON)
    return changed


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (code, operand) of a list of properties."""
    at = 0
    while at + 2 < len(data):
        code = int.from_bytes(data[at : at + 2], "little")
        at += 2
        size = _SIZES[code >> 13]
        if code == _TABLE_ROWS:
            size = 1 + int.from_bytes(data[at : at + 2], "little")
        elif code == _TABS and data[at] == 255:
            return
        elif not size:
            size = 1 + data[at]
        yield code, data[at : at + size]
        at += size


def _record(document: bytes | bytearray, table: bytes, number: int) -> bytes:
    start, size = struct.unpack_from("<II", document, _RECORDS + 8 * number)
    return table[start : start + size]


def _styles(sheet: bytes) -> list[_Style | None]:
    """Return the styles by number; None where a number is free."""
    if not sheet:
        return []
    head, count, base_size = struct.unpack_from("<HHH", sheet)
    at = 2 + head
    found: list[_Style | None] = []
    for _ in range(count):
        (size,) = struct.unpack_from("<H", sheet, at)
        found.append(_style(sheet[at + 2 : at + 2 + size], base_size) if size else None)
        at += 2 + size
    return found


def _style(data: bytes, base_size: int) -> _Style:
    kind, counts = struct.unpack_from("<HH", data, 2)
    (letters,) = struct.unpack_from("<H", data, base_size)
    at = base_size + 2 + 2 * (letters + 1)
    lists = []
    for _ in range(counts & 0xF):
        at += at % 2
        (size,) = struct.unpack_from("<H", data, at)
        lists.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    # a style of paragraphs has properties of the paragraph first
    wanted = {1: 1, 2: 0}.get(kind & 0xF, len(lists))
    return _Style(kind >> 4, lists[wanted] if wanted < len(lists) else b"")


def _stretches(document: bytearray, pages: bytes, entry: int) -> Iterator[_Stretch]:
    """Yield the runs (an entry of 1 byte each) or the paragraphs (of 13 bytes) that the pages of properties list."""
    count = (len(pages) - 4) // 8
    for (number,) in struct.iter_unpack("<I", pages[4 * (count + 1) : 4 * (2 * count + 1)]):
        page = document[_PAGE * number : _PAGE * (number + 1)]
        amount = page[_PAGE - 1]
        edges = struct.unpack_from(f"<{amount + 1}I", page)
        for at in range(amount):
            place = 2 * page[4 * (amount + 1) + entry * at]
            size = page[place] if place else 0
            if entry == 1:
                properties = page[place + 1 : place + 1 + size]
            elif place and not size:  # the length is in the next byte, in words
                properties = page[place + 2 : place + 2 + 2 * page[place + 1]]
            else:
                properties = page[place + 1 : place + 2 * size]
            yield _Stretch(edges[at], edges[at + 1], bytes(properties) if place else b"")


def _pieces(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches of the stream that are text, with the bytes of a character: 1 or 2."""
    at = 0
    while data[at] == 1:  # changes of properties stand before the pieces
        at += 3 + int.from_bytes(data[at + 1 : at + 3], "little")
    plain = data[at + 5 : at + 5 + int.from_bytes(data[at + 1 : at + 5], "little")]
    count = (len(plain) - 4) // 12
    edges = struct.unpack_from(f"<{count + 1}I", plain)
    for number in range(count):
        (place,) = struct.unpack_from("<I", plain, 4 * (count + 1) + 8 * number + 2)
        is_narrow = bool(place & _NARROW)
        start, width = ((place & ~_NARROW) // 2, 1) if is_narrow else (place, 2)
        yield start, start + width * (edges[number + 1] - edges[number]), width


def notes_in_place(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines with each footnote, `NOTE` before it, behind the line or the table that cites it.

    The first half of the marks cites, the second half begins notes. Where they do not fit, the notes stay at the end.
    """
    half, odd = divmod(sum(line.count(NOTE) for line in lines), 2)
    seen = 0
    texts: list[str] = []
    notes: list[list[str]] = []
    rest: list[str] = []
    for line in lines:
        if seen < half:
            texts.append(line)
            seen += line.count(NOTE)
        elif line.startswith(NOTE):
            notes.append([line.replace(NOTE, "")])
        elif notes and len(notes) < half:
            notes[-1].append(line)
        else:  # the end of the text, and what boxes hold behind the notes
            (rest if notes else texts).append(line)
    if odd or seen != half or len(notes) != half:
        yield from (line.replace(NOTE, "") for line in lines)
        return
    waiting: list[str] = []
    for line in texts:
        is_row = " | " in line
        yield from () if is_row else waiting
        waiting = waiting if is_row else []
        yield line.replace(NOTE, "")
        for _ in range(line.count(NOTE)):
            waiting += [NOTE + piece for piece in notes.pop(0)]
    yield from (*waiting, *rest)
