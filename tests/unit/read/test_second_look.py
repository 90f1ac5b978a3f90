from collections.abc import Callable

import numpy as np
import pytest

from pipelines.read.scans.number_marks import DOUBTFUL
from pipelines.read.scans.ocr_models import Reading
from pipelines.read.scans.seals import is_covered, is_red, surer
from pipelines.read.scans.second_look import confirmed


def reading(text: str, confidence: float = 1.0) -> Reading:
    return Reading(text, (confidence,) * len(text), tuple((at + 0.5) / len(text) for at in range(len(text))))


def look(text: str, again: str, confidence: float = 1.0) -> Reading:
    """The reading of a strip whose numbers are all read as `again` the second time."""
    return confirmed(reading(text), 1 / len(text), (0.1, 0.1), lambda start, end: reading(again, confidence))


def test_two_readings_that_agree_keep_the_lower_confidence():
    assert look("举办讲座36场", "讲座36场", 0.97).confidences == (1, 1, 1, 1, 0.97, 0.97, 1)


@pytest.mark.parametrize("again", ["讲座38场", "讲座3场", "讲座136场", "讲座场", ""])
def test_readings_that_differ_are_doubtful(again):
    found = look("举办讲座36场", again)
    assert found.text == "举办讲座36场"
    assert found.confidences == (1, 1, 1, 1, DOUBTFUL, DOUBTFUL, 1)


def test_a_mark_after_a_number_may_be_cut_off():
    assert look("共36,其中", "共36").confidences == (1.0,) * 6


def test_digits_that_the_box_cut_off_are_taken_and_doubtful():
    found = look("022年", "2022年")
    assert found.text == "2022年"
    assert found.confidences == (*(DOUBTFUL,) * 4, 1)
    assert len(found.places) == len(found.text)
    assert look("讲座3", "讲座36").text == "讲座36"


def test_a_number_in_the_middle_is_never_made_longer():
    assert look("讲座36场", "136场").text == "讲座36场"


def test_the_piece_reaches_no_further_than_is_free():
    parts: list[tuple[float, float]] = []

    def note(start: float, end: float) -> Reading:
        parts.append((start, end))
        return reading("36")

    read_part: Callable[[float, float], Reading] = note
    confirmed(reading("36"), 0.5, (0.05, 0.2), read_part)
    assert parts == [(-0.05, 1.2)]


def test_every_number_is_looked_at():
    assert look("12件、13件", "12件、13件", 0.9).confidences == (0.9, 0.9, 1, 1, 0.9, 0.9, 1)


def test_of_two_readings_under_a_seal_the_surer_is_taken_and_what_differs_is_doubtful():
    assert surer(reading("柳林镇", 0.8), reading("柳休镇", 0.9)).text == "柳休镇"
    assert surer(reading("柳林镇", 0.8), reading("柳休镇", 0.9)).confidences == (0.9, DOUBTFUL, 0.9)
    assert surer(reading("24年", 0.9), reading("2024年", 0.8)).confidences == (0.9, 0.9, 0.9)
    assert surer(reading("2024年", 0.9), reading("24年", 0.8)).confidences.count(DOUBTFUL) == 2
    assert surer(reading("柳林镇"), reading("柳林镇", 0.2)).confidences == (1, 1, 1)


def test_the_rest_of_a_seal_is_told_from_text_under_it():
    paper, seal = np.full((40, 200, 3), 240, np.uint8), np.zeros((40, 200, 3), np.uint8)
    seal[5:35, 20:40] = 255
    ghost, text = paper.copy(), paper.copy()
    ghost[5:35, 20:40] = 190
    text[10:30, 30:150:8] = 30
    assert is_red(ghost, seal, 60.0)
    assert not is_red(text, seal, 60.0)
    assert is_covered(seal)
    assert not is_covered(seal * 0)


def test_the_piece_reaches_a_character_and_a_half_around_the_number():
    parts: list[tuple[float, float]] = []

    def note(start: float, end: float) -> Reading:
        parts.append((start, end))
        return reading("")

    confirmed(reading("甲乙丙丁戊己庚辛36件子丑寅卯辰巳午未申"), 0.05, (0.3, 0.3), note)
    assert parts[0] == pytest.approx((8.5 / 20 - 0.25 * 0.05 - 1.6 * 0.05, 9.5 / 20 + 0.25 * 0.05 + 1.6 * 0.05))
    parts.clear()
    confirmed(reading("1件、2件"), 0.2, (0.1, 0.1), note)
    assert [round(start, 2) for start, _ in parts] == [0.33, -0.1]  # the last number first
    assert [round(end, 2) for _, end in parts] == [1.07, 0.47]


@pytest.mark.parametrize(
    ("text", "again", "expected"),
    [
        ("22年", "2022年", "2022年"),
        ("2年", "2022年", "2年"),  # three digits more is another number
        ("22年", "122年", "122年"),
        ("22年", "223年", "22年"),  # it begins alike, and the strip begins with it
        ("讲座36", "3678", "讲座3678"),
        ("讲座36", "136", "讲座36"),
        ("讲座36", "36789", "讲座36"),
        ("讲座36场", "368场", "讲座36场"),
        ("22，年", "2022，年", "2022，年"),
    ],
)
def test_only_a_number_at_an_end_may_have_lost_digits_there(text, again, expected):
    found = look(text, again)
    assert found.text == expected
    assert len(found.confidences) == len(found.places) == len(found.text)
    digits = [at for at, glyph in enumerate(found.text) if glyph.isdigit()]
    assert {found.confidences[at] for at in digits} == {DOUBTFUL}


def test_digits_that_were_added_are_spread_over_the_place_of_the_number():
    found = confirmed(reading("22年初"), 0.2, (0.1, 0.1), lambda start, end: reading("2022年"))
    left, right = 1 / 8 - 0.05, 3 / 8 + 0.05
    step = (right - left) / 4
    assert found.places == pytest.approx((*(left + (at + 0.5) * step for at in range(4)), 5 / 8, 7 / 8))
    assert look("22年", "22年").places == reading("22年").places


def test_a_number_with_its_mark_keeps_the_confidence_of_the_mark():
    first = Reading("共36，其中", (1, 0.9, 0.7, 0.4, 1, 1), reading("共36，其中").places)
    again = Reading("共36，", (1, 0.8, 0.8, 0.1), reading("共36，").places)
    found = confirmed(first, 1 / 6, (0, 0), lambda start, end: again)
    assert found.confidences == (1, 0.8, 0.7, 0.4, 1, 1)
    poor = confirmed(first, 1 / 6, (0, 0), lambda start, end: reading("共"))
    assert poor.confidences == (1, DOUBTFUL, DOUBTFUL, 0.4, 1, 1)


def test_of_equally_sure_readings_that_without_the_seal_is_taken():
    assert surer(reading("甲", 0.8), reading("乙", 0.8)) == reading("甲", DOUBTFUL)
    assert surer(reading("甲乙", 0.3), reading("甲", 0.2)).confidences == (0.3, 0.3)


@pytest.mark.parametrize(("black", "is_rest"), [(24, True), (26, False)])
def test_a_strip_is_the_rest_of_a_seal_where_black_is_a_quarter_of_the_red_at_most(black, is_rest):
    strip, seal = np.full((40, 200, 3), 240, np.uint8), np.zeros((40, 200, 3), np.uint8)
    seal[10:20, 20:30] = 255
    strip.reshape(-1, 3)[:black] = 20
    assert is_red(strip, seal, 20.0) is is_rest


@pytest.mark.parametrize(("tone", "is_black"), [(115, True), (125, False)])
def test_black_is_what_is_nearer_to_ink_than_to_paper(tone, is_black):
    strip, seal = np.full((40, 200, 3), 240, np.uint8), np.zeros((40, 200, 3), np.uint8)
    seal[:10] = 255
    strip[:10] = tone  # as much as is red
    assert is_red(strip, seal, 20.0) is not is_black
