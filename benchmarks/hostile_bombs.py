"""Files that unpack to far more than they hold, state sizes that nobody has, or lead round in circles."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from random import Random

from benchmarks.hostile_file import FIXTURES, Hostile

sys.path.append(str(FIXTURES))  # as pytest does for the tests

import document_fixtures as make
import format_fixtures as formats
import grown_fixture as grown

#: Words of a file outside the raw folder that no text may hold: an XML entity asks for it.
SECRET_FILE, SECRET = "/etc/passwd", "root:x:0:0"
_MB = 1_000_000
_PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, 6),
    "bz2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "zip": lambda data: make.packed({"a.txt": data}),
    "tgz": lambda data: make.packed_tar({"a.txt": data}, "w:gz"),
    "lzma.zip": lambda data: _zip({"a.txt": data}, zipfile.ZIP_LZMA),
    "bz2.zip": lambda data: _zip({"a.txt": data}, zipfile.ZIP_BZIP2),
}
#: Office documents and the part of each that is blown up.
_PARTS = {
    "docx": ("word/document.xml", "word/styles.xml", "word/media/a.png"),
    "odt": ("content.xml", "styles.xml"),
    "xlsx": ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"),
    "ofd": ("OFD.xml",),
}


def bomb(rng: Random, number: int) -> Hostile:
    """One of the bombs below."""
    suffix, data = rng.choice((_zeros, _matryoshka, _many, _overlapping, _lying, _office, _entities, _picture, _pdf))(
        rng
    )
    return Hostile("bombs", f"{number:05}.{suffix}".encode(), data)


def _zeros(rng: Random) -> tuple[str, bytes]:
    suffix = rng.choice(list(_PACK))
    size = rng.choice((_MB, 30 * _MB, 250 * _MB))
    if size > 30 * _MB and suffix in ("gz", "bz2", "xz"):  # of these a file may hold several, one behind the other
        data = _packed_zeros(suffix, 30 * _MB) * 9
    else:
        data = _packed_zeros(suffix, size if suffix in ("zip", "tgz") else min(size, 30 * _MB))
    return suffix, data if rng.random() < 0.7 else data + rng.randbytes(20)


@cache
def _packed_zeros(suffix: str, size: int) -> bytes:
    return _PACK[suffix](bytes(size))


def _matryoshka(rng: Random) -> tuple[str, bytes]:
    """Archives within archives, each with several of the one below."""
    data, width = _packed_zeros("gz", rng.choice((1, 1000, 30 * _MB))), rng.choice((1, 1, 3, 10))
    for _ in range(rng.randint(2, 30 if width == 1 else 6)):
        data = make.packed({f"{at}.zip": data for at in range(width)})
    return "zip", data


def _many(rng: Random) -> tuple[str, bytes]:
    files = {f"{at}{rng.choice(('.txt', ''))}": b"" for at in range(rng.choice((300, 2001, 6000)))}
    return rng.choice((("zip", make.packed), ("tar", make.packed_tar)))[0], make.packed(files)


def _overlapping(rng: Random) -> tuple[str, bytes]:
    """A zip archive whose list names one file many times."""
    data = make.packed({"a.txt": bytes(rng.choice((1000, 10 * _MB)))})
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    times = rng.choice((3, 300, 3000))
    names = data[at:end] * times
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, times, times, len(names), at, 0)
    return "zip", data[:at] + names + tail


def _lying(rng: Random) -> tuple[str, bytes]:
    """A zip archive that states other sizes than it has, in one place or in both."""
    data = bytearray(_zeros_and_a_text())
    stated = rng.choice((0, 1, 1000, 2**31, 2**32 - 1))
    for signature, field in rng.choice((((b"PK\x01\x02", 24),), ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)))):
        struct.pack_into("<I", data, data.index(signature) + field, stated)
    return "zip", bytes(data)


@cache
def _zeros_and_a_text() -> bytes:
    return make.packed({"a.txt": bytes(20 * _MB), "b.txt": make.TEXT.encode()})


def _office(rng: Random) -> tuple[str, bytes]:
    """An Office document of which one part unpacks to tens of megabytes of nothing."""
    suffix = rng.choice(list(_PARTS))
    return suffix, _blown_up(suffix, rng.choice(_PARTS[suffix]), rng.choice((5, 60)) * _MB)


@cache
def _blown_up(suffix: str, part: str, size: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(formats.EVERY_FORMAT.get(suffix) or make.FORMATS[suffix])) as package:
        files = {info.filename: package.read(info) for info in package.infolist()}
    files[part] = files.get(part, b"<a>") + b" " * size
    return make.packed(files)


def _entities(rng: Random) -> tuple[str, bytes]:
    """XML whose entities stand for each other, for the whole text many times, or for a file of the machine."""
    form, levels = rng.randrange(3), rng.choice((4, 10, 30))
    if form == 0:
        steps = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, levels))
        declared, used = f'<!ENTITY e0 "全年">{steps}', f"&e{levels - 1};"
    elif form == 1:
        declared, used = f'<!ENTITY e "{"全年" * 30_000}">', "&e;" * 3000
    else:
        address = rng.choice((f"file://{SECRET_FILE}", "http://127.0.0.1:9/a", "file:///dev/zero"))
        declared, used = f'<!ENTITY e SYSTEM "{address}"><!ENTITY % p SYSTEM "{address}"> %p;', "&e;"
    head = f"<?xml version='1.0'?><!DOCTYPE a [{declared}]>"
    suffix = rng.choice(("docx", "odt", "xml", "fodt", "html"))
    if suffix == "docx":
        body = grown.paragraph(grown.run() + grown.run(used))
        with zipfile.ZipFile(io.BytesIO(grown.docx(body))) as package:
            files = {info.filename: package.read(info) for info in package.infolist()}
        files["word/document.xml"] = head.encode() + files["word/document.xml"]
        return suffix, make.packed(files)
    if suffix == "odt":
        with zipfile.ZipFile(io.BytesIO(formats.EVERY_FORMAT["odt"])) as package:
            files = {info.filename: package.read(info) for info in package.infolist()}
        content = files["content.xml"].decode().partition("?>")[2] or files["content.xml"].decode()
        files["content.xml"] = (head + content.replace("全", used, 1)).encode()
        return suffix, make.packed(files)
    text = make.html().decode() if suffix == "html" else formats.EVERY_FORMAT[suffix].decode()
    text = text.partition("?>")[2] if text.startswith("<?xml") else text.replace("<!DOCTYPE html>", "")
    return suffix, (head + text.replace("全", used, 1)).encode()


def _picture(rng: Random) -> tuple[str, bytes]:
    """A picture of a stated size that no memory holds, or of a real one that is large and packs to little."""
    wide, high = rng.choice(
        ((60_000, 60_000), (2**31 - 1, 1), (1, 65_535), (0, 0), (9_000, 9_000), (2**32 - 1, 2**32 - 1))
    )
    form = rng.randrange(6)
    if form == 0:
        rows = zlib.compress(bytes((wide // 8 + 1) * high)) if wide * high < 10**8 else zlib.compress(b"\0" * 9000)
        head = struct.pack(">IIBBBBB", wide, high, 1, 0, 0, 0, 0)
        return "png", b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    if form == 1:
        screen = struct.pack("<HHBBB", wide & 0xFFFF, high & 0xFFFF, 0x80, 0, 0) + bytes(6)
        frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, wide & 0xFFFF, high & 0xFFFF, 0) + b"\x02\x02\x4c\x01\0"
        return "gif", b"GIF89a" + screen + frame * rng.choice((1, 5000)) + b";"
    if form == 2:
        size = struct.pack("<IiiHHIIiiII", 40, wide & 0x7FFFFFFF, high & 0x7FFFFFFF, 1, 24, 0, 0, 0, 0, 0, 0)
        data = b"BM" + struct.pack("<IHHI", 0, 0, 0, 54) + size + bytes(900)
        return "bmp", data
    if form == 3:
        tags = [(256, wide), (257, high), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, high), (279, 90)]
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value & 0xFFFFFFFF) for tag, value in tags)
        following = rng.choice((0, 8))  # 8: the next picture is this one
        return "tif", b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", following) + bytes(90)
    if form == 4:
        frame = struct.pack(">HBHHB", 11, 8, high & 0xFFFF, wide & 0xFFFF, 1) + b"\x01\x11\0"
        return "jpg", b"\xff\xd8\xff\xc0" + frame + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + bytes(400) + b"\xff\xd9"
    canvas = b"VP8X" + struct.pack("<IB3x", 10, 0) + b"\xff\xff\xff" * 2
    return "webp", b"RIFF" + struct.pack("<I", len(canvas) + 4) + b"WEBP" + canvas


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _pdf(rng: Random) -> tuple[str, bytes]:
    """A PDF of pages without end, of pages of miles, of streams that unpack to nothing, or of circles."""
    box = rng.choice(("0 0 595 842", "0 0 1e9 1e9", "0 0 0 0", "-1e38 -1e38 1e38 1e38", "0 0 9999999 1"))
    count = rng.choice((1, 1001, 2**31))
    kids = rng.choice(("3 0 R", "3 0 R " * 3000, "2 0 R", "3 0 R 2 0 R", "9 0 R"))
    words = b"BT /F1 12 Tf 72 700 Td (2023) Tj ET\n"
    drawn = rng.choice(
        (
            *(words, words * 20_000, b"q " * 100_000 + words, b"", b"/X Do\n" * 1000),
            b"[" * 50_000 + words,
        )
    )
    stream = zlib.compress(drawn) if drawn else _packed_spaces()
    filters = "/FlateDecode"
    for _ in range(rng.choice((0, 0, 1, 5))):
        stream, filters = zlib.compress(stream), filters + " /FlateDecode"
    fonts = "<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>".encode(),
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources{fonts}>>".encode(),
        f"<</Length {len(stream)}/Filter[{filters}]>>\nstream\n".encode() + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 6>>\n"
        b"stream\n/X Do\n\nendstream",
    ]
    data, places = b"%PDF-1.7\n", []
    for at, one in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n" % at + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data) if rng.random() < 0.8 else 0
    size, before = len(objects) + 1, rng.choice((b"", b"", b"/Prev %d" % start))
    tail = b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    tail += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, before, start)
    return "pdf", data + tail


@cache
def _packed_spaces() -> bytes:
    return zlib.compress(b" " * (100 * _MB))


def _zip(files: dict[str, bytes], method: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()
