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
