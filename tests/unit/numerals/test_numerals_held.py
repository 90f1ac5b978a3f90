"""No text gives a number that a float does not hold as it is written, and none that is infinite or no number."""

from math import isfinite

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.numerals.fold import fold
from pipelines.numerals.mentions import find_mentions

EXTRACTOR = Extractor(load_codebook())
SENTENCES = [
    "全年办理行政处罚案件3件，罚款{}元。",
    "全年罚款{}万元。",
    "全年罚款{}亿元。",
    "现有行政执法人员{}人。",
    "12345热线办结率{}%。",
    "满意率{}‰。",
    "学法考试合格率百分之{}。",
    "开展法治宣传活动{}余场次，受众{}万余人次。",
    "项目|罚款（亿元）|办结率（%）\n甲|{}|{}\n",
    "受理信访件{}至{}件。",
]
NUMERALS = st.one_of(
    st.integers(0, 10**30).map(str),
    st.integers(0, 10**18).map("{:,}".format),
    st.text("0123456789", min_size=300, max_size=500),
    st.decimals(0, 10**20, allow_nan=False, places=6).map(str),
    st.text("一二三四五六七八九十百千万亿零点", min_size=1, max_size=40),
    st.builds("{}{}".format, st.integers(0, 10**12), st.text("十百千万亿", max_size=8)),
    st.text("0123456789.,一九十百千万亿零点几余多至-—", min_size=1, max_size=40),
    st.sampled_from(["1e400", "inf", "nan", "Infinity", "-0", "9007199254740993", "0x10"]),
)
TEXTS = st.builds(
    lambda sentence, low, high: sentence.format(low, high), st.sampled_from(SENTENCES), NUMERALS, NUMERALS
)


def is_held(value: float) -> bool:
    """Whether it is a number at all; `test_every_large_fine_is_exact` holds it against the text."""
    return isfinite(value) and value < 1e30


@given(TEXTS)
@settings(deadline=None, max_examples=400)
@example("12345热线办结率" + "9" * 400 + "%。")
@example("12345热线办结率9007199254740993%。")
@example("全年罚款123456789.012亿元。")
@example("全年罚款九千零七万一千九百九十二点五四七四零九九三亿元。")
def test_every_number_of_a_text_is_held(text: str) -> None:
    for mention in find_mentions(fold(text)):
        for value in (mention.value, mention.upper):
            assert value is None or is_held(value), (value, text[mention.start : mention.end])


@given(TEXTS)
@settings(deadline=None, max_examples=200)
@example("12345热线办结率" + "9" * 400 + "%。")
@example("项目|罚款（亿元）\n甲|9007199254740993\n")
@example("罚款9" + ",999" * 150 + "元。")
@example("罚款9,007,199,254,740,993元。")
@example("罚款12,345,678,901,234.56亿元。")
def test_every_fact_is_held_and_its_bounds_are_finite(text: str) -> None:
    result = EXTRACTOR.extract(text, (), 2024)
    assert all(number.value is None or is_held(number.value) for number in result.numbers)
    for fact in result.facts:
        assert is_held(fact.value)
        assert all(bound is None or isfinite(bound) for bound in (fact.value_low, fact.value_high))


@given(st.integers(10**6, 10**24), st.sampled_from([("元", 1), ("万元", 10**4), ("亿元", 10**8), ("余万元", 10**4)]))
@settings(deadline=None, max_examples=300)
@example(2**53 + 1, ("元", 1))
@example(10**16, ("元", 1))
def test_every_large_fine_is_exact(count: int, measure: tuple[str, int]) -> None:
    text = f"全年办理行政处罚案件3件，罚款{count:,}{measure[0]}。"
    result = EXTRACTOR.extract(text, (), 2024)
    assert {fact.value for fact in result.facts if fact.metric_code == "enforcement_fines"} <= {count * measure[1]}
    assert {number.value for number in result.numbers if "元" in number.text} <= {count * measure[1], None}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,000,000,000,000元", 1e12),
        ("100,000,000亿元", 1e16),  # above 2^53, but a float holds it: a fact, and it is implausible
        ("12,345,678,901万元", 123456789010000),
        ("9,007,199,254,740,993元", None),
        ("12,345,678,901,234亿元", None),
        ("9" + ",999" * 150 + "元", None),
    ],
)
def test_a_fine_is_a_fact_where_a_float_holds_it(written: str, value: float | None) -> None:
    result = EXTRACTOR.extract(f"全年办理行政处罚案件3件，罚款{written}。", (), 2024)
    fines = [fact.value for fact in result.facts if fact.metric_code == "enforcement_fines"]
    assert fines == ([] if value is None else [value])
    assert "3" in [number.text.rstrip("件") for number in result.numbers]
    (found,) = [number for number in result.numbers if "元" in number.text]
    assert found.disposition != "unclassified" and found.value == value


@pytest.mark.parametrize(
    ("written", "value"), [("5344643百余余亿元", 5.344643e16), ("1234567.89012余千千余亿元", None)]
)
def test_a_numeral_is_unread_where_its_measure_carries_it_beyond_what_a_float_holds(
    written: str, value: float | None
) -> None:
    (mention,) = find_mentions(written)
    assert (mention.value, mention.reason) == (value, "" if value else "unread_numeral")
    assert (mention.start, mention.end) == (0, len(written))
