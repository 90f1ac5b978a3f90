"""Folding: each character is folded to one, and offsets lead back to the stored text."""

import unicodedata

import opencc
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.numerals.fold import fold, fold_table, prepare


def test_folding_is_one_to_one_and_leaves_digits_alone() -> None:
    for code, plain in fold_table().items():
        assert len(plain) == 1, hex(code)
        if chr(code) in "０１２３４５６７８９":
            assert plain == unicodedata.normalize("NFKC", chr(code))
        else:
            assert not plain.isdigit(), hex(code)


def test_each_character_is_folded_as_if_it_stood_alone() -> None:
    simple = opencc.OpenCC("t2s")
    for char in "訪餘後裏幹乾髮鐘臺甚麼〇ａ１":
        plain = unicodedata.normalize("NFKC", char)
        assert fold(char) == simple.convert(plain), char


@settings(deadline=None)
@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@settings(deadline=None)
@given(st.text("薴苧信访件訪餘∙•２（％～⻄", max_size=30), st.booleans())
def test_few_and_many_rare_characters_are_folded_alike(text: str, many: bool) -> None:
    text += "".join(map(chr, list(fold_table())[:200])) if many else ""
    assert fold(text) == text.translate(fold_table())


PRINTED = st.text(alphabet="信访件 受理３3，,.0 \n訪餘⻄😀（）％", max_size=60)


@settings(deadline=None)
@given(PRINTED, st.data())
def test_spans_of_the_working_text_lead_back_to_the_stored_text(text: str, data: st.DataObject) -> None:
    working = prepare(text)
    assume(working.text)
    start = data.draw(st.integers(0, len(working.text) - 1))
    end = data.draw(st.integers(start + 1, len(working.text)))
    (a,), (b,) = working.to_stored([start]), working.to_stored([end], end=True)
    assert 0 <= a < b <= len(text)
    bare = str.maketrans("", "", " ")
    assert fold(text[a:b]).translate(bare) == working.text[start:end].translate(bare)


@settings(deadline=None)
@given(PRINTED)
def test_stored_and_working_offsets_are_inverse(text: str) -> None:
    working = prepare(text)
    offsets = list(range(len(working.text)))
    assert [working.working(at) for at in working.to_stored(offsets)] == offsets


def test_a_space_between_two_digits_is_kept() -> None:
    assert prepare("甲 村 23 45 件").text == "甲村23 45件"
