"""Documents that hold a title and no text: what they point to, or that they are pictures."""

import io

import document_fixtures as make
import docx as word
import pytest
from PIL import Image

from pipelines.read.document import ReadError
from pipelines.read.reader import read_bytes

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
