import io
import logging
import socket
import subprocess
import sys

import numpy as np
import pytest
from make_scanned_page import PAGE, PROSE, SIGNED, TABLE, TITLE
from PIL import Image, ImageDraw, ImageFilter

from pipelines.read.document import ReadError
from pipelines.read.scans.recogniser import is_installed, recognise
from pipelines.read.scans.scanned_page import UNSURE, ScannedPage

PROSE_READ = [line.strip() for line in PROSE]
EXPECTED = [TITLE, *PROSE_READ, *(" | ".join(row) for row in TABLE), *SIGNED]


def png(picture: Image.Image, **settings: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, str(settings.pop("format", "PNG")), **settings)
    return file.getvalue()


def lines(page: ScannedPage) -> list[str]:
    return [" | ".join(row.cells).replace(",", "，").replace("2，8", "2,8") for row in page.rows]


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return Image.open(PAGE).convert("RGB")


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


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_turned_back(picture, turn):
    page = recognise(png(picture.rotate(turn, expand=True)))
    assert lines(page) == EXPECTED
    assert (page.width, page.height) == (900, 820)


def test_a_photo_is_upright_by_its_exif_mark(picture):
    exif = Image.Exif()
    exif[0x0112] = 6
    page = recognise(png(picture.rotate(90, expand=True), format="JPEG", quality=90, exif=exif))
    assert lines(page) == EXPECTED


@pytest.mark.parametrize("degrees", [-2, 4])
def test_a_skewed_page_has_level_rows_and_an_upright_margin(picture, degrees):
    page = recognise(png(picture.rotate(degrees, fillcolor="white", resample=Image.Resampling.BICUBIC)))
    assert lines(page) == EXPECTED
    assert page.rows[2].left == pytest.approx(page.rows[3].left, abs=6)


def test_a_shadow_and_a_grey_page_do_no_harm(picture):
    pixels = np.asarray(picture).astype(float)
    light = np.linspace(1, 0.35, pixels.shape[1])[None, :, None]
    shadowed = Image.fromarray((pixels * light).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
    found = lines(recognise(png(shadowed, format="JPEG", quality=80)))
    assert found[: -len(SIGNED)] == EXPECTED[: -len(SIGNED)]
    assert found[-1] == SIGNED[-1]


@pytest.mark.parametrize("mode", ["1", "CMYK"])
def test_every_kind_of_pixel_is_read(picture, mode):
    kind = {"format": "JPEG"} if mode == "CMYK" else {}
    assert lines(recognise(png(picture.convert(mode), **kind)))[:8] == EXPECTED[:8]


def test_a_transparent_page_has_white_paper(picture):
    clear = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    ink = picture.convert("L").point(lambda tone: 255 - tone)
    clear.paste((0, 0, 0, 255), mask=ink)
    assert lines(recognise(png(clear)))[:8] == EXPECTED[:8]


def test_vertical_columns_are_read_from_right_to_left(picture):
    text = "一年来，柳林镇举办法治讲座"
    glyphs = [picture.crop((142 + 26 * at, 150, 168 + 26 * at, 186)) for at in range(len(text))]
    sheet, columns = Image.new("RGB", (560, 620), "white"), []
    for column in range(7):
        order = [(at + 2 * column) % len(text) for at in range(len(text)) if text[at] != "，"]
        for down, at in enumerate(order):
            sheet.paste(glyphs[at], (480 - 64 * column, 60 + 38 * down))
        columns.append("".join(text[at] for at in order))
    assert [row.cells[0].replace(",", "，") for row in recognise(png(sheet)).rows] == columns


def test_a_red_headline_stays_and_the_seal_goes(picture):
    red = picture.copy()
    headline = picture.crop((0, 60, 900, 125)).convert("L")
    red.paste((210, 30, 30), (0, 60), headline.point(lambda tone: 255 - tone))
    text = "".join(lines(recognise(png(red))))
    assert TITLE in text
    assert "镇印" not in text


@pytest.mark.parametrize("scale", [0.6, 3.0])
def test_small_and_large_pages(picture, scale):
    size = (round(picture.width * scale), round(picture.height * scale))
    assert lines(recognise(png(picture.resize(size, Image.Resampling.LANCZOS)))) == EXPECTED


def test_a_picture_of_over_20_megapixels_is_scaled_down(picture):
    sheet = Image.new("RGB", (5000, 4600), "white")
    sheet.paste(picture.resize((4500, 4100)), (200, 200))
    page = recognise(png(sheet, format="JPEG", quality=80))
    assert page.width * page.height <= 20_100_000
    assert lines(page)[:4] == EXPECTED[:4]


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
        "import sys; from pipelines.read.scans.recogniser import is_installed; assert is_installed();"
        "print([name for name in ('rapidocr', 'onnxruntime', 'cv2', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert is_installed()
    assert done.stdout.strip() == "[]"
