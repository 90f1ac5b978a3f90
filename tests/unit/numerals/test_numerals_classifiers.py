"""Classifiers as patterns: the short one for looks ahead says the same, and 二 before some of them is the second."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.numerals.classifiers import CHINESE_UNIT, UNIT, UNIT_AHEAD, UNITS
from pipelines.numerals.mentions import find_mentions

_LETTERS = "".join(sorted(set("".join(UNITS)))) + "圆满万亿成 ,1"


@pytest.mark.parametrize("unit", UNITS)
def test_each_classifier_is_seen_ahead(unit: str) -> None:
    assert re.match(UNIT_AHEAD, unit)


@settings(deadline=None)
@given(st.text(alphabet=_LETTERS, max_size=5))
def test_a_look_ahead_sees_what_the_whole_pattern_matches(text: str) -> None:
    assert bool(re.match(UNIT_AHEAD, text)) == bool(re.match(UNIT, text))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("二期工程", []),
        ("二轮承包", []),
        ("举办培训二十二次", [22.0]),
        ("开展检查三次", [3.0]),
        ("集中排查三轮次", [3.0]),
        ("分三批次", [3.0]),
        ("检查二次,", [2.0]),
    ],
)
def test_the_second_is_no_figure(text: str, values: list[float]) -> None:
    assert [mention.value for mention in find_mentions(text)] == values


def test_a_longer_classifier_comes_before_its_beginning() -> None:
    for text, whole in (("批次", "批次"), ("轮次", "轮次"), ("人次", "人次"), ("部", "部")):
        found = re.compile(CHINESE_UNIT).match(f"十五{text}", 2)
        assert found and found.group() == whole
