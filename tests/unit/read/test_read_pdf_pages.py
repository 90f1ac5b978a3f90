"""PDF pages as they are published: watermarks, turned and vertical pages, columns, scans among pages, wrapped files."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import document_fixtures as make
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from pipelines.paths import PROJECT_ROOT
from pipelines.read.document import ReadError
from pipelines.read.formats import pdf
from pipelines.read.reader import read_bytes

PROSE = [line for line in make.LINES if " | " not in line]
TEXT = "".join(f"{line}\n" for line in PROSE)


def sheet_with(draw: Callable[[canvas.Canvas], None]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(595, 842))
    sheet.setFont("STSong-Light", 14)
    draw(sheet)
    sheet.showPage()
    sheet.save()
    return stream.getvalue()


def lines_on(sheet: canvas.Canvas, width: int = 28, left: float = 90, top: float = 780) -> None:
    at = 0
    for line in PROSE:
        text = line if line == make.TITLE or line in make.SIGNATURE else "　　" + line
        for start in range(0, len(text), width):
            sheet.drawString(left, top - 24 * at, text[start : start + width])
            at += 1


def refusal(data: bytes) -> ReadError:
    with pytest.raises(ReadError) as raised:
        read_bytes(data, "a")
    return raised.value


@pytest.mark.parametrize("angle", [30, 45, -45, 60, 135])
def test_slanted_watermarks_are_no_text(angle: int) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        for x in range(60, 560, 120):
            for y in range(100, 820, 90):
                sheet.saveState()
                sheet.translate(x, y)
                sheet.rotate(angle)
                sheet.drawString(0, 0, "司法所 0000")
                sheet.restoreState()
        lines_on(sheet)

    assert read_bytes(sheet_with(draw), "a").text == TEXT


@pytest.mark.parametrize(("grey", "places"), [(0.8, 1), (0.0, 6)])
def test_pale_and_repeated_level_watermarks_are_no_text(grey: float, places: int) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFillGray(grey)
        for at in range(places):
            sheet.drawString(95 + 30 * at, 780 - 48 * (at + 1) - 2, "内部资料0000")
        sheet.setFillGray(0)
        lines_on(sheet)

    assert read_bytes(sheet_with(draw), "a").text == TEXT


def test_words_that_a_table_repeats_stay() -> None:
    rows = ["事项 | 结果", *(f"{name} | 按时办结" for name in ("信访", "热线", "调解", "复议"))]
    text = read_bytes(make.pdf([[make.TITLE, *make.wrap(make.OPENING), *rows]]), "a").text
    assert text.count("按时办结") == 4


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_turned_page_is_read(angle: int) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.translate(297, 421)
        sheet.rotate(angle)
        lines_on(sheet, left=-200, top=280)

    assert read_bytes(sheet_with(draw), "a").text == TEXT


def vertical(sheet: canvas.Canvas) -> None:
    column = 0
    for line in PROSE:
        for start in range(0, len(line), 45):
            for at, char in enumerate(line[start : start + 45]):
                sheet.drawString(550 - 26 * column, 800 - 16 * at, char)
            column += 1


def test_vertical_text_is_read_from_the_right() -> None:
    assert read_bytes(sheet_with(vertical), "a").text == TEXT


def turned(sheet: canvas.Canvas) -> None:
    sheet.translate(297, 421)
    sheet.rotate(90)
    lines_on(sheet, left=-200, top=280)


def one_by_one(sheet: canvas.Canvas) -> None:
    for row, line in enumerate(PROSE):
        for at, char in enumerate("　　" + line):
            sheet.drawString(60 + 7 * at, 780 - 24 * row, char)


NO_FONTS = """
import sys
from pathlib import Path
import pypdfium2
from pipelines.read.formats.pdf_fonts import give_fonts
from pipelines.read.reader import read_bytes

class NoFonts(pypdfium2.PdfSysfontBase):
    def MapFont(self, *wanted):
        return None

give_fonts(NoFonts())
sys.stdout.buffer.write(read_bytes(Path(sys.argv[1]).read_bytes(), "a").text.encode())
"""


@pytest.mark.parametrize("draw", [vertical, turned, one_by_one])
def test_a_machine_without_chinese_fonts_reads_the_same(draw: Callable[[canvas.Canvas], None], tmp_path: Path) -> None:
    """PDFium passes over characters without a size, which those of a font that it does not find have."""
    path = tmp_path / "a.pdf"
    path.write_bytes(sheet_with(draw))
    found = subprocess.run([sys.executable, "-c", NO_FONTS, path], cwd=PROJECT_ROOT, capture_output=True, check=True)
    assert found.stdout.decode() == read_bytes(path.read_bytes(), "a").text == TEXT


def columns(sheet: canvas.Canvas) -> None:
    sheet.drawCentredString(297, 800, make.TITLE)
    body = [
        make.OPENING,
        *(f"（{mark}）{item}" for mark, item in zip("一二三四五六", make.ITEMS * 3, strict=True)),
        make.PLAN,
    ]
    rows = [("　　" + line)[at : at + 16] for line in body for at in range(0, len(line) + 2, 16)]
    half = (len(rows) + 1) // 2
    for at, row in enumerate(rows):
        sheet.drawString(50 if at < half else 310, 760 - 24 * (at % half), row)


def test_two_columns_are_read_one_after_the_other() -> None:
    text = read_bytes(sheet_with(columns), "a").text
    marked = [f"（{mark}）{item}" for mark, item in zip("一二三四五六", make.ITEMS * 3, strict=True)]
    assert text == "".join(f"{line}\n" for line in (make.TITLE, make.OPENING, *marked, make.PLAN))


def test_a_right_column_of_mostly_indented_lines_is_a_column() -> None:
    left = ["双溪镇全年认真开展各项法治建设工作，", "健全制度、压实责任、强化监督，各项任"] * 6
    right = [f"　　{line}" for line in ("受理信访事项四百件，办结三百", "举办法治培训十二场，参训人数")] + [
        "八十件，群众满意度比上年有提高。"
    ]

    def draw(sheet: canvas.Canvas) -> None:
        for at, (one, other) in enumerate(zip(left, right * 4, strict=True)):
            sheet.drawString(40, 760 - 24 * at, one)
            sheet.drawString(325, 760 - 24 * at, other)

    text = read_bytes(sheet_with(draw), "a").text
    assert " | " not in text
    assert text.rindex(left[1][-4:]) < text.index(right[0].strip()[:4])


def test_the_scanned_pages_are_named() -> None:
    stream = io.BytesIO()
    with pdfium.PdfDocument.new() as joined:
        for data in (make.pdf(), make.pdf([[]], picture=True), make.pdf(), make.pdf([[]], picture=True)):
            with pdfium.PdfDocument(data) as part:
                joined.import_pages(part)
        joined.save(stream)
    error = refusal(stream.getvalue())
    assert error.code == "needs_ocr" and "pages 2, 4 of 4" in error.message


@pytest.mark.parametrize("junk", [b"\r\n", b"\xef\xbb\xbf<!-- x -->\n", b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 900])
def test_bytes_before_the_head_are_passed_over(junk: bytes) -> None:
    assert read_bytes(junk + make.pdf(), "a").text == read_bytes(make.pdf(), "a").text


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"报告.pdf": make.pdf()}, ""),
        ({"报告.docx": make.docx()}, "attachment"),
        ({"甲.pdf": b"x", "乙.pdf": b"y"}, "attachment"),
    ],
)
def test_a_portfolio_is_read_or_names_its_files(files: dict[str, bytes], code: str) -> None:
    data = make.portfolio(files)
    if not code:
        assert read_bytes(data, "a").text == read_bytes(make.pdf(), "a").text
        return
    error = refusal(data)
    assert error.code == code and all(name in error.message for name in files)


@pytest.mark.parametrize(("most", "size"), [(10_000, (50, 200)), (40_000, (100, 400)), (10**9, (278, 1111))])
def test_the_picture_of_a_page_has_so_many_pixels_at_most(
    monkeypatch: pytest.MonkeyPatch, most: int, size: tuple[int, int]
) -> None:
    """A page of 100 to 400 points; at 200 dots an inch it has 278 to 1111 pixels."""
    monkeypatch.setattr(pdf, "_MOST_PIXELS", most)
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(100, 400))
    sheet.drawString(10, 200, "scan")
    sheet.save()
    with Image.open(io.BytesIO(pdf.picture(stream.getvalue(), 1))) as shown:
        assert all(abs(one - other) <= 1 for one, other in zip(shown.size, size, strict=True)), shown.size
