"""Hostile input: nothing hangs, nothing raises, every span is right, and time grows with length and no faster."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor, extract
from pipelines.extract.report.records import Extraction

#: A run shorter than this says nothing about growth; one longer says it all.
FLOOR, ENOUGH = 0.02, 0.12
FULL_SIZE = 100_000
EXTRACTOR = Extractor(load_codebook())


def read(text: str) -> Extraction:
    result = EXTRACTOR.extract(text, (), 2024)
    for fact in result.facts:
        assert text[fact.char_start : fact.char_end] == fact.evidence
    end = 0
    for number in result.numbers:
        assert text[number.char_start : number.char_end] == number.text
        assert end <= number.char_start
        end = number.char_end
    return result


def anew(text: str) -> Extraction:
    """By an extractor that keeps nothing."""
    return extract(text, (), 2024, load_codebook())


def seconds(text: str) -> float:
    """Best of three, in time of this process alone: a busy machine is no reason to fail."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        EXTRACTOR.extract(text, (), 2024)
        best = min(best, time.process_time() - start)
    return best


def growth(shape: Callable[[int], str]) -> float:
    """Time at 4n over time at n, at the first n that takes long enough to be trusted; 0 where none does."""
    size, short = 500, seconds(shape(500))
    while size <= FULL_SIZE // 4:
        long = seconds(shape(4 * size))
        if long > FLOOR and long / short >= 8:
            short, long = max(short, seconds(shape(size))), min(long, seconds(shape(4 * size)))
        if long > ENOUGH or (long > FLOOR and long / short >= 8):
            return long / short
        size, short = 4 * size, long
    return 0.0


def repeat(piece: str, tail: str = "", head: str = "") -> Callable[[int], str]:
    """A shape of about n characters: head, then the piece over and over, then tail."""
    return lambda n: head + piece * (n // len(piece)) + tail


def nest(opening: str, inner: str, closing: str) -> Callable[[int], str]:
    """n characters of opening and closing marks around one number."""
    return lambda n: opening * (n // 2) + inner + closing * (n // 2)


SHAPES = {
    "no full stop": repeat("推进依法行政开展法治宣传"),
    "one digit run": repeat("1"),
    "thousands groups": repeat(",000", head="1"),
    "masked": repeat("*", head="1"),
    "chinese digits": repeat("二"),
    "chinese magnitudes": repeat("数几百十"),
    "commas": repeat("，"),
    "number among commas": lambda n: "，" * (n // 2) + "受理信访件3件" + "，" * (n // 2),
    "nested quotes": nest("“", "1", "”"),
    "nested brackets": nest("（", "1件", "）"),
    "nested titles": nest("《", "3", "》"),
    "titles": repeat("《法2》"),
    "其中": repeat("其中", "3件"),
    "各": repeat("各", "3次"),
    "每": repeat("每月学法", "3次"),
    "计划": repeat("计划", "3次"),
    "比去年": repeat("比去年", "3次"),
    "年来": repeat("五年来", "3次"),
    "since": repeat("自2020年以来", "3件"),
    "from to": repeat("由", "3件"),
    "rates before one number": repeat("合格率、参考率", "100%"),
    "items before each": repeat("干部、群众、", "各开展培训3次"),
    "respectively": repeat("培训、", "分别为3次、4次"),
    "items": repeat("一是"),
    "document numbers": repeat("〔2024〕3号"),
    "chinese years": repeat("二〇二四年"),
    "months": repeat("3月"),
    "node days": repeat("3.15、"),
    "letters and digits": repeat("a1"),
    "pluses": repeat("1+"),
    "spaces": repeat(" ", "3件"),
    "empty lines": repeat("\n", "3"),
    "lines": repeat("3件\n"),
    "headings": repeat("一、信访3件\n"),
    "a usual report": repeat("开展普法宣传12场，发放资料300余份。受理信访件3件，办结率100%。\n"),
    "sentences": repeat("信访3件。"),
    "open brackets": repeat("3（"),
    "numbers in a row": repeat("12 "),
    "numbers and list marks": repeat("12、"),
    "figures and commas": repeat("12件，"),
    "ones and commas": repeat("1,"),
    "decimals in a row": repeat("1."),
    "chinese figures": repeat("三十件"),
    "one scale": repeat("万", head="3"),
    "figures without a stop": repeat("开展法治宣传活动3次推进依法行政"),
    "spaced figures": repeat("受理 3 件 "),
    "figure with 其中": repeat("其中来访3件", head="受理信访件30件"),
    "figure with 各": repeat("培训各3次"),
    "figure with 每": repeat("每月学法3次"),
    "figure with 分别": repeat("培训分别为3次、"),
    "changes": repeat("由3项调整为2项"),
    "rates": repeat("合格率100%"),
    "quotes and figures": repeat("“3"),
    "names that hide their parts": repeat("法律明白人", "3名"),
    "things that share": repeat("培训、宣讲和", "均为3次"),
    "zeros": repeat("未发生行政复议、"),
    "zeros behind": repeat("行政复议零发生"),
    "one table row": repeat("|12件", head="|受理信访件"),
    "bare table row": repeat("12|"),
    "table rows": repeat("信访件|12|13\n"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_time_is_linear_in_length(name: str) -> None:
    assert growth(SHAPES[name]) < 8


@pytest.mark.parametrize("name", SHAPES)
def test_full_size_finishes_with_right_spans(name: str) -> None:
    text = SHAPES[name](20_000)
    assert sum(n.char_end - n.char_start for n in read(text).numbers) <= len(text)


def test_a_hundred_thousand_characters_without_a_stop() -> None:
    text = "推进依法行政开展法治宣传" * 8_400 + "举办法治讲座3场"
    assert len(text) > FULL_SIZE
    assert [n.text for n in read(text).numbers] == ["3场"]


def test_fifty_thousand_commas() -> None:
    assert [f.value for f in read("，" * 50_000 + "受理信访件3件" + "，" * 50_000).facts] == [3]


def test_ten_thousand_numbers_in_a_row() -> None:
    assert len(read("12件、" * 10_000).numbers) == 10_000


def test_a_table_row_of_twenty_thousand_cells() -> None:
    assert len(read("受理信访件|" + "12件|" * 20_000).numbers) == 20_000


def test_every_plane_of_unicode() -> None:
    codes = [*range(0, 0xD800, 7), *range(0xE000, 0x110000, 251)]
    text = "".join(f"{chr(code)}3件" if i % 16 == 0 else chr(code) for i, code in enumerate(codes))
    result = read(text)
    assert max(n.char_end for n in result.numbers) <= len(text)
    assert len(result.numbers) >= len(codes) // 16 - 1000


@pytest.mark.parametrize("plane", range(17))
def test_a_figure_between_characters_of_a_plane(plane: int) -> None:
    char = chr(plane * 0x10000 + 0xE123)  # private or unassigned or a rare ideograph: no letter that means something
    text = f"{char}。{char}受理信访件3件。{char}"
    (fact,) = read(text).facts
    assert (fact.value, text[fact.number_start : fact.number_end]) == (3, "3件")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert read(text) == anew(text)


@settings(deadline=None)
@given(
    st.text(
        alphabet="0123456789零一二十两数余几.,，+*-—~至%万件次年月日·/“”《》〔〕（）()|号第每各无未 \n", max_size=120
    )
)
def test_any_run_of_number_marks_is_read(text: str) -> None:
    assert read(text) == anew(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "|", "||", "《", "第", "〇", "3", " 3 ", "1、", "\x00", "\r\n3件\r\n", "😀3件😀"]
)
def test_next_to_nothing_is_read(text: str) -> None:
    assert len(read(text).numbers) == ("3" in text or "1" in text)
