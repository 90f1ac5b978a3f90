"""Documents that hold a title and no text: what they point to, or that they are pictures."""

import base64
import io

import document_fixtures as make
import docx as word
import ofd_fixture as ofd
import pytest
import workbook_fixture as workbook
from opendocument_fixture import odt, paragraph
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from pipelines.read.document import Document, ReadError, ScansWantedError
from pipelines.read.formats import docx
from pipelines.read.reader import read_bytes
from pipelines.read.scans.scanned_page import ScannedPage, ScannedRow
from pipelines.read.shell import has_text, names_report, no_text, refuse_shell

HEADING = f"<h1>{make.TITLE}</h1>"


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("<div id='zoom'><p>附件：<a href='P02.pdf'>" + make.TITLE + ".pdf</a></p></div>", "shell", "P02.pdf"),
        ("<p>请点击<a href='/a/b.docx?x=1'>下载</a></p>", "shell", "/a/b.docx"),
        ("<iframe src='/content/12.html'></iframe>", "shell", "/content/12.html"),
        ("<div id='zoom'><img src='/a.png'><img src='/b.png'></div>", "needs_ocr", "2 pictures"),
        ("<div id='zoom'>{{article.content}}</div>", "shell", "template"),
        ("<div id='zoom' data-content='...'></div>", "shell", "script"),
    ],
)
def test_a_page_without_a_text(body: str, code: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        read_bytes(f"<!DOCTYPE html><html><body>{HEADING}{body}</body></html>".encode(), "a")
    assert caught.value.code == code


def test_a_report_with_an_attachment_is_a_report() -> None:
    page = make.html(make.report_html() + "<p>附件：<a href='a.pdf'>清单.pdf</a></p><img src='/seal.png'>")
    assert make.OPENING in read_bytes(page, "a").text


@pytest.mark.parametrize("lines", [(), (make.TITLE,), (make.TITLE, *make.SIGNATURE)])
def test_a_word_document_of_pictures(lines: tuple[str, ...]) -> None:
    document, picture, file = word.Document(), io.BytesIO(), io.BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    for line in lines:
        document.add_paragraph(line)
    document.add_picture(picture)
    document.save(file)
    with pytest.raises(ReadError) as caught:
        read_bytes(file.getvalue(), "a")
    assert caught.value.code == "needs_ocr"


@pytest.mark.parametrize(
    ("inner", "code", "words"),
    [
        ("{\\field{\\*\\fldinst SHAPE }{\\fldrslt}}", "shell", "a drawing that the file does not hold"),
        ("{\\pict\\pngblip 8950}", "needs_ocr", "1 pictures"),
        ("", "shell", "title without text"),
    ],
)
def test_rich_text_of_a_title(inner: str, code: str, words: str) -> None:
    title = "".join(f"\\u{ord(char)}?" for char in make.TITLE)
    with pytest.raises(ReadError, match=words) as caught:
        read_bytes(f"{{\\rtf1\\ansi {title}\\par {inner}\\par}}".encode(), "a")
    assert caught.value.code == code


def test_an_old_word_document_of_a_title() -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(make.doc(f"{make.TITLE}\r{make.SIGNATURE[0]}\r{make.SIGNATURE[1]}\r"), "a")
    assert caught.value.code == "shell"


LONG = "，".join(("下载附件并向社会公开制度" * 2, "双溪镇各村各站所全年推进依法办事" * 3, "各项工作有序开展" * 4))
TITLE_PARTS = {
    "title": (make.TITLE,),
    "dated": (make.TITLE, "发布时间：2024-01-12 09:12　来源：双溪镇人民政府"),
    "signed": (make.TITLE, *make.SIGNATURE),
    "attached": (make.TITLE, "附件：双溪镇法治政府建设工作报告.docx", *make.SIGNATURE),
    "announced": (make.TITLE + "（全文）", "现将双溪镇2023年法治政府建设工作报告予以公布，请点击附件查看。"),
    "handed over": (make.TITLE, "现将工作报告1份予以公布，请予审阅。欢迎监督。"),
}
WRITERS = {
    "txt": lambda lines: "\r\n".join(lines).encode("gb18030"),
    "md": lambda lines: ("# {}\n\n## 正文\n\n{}\n\n![](1.png)\n".format(lines[0], "\n\n".join(lines[1:]))).encode(),
    "pdf": lambda lines: make.pdf([lines]),
    "xlsx": lambda lines: workbook.xlsx({"一": [[line] for line in lines]}),
    "ofd": lambda lines: ofd.ofd([line[at : at + 30] for line in lines for at in range(0, len(line), 30)]),
    "odt": lambda lines: odt("".join(map(paragraph, lines))),
    "doc": lambda lines: make.doc("".join(f"{line}\r" for line in lines)),
    "eml": lambda lines: (
        b"Subject: =?utf-8?b?" + base64.b64encode(lines[0].encode()) + b"?=\nFrom: a@example.cn\nMIME-Version: 1.0\n"
        b"Content-Type: text/plain; charset=utf-8\n\n" + "\n".join(("见附件。", *lines[1:])).encode()
    ),
}


@pytest.mark.parametrize("lines", TITLE_PARTS.values(), ids=TITLE_PARTS)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_title_alone_is_a_shell_in_every_format(kind: str, lines: tuple[str, ...]) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(WRITERS[kind](lines), "a")
    assert caught.value.code == "shell", str(caught.value)
    assert ("双溪镇法治政府建设工作报告.docx" in caught.value.message) == (lines is TITLE_PARTS["attached"])


@pytest.mark.parametrize(
    "more",
    [
        (make.OPENING,),
        ("全年调解纠纷8件。",),
        ("接待群众来访12人次",),
        ("执法 | 检查 | 512",),
        (LONG,),
        ("日前，双溪镇向社会公布年度报告。全年调解纠纷21起，成功20起。",),
    ],
)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_title_with_one_line_of_text_is_read(kind: str, more: tuple[str, ...]) -> None:
    if kind in ("md", "odt", "doc", "xlsx") and " | " in more[0]:
        pytest.skip("tables are written in another way there")
    document = read_bytes(WRITERS[kind]((make.TITLE, *more)), "a")
    assert more[0][:3] in document.text


def test_a_short_text_that_names_no_report_is_left_to_others() -> None:
    assert read_bytes("关于召开会议的通知\n双溪镇人民政府\n".encode(), "a").text.startswith("关于")


def scan_of(lines: list[str]) -> ScannedPage:
    rows = [
        ScannedRow((line,), ((0.99,) * len(line),), 200, 1400, 100 + 60 * at, 140 + 60 * at, 38)
        for at, line in enumerate(lines)
    ]
    return ScannedPage(tuple(rows), 1654, 2339)


def titled_pdf(share: float) -> bytes:
    """A page with a title as text, and a picture below it that covers a share of the page."""
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(595, 842))
    sheet.setFont("STSong-Light", 14)
    sheet.drawString(90, 800, make.TITLE)
    sheet.drawImage(ImageReader(Image.new("L", (200, 300), 200)), 0, 0, 595, 842 * share)
    sheet.showPage()
    sheet.save()
    return stream.getvalue()


def titled_ofd(share: float) -> bytes:
    picture = io.BytesIO()
    Image.new("L", (400, 400), 200).save(picture, "PNG")
    page = ofd.page([make.TITLE], more=ofd.image(1, 40, 297 * share))
    return ofd.with_pictures(ofd.parts([page]), {"5": picture.getvalue()})


@pytest.mark.parametrize("written", [titled_pdf, titled_ofd])
def test_the_picture_below_a_title_is_read(written) -> None:
    data = written(0.2)
    with pytest.raises(ScansWantedError) as wanted:
        read_bytes(data, "a")
    assert wanted.value.pages == (1,)
    scans = {1: scan_of([make.TITLE, make.OPENING, make.ITEMS[1]])}
    assert make.ITEMS[1] in read_bytes(data, "a", scans).text
    with pytest.raises(ReadError) as caught:  # a photo
        read_bytes(data, "a", {1: scan_of([make.TITLE])})
    assert caught.value.code == "needs_ocr"
    with pytest.raises(ReadError) as caught:  # a logo
        read_bytes(written(0.02), "a")
    assert caught.value.code == "shell"


@pytest.mark.parametrize(
    ("line", "is_text"),
    [
        *(("全年开展普法讲座。", True), ("开展普法讲座。", False), ("全年开展普法讲座", False)),
        *(("讲座3场", True), ("讲3场", True), ("3场", False), ("讲座3", False), ("讲座 | 3 |", True)),
        *(("一、做", False), ("一、做法", True), ("（一）做法好", True), ("第一做法好", False)),
        *(
            ("附件：全年开展普法讲座。", False),
            ("点击查看全年开展普法讲座。", False),
            ("全年普法讲座.pdf，共三份", False),
        ),
        *(("字" * 99, False), ("字" * 100, True), ("附件" + "字" * 98, True), ("附件" + "字" * 97, False)),
        *(("现予公布，请各村审阅执行。", False), ("现予公布。全年讲座3场。", True), ("现予公布讲座3场。", False)),
    ],
)
def test_what_a_line_of_text_is(line: str, is_text: bool) -> None:
    assert has_text([line]) is is_text
    assert has_text(["题目", "", line]) is is_text


@pytest.mark.parametrize(("lines", "is_text"), [(8, False), (9, True)])
def test_nine_lines_are_text_whatever_they_say(lines: int, is_text: bool) -> None:
    assert has_text(["名称"] * lines + [" "] * 5) is is_text


@pytest.mark.parametrize(
    ("line", "is_title"),
    [
        *(("河口镇年度报告", True), ("河口镇工作总结》", True), ("河口镇通知", False), ("法治建设情况一览", True)),
        *(("报告法治", False), ("法治" + "字" * 40 + "报告表", True), ("法治" + "字" * 41 + "报告表", False)),
    ],
)
def test_a_line_that_names_a_report(line: str, is_title: bool) -> None:
    assert names_report(["河口镇", line]) is is_title


def test_a_shell_says_what_it_points_to_or_that_it_holds_pictures() -> None:
    def refused(text: str, *fields: tuple[str, str], pictures: int = 0, points_to: str | None = None) -> str:
        document = Document(text, "text/html", None, (), fields, True, pictures=pictures, points_to=points_to)
        try:
            refuse_shell(document)
        except ReadError as error:
            return f"{error.code}: {error.message.split(';')[0]}"
        return ""

    assert refused("河口镇\n通知\n") == ""
    assert refused("河口镇\n通知\n", ("标题", "河口镇年度报告")).startswith(
        "shell: found a title without text, expected"
    )
    assert refused("河口镇\n通知\n", ("来源", "河口镇年度报告")) == ""
    assert refused("河口镇\n", pictures=3) == "needs_ocr: found 3 pictures and no text beside the title"
    assert refused("河口镇\n", pictures=3, points_to="b.pdf").endswith("which points to b.pdf")
    assert refused("河口镇\n见清单.docx\n", points_to="b.pdf").endswith("which points to 见清单.docx")
    assert refused("河口镇年度报告\n全年讲座3场\n", pictures=3) == ""
    assert no_text(0).code == no_text(2, "a").code == "shell"
    assert no_text(1).code == "needs_ocr"


@pytest.mark.parametrize(("line", "is_text"), [("全年开展普法讲座9场。", True), ("", False)])
def test_the_pictures_of_a_word_document_hold_a_text_or_sharper_ones_are_wanted(line: str, is_text: bool) -> None:
    document, picture, file = word.Document(), io.BytesIO(), io.BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG")
    document.add_paragraph(make.TITLE)
    document.add_picture(picture)
    document.save(file)
    scans = {1: scan_of([line] if line else [])}
    if is_text:
        assert docx.read(file.getvalue(), "a", scans).text == f"{make.TITLE}\n{line}\n"
        return
    with pytest.raises(ReadError, match="none that can be read in them") as caught:
        docx.read(file.getvalue(), "a", scans)
    assert caught.value.code == "needs_ocr"
