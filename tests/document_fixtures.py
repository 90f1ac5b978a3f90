"""Test documents in every format, made here: one report, and files of bytes that look like what townships publish.

The rar archives are written by `rars`, PDF by `reportlab` with one of the Chinese fonts that every reader brings,
docx by `python-docx`. Nothing writes old Word documents, so `doc` puts the few structures together that [MS-DOC] and
[MS-CFB] ask for: a text in one piece with the marks of its table.
"""

import io
import random
import struct
import zipfile
from collections.abc import Sequence

import docx as word
import rars
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

TITLE = "双溪镇2023年法治政府建设工作报告"
OPENING = (
    "2023年，双溪镇认真贯彻上级部署，把依法办事贯穿各项工作，健全制度、压实责任、强化监督，"
    "各项任务有序推进。现将有关情况报告如下："
)
HEADINGS = ("一、主要做法", "二、下一步打算")
ITEMS = ("组织领导班子集体学法6次，开展执法人员培训3次。", "举办普法讲座9场，发放宣传资料800余份。")
TABLE = (("事项", "受理", "办结"), ("信访", "112", "110"), ("热线", "734", "728"))
PLAN = "下一年，双溪镇将举办法治培训12次。"
SIGNATURE = ("双溪镇人民政府", "2024年1月12日")
LINES = (TITLE, OPENING, HEADINGS[0], *ITEMS, *(" | ".join(row) for row in TABLE), HEADINGS[1], PLAN, *SIGNATURE)
TEXT = "\n".join(LINES) + "\n"


def html(body: str | None = None, head: str = '<meta charset="utf-8">') -> bytes:
    """A page with navigation, the report in the container of a common CMS, and a footer."""
    body = report_html() if body is None else body
    return (
        f"<!DOCTYPE html><html><head>{head}<title>{TITLE}-双溪镇政府网</title></head><body>"
        "<ul class='menu'><li><a href='/'>首页</a></li><li><a href='/zw'>政务公开</a></li></ul>"
        f"<div class='main'>{body}</div><div class='foot'>主办：双溪镇人民政府 电话：12345678</div></body></html>"
    ).encode()


def report_html() -> str:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    items = "".join(f"<p>　　{item}</p>" for item in ITEMS)
    return (
        f"<h1>{TITLE}</h1><div id='zoom'><p>{OPENING}</p><h2>{HEADINGS[0]}</h2>{items}<table>{rows}</table>"
        f"<h2>{HEADINGS[1]}</h2><p>{PLAN}</p><p>{SIGNATURE[0]}<br>{SIGNATURE[1]}</p></div>"
    )


def markdown() -> bytes:
    table = "\n".join("| " + " | ".join(row) + " |" for row in (TABLE[0], ("---",) * 3, *TABLE[1:]))
    items = "\n\n".join(ITEMS)
    return (
        f"# {TITLE}\n\n**{OPENING[:5]}**{OPENING[5:]}\n\n## {HEADINGS[0]}\n\n{items}\n\n{table}\n\n"
        f"## {HEADINGS[1]}\n\n{PLAN}\n\n{SIGNATURE[0]}\n{SIGNATURE[1]}\n"
    ).encode()


def docx() -> bytes:
    document = word.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(OPENING)
    document.add_heading(HEADINGS[0], 1)
    for item in ITEMS:
        document.add_paragraph(item)
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_heading(HEADINGS[1], 1)
    for line in (PLAN, *SIGNATURE):
        document.add_paragraph(line)
    return saved(document)


def saved(document: word.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def tracked(text: str, kind: str) -> OxmlElement:
    """A run inside `w:ins` or `w:del`, as Word tracks a change."""
    change, run = OxmlElement(f"w:{kind}"), OxmlElement("w:r")
    part = OxmlElement("w:delText" if kind == "del" else "w:t")
    part.text = text
    change.set(qn("w:id"), "1")
    run.append(part)
    change.append(run)
    return change


def rtf() -> bytes:
    def written(text: str) -> str:
        return "".join(
            char if char.isascii() else "".join(f"\\'{byte:02x}" for byte in char.encode("gb18030")) for char in text
        )

    rows = "".join(
        "\\trowd\\cellx2000\\cellx4000\\cellx6000 " + "".join(f"{written(cell)}\\cell " for cell in row) + "\\row\n"
        for row in TABLE
    )
    above = "".join(f"{written(line)}\\par\n" for line in (TITLE, OPENING, HEADINGS[0], *ITEMS))
    below = "".join(f"{written(line)}\\par\n" for line in (HEADINGS[1], PLAN, *SIGNATURE))
    return f"{{\\rtf1\\ansi\\ansicpg936\\deff0{{\\fonttbl{{\\f0 SimSun;}}}}\n{above}{rows}{below}}}".encode("ascii")


def pdf(
    pages: Sequence[Sequence[str]] | None = None,
    head: str = "",
    numbers: bool = True,
    password: str | None = None,
    picture: bool = False,
) -> bytes:
    """Pages of lines in Song type, wrapped at 30 characters as official documents are; a tuple makes cells of a row."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    encrypt = StandardEncryption(password, ownerPassword="boss") if password else None
    sheet = canvas.Canvas(stream, pagesize=(595, 842), encrypt=encrypt)
    for number, lines in enumerate(pages if pages is not None else [_wrapped()], start=1):
        if picture:
            sheet.drawInlineImage(_picture(), 50, 100, 400, 600)
        sheet.setFont("STSong-Light", 9)
        if head:
            sheet.drawString(90, 810, head)
        if numbers:
            sheet.drawCentredString(297, 40, f"— {number} —")
        sheet.setFont("STSong-Light", 14)
        for at, line in enumerate(lines):
            for column, cell in enumerate(line.split(" | ")):
                indent = 28 * (cell.startswith("　　"))
                sheet.drawString(90 + indent + 120 * column, 770 - 24 * at, cell.strip())
        sheet.showPage()
    sheet.save()
    return stream.getvalue()


def wrap(text: str) -> list[str]:
    """A paragraph as a page shows it: indented, 30 characters a line."""
    text = "　　" + text
    return [text[at : at + 30] for at in range(0, len(text), 30)]


def _wrapped() -> list[str]:
    lines = [TITLE]
    for line in LINES[1:]:
        lines += [line] if " | " in line else wrap(line)
    return lines


def _picture() -> object:
    from PIL import Image

    return Image.new("L", (20, 30), 200)


def packed(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def packed_rar(files: dict[str, bytes], password: str | None = None) -> bytes:
    """A rar archive (version 5)."""
    builder = rars.RarBuilder(password=password)
    for name, data in files.items():
        builder.add_bytes(data, name)
    return builder.to_bytes()


def doc(text: str = "") -> bytes:
    """An old Word document: one piece of UTF-16 text. As in Word, `\\x07` ends a cell, and one more of them its row."""
    text = text or _doc_text()
    characters, start = text.encode("utf-16-le"), 0x800
    end = start + len(characters)
    page = -(-end // 512)  # where the properties of the paragraphs stand, in pages of 512 bytes
    pieces = b"\x02" + struct.pack("<III", 16, 0, len(text)) + struct.pack("<HIH", 0, start, 0)
    pages = struct.pack("<III", start, end, page)
    fib = bytearray(start)
    struct.pack_into("<HHHHHH", fib, 0, 0xA5EC, 0x00C1, 0, 0x0804, 0, 0x0200)  # Word 97, Chinese, the table stream is 1
    for at, words in ((32, 14), (62, 22), (152, 93)):  # lengths of the three parts of the head
        struct.pack_into("<H", fib, at, words)
    struct.pack_into("<I", fib, 64, end)
    struct.pack_into("<I", fib, 76, len(text))
    struct.pack_into("<II", fib, 154 + 13 * 8, len(pieces), len(pages))  # where in the table stream the pages stand
    struct.pack_into("<II", fib, 154 + 33 * 8, 0, len(pieces))  # and the pieces of the text
    content = (bytes(fib) + characters).ljust(page * 512, b"\0") + _paragraphs(text, start)
    return compound({"WordDocument": content, "1Table": pieces + pages})


def _paragraphs(text: str, start: int) -> bytes:
    """The page with the properties of the paragraphs: which of them are cells, and which end a row."""
    ends = [at + 1 for at, char in enumerate(text) if char in "\r\x07"]
    page = bytearray(512)
    struct.pack_into(f"<{len(ends) + 1}I", page, 0, start, *(start + 2 * end for end in ends))
    cell = struct.pack("<BHHBHI", 6, 0, 0x2416, 1, 0x6649, 1)  # in a table, at its first depth
    # the same, the end of a row, and the row's three cells
    row = struct.pack("<BHHBHBHIHHB4h", 14, 0, 0x2416, 1, 0x2417, 1, 0x6649, 1, 0xD608, 10, 3, 0, 2000, 4000, 6000)
    page[498:510], page[468:496] = cell, row
    for number, end in enumerate(ends):
        is_row = text[end - 2 : end] == "\x07\x07"
        page[4 * (len(ends) + 1) + 13 * number] = (234 if is_row else 249) if text[end - 1] == "\x07" else 0
    page[511] = len(ends)
    return bytes(page)


def _doc_text() -> str:
    rows = "".join("\x07".join(row) + "\x07\x07" for row in TABLE)
    above = "\r".join((TITLE, OPENING, HEADINGS[0], *ITEMS))
    return f"{above}\r{rows}" + "\r".join((HEADINGS[1], PLAN, *SIGNATURE)) + "\r"


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (OLE) of streams, each padded to the size from which no mini stream is needed."""
    free, end, is_fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    table, sectors, entries = [is_fat, end], [b""], []
    for name, content in streams.items():
        content = content.ljust(-(-max(len(content), 4096) // 512) * 512, b"\0")
        first, blocks = len(table), len(content) // 512
        table += [*range(first + 1, first + blocks), end]
        sectors += [content[at : at + 512] for at in range(0, len(content), 512)]
        entries.append((name, 2, first, len(content)))
    directory = _entry("Root Entry", 5, end, 0, 1) + b"".join(
        _entry(name, kind, first, size, -1 if at + 1 == len(entries) else at + 2, right=True)
        for at, (name, kind, first, size) in enumerate(entries)
    )
    sectors[0] = directory.ljust(512, b"\0")
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        1,
        0,
        4096,
        end,
        0,
        end,
        0,
    )
    head += struct.pack("<109I", 0, *[free] * 108)
    return head + struct.pack("<128I", *table, *[free] * (128 - len(table))) + b"".join(sectors)


def _entry(name: str, kind: int, first: int, size: int, link: int, right: bool = False) -> bytes:
    none, coded = 0xFFFFFFFF, name.encode("utf-16-le") + b"\0\0"
    sibling = link if right and link >= 0 else none
    child = link if not right else none
    head = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, none, sibling, child)
    return head.ljust(116, b"\0") + struct.pack("<IQ", first, size)


FORMATS = {
    "txt": TEXT.encode(),
    "html": html(),
    "md": markdown(),
    "pdf": pdf(),
    "docx": docx(),
    "doc": doc(),
    "rtf": rtf(),
}


def mutations(seed: int, count: int) -> list[tuple[str, bytes]]:
    """(name, bytes) of `count` damaged files, all formats in turn: cut off, bits flipped, stretches lost, doubled or
    swapped with another format's, under wrong names, and in archives within archives."""
    rng = random.Random(seed)
    sources = {
        **FORMATS,
        "zip": packed({"a.docx": FORMATS["docx"], "b.html": html()}),
        "rar": packed_rar({"a.txt": b"a"}),
    }
    names = list(sources)
    files = []
    for number in range(count):
        kind = names[number % len(names)]
        data = _damaged(bytearray(sources[kind]), rng, sources[rng.choice(names)])
        for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
            data = rng.choice((packed, packed_rar))({f"内/{number}.{kind}": data})
        files.append((f"{number:05}.{rng.choice((kind, kind, *names, 'bin'))}", data))
    return files


def _damaged(data: bytearray, rng: random.Random, other: bytes) -> bytes:
    how = rng.randrange(6)
    at = rng.randrange(len(data))
    if how == 0:
        return bytes(data[:at])
    if how == 1:
        for _ in range(rng.choice((1, 3, 20, 200))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif how == 2:
        del data[at : at + rng.randrange(1, 400)]
    elif how == 3:
        data[at:at] = data[at : at + rng.randrange(1, 400)]
    elif how == 4:
        data[at:] = other[rng.randrange(len(other)) :]
    else:
        data[at : at + 40] = rng.randbytes(40)
    return bytes(data)
