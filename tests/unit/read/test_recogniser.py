import logging
import socket
import subprocess
import sys

import numpy as np
import pytest
from make_scanned_page import EXPECTED, PAGE, lines, png
from PIL import Image, ImageDraw

from pipelines.read.document import ReadError
from pipelines.read.scans.ocr_packages import is_installed
from pipelines.read.scans.recogniser import recognise
from pipelines.read.scans.scanned_page import UNSURE, ScannedPage


@pytest.fixture(scope="module")
def page() -> ScannedPage:
    return recognise(PAGE.read_bytes())


def test_a_page_is_read_row_by_row(page):
    assert lines(page) == EXPECTED
    assert (page.width, page.height) == (900, 820)


def test_each_character_has_a_confidence(page):
    for row in page.rows:
        assert [len(cell) for cell in row.cells] == [len(confidences) for confidences in row.confidences]
        assert all(UNSURE < confidence <= 1 for confidences in row.confidences for confidence in confidences)


def test_rows_have_their_places(page):
    first, second, third = page.rows[1:4]
    assert first.left - second.left == pytest.approx(52, abs=8)  # two characters of 26 pixels
    assert second.left == pytest.approx(third.left, abs=4)
    assert [row.size for row in page.rows[1:4]] == pytest.approx([26, 26, 26], abs=4)
    assert all(one.bottom <= other.top + 8 for one, other in zip(page.rows, page.rows[1:], strict=False))


def test_blank_pages_have_no_rows():
    noise = np.random.default_rng(1).normal(244, 2, (600, 500)).clip(0, 255).astype(np.uint8)
    for blank in (Image.new("RGB", (500, 600), "white"), Image.new("L", (500, 600), 0), Image.fromarray(noise)):
        assert recognise(png(blank)) == ScannedPage((), 500, 600)
    assert recognise(png(Image.new("RGB", (3, 3), "red"))).rows == ()


def test_a_drawing_gives_next_to_nothing():
    logo = Image.new("RGB", (400, 300), (250, 250, 250))
    pen = ImageDraw.Draw(logo)
    pen.ellipse((40, 40, 260, 260), fill=(20, 80, 160))
    pen.polygon([(200, 20), (380, 280), (120, 200)], fill=(230, 160, 30))
    assert sum(len(cell) for row in recognise(png(logo)).rows for cell in row.cells) <= 3


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_broken(data):
    with pytest.raises(ReadError, match="broken"):
        recognise(data)


def test_a_picture_that_is_cut_off_is_broken():
    with pytest.raises(ReadError, match="broken"):
        recognise(PAGE.read_bytes()[:9000])


def test_a_picture_of_too_many_pixels_is_refused():
    huge = Image.new("1", (20_000, 20_000))
    with pytest.raises(ReadError, match=r"too_large: found a picture of 20000 x 20000 pixels"):
        recognise(png(huge))


def test_nothing_is_looked_for_on_a_network_and_nothing_is_said(monkeypatch, capfd):
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    from pipelines.read.scans.ocr_models import Models

    Models(1)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("RapidOCR").level == logging.CRITICAL


def test_the_packages_are_imported_with_the_first_page_only():
    code = (
        "import sys, pipelines.read.scans.recogniser;"
        "from pipelines.read.scans.ocr_packages import is_installed; assert is_installed();"
        "print([name for name in ('rapidocr', 'onnxruntime', 'cv2', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert is_installed()
    assert done.stdout.strip() == "[]"
