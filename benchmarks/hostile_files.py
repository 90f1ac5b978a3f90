"""Hostile files: what damages, misleads or overwhelms a program that reads whatever lies in a folder.

`hostile_files` gives as many as are wanted; file number i of a seed depends on the seed and i alone. The makers of good
files and of growing ones are those of the tests (tests/fixtures); archives and pictures that unpack to far more than
they hold are in benchmarks.hostile_bombs, names and what is no file in benchmarks.hostile_names.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from benchmarks.corpus import generate, units_by_province
from benchmarks.hostile_bombs import bomb
from benchmarks.hostile_file import FIXTURES, Hostile, Maker
from benchmarks.hostile_names import named

sys.path.append(str(FIXTURES))  # as pytest does for the tests

import document_fixtures as make
import format_fixtures as formats
import grown_fixture as grown

#: Good reports: the first ones of the corpus, each of another province. Hostile files are made of reports of the other
#: provinces, as a second report of a good one's unit and year would rightly change its figures.
GOOD = 20
_LARGEST = 3_000_000  # bytes of a file that repeats one structure
_WORDS = "法治政府建设情况的报告全年开展培训次人件年镇街道"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"+/v8", b"\x84\x31\x95\x33")
_CHARSETS = (
    *("gbk", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-7", "hz"),
    *("shift_jis", "euc_kr", "euc_jp", "iso2022_jp", "latin-1", "cp437", "utf-8"),
)
_TAGS = (
    *("div", "div class=content", "div id=zoom", "div style='display:none'", "table", "tr", "td", "ul", "li", "ol"),
    *("span", "blockquote", "p", "b", "a", "font", "form", "svg", "math", "select", "dl", "dd", "section", "center"),
)


def mutated(rng: Random, number: int) -> Hostile:
    """A good file of some format that is damaged, now and then packed or under the name of another format."""
    kind = rng.choice(list(formats.EVERY_FORMAT))
    data = formats.damaged(kind, rng)
    if rng.random() < 0.2:
        data = make.damaged(bytearray(data), rng, data) if data else data
    for _ in range(rng.choice((0, 0, 0, 0, 0, 1, 2, 5))):
        data = rng.choice((make.packed, make.packed_rar, make.packed_tar))({f"内/{number}.{kind}": data})
    suffix = rng.choice((kind, kind, kind, *formats.EVERY_FORMAT, "bin"))
    return Hostile("mutations", f"{number:05}.{suffix}".encode(), data)


def damaged_report(rng: Random, number: int) -> Hostile:
    """The text of a good report, of which something is lost, doubled or changed."""
    data = _report(number).encode()
    for _ in range(rng.choice((1, 1, 3, 10))):
        data = make.damaged(bytearray(data), rng, make.TEXT.encode()) or b" "
    return Hostile("damaged reports", f"{number:05}.txt".encode(), data)


def repeated(rng: Random, number: int) -> Hostile:
    """A file in which one structure is repeated, up to some tens of thousands of times."""
    name = rng.choice(list(grown.GROWN))
    times = int(10 ** rng.uniform(1, 4.5))
    if "table of columns" in name:  # the square of it is written
        times = min(times, 1000)
    data = grown.GROWN[name](times)
    while len(data) > _LARGEST:
        times //= 4
        data = grown.GROWN[name](times)
    return Hostile("repetition", f"{number:05}.{name.partition(':')[0].replace(' ', '_')}".encode(), data)


def nested(rng: Random, number: int) -> Hostile:
    """Structures of several sorts within each other, closed or not."""
    depth = int(10 ** rng.uniform(1, 4.5))
    form = rng.randrange(8)
    if form < 2:
        tags = [rng.choice(_TAGS) for _ in range(rng.choice((2, 5, 20)))]
        inner = f"<p>{make.ITEMS[0]}</p>"
        opened = "".join(f"<{tags[at % len(tags)]}>" + (inner if form else "") for at in range(depth))
        closed = "".join(f"</{tags[at % len(tags)].partition(' ')[0]}>" for at in reversed(range(depth)))
        return _of("nesting", number, "html", make.html(opened + inner + rng.choice((closed, closed[: depth * 3], ""))))
    if form == 2:
        steps = [rng.choice(("[", '{"content":', '{"a":[', '[{"title":"甲","b":')) for _ in range(depth)]
        closed = "".join("]" if step == "[" else "]}" if step.endswith("[") else "}" for step in reversed(steps))
        closed = closed if rng.random() < 0.7 else closed[: depth // 2]
        return _of("nesting", number, "json", ("".join(steps) + json.dumps(make.OPENING * 2) + closed).encode())
    if form == 3:
        return _of("nesting", number, "eml", _mail(rng, min(depth, 300)))
    if form == 4:
        marks = "".join(rng.choice(("> ", "- ", "1. ", "* ", "    ", "\t")) for _ in range(min(depth, 5000)))
        return _of("nesting", number, "md", f"# {make.TITLE}\n\n## 一\n\n{marks}{make.ITEMS[0]}\n{marks}甲\n".encode())
    if form == 5:
        groups = "".join(
            rng.choice(("{\\b ", "{", "{\\shp{\\shptxt ", "{\\footnote ", "{\\*\\a ")) for _ in range(depth)
        )
        closed = "}" * groups.count("{") if rng.random() < 0.7 else ""
        return _of("nesting", number, "rtf", make.rtf()[:-1] + groups.encode() + b"\\'c8\\'ab" + closed.encode() + b"}")
    if form == 6:
        pairs = [
            ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
            ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
            ("<w:p><w:r><w:pict><v:textbox><w:txbxContent>", "</w:txbxContent></v:textbox></w:pict></w:r></w:p>"),
            ("<w:ins>", "</w:ins>"),
        ]
        steps = [rng.choice(pairs) for _ in range(min(depth, rng.choice((60, 250, 5000))))]
        body = "".join(a for a, _ in steps) + grown.paragraph(grown.run()) + "".join(b for _, b in reversed(steps))
        return _of("nesting", number, "docx", grown.docx(body))
    data, kind = rng.choice((make.docx(), make.html(), formats.EVERY_FORMAT["eml"])), "bin"
    for _ in range(rng.randint(1, 9)):
        pack, kind = rng.choice(_PACKERS)
        data = pack({f"内/{number}.{kind}": data})
    return _of("nesting", number, kind, data)


_PACKERS = (
    *((make.packed, "zip"), (make.packed_rar, "rar"), (make.packed_tar, "tar")),
    *((lambda files: make.packed_tar(files, "w:gz"), "tgz"), (make.packed_7z, "7z")),
)


def encoded(rng: Random, number: int) -> Hostile:
    """A report in a charset that is wrong, mixed, declared otherwise or broken."""
    text = rng.choice((_report(number), make.TEXT))
    form, charset, other = rng.randrange(9), rng.choice(_CHARSETS), rng.choice(_CHARSETS)
    data = text.encode(charset, rng.choice(("replace", "ignore")))
    if form == 0:
        data = rng.choice(_BOMS) + data
    elif form == 1:
        at = rng.randrange(len(text))
        data = text[:at].encode(charset, "replace") + text[at:].encode(other, "replace")
    elif form == 2:
        data = data.decode(other, "replace").encode("utf-8", "replace")
    elif form == 3:
        every = rng.choice((1, 2, 7, 50, 1000))
        data = b"".join(
            data[at : at + every] + rng.choice((b"\0", b"\0", b"\x0b", b"\xff")) for at in range(0, len(data), every)
        )
    elif form == 4:
        data = make.html(make.report_html(), f'<meta charset="{rng.choice((*_CHARSETS, "x-none", "%s", ""))}">')
        data = data.decode().encode(charset, "replace")
    elif form == 5:
        declared = f"Content-Type: text/plain; charset={rng.choice((*_CHARSETS, 'x-none'))}\r\n".encode()
        coding = rng.choice((b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"none"))
        head = b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + declared
        body = base64.encodebytes(data) if rng.random() < 0.5 else data
        data = head + b"Content-Transfer-Encoding: " + coding + b"\r\n\r\n" + body
    elif form == 6:
        pieces = (b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xef\xbf\xbe")
        for _ in range(rng.choice((1, 20, 300))):
            at = rng.randrange(len(data))
            data = data[:at] + rng.choice(pieces) + data[at:]
    elif form == 7:
        marks = "\u202e\u200b\ufeff\u2028\u0301\U000e0041\ufffd\x1b\x07\x85\u3000"
        data = "".join(char + (rng.choice(marks) if rng.random() < 0.3 else "") for char in text).encode()
    else:
        data = "".join(rng.choice(_WORDS) for _ in range(rng.choice((10, 5_000, 200_000)))).encode(charset, "replace")
    suffix = {4: "html", 5: "eml"}.get(form, "txt")
    return _of("encodings", number, suffix, data)


def counted(rng: Random, number: int) -> Hostile:
    """A report of a real unit with figures that nobody can have, or with far too many."""
    lines = _report(number).splitlines()
    for _ in range(rng.choice((1, 3, 10))):
        lines.insert(rng.randrange(2, len(lines)), _absurd(rng))
    if rng.random() < 0.1:
        year = rng.choice(("9999", "2064", "0001", "20230", "二〇九九"))
        lines[0] = lines[0].replace("20", year, 1)
    return _of("numbers", number, "txt", "\n".join(lines).encode())


def _absurd(rng: Random) -> str:
    times = int(10 ** rng.uniform(1, 3.7))
    digits = rng.choice("123456789") + "".join(rng.choice("0123456789") for _ in range(times))
    written = rng.choice(
        (
            *(
                digits[:400],
                digits[:30],
                f"1{'0' * 308}",
                f"{digits[:3]}.{digits}",
                f"1e{digits[:3]}",
                f"-{digits[:8]}",
            ),
            ",".join(digits[at : at + 3] for at in range(0, min(len(digits), 400), 3)),
            *(
                "亿" * times,
                "九千九百九十九万" * (times // 9 + 1),
                "〇" * times,
                "一" * times,
                "两" * times,
                "①②③" * times,
            ),
            *(
                "1.2.3.4" * times,
                "３" * 20,
                "٣٤٥",
                "1/0",
                "0/0",
                "NaN",
                "inf",
                "1亿亿亿",
                "0x7f",
                "½",
                "10^16",
                "1～9" * times,
            ),
            *(f"{digits[:16]}万亿", f"{digits[:12]}.{digits[:12]}万"),
        )
    )
    form = rng.choice(
        (
            *("全年开展法治培训{n}次。", "罚款{n}元。", "全镇有行政执法人员{n}名。", "信访事项办结率{n}%。"),
            *("受理信访件{n}件,办结{n}件,办结率{n}%。", "2024年{n}月{n}日举办讲座{n}场。", "第{n}条", "{n}", "({n})"),
            "其中:{n}件、{n}件、{n}件。",
        )
    )
    sentence = form.format(n=written)[:20_000]
    if rng.random() < 0.2:
        return "、".join(f"{rng.randrange(10**6)}{rng.choice('件次人份场')}" for _ in range(times))
    if rng.random() < 0.1:
        return "\n".join(f"事项{at} | {rng.randrange(900)} | {rng.randrange(900)}%" for at in range(times // 2))
    return sentence


def misled(rng: Random, number: int) -> Hostile:
    """A report with a sidecar that is no sidecar, or that says what cannot be."""
    address = rng.choice(
        (
            *(
                "http://www.gov.cn/" + "甲" * 5000,
                "javascript:alert(1)",
                "file:///etc/passwd",
                "http://[::1",
                "http://",
            ),
            *("http://a.gov.cn\r\nX: y", "=cmd|' /C calc'!A0", "\ud800", "a\0b", "http://1.2.3.4:99999999/", "%" * 500),
            " ".join(f"http://a{at}.gov.cn/" for at in range(5000)),
        )
    )
    moment = rng.choice(
        (
            *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "yesterday", "2024-13-45", "2" * 5000),
            *("2024-01-01T00:00:00.123456789123Z", "", "NaN", "２０２４-01-01"),
        )
    )
    fields = {"url": address, "fetched_at": moment, "source_id": rng.choice(("shipu", "'; --", "甲" * 9000, ""))}
    odd = rng.choice((None, 5, 1e308, [], {}, [address] * 3000, {"a": {"b": []}}, True, -0.0))
    wrong = {**fields, rng.choice(list(fields)): odd}
    depth = int(10 ** rng.uniform(1, 4.5))
    sidecar = rng.choice(
        (
            *(json.dumps(fields).encode(), json.dumps(fields).encode(), json.dumps(wrong).encode()),
            *(b"", b"{", b"not json", b"[]", b"5", b"null", b'"a"', b"NaN", b"{}" * 9, b"\0" * 90, rng.randbytes(300)),
            *(json.dumps(fields).encode("utf-16"), b"\xef\xbb\xbf" + json.dumps(fields).encode(), b"[" * depth),
            *(b'{"url":' * depth + b"1" + b"}" * depth, b'{"url": ' + b"9" * 6000 + b"}", b" " * 1_000_001),
            b"{" + b",".join(b'"url": "http://a.gov.cn/%d"' % at for at in range(depth)) + b"}",
        )
    )
    text = _report(number) if rng.random() < 0.7 else make.TEXT
    return replace(_of("sidecars", number, "txt", text.encode()), sidecar=sidecar)


def _mail(rng: Random, depth: int) -> bytes:
    """A mail of parts within parts, or of mails within mails."""
    part = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + make.TEXT.encode()
    is_packed = rng.random() < 0.3
    for at in range(min(depth, 12) if is_packed else depth):
        if is_packed:  # each level makes it a third larger
            packed = base64.encodebytes(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + part)
            part = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed
        elif rng.random() < 0.3:
            part = b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nMIME-Version: 1.0\r\n" + part
        else:
            cut = b"cut%d" % at
            part = b'Content-Type: multipart/mixed; boundary="' + cut + b'"\r\n\r\n--' + cut + b"\r\n" + part
            part += b"\r\n--" + cut + rng.choice((b"--", b"--", b"")) + b"\r\n"
    return b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + part


def _of(kind: str, number: int, suffix: str, data: bytes) -> Hostile:
    return Hostile(kind, f"{number:05}.{suffix}".encode(), data)


def _report(number: int) -> str:
    """The text of a generated report of a real unit in a province without a good report."""
    provinces = len(units_by_province())
    return next(generate(1, 1, (number + 1) * provinces + GOOD + number % (provinces - GOOD))).text


def _named(rng: Random, number: int) -> Hostile:
    return named(rng, number, _report(number).encode())


#: The makers and how many of a hundred files each of them makes.
MAKERS: dict[Maker, int] = {
    mutated: 38,
    damaged_report: 6,
    repeated: 16,
    nested: 9,
    bomb: 6,
    _named: 8,
    encoded: 7,
    counted: 5,
    misled: 5,
}


def hostile_files(count: int, seed: int, first: int = 0) -> Iterator[Hostile]:
    """Hostile files number `first` to `first + count` of a seed."""
    for number in range(first, first + count):
        rng = Random(f"hostile:{seed}:{number}")
        (maker,) = rng.choices(list(MAKERS), list(MAKERS.values()))
        yield maker(rng, number)
