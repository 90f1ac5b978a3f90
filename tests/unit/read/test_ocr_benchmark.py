from pathlib import Path

import pytest

from benchmarks.ocr import Score, compare, targets
from pipelines.read.scans.scanned_page import UNSURE, ScannedPage, ScannedRow

SURE = 1.0


def page(*rows: tuple[str, ...], unsure: str = "") -> ScannedPage:
    """A page of these rows, where the characters in `unsure` are unsure."""
    return ScannedPage(
        tuple(
            ScannedRow(
                cells, tuple(tuple(UNSURE / 2 if c in unsure else SURE for c in cell) for cell in cells), 0, 9, 0, 9, 9
            )
            for cells in rows
        ),
        100,
        100,
    )


def counts(score: Score) -> tuple[int, int, int, int, int]:
    return score.numbers, score.right, score.wrong, score.wrong_flagged, score.right_flagged


def test_what_is_read_as_it_was_drawn_is_right():
    score = compare(["讲座 36 场，占98.5%", "甲 | 12 | "], page(("讲座36场,占98.5%",), ("甲", "12", "")))
    assert counts(score) == (3, 3, 0, 0, 0)
    assert score.characters_right == score.characters
    assert score.digits_right == score.digits == 7


def test_a_wrong_number_is_counted_and_so_is_its_flag():
    assert counts(compare(["讲座36场"], page(("讲座38场",)))) == (1, 0, 1, 0, 0)
    assert counts(compare(["讲座36场"], page(("讲座38场",), unsure="8"))) == (1, 0, 1, 1, 0)
    assert counts(compare(["讲座36场"], page(("讲座36场",), unsure="6"))) == (1, 1, 0, 0, 1)


def test_a_lost_number_is_neither_right_nor_wrong():
    assert counts(compare(["讲座36场，案件7件"], page(("讲座36场，案件件",)))) == (2, 1, 0, 0, 0)


def test_a_number_in_another_place_is_wrong():
    score = compare(["甲 | 12 | 7"], page(("甲", "7", "12")))
    assert (score.right, score.wrong) == (1, 1)


def test_scores_add_up_and_memory_is_the_most():
    both = Score(pages=1, right=2, memory=7, mistakes=["a"]) + Score(pages=1, right=3, memory=5, mistakes=["b"])
    assert (both.pages, both.right, both.memory, both.mistakes) == (2, 5, 7, ["a", "b"])


@pytest.mark.parametrize(("wrong", "met"), [(3, True), (4, False)])
def test_the_bar_for_wrong_numbers_is_three_in_a_thousand(wrong, met):
    fine, photo = Score(numbers=900, right=900), Score(numbers=100, right=100, wrong=wrong)
    verdicts = targets({"scan, 200 dpi": fine, "photo": photo, "all": fine + photo})
    assert [target.met for target in verdicts] == [True, True, met]


def test_sql_has_the_threshold_of_the_types():
    macro = Path(__file__).parents[3] / "sql" / "macros" / "scan.sql"
    assert f"digit_confidence < {UNSURE}," in macro.read_text(encoding="utf-8")
