import numpy as np
import pytest
from make_scanned_page import EXPECTED, PAGE, SIGNED, TITLE, lines, png
from PIL import Image, ImageFilter

from pipelines.read.scans.recogniser import recognise


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return Image.open(PAGE).convert("RGB")


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


def test_a_picture_as_long_as_a_web_page_is_read_whole(picture):
    paragraph = picture.crop((0, 130, 900, 300))
    tall = Image.new("RGB", (900, 170 * 18), "white")
    for at in range(18):
        tall.paste(paragraph, (0, 170 * at))
    assert lines(recognise(png(tall))) == EXPECTED[1:4] * 18


def test_a_picture_of_over_20_megapixels_is_scaled_down(picture):
    sheet = Image.new("RGB", (5000, 4600), "white")
    sheet.paste(picture.resize((4500, 4100)), (200, 200))
    page = recognise(png(sheet, format="JPEG", quality=80))
    assert page.width * page.height <= 20_100_000
    assert lines(page)[:4] == EXPECTED[:4]
