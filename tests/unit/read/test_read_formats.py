"""The same report in every format comes out as the same text, whatever the file is called, or with its reason."""

import json
from pathlib import Path

import document_fixtures as make
import pytest

from pipelines.cli.commands import main
from pipelines.extract.report.sections import find_lines
from pipelines.numerals.fold import fold, prepare
from pipelines.read.document import ReadError
from pipelines.read.reader import read_bytes

MEDIA_TYPES = {
    "txt": "text/plain",
    "html": "text/html",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "rtf": "application/rtf",
}


def content(data: bytes) -> str:
    """The text of a document without its furniture."""
    document = read_bytes(data, "a")
    kept, at = "", 0
    for span in document.furniture:
        kept, at = kept + document.text[at : span.start], span.end
    lines = (kept + document.text[at:]).split("\n")
    return "".join(f"{line}\n" for line in lines if line)


def refused(data: bytes) -> ReadError:
    with pytest.raises(ReadError) as refusal:
        read_bytes(data, "a")
    assert refusal.value.message.startswith("found ") and ";" in refusal.value.message
    return refusal.value


@pytest.mark.parametrize("kind", make.FORMATS)
def test_every_format_gives_the_same_text(kind: str) -> None:
    assert content(make.FORMATS[kind]) == make.TEXT
    document = read_bytes(make.FORMATS[kind], "named.wrong")
    assert document.media_type == MEDIA_TYPES[kind]
    assert document.is_complete


@pytest.mark.parametrize("kind", make.FORMATS)
def test_headings_are_known_as_such_in_every_format(kind: str) -> None:
    text = prepare(read_bytes(make.FORMATS[kind], "a").text).text
    lines = {text[line.start : line.end]: line for line in find_lines(text, 2023)}
    done, planned = lines[fold(make.ITEMS[0])], lines[fold(make.PLAN)]
    assert (done.title, planned.title) == make.HEADINGS
    assert (done.part, planned.part) == ("result", "plan")
    assert lines["信访|112|110"].table


@pytest.mark.parametrize("kind", [*make.FORMATS, "zip", "rar"])
def test_extract_takes_any_of_them(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = {"报告/双溪镇.html": make.html()}
    archives = {"zip": make.packed(page), "rar": make.packed_rar(page)}
    file = tmp_path / f"report.{kind}"
    file.write_bytes((make.FORMATS | archives)[kind])
    assert main(["extract", str(file), "--format", "jsonl"]) == 0
    identity, *facts = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert identity["title"] == make.TITLE and identity["report_year"] == 2023
    values = {fact["metric_code"]: fact["value"] for fact in facts}
    assert values["study_leadership_sessions"] == 6
    assert values["publicity_talks"] == 9
    assert 12 not in values.values()


def test_extract_reads_one_file_of_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "two!.zip"
    file.write_bytes(make.packed({"甲.txt": make.TEXT.encode(), "乙/乙.docx": make.docx()}))
    assert main(["extract", str(file)]) == 2
    error = capsys.readouterr().err
    assert "2 files" in error and "two!.zip!/甲.txt" in error
    assert main(["extract", f"{file}!/乙/乙.docx", "--format", "jsonl"]) == 0
    assert make.TITLE in capsys.readouterr().out
    assert main(["extract", f"{file}!/none.txt"]) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.pdf(password="secret"), "encrypted"),
        (make.pdf(pages=[[], []], picture=True, head="扫描件"), "needs_ocr"),
        (make.pdf(pages=[[]], numbers=False), "empty"),
        (make.pdf()[:900], "broken"),
        (b"%PDF-1.7\n%%EOF", "broken"),
        (make.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "encrypted"),
        (make.compound({"Workbook": b"x"}), "broken"),
        (make.doc()[:700], "broken"),
        (make.docx()[:5000], "broken"),
        (make.packed({"[Content_Types].xml": b"", "word/document.xml": b"<w:document"}), "broken"),
        (make.packed({"[Content_Types].xml": b"", "xl/workbook.xml": b"<x/>"}), "broken"),
        (make.packed({"OFD.xml": b"<x/>"}), "broken"),
        (make.packed({"a.txt": b"a"}), "archive"),
        (b"{\\rtf1 }", "empty"),
        (b"# [](x)\n\n# [](y)\n", "empty"),
        (b"<html><body><script>go()</script></body></html>", "empty"),
        (b"<html><body>" + b"<div>" * 100_000, "broken"),
    ],
)
def test_what_cannot_be_read_has_its_reason(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_a_wrong_charset_and_a_wrong_name_do_not_matter() -> None:
    for charset in ("gb18030", "gbk", "utf-8"):
        for declared in ("utf-8", "gb2312", "iso-8859-1", "big5", "nonsense", ""):
            page = make.html(head=f'<meta charset="{declared}">' if declared else "").decode().encode(charset)
            document = read_bytes(page, "a.pdf")
            assert content(page) == make.TEXT, (charset, declared)
            assert document.encoding == ("utf-8" if charset == "utf-8" else "gb18030")
    assert read_bytes(make.html(head='<meta charset="big5">').decode().encode("utf-8-sig"), "a").encoding == "utf-8"


def test_a_declared_charset_is_believed_and_a_damaged_byte_passes() -> None:
    page = "<html><head><meta charset='big5'></head><body><p>" + "雙溪鎮舉辦普法講座，效果明顯。" * 20
    assert "雙溪鎮舉辦普法講座" in read_bytes(page.encode("big5"), "a").text
    damaged = make.html(make.report_html() * 5).replace(
        "领导班子".encode(), "领导".encode() + b"\xff" + "班子".encode(), 1
    )
    assert "组织领导�班子集体学法6次" in read_bytes(damaged, "a").text
