"""Web archives and mails: the page in them, its address, its title, and when a mail was sent."""

import base64
import io
import quopri
import random
from email import message_from_bytes
from email.header import Header

import document_fixtures as make
import pytest
from PIL import Image

from pipelines.read.document import ReadError, ScansWantedError
from pipelines.read.formats.mail_attachments import attachments_of
from pipelines.read.reader import page_picture, read_bytes
from pipelines.read.scans.scanned_page import ScannedPage, ScannedRow

TITLE = "河口镇2023年法治政府建设情况报告"
BODY = "2023年，河口镇深入推进法治政府建设，全年开展普法讲座26场，参加人员1350人次，调解纠纷318件。"
PAGE = f"<html><head><title>{TITLE}</title></head><body><div id='zoom'><p>{BODY}</p></div></body></html>"
CHROME = (
    "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://www.hekou.example/1.html\r\n"
    "Subject: =?utf-8?B?{}?=\r\n"
)
DATE = "Date: Mon, 15 Jan 2024 10:00:00 +0800\r\n"


def part(content: bytes, kind: str, coding: str = "base64", more: str = "") -> bytes:
    encoded = base64.encodebytes(content) if coding == "base64" else quopri.encodestring(content)
    head = f"--cut\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n{more}\r\n"
    return head.encode() + encoded.replace(b"\n", b"\r\n") + b"\r\n"


def whole(head: str, *parts: bytes, kind: str = "related") -> bytes:
    opening = f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/{kind};\r\n\tboundary="cut"\r\n\r\n'
    return opening.encode() + b"".join(parts) + b"--cut--\r\n"


@pytest.mark.parametrize("coding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "big5"])
@pytest.mark.parametrize("head", [CHROME.format(base64.b64encode(TITLE.encode()).decode()) + DATE, ""])
def test_the_page_in_a_web_archive(coding: str, charset: str, head: str) -> None:
    page = PAGE if charset != "big5" else "".join({"镇": "鎮"}.get(char, char) for char in PAGE)
    content = page.encode(charset, "ignore")
    location = "Content-Location: http://www.hekou.example/1.html\r\n"
    picture = part(b"\x89PNG" * 20, "image/png")
    data = whole(head, part(content, f'text/html; charset="{charset}"', coding, location), picture)
    document = read_bytes(data, "a.mht")
    assert "1350" in document.text
    assert ("网址", "http://www.hekou.example/1.html") in document.fields
    if charset != "big5":
        assert document.text == f"{TITLE}\n{BODY}\n"
    assert "发布日期" not in dict(document.fields)  # the day of saving is no day of publication


def test_a_mail_gives_its_page_its_subject_and_its_day() -> None:
    subject = base64.b64encode(TITLE.encode("gb2312")).decode()
    head = f"Received: from a by b\r\nFrom: a@b.example\r\nSubject: =?gb2312?B?{subject}?=\r\n"
    plain, page = part("见附件".encode(), "text/plain; charset=utf-8"), part(PAGE.encode(), "text/html; charset=utf-8")
    document = read_bytes(whole(head + DATE, plain, page, kind="alternative"), "a.eml")
    assert document.text == f"{TITLE}\n{BODY}\n"
    assert document.fields == (("标题", TITLE), ("发布日期", "2024-01-15"))


def test_a_mail_of_plain_text() -> None:
    head = "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n" + DATE + "Content-Transfer-Encoding: 8bit\r\n\r\n"
    document = read_bytes(head.encode() + f"{TITLE}\r\n{BODY}\r\n".encode("gb18030"), "a.eml")
    assert document.text == f"{TITLE}\n{BODY}\n"


def test_a_mail_without_a_text_is_empty_and_a_text_with_colons_is_no_mail() -> None:
    with pytest.raises(ReadError) as refusal:
        read_bytes(whole("From: a@b.example\r\n", part(b"\x89PNG" * 20, "image/png")), "a.eml")
    assert refusal.value.code == "empty"
    text = f"To: all\nFrom: us\n\n{TITLE}\n{BODY}\n"
    assert read_bytes(text.encode(), "a.txt").text == text


LETTER = "各位领导：现将我镇2023年法治政府建设工作报告报送贵局，请审阅。".encode()
FROM = "From: a@b.example\r\n" + DATE


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    written = Header(name, "gb2312").encode()
    return part(content, kind, more=f'Content-Disposition: attachment; filename="{written}"\r\n')


def code(data: bytes) -> tuple[str, str]:
    with pytest.raises(ReadError) as refusal:
        read_bytes(data, "a.eml")
    return refusal.value.code, refusal.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("报告.docx", make.docx()),
        ("报告.doc", make.doc()),
        ("报告.pdf", make.pdf()),
        ("报告.zip", make.packed({"内/报告.docx": make.docx(), "Thumbs.db": b"x"})),
        ("报告.7z", make.packed_7z({"报告.txt": make.TEXT.encode()})),
    ],
    ids=["docx", "doc", "pdf", "zip", "7z"],
)
def test_the_report_attached_to_a_letter_is_read(name: str, content: bytes) -> None:
    letter = part(LETTER, "text/plain; charset=utf-8")
    logo = attached("logo.png", b"\x89PNG" * 20, "image/png")
    document = read_bytes(whole(FROM, letter, logo, attached(name, content), kind="mixed"), "a.eml")
    assert make.ITEMS[0] in document.text and "请审阅" not in document.text
    assert ("发布日期", "2024-01-15") in document.fields


def test_a_report_in_a_mail_is_read_whatever_is_attached() -> None:
    report = part((f"{TITLE}\n" + BODY * 20).encode(), "text/plain; charset=utf-8")
    assert TITLE in read_bytes(whole(FROM, report, attached("附表.docx", make.docx()), kind="mixed"), "a.eml").text


def test_several_attachments_and_unreadable_ones_are_named() -> None:
    letter = part(LETTER, "text/plain; charset=utf-8")

    def mail(*files: bytes) -> bytes:
        return whole(FROM, letter, *files, kind="mixed")

    docx = attached("甲.docx", make.docx())
    assert read_bytes(mail(docx, attached("同.pdf", make.pdf())), "a.eml").text == make.TEXT
    other = make.pdf([[make.TITLE.replace("2023", "2022"), make.OPENING[:30]]])
    assert code(mail(docx, attached("乙.pdf", other))) == (
        *("several", "found a mail with 2 attached texts, expected one report; save each alone: 甲.docx, 乙.pdf"),
    )
    assert code(mail(attached("a.zip", make.packed({"b.txt": b"b", "c.txt": b"c"}))))[0] == "several"
    assert code(mail(attached("乙.pdf", make.pdf(password="x"))))[0] == "encrypted"
    assert code(mail(attached("a.zip", make.packed_rar({"b.txt": b"b"})[:30])))[0] == "broken"
    assert code(mail(attached("a.bin", bytes(range(256)) * 8), attached("b.bin", b"\x00" * 99)))[0] == "attachment"
    assert make.ITEMS[0] in read_bytes(mail(docx, attached("b.bin", bytes(range(256)) * 8)), "a.eml").text
    long = attached("长.txt", (make.TEXT + BODY * 20).encode())
    assert BODY in read_bytes(mail(docx, long), "a.eml").text


def scan(width: int) -> bytes:
    stream = io.BytesIO()
    Image.frombytes("L", (width, 400), random.Random(1).randbytes(width * 400)).save(stream, "PNG")
    return stream.getvalue()


def illustrated(body: str, *heads: str, kind: str = "text/html; charset=utf-8", head: str = "") -> bytes:
    """A mail with a body and pictures of growing width, each with lines of its head."""
    pictures = (part(scan(400 + at), "image/png", more=more) for at, more in enumerate(heads))
    subject = f"Subject: =?utf-8?B?{base64.b64encode(TITLE.encode()).decode()}?=\r\n"
    return whole(f"From: a@b.example\r\n{subject}{DATE}{head}", part(body.encode(), kind), *pictures)


WEB = "Content-Location: http://www.hekou.example/p.aspx?a={}&b=2\r\n"
SAVED = "Content-Location: file:///C:/1/%E6%8A%A5%E5%91%8A.files/image00{}.png\r\n"
ATTACHED = "Content-Disposition: attachment; filename={}.png\r\n"


@pytest.mark.parametrize(
    ("data", "widths"),
    [
        (
            illustrated(
                f"<h1>{TITLE}</h1><img src='http://www.hekou.example/p.aspx?a=2&amp;b=2'>",
                *(WEB.format(at) for at in range(3)),
                head="Snapshot-Content-Location: http://www.hekou.example/1.html\r\n",
            ),
            [402],
        ),
        (
            illustrated(
                f"<html><body><p>{TITLE}</p><img src='报告.files/image001.png'><img src='报告.files/image002.png'>"
                "</body></html>",
                *(SAVED.format(at) for at in (2, 1)),
            ),
            [401, 400],
        ),
        (illustrated(f"{TITLE}<br><img src='cid:b@1'>", "Content-ID: <a@1>\r\n", "Content-ID: <b@1>\r\n"), [401, 400]),
        (illustrated("<p>请查收，见附图。</p>", ATTACHED.format(1), ATTACHED.format(2)), [400, 401]),
        (
            illustrated("您好：\r\n现将报告发给你们，请查收。", ATTACHED.format(1), kind="text/plain; charset=utf-8"),
            [400],
        ),
        (illustrated("", ATTACHED.format(1)), [400]),
    ],
)
def test_a_mail_or_web_archive_of_pictures_is_read_by_character_recognition(data: bytes, widths: list[int]) -> None:
    with pytest.raises(ScansWantedError) as wanted:
        read_bytes(data, "a.eml")
    assert wanted.value.pages == tuple(range(1, len(widths) + 1))
    shown = [Image.open(io.BytesIO(page_picture(data, "a.eml", page))).width for page in wanted.value.pages]
    assert shown == widths
    row = ScannedRow((BODY,), ((0.99,) * len(BODY),), 20, 380, 100, 130, 20)
    document = read_bytes(data, "a.eml", {page: ScannedPage((row,), 400, 400) for page in wanted.value.pages})
    assert BODY in document.text and dict(document.fields)["标题"] == TITLE


def test_pictures_beside_a_text_and_drawings_are_left_aside() -> None:
    assert read_bytes(illustrated(PAGE, ATTACHED.format(1)), "a.eml").text == f"{TITLE}\n{BODY}\n"
    drawing = part(b"<svg/>" * 500, "image/svg+xml", more=ATTACHED.format(1))
    data = whole(f"From: a@b.example\r\n{DATE}", part(TITLE.encode(), "text/plain; charset=utf-8"), drawing)
    assert code(data)[0] == "shell"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("=?utf-8?B?5oql5ZGKLmRvY3g=?=", "报告.docx"),
        ("=?no-such?B?YS5kb2N4?=", "=?no-such?B?YS5kb2N4?="),  # a charset that nobody knows
        ("=?utf-8?B?a?=", "=?utf-8?B?a?="),  # base64 that was cut off
        ("a.docx", "a.docx"),
    ],
)
def test_a_name_that_cannot_be_decoded_stays_as_it_is_written(written: str, name: str) -> None:
    head = f'Content-Disposition: attachment; filename="{written}"\r\n'
    file = part(b"content", "application/octet-stream", more=head)
    assert attachments_of(message_from_bytes(whole(FROM, file, kind="mixed"))) == [(name, b"content")]


def test_a_subject_that_is_damaged_loses_no_report() -> None:
    """Its base64 was cut off, which the standard library takes for an error."""
    head = f"From: a@b.example\r\nSubject: =?utf-8?B?a?=\r\n{DATE}"
    document = read_bytes(whole(head, part(f"{TITLE}\r\n{BODY}\r\n".encode(), "text/plain; charset=utf-8")), "a.eml")
    assert document.text == f"{TITLE}\n{BODY}\n"
    assert document.fields == (("发布日期", "2024-01-15"),)
