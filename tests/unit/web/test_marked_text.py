"""The text of a report is cut into pieces that give it back whole, with every number in one mark."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.web.marked_text import marked_paragraphs


def number(start: int, end: int) -> dict[str, int]:
    return {"char_start": start, "char_end": end}


def pieces(text: str, numbers: list[dict[str, int]], evidence: tuple[int, int] | None = None) -> list[list[tuple]]:
    return [
        [(one["text"], one["number"] is not None, one["is_evidence"]) for one in paragraph]
        for paragraph in marked_paragraphs(text, numbers, evidence)
    ]


def test_numbers_and_evidence_are_marked() -> None:
    text = "全年\n开展培训8场次。"
    assert pieces(text, [number(7, 9)], (3, 10)) == [
        [("全年", False, False)],
        [("开展培训", False, True), ("8场", True, True), ("次", False, True), ("。", False, False)],
    ]


def test_a_number_over_a_line_break_is_marked_in_both_lines() -> None:
    assert pieces("12\n34", [number(0, 5)]) == [[("12", True, False)], [("34", True, False)]]


def test_of_numbers_that_overlap_the_first_is_marked() -> None:
    assert pieces("12345", [number(0, 3), number(2, 5)]) == [[("123", True, False), ("45", False, False)]]


def test_an_empty_text_has_no_paragraph() -> None:
    assert pieces("", []) == []


@given(
    st.text(alphabet='甲1<&\n "', max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(1, 5)), max_size=6),
    st.none() | st.tuples(st.integers(0, 45), st.integers(0, 45)),
)
def test_nothing_is_lost(text: str, places: list[tuple[int, int]], evidence: tuple[int, int] | None) -> None:
    numbers = [number(start, start + length) for start, length in sorted(places)]
    paragraphs = marked_paragraphs(text, numbers, evidence)
    assert "\n".join("".join(piece["text"] for piece in one) for one in paragraphs) == "\n".join(
        line for line in text.split("\n") if line
    )
