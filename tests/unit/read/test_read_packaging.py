"""Word documents however they are packed, and pages that begin in an unusual way."""

import io
import json
import zipfile

import document_fixtures as make
import opendocument_fixture as odf
import pytest
import word_xml_fixture as word_xml
from test_read_formats import content

from pipelines.read.document import ReadError
from pipelines.read.reader import read_bytes

NAMESPACES = (
    (
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
        b"http://purl.oclc.org/ooxml/officeDocument/",
    ),
)


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(make.docx())) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def strict(data: bytes) -> bytes:
    for usual, other in NAMESPACES:
        data = data.replace(usual, other)
    return data


def flat() -> bytes:
    written = [
        f'<pkg:part pkg:name="/{name}"><pkg:xmlData>'.encode() + data.split(b"?>", 1)[-1] + b"</pkg:xmlData></pkg:part>"
        for name, data in parts().items()
        if name.endswith((".xml", ".rels")) and name.startswith(("word/document", "word/_rels", "_rels", "word/styles"))
    ]
    head = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    namespace = b'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"'
    return head + b"<pkg:package " + namespace + b">" + b"".join(written) + b"</pkg:package>"


def renamed() -> bytes:
    moved = {name.replace("word/document.xml", "word/document2.xml"): data for name, data in parts().items()}
    found = {name.replace("word/_rels/document.", "word/_rels/document2."): data for name, data in moved.items()}
    return make.packed(
        {name: data.replace(b"word/document.xml", b"word/document2.xml") for name, data in found.items()}
    )


PACKED = {
    "backslashes": make.packed({name.replace("/", "\\"): data for name, data in parts().items()}),
    "byte order mark": b"\xef\xbb\xbf" + make.docx(),
    "junk": b"HTTP/1.1 200 OK\r\n\r\n" + make.docx(),
    "renamed": renamed(),
    "strict": make.packed({name: strict(data) for name, data in parts().items()}),
    "flat": flat(),
}


@pytest.mark.parametrize("how", PACKED)
def test_a_word_document_is_read_however_it_is_packed(how: str) -> None:
    assert content(PACKED[how]) == make.TEXT


def test_a_flat_document_without_its_text_is_broken() -> None:
    with pytest.raises(ReadError, match=r"no part word/document\.xml"):
        read_bytes(flat().replace(b"/word/document.xml", b"/word/other.xml"), "a.xml")
    with pytest.raises(ReadError, match="damaged"):
        read_bytes(flat()[:-20], "a.xml")


def test_a_list_is_never_the_container_of_a_report() -> None:
    items = "".join(f"<li><p>第{n}项工作，已经完成，成效良好，群众满意。</p>" for n in "甲乙丙丁")
    for kind in ("ol", "ul"):
        page = (
            f"<html><head><meta charset='utf-8'><title></title></head><body><p>{make.TITLE}</p>"
            f"<{kind}>{items}</{kind}><p>{make.SIGNATURE[0]}</p><p>{make.SIGNATURE[1]}</p></body></html>"
        )
        lines = content(page.encode()).splitlines()
        assert (lines[0], *lines[-2:]) == (make.TITLE, *make.SIGNATURE)


def test_a_long_comment_before_a_page_leaves_it_a_page() -> None:
    comment = b"<!-- " + b"saved by a tool " * 400 + b"-->\n"
    document = read_bytes(comment + make.html(), "a")
    assert (document.media_type, content(comment + make.html())) == ("text/html", make.TEXT)


def test_margins_of_an_old_word_document_and_struck_words_are_no_text() -> None:
    from selectolax.lexbor import LexborHTMLParser

    from pipelines.read.formats.html_lines import drop_struck, lines_of

    body = LexborHTMLParser("<p>共<s>12</s><span style='text-decoration:line-through'>5</span>13次</p>").body
    assert body is not None
    drop_struck(body)
    assert lines_of(body) == ["共13次"]


def test_pages_and_json_in_utf_16_are_pages_and_json() -> None:
    page, answer = make.html().decode(), json.dumps({"title": make.TITLE, "content": make.TEXT}, ensure_ascii=False)
    word, flat_text = word_xml.word_2003().decode(), odf.fodt().decode()
    for text in (page, page.replace("utf-8", "utf-16"), word, word.replace("UTF-8", "UTF-16"), flat_text, answer):
        for mark, charset in (("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be"), ("", "utf-16-le"), ("", "utf-16-be")):
            assert content((mark + text).encode(charset)) == make.TEXT, (text[:20], mark, charset)
    assert read_bytes(make.TEXT.encode("utf-16"), "a.txt").encoding == "utf-16-le"


@pytest.mark.parametrize("before", [b"\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_blanks_before_a_format_do_not_matter(before: bytes) -> None:
    for data in (make.rtf(), make.doc(), make.pdf(), make.docx(), odf.odt()):
        assert content(before + data) == make.TEXT
    picture = b"\x89PNG\r\n\x1a\n"
    with pytest.raises(ReadError, match="broken"):
        read_bytes(before + picture, "a.png")
