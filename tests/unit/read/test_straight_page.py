"""Where lines stand on a page that lay askew, and what a page is before its lines are read. No model is loaded."""

import numpy as np
import pytest
from make_scanned_page import png
from PIL import Image, ImageDraw

from pipelines.read.document import ReadError
from pipelines.read.scans import page_picture, recogniser
from pipelines.read.scans.ocr_models import Models, Reading
from pipelines.read.scans.page_picture import evened, is_blank, load_picture
from pipelines.read.scans.page_sheet import PageSheet, cut_out, set_upright
from pipelines.read.scans.seals import ink_tone, is_covered, without_seals
from pipelines.read.scans.text_strip import character_size, lengths, level, slopes, usual_size, usual_slope

WIDTH, LEFT, RIGHT, HIGH = 1000, 100, 900, 40


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def page(lines: int = 12, right: float = RIGHT) -> np.ndarray:
    return np.stack([box(LEFT, 100 + 80 * at, right, 100 + HIGH + 80 * at) for at in range(lines)])


def skewed(boxes: np.ndarray, slope: float) -> np.ndarray:
    """The boxes as on a page that was turned about the middle of its first line."""
    x, y = boxes[:, :, 0] - WIDTH / 2, boxes[:, :, 1] - 100
    cos, sin = 1 / np.hypot(1, slope), slope / np.hypot(1, slope)
    return np.stack([WIDTH / 2 + cos * x - sin * y, 100 + sin * x + cos * y], axis=2).astype(np.float32)


def reading(text: str, confidence: float = 1.0) -> Reading:
    return Reading(text, (confidence,) * len(text), tuple((at + 0.5) / len(text) for at in range(len(text))))


def test_a_box_is_measured_along_its_own_edges():
    leaning = np.array([[(10, 20), (40, 60), (32, 66), (2, 26)]], np.float32)
    wide, high = lengths(leaning)
    assert (wide.tolist(), high.tolist()) == ([50], [10])


def test_the_slope_of_a_box_is_that_of_its_upper_and_its_lower_edge():
    bent = np.array([[(0, 0), (100, 4), (100, 30), (0, 20)], [(0, 0), (100, -10), (100, 10), (0, 20)]], np.float32)
    assert slopes(bent).tolist() == pytest.approx([14 / 200, -20 / 200])
    assert slopes(box(5, 0, 5, 30)[None]).tolist() == [0]


def test_size_and_slope_are_those_of_long_lines_where_there_are_any():
    short = np.stack([box(0, 0, 100, 80)] * 5)
    sloping = np.array([(0, 0), (400, 8), (400, 48), (0, 40)], np.float32)
    assert usual_size(short) == 60
    assert usual_slope(short) == 0
    assert usual_size(np.stack([*short, sloping])) == pytest.approx(30)
    assert usual_slope(np.stack([*short, sloping])) == pytest.approx(0.02)
    just, more = box(0, 0, 200, 40), box(0, 0, 204, 40)  # five times as long as high is not yet long
    assert usual_size(np.stack([*short, just])) == 60
    assert usual_size(np.stack([*short, more])) == 30


@pytest.mark.parametrize("slope", [-0.06, -0.02, 0, 0.03, 0.08])
def test_lines_of_a_skewed_page_are_level_and_begin_and_end_below_each_other(slope):
    straight, along = level(skewed(page(), slope), WIDTH)
    assert along.all()
    assert np.ptp(straight[:, :2, 1], axis=1).max() < 3
    assert np.ptp(straight[:, [0, 3], 0]) < 8
    assert np.ptp(straight[:, [1, 2], 0]) < 8
    assert straight[0, 1, 0] - straight[0, 0, 0] == pytest.approx(RIGHT - LEFT, abs=8)
    assert straight[:, :, 0].mean() == pytest.approx(skewed(page(), slope)[:, :, 0].mean(), abs=4)
    assert np.diff(straight[:, 0, 1]).tolist() == pytest.approx([80] * 11, abs=1)


def test_lines_of_a_skewed_page_stay_at_their_height_in_its_middle():
    askew = page(3)
    askew[:, :, 1] += 0.05 * (askew[:, :, 0] - WIDTH / 2)
    straight, _ = level(askew, WIDTH)
    assert straight[:, :, 1] == pytest.approx(page(3)[:, :, 1], abs=0.1)


def test_long_strips_on_one_line_have_one_slope():
    side_by_side = np.stack([box(500 * at, 100, 500 * at + 450, 100 + HIGH) for at in range(10)])
    askew = side_by_side.copy()
    middle = askew[:, :, 0].mean(axis=1, keepdims=True)
    askew[:, :, 1] += 0.04 * (askew[:, :, 0] - middle)
    straight, along = level(askew, 5000)
    assert along.all()
    assert np.ptp(straight[:, :2, 1], axis=1).max() < 0.1
    assert straight[:, 3, 1] - straight[:, 0, 1] == pytest.approx([HIGH] * 10, abs=0.1)


def test_a_level_page_stays_as_it_is():
    straight, along = level(page(), WIDTH)
    assert along.all()
    assert straight == pytest.approx(page(), abs=0.5)


def test_a_few_lines_are_made_level_by_the_slope_they_share():
    straight, _ = level(skewed(page(3), 0.05), WIDTH)
    assert np.ptp(straight[:, :2, 1], axis=1).max() < 1
    assert np.ptp(straight[:, [0, 3], 0]) < 2
    assert straight[0, 0, 0] == pytest.approx(LEFT, abs=8)


def test_the_slope_may_grow_from_top_to_bottom():
    boxes = page()
    grown = boxes.copy()
    grown[:, :, 1] += (boxes[:, :, 0] - WIDTH / 2) * (0.01 + 0.00005 * boxes[:, :, 1].mean(axis=1)[:, None])
    straight, _ = level(grown, WIDTH)
    assert np.ptp(straight[:, :2, 1], axis=1).max() < 3
    assert np.ptp(straight[:, [0, 3], 0]) < HIGH / 3


def test_margins_that_lean_against_each_other_are_made_upright():
    boxes = page()
    narrowing = boxes.copy()
    narrowing[:, :, 0] += np.where(boxes[:, :, 0] < 500, 0.05, -0.03) * (boxes[:, :, 1] - 560)
    straight, _ = level(narrowing, WIDTH)
    assert np.ptp(straight[:, [0, 3], 0]) < HIGH / 2.5
    assert np.ptp(straight[:, [1, 2], 0]) < HIGH / 2.5
    assert straight[:, [0, 3], 0].mean() == pytest.approx(LEFT, abs=4)
    assert straight[:, [1, 2], 0].mean() == pytest.approx(RIGHT, abs=4)


def test_a_paragraph_set_in_does_not_bend_the_margin():
    boxes = page()
    boxes[::4, [0, 3], 0] += 60
    boxes[3::4, 1:3, 0] -= 250
    straight, _ = level(boxes, WIDTH)
    assert straight == pytest.approx(boxes, abs=0.5)


def test_what_lies_across_the_lines_is_told():
    steep = np.array([(300, 300), (500, 400), (480, 440), (280, 340)], np.float32)
    short = np.array([(300, 300), (360, 330), (342, 366), (282, 336)], np.float32)  # too short to tell
    _, along = level(np.stack([*page(), steep, short]), WIDTH)
    assert along.tolist() == [*[True] * 12, False, True]
    assert [len(part) for part in level(np.zeros((0, 4, 2), np.float32), WIDTH)] == [0, 0]


def test_a_narrow_column_is_moved_and_not_stretched():
    boxes = page(right=340)
    straight, _ = level(boxes, WIDTH)
    assert straight == pytest.approx(boxes, abs=0.5)


def test_the_size_of_characters_is_their_usual_step():
    assert character_size(reading("法治讲座"), 120, 40) == 30
    assert character_size(reading("法治"), 60, 36) == pytest.approx(27)  # one step is too few: from the height
    assert character_size(reading("2023"), 60, 40) == pytest.approx(30)
    assert character_size(reading("法a治b讲c"), 60, 40) == pytest.approx(30)  # no two Chinese characters together
    assert character_size(reading("法治讲座"), 400, 40) == pytest.approx(52)  # at most 1.3 of the height
    assert character_size(reading("法治讲座"), 40, 40) == pytest.approx(20)  # at least half of it


@pytest.mark.parametrize(("mode", "tone"), [("L", 200), ("RGB", (10, 20, 30))])
def test_a_picture_becomes_blue_green_and_red(mode, tone):
    pixels = load_picture(png(Image.new(mode, (40, 30), tone)))
    assert pixels.shape == (30, 40, 3)
    assert pixels[3, 5].tolist() == ([30, 20, 10] if mode == "RGB" else [200] * 3)


def test_deep_pixels_are_spread_over_all_tones():
    deep = np.zeros((30, 40), np.uint16)
    deep[:, 20:] = 4000
    deep[:, :10] = 2000
    pixels = load_picture(png(Image.fromarray(deep)))
    assert pixels[0, [0, 15, 30], 0].tolist() == [127, 0, 255]
    assert load_picture(png(Image.fromarray(deep * 0))).max() == 0


def test_a_picture_of_a_few_pixels_too_many_is_scaled_down(monkeypatch):
    monkeypatch.setattr(page_picture, "MOST_PIXELS", 10_000)
    assert load_picture(png(Image.new("L", (200, 50)))).shape == (50, 200, 3)
    assert load_picture(png(Image.new("L", (400, 100)))).shape == (50, 200, 3)
    monkeypatch.setattr(page_picture, "_BOMB_PIXELS", 40_000)
    assert load_picture(png(Image.new("L", (400, 100)))).shape == (50, 200, 3)
    with pytest.raises(ReadError, match="401 x 100 pixels, expected 40,000 at most"):
        load_picture(png(Image.new("L", (401, 100))))


def test_a_large_photo_keeps_its_proportions_and_its_tones(monkeypatch):
    monkeypatch.setattr(page_picture, "MOST_PIXELS", 10_000)
    photo = Image.new("RGB", (800, 200), (200, 100, 50))
    pixels = load_picture(png(photo, format="JPEG", quality=95))
    assert pixels.shape == (50, 200, 3)
    assert pixels[20, 20].tolist() == pytest.approx([50, 100, 200], abs=4)
    just = Image.new("RGB", (200, 50), (200, 100, 50))  # as many pixels as may be: none is lost
    assert load_picture(png(just, format="JPEG")).shape == (50, 200, 3)


def test_a_page_is_blank_where_no_ink_is_darker_than_its_paper():
    paper = np.full((200, 200, 3), 230, np.uint8)
    assert is_blank(paper)
    for tone, blank in ((212, True), (200, False), (20, False)):
        inked = paper.copy()
        inked[40:60, 40:160] = tone
        assert is_blank(inked) is blank
    faint = paper.copy()
    faint[10:60, 10:60] = 206  # 24 tones darker
    assert not is_blank(faint)
    faint[10:60, 10:60] = 207
    assert is_blank(faint)


def test_light_writing_on_a_dark_page_is_seen():
    dark = np.full((200, 200, 3), 100, np.uint8)
    for tone, blank in ((189, True), (190, False)):
        dark[40:60, 40:160] = tone
        assert is_blank(dark) is blank


@pytest.mark.parametrize(("height", "width", "blank"), [(23, 100, True), (100, 23, True), (24, 100, False)])
def test_what_is_smaller_than_a_line_of_text_is_blank(height, width, blank):
    striped = np.full((height, width, 3), 255, np.uint8)
    striped[:, ::8] = striped[:, 1::8] = 0
    assert is_blank(striped) is blank


def test_an_evenly_lit_page_comes_back_as_it_is():
    pixels = np.full((400, 320, 3), 240, np.uint8)
    pixels[100:110, 40:280] = 20
    assert evened(pixels) is pixels


def test_a_shadow_is_taken_from_a_page_and_ink_stays():
    light = np.linspace(250, 110, 320)
    pixels = np.repeat(np.tile(light, (400, 1))[:, :, None], 3, axis=2).astype(np.uint8)
    pixels[100:110, 40:280] //= 5
    found = evened(pixels)
    paper = found[200:380, 8:-8]
    assert found.shape == pixels.shape
    assert paper.min() > 220
    assert np.ptp(paper) < 30
    assert found[103:107, 60:260].max() < 70


def test_a_page_that_is_lit_a_little_unevenly_is_left_alone():
    for fall, changed in ((20, False), (60, True)):
        light = np.linspace(250, 250 - fall, 320)
        pixels = np.repeat(np.tile(light, (400, 1))[:, :, None], 3, axis=2).astype(np.uint8)
        assert (evened(pixels) is not pixels) is changed
    for darker, changed in ((201, False), (200, True)):
        halves = np.full((400, 800, 3), 228, np.uint8)
        halves[:, :400] = darker
        assert (evened(halves) is not halves) is changed


class Lines(Models):
    """Models that know where the lines are by the shape of the page, and read a strip by its darkest tone."""

    def __init__(self, *pages: np.ndarray, surely: tuple[float, ...] = (1.0,)) -> None:
        self.pages, self.surely, self.strips, self.searched = list(pages), list(surely), 0, 0

    def lines(self, pixels: np.ndarray) -> np.ndarray:
        self.searched += 1
        return self.pages.pop(0)

    def read(self, strip: np.ndarray, wider: float = 1.0) -> Reading:
        self.strips += 1
        return reading("甲乙", self.surely[self.searched - 1])


def sheet() -> PageSheet:
    pixels = np.arange(60 * 90 * 3, dtype=np.uint32).astype(np.uint8).reshape(60, 90, 3)
    return PageSheet(pixels, pixels // 2, pixels // 3)


def test_an_upright_page_is_searched_once_and_its_longest_lines_are_read():
    boxes = np.stack([box(5, 5 + at, 20 + at, 10 + at) for at in range(7)])
    models = Lines(boxes)
    found, lines, known = set_upright(models, sheet())
    assert (found.cleaned == sheet().cleaned).all()
    assert lines is boxes
    assert (models.searched, set(known)) == (1, {2, 3, 4, 5, 6})


def test_lines_from_top_to_bottom_turn_the_page():
    upright = np.stack([box(5, 5, 10, 50), box(30, 5, 36, 40), box(50, 5, 80, 12)])
    models = Lines(upright, page(2), surely=(0, 1))
    found, lines, _ = set_upright(models, sheet())
    assert found.cleaned.shape == (90, 60, 3)
    assert found.cleaned[0, -1].tolist() == sheet().cleaned[0, 0].tolist()  # turned to the right
    assert found.seals[0, 0].tolist() == sheet().seals[-1, 0].tolist()
    assert lines.shape == (2, 4, 2)


def test_single_characters_do_not_turn_a_page():
    squares = [box(20 * at, 0, 20 * at + 10, 19) for at in range(20)]
    models = Lines(np.stack([*squares, box(0, 30, 50, 40)]))
    assert set_upright(models, sheet())[0].cleaned.shape == (60, 90, 3)


@pytest.mark.parametrize(
    ("first", "second", "turned"), [(0.84, 0.9, True), (0.84, 0.8, False), (0.84, 0.84, False), (0.86, 0.99, False)]
)
def test_a_page_that_is_read_badly_is_tried_on_its_head(first, second, turned):
    here, there = page(2), page(3)
    models = Lines(here, there, surely=(first, second))
    found, lines, known = set_upright(models, sheet())
    assert (lines is there) is turned
    assert (found.cleaned[0, 0] == sheet().cleaned[-1 if turned else 0, -1 if turned else 0]).all()
    assert len(known) == (3 if turned else 2)
    assert models.searched == (1 if first > 0.85 else 2)


def test_a_page_without_lines_is_left_as_it_is():
    models = Lines(np.zeros((0, 4, 2), np.float32))
    assert set_upright(models, sheet())[2] == {}
    models = Lines(page(1), np.zeros((0, 4, 2), np.float32), surely=(0.4,))
    assert len(set_upright(models, sheet())[1]) == 1


def test_a_strip_is_cut_out_along_its_edges():
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[20:40, 50:90] = 255
    strip = cut_out(pixels, box(50, 20, 90, 40))
    assert strip.shape == (20, 40, 3)
    assert strip[2:-2, 2:-2].min() == 255
    assert cut_out(pixels, box(50, 20, 50.2, 20.2)).shape == (1, 1, 3)
    leaning = cut_out(pixels, np.array([(0, 0), (30, 40), (22, 46), (-8, 6)], np.float32))
    assert leaning.shape == (10, 50, 3)


class Seen(Models):
    """Models with a detector and a recogniser that are made up."""

    def __init__(self, height: int, lines: list[float], chances: np.ndarray | None = None) -> None:
        self.height, self.drawn, self.pieces = height, lines, list[tuple[int, int]]()
        self._detector, self._alphabet = self.detect, ["", "甲", "乙"]
        self._session = self.guess
        self.chances, self.given = chances, list[tuple[int, ...]]()

    def detect(self, pixels: np.ndarray) -> "Seen":
        top = int(pixels[0, 0, 0]) * 10
        self.pieces.append((top, top + len(pixels)))
        inside = [y - top for y in self.drawn if top <= y - 5 and y + 5 <= top + len(pixels)]
        self.boxes = np.stack([box(10, y - 5, 90, y + 5) for y in inside]) if inside else None
        return self

    def guess(self, strip: np.ndarray) -> list[np.ndarray | None]:
        self.given.append(strip.shape)
        self.range = (float(strip.min()), float(strip.max()))
        return [self.chances]


def numbered(height: int, width: int) -> np.ndarray:
    """A picture that tells how far down a piece of it begins, in tens of pixels."""
    rows = (np.arange(height) // 10).astype(np.uint8)
    return np.broadcast_to(rows[:, None, None], (height, width, 3))


def test_a_page_of_usual_height_is_searched_whole_and_a_tall_one_in_pieces_that_overlap():
    whole = Seen(220, [50, 150])
    assert whole.lines(numbered(220, 100))[:, 0, 1].tolist() == [45, 145]
    assert whole.pieces == [(0, 220)]
    tall = Seen(500, list(range(20, 490, 30)))
    assert sorted(tall.lines(numbered(500, 100))[:, 0, 1].tolist()) == [y - 5 for y in range(20, 490, 30)]
    assert tall.pieces == [(0, 150), (130, 280), (260, 410), (390, 500)]
    assert len(Seen(500, []).lines(numbered(500, 100))) == 0
    assert len(Seen(100, []).lines(numbered(100, 100))) == 0
    assert Seen(230, [20]).lines(numbered(230, 100)).shape == (1, 4, 2)


def test_a_line_at_a_seam_is_found_once():
    for y in range(120, 160):
        assert Seen(400, [float(y)]).lines(numbered(400, 100))[:, 0, 1].tolist() == [y - 5]


def test_a_character_is_a_run_of_steps_as_sure_as_its_surest():
    chances = np.array(
        [(0.9, 0.1, 0), (0.2, 0.6, 0.2), (0.1, 0.8, 0.1), (0.3, 0.2, 0.5), (0.9, 0, 0.1), (0, 0.3, 0.7)], np.float32
    )
    found = Seen(0, [], chances).read(np.zeros((48, 60, 3), np.uint8))
    assert found.text == "甲乙乙"
    assert found.confidences == pytest.approx((0.8, 0.5, 0.7))
    assert found.places == pytest.approx((2.5 / 6, 3.5 / 6, 5.5 / 6))
    assert found.mean == pytest.approx(2 / 3)
    assert Seen(0, [], chances[:1]).read(np.zeros((48, 60, 3), np.uint8)) == Reading("", (), ())
    assert Reading("", (), ()).mean == 0


@pytest.mark.parametrize(
    ("height", "width", "wider", "given"),
    [(48, 100, 1.0, 100), (24, 100, 1.0, 200), (96, 100, 1.0, 50), (48, 100, 1.1, 110), (48, 5, 1.0, 16)],
)
def test_a_strip_is_given_to_the_model_at_one_height(height, width, wider, given):
    strip = np.zeros((height, width, 3), np.uint8)
    strip[:, width // 2 :] = 255
    models = Seen(0, [], np.ones((1, 3), np.float32))
    models.read(strip, wider)
    assert models.given == [(1, 3, 48, given)]
    assert models.range == pytest.approx((-1, 1), abs=0.2)
    models.read(np.zeros((10, 2000, 3), np.uint8))
    assert models.given[-1] == (1, 3, 48, 4000)


def stamped(side: int = 120, width: int | None = None, red: tuple[int, int, int] = (60, 60, 220)) -> np.ndarray:
    """A white page of 600 x 800 with a ring of red ink and a black bar through it."""
    pixels = np.full((800, 600, 3), 240, np.uint8)
    wide = width or side
    pixels[200 : 200 + side, 100 : 100 + wide] = red
    pixels[208 : 192 + side, 108 : 92 + wide] = 240
    pixels[250:258, 60:500] = 20
    return pixels


def test_a_seal_is_taken_out_and_the_black_under_it_stays():
    pixels = stamped()
    cleaned, seen, seals = without_seals(pixels)
    assert seen is pixels
    assert cleaned[202:206, 104:216].min() > 225
    assert cleaned[252:256, 60:500].max() < 60
    assert (cleaned[500:] == 240).all()
    assert set(np.unique(seals)) == {0, 255}
    assert (seals[202, 150] == 255).all()
    assert not seals[254, 300].any()
    assert int((seals[:, :, 0] > 0).sum()) == pytest.approx(120 * 120 - 104 * 104 - 2 * 8 * 8, abs=8)
    assert (pixels == stamped()).all()  # what was given is left as it is


@pytest.mark.parametrize(
    ("side", "width", "is_seal"),
    [
        *((120, 120, True), (40, 40, False), (60, 60, True), (240, 240, True), (290, 290, False), (100, 150, True)),
        *((100, 180, False), (30, 500, False), (180, 100, False)),
    ],
)
def test_a_seal_is_about_as_wide_as_high_and_of_its_usual_size(side, width, is_seal):
    pixels = stamped(side, width)
    cleaned, _, seals = without_seals(pixels)
    assert bool(seals.any()) is is_seal
    assert (cleaned is not pixels) is is_seal


def test_only_red_ink_is_a_seal():
    for tone, is_seal in (((60, 60, 220), True), ((220, 60, 60), False), ((60, 220, 220), False)):
        assert bool(without_seals(stamped(red=tone))[2].any()) is is_seal
    for green, is_seal in ((151, True), (152, False)):  # hardly redder than green
        assert bool(without_seals(stamped(red=(60, green, 200)))[2].any()) is is_seal
    plain = np.full((50, 50, 3), 255, np.uint8)
    assert [part is plain for part in without_seals(plain)] == [True, True, False]


def test_the_tone_of_ink_is_that_of_the_darkest_strokes():
    pixels = np.full((100, 100, 3), 240, np.uint8)
    assert ink_tone(pixels) == 240
    pixels[:10] = 40
    assert ink_tone(pixels) == 40


def test_a_strip_is_covered_where_over_a_hundredth_of_it_is_red():
    seal = np.zeros((20, 100, 3), np.uint8)
    seal[0, :20] = 255
    assert not is_covered(seal)
    seal[1, 0] = 255
    assert is_covered(seal)


class Page(Models):
    """Models for a page of grey bars: where the bars are, and what each says, by the tone of its ink."""

    def __init__(self, *bars: tuple[np.ndarray, str, float]) -> None:
        self.bars, self.looked = bars, list[tuple[int, int, float]]()

    def lines(self, pixels: np.ndarray) -> np.ndarray:
        return np.stack([where for where, _, _ in self.bars]) if self.bars else np.zeros((0, 4, 2), np.float32)

    def read(self, strip: np.ndarray, wider: float = 1.0) -> Reading:
        at = int(np.argmin([abs(float(strip.min()) - 10 * number) for number in range(len(self.bars))]))
        if wider != 1:
            self.looked.append((strip.shape[1], strip.shape[0], wider))
        return reading(self.bars[at][1], self.bars[at][2])


def recognised(monkeypatch, *bars: tuple[np.ndarray, str, float], frames=()) -> tuple[object, Page]:
    """The rows of a page on which each bar is drawn in a tone of its own, and the models that read it."""
    picture = Image.new("L", (1000, 800), 245)
    pen = ImageDraw.Draw(picture)
    for frame in frames:
        pen.rectangle(frame, outline=30, width=2)
    for number, (where, _, _) in enumerate(bars):
        (left, top), (right, bottom) = where.min(axis=0), where.max(axis=0)
        for x in range(int(left) + 4, int(right) - 4, 30):
            pen.rectangle((x, int(top) + 8, min(x + 18, int(right) - 4), int(bottom) - 8), fill=10 * number)
    models = Page(*bars)
    monkeypatch.setattr(recogniser, "load_models", lambda threads: models)
    return recogniser.recognise(png(picture)), models


PROSE = (box(100, 100, 500, 140), "全年开展法治讲座三场次", 1.0)


def test_a_page_without_lines_has_its_size_and_no_rows(monkeypatch):
    page, _ = recognised(monkeypatch)
    assert page == recogniser.ScannedPage((), 1000, 800)
    picture = np.full((300, 400, 3), 245, np.uint8)
    picture[100:120, 50:300] = 20
    assert recogniser.recognise(png(Image.fromarray(picture))) == recogniser.ScannedPage((), 400, 300)


def test_rows_are_placed_where_their_lines_are(monkeypatch):
    page, _ = recognised(monkeypatch, PROSE, (box(100, 200, 400, 240), "甲乙丙丁戊己庚辛", 0.9))
    assert [row.cells for row in page.rows] == [("全年开展法治讲座三场次",), ("甲乙丙丁戊己庚辛",)]
    first, second = page.rows
    assert (first.left, first.right, first.top, first.bottom) == pytest.approx((100, 500, 100, 140), abs=1)
    assert second.size == pytest.approx(300 / 8, abs=1)
    assert second.confidences == ((0.9,) * 8,)


@pytest.mark.parametrize(("sure", "rows"), [(0.49, 1), (0.5, 2)])
def test_what_is_hardly_read_is_left_out(monkeypatch, sure, rows):
    page, _ = recognised(monkeypatch, PROSE, (box(100, 200, 400, 240), "甲乙丙丁", sure))
    assert len(page.rows) == rows


def test_blanks_and_lines_across_the_page_are_left_out(monkeypatch):
    across = np.array([(600, 300), (800, 400), (780, 440), (580, 340)], np.float32)
    lines = [(box(100, 100 + 60 * at, 500, 140 + 60 * at), "全年开展法治讲座三场次", 1.0) for at in range(9)]
    page, _ = recognised(monkeypatch, *lines, (box(600, 600, 900, 640), "  ", 1.0), (across, "甲乙丙丁", 1.0))
    assert [row.cells[0] for row in page.rows] == ["全年开展法治讲座三场次"] * 9


def width_of_second_look(monkeypatch, *beside: tuple[np.ndarray, str, float], frames=()) -> float:
    """How wide the piece is that is read again around a lone number of 60 pixels at 300."""
    number = (box(300, 100, 360, 140), "36", 1.0)
    _, models = recognised(monkeypatch, number, *beside, frames=frames)
    ((wide, high, wider),) = models.looked
    assert (high, wider) == (48, 1.1)
    return wide


def test_a_number_is_read_again_with_what_is_free_around_it(monkeypatch):
    assert width_of_second_look(monkeypatch) == pytest.approx(60 + 64, abs=2)  # 0.8 of the height on each side
    left, right = (box(100, 100, 290, 140), "甲乙丙丁戊己", 1.0), (box(365, 100, 600, 140), "甲乙丙丁戊己", 1.0)
    assert width_of_second_look(monkeypatch, left) == pytest.approx(60 + 10 + 32, abs=2)
    assert width_of_second_look(monkeypatch, right) == pytest.approx(60 + 32 + 5, abs=2)
    assert width_of_second_look(monkeypatch, left, right) == pytest.approx(60 + 10 + 5, abs=2)
    above = (box(100, 40, 290, 80), "甲乙丙丁戊己", 1.0)
    assert width_of_second_look(monkeypatch, above) == pytest.approx(60 + 64, abs=2)


def test_the_rules_of_its_cell_end_what_is_free(monkeypatch):
    frames = ((280, 60, 500, 180), (60, 60, 280, 180), (60, 180, 280, 300), (280, 180, 500, 300))
    found = width_of_second_look(monkeypatch, (box(80, 100, 230, 140), "甲乙丙丁", 1.0), frames=frames)
    assert found == pytest.approx(60 + (300 - 284 - 6) + 32, abs=4)


def test_text_of_ruled_cells_stands_in_their_rows(monkeypatch):
    frames = ((280, 60, 500, 180), (60, 60, 280, 180), (60, 180, 280, 300), (280, 180, 500, 300))
    cells = [(box(80, 100, 230, 140), "甲乙丙丁", 1.0), (box(80, 220, 230, 260), "戊己庚辛", 1.0)]
    page, _ = recognised(monkeypatch, *cells, (box(300, 220, 450, 260), "子丑寅卯", 1.0), frames=frames)
    assert [row.cells for row in page.rows] == [("甲乙丙丁", ""), ("戊己庚辛", "子丑寅卯")]


def test_a_large_jpeg_is_decoded_small_and_keeps_its_proportions(monkeypatch):
    monkeypatch.setattr(page_picture, "MOST_PIXELS", 50_000)
    picture = Image.new("L", (400, 1600), 250)
    ImageDraw.Draw(picture).rectangle((100, 400, 300, 1200), fill=10)
    pixels = load_picture(png(picture, format="JPEG", quality=95))
    height, width = pixels.shape[:2]
    assert (width, height) == (112, 447)
    dark = np.argwhere(pixels[:, :, 0] < 128)
    assert (dark.min(axis=0) / (height, width)).tolist() == pytest.approx([0.25, 0.25], abs=0.02)
    assert (dark.max(axis=0) / (height, width)).tolist() == pytest.approx([0.75, 0.75], abs=0.02)


def test_paper_in_the_shadow_has_the_tone_of_usual_paper():
    light = np.linspace(250, 110, 320)
    pixels = np.repeat(np.tile(light, (400, 1))[:, :, None], 3, axis=2).astype(np.uint8)
    assert float(np.median(evened(pixels))) == pytest.approx(240, abs=3)
    blue = pixels.copy()
    blue[:, :, 1:] //= 2  # light of one colour is taken out as well
    assert [float(np.median(evened(blue)[:, :, at])) for at in range(3)] == pytest.approx([240] * 3, abs=4)
    dark = (pixels * (np.linspace(1, 0.05, 400)[:, None, None])).astype(np.uint8)
    assert evened(dark)[-3:, 8:-8].max() < 120  # where there is next to no light nothing is made of it


def test_a_seal_at_the_edge_of_a_page_is_taken_out_there():
    for left, top in ((0, 0), (480, 680)):
        pixels = np.full((800, 600, 3), 240, np.uint8)
        pixels[top : top + 120, left : left + 120] = (60, 60, 220)
        pixels[top + 8 : top + 112, left + 8 : left + 112] = 240
        pixels[400:404] = 100
        cleaned, _, seals = without_seals(pixels)
        assert cleaned.min(axis=2)[top : top + 120, left : left + 120].min() > 225
        assert (cleaned[400:404] == 100).all()
        assert (seals[:, :, 0] > 0).sum() == 120 * 120 - 104 * 104


def test_a_seal_is_made_paper_and_no_more_than_that_is_changed():
    pixels = stamped()
    pixels[300:500] = (230, 220, 235)  # other paper, partly under the seal
    cleaned = without_seals(pixels)[0]
    assert (cleaned[:180] == pixels[:180]).all() and (cleaned[345:] == pixels[345:]).all()
    assert (cleaned[:, :80] == pixels[:, :80]).all() and (cleaned[:, 240:] == pixels[:, 240:]).all()
    thick = stamped()
    thick[208:312, 108:212] = (150, 150, 225)  # pale red all over
    assert without_seals(thick)[0][210:240, 110:200].min() > 200


def test_red_ink_becomes_paper_and_no_lighter():
    for paper in (240, 200, 150):
        pixels = np.full((800, 600, 3), paper, np.uint8)
        pixels[200:320, 100:220] = (40, 40, 140)
        pixels[208:312, 108:212] = paper
        cleaned = without_seals(pixels)[0]
        assert cleaned.max() == paper
        assert cleaned[202:206, 104:216].min() > paper - 5


def test_red_ink_that_is_lighter_than_the_paper_leaves_the_ink_beside_it_as_dark():
    pixels = np.full((800, 600, 3), 200, np.uint8)
    pixels[200:320, 100:220] = (205, 205, 255)
    pixels[208:312, 108:212] = 200
    pixels[250:260, 150:160] = (50, 50, 90)  # brown: 0.8 as red as the seal
    brown = without_seals(pixels)[0][252:258, 152:158]
    assert (brown == int(90 / (1 - 0.2 * 0.8))).all()


def test_red_specks_a_little_off_a_seal_are_none_of_it():
    pixels = np.full((800, 600, 3), 240, np.uint8)
    pixels[255:265, 100:220] = pixels[200:320, 155:165] = (60, 60, 220)  # a cross, whose corners are free
    for off, is_part in ((6, True), (14, False)):
        marked = pixels.copy()
        marked[200 - off, 100 - off] = (60, 60, 220)
        cleaned, _, seals = without_seals(marked)
        assert seals[260, 160].all()
        assert bool(seals[200 - off, 100 - off].any()) is is_part
        assert (cleaned[200 - off, 100 - off] == 240).all() == is_part


def test_two_seals_are_taken_out_and_a_scatter_of_red_is_left():
    pixels = stamped()
    pixels[500:620, 300:420] = pixels[200:320, 100:220]
    cleaned, _, seals = without_seals(pixels)
    assert seals[202, 150].all() and seals[502, 350].all()
    assert cleaned[502:506, 310:410].min() > 225
    dotted = np.full((800, 600, 3), 240, np.uint8)
    dotted[200:320:60, 100:220:60] = (60, 60, 220)
    assert not without_seals(dotted)[2].any()
    broken = stamped()
    broken[:, 150:158] = 240  # a seal that is not inked everywhere is one
    assert without_seals(broken)[0][202:206, 104:216].min() > 225
