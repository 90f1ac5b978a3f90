"""Mixed numerals: Arabic digits that are only a part of a numeral, because Chinese characters go on with it.

1万2千5百, 三百5十 and 三点5万 are one numeral each, 百分之97.5, 9成5 and 3百到五百 one figure. A part of one is never
its value: where the whole cannot be read, it is an unread numeral.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pipelines.numerals.classifiers import CHINESE_UNIT, MORE, UNIT, UNIT_AHEAD
from pipelines.numerals.values import CHINESE, DIGITS, MAGNITUDES, chinese_range, chinese_value, hedged

_SIZES = "".join(MAGNITUDES)
_DIGIT = "".join(c for c, value in DIGITS.items() if value)
_DASH = "[-—~至到]{1,2}"
_ARABIC = r"[0-9]+(?:\.[0-9]+)?"
# What goes on behind a magnitude: more digits with magnitudes, then digits, or one Chinese digit before a classifier.
# 一 is "a" there (补助10万一年).
_REST = (
    rf"(?:[零〇]?(?:{_ARABIC}|[{_DIGIT}])[{_SIZES}]{{1,3}}){{0,8}}"
    rf"(?:[零〇]?[0-9]+(?!\.?[0-9])|[零〇][{_DIGIT}](?={CHINESE_UNIT})|(?!一)[{_DIGIT}](?={CHINESE_UNIT}))?"
)
_NUMERAL = rf"{_ARABIC}(?:[{_SIZES}]{{1,3}}{_REST})?"
_PURE = re.compile(rf"{_ARABIC}[百千万亿]*")
# A numeral may be mixed where this finds something, or where one of these characters stands left of its digits.
_MAY_GO_ON = re.compile(
    rf"[0-9.]+(?:[{_SIZES}]+(?:[0-9{CHINESE}]|{_DASH}[0-9.]+[{_SIZES}]+[0-9{CHINESE}]|[{MORE}][十百千])|几[十百千]|[十拾]|{_DASH}[{CHINESE}])"
)
_MAY_STAND_LEFT = frozenset(_SIZES + "点零〇之成至到-—~")
_LEFT = re.compile(
    rf"(?P<numeral>[{CHINESE}]*[{_SIZES}零〇]|[{CHINESE}]+(?=点)|(?<![{CHINESE}])[{_DIGIT}](?={_DASH}))(?P<point>点)?(?P<dash>{_DASH})?$"
)
# 两~3百: one digit before the dash is a bound where a magnitude behind the other is of both.
_SHARED = re.compile(rf"(?<=[二两三四五六七八][-—~至到])[2-9][{_SIZES}]")
_LONGEST_LEFT = 16  # characters
# An ordinal, or one of many; so its end is no numeral of its own that could be joined.
_NO_LEFT = frozenset("第每各逐任同某0123456789.")
_TEN_IS_A_WORD = re.compile(rf"[0-9.]{{2,}}[十拾]|[0-9][十拾](?![0-9万亿{MORE}]|上下|左右|以上|{UNIT_AHEAD})")
_SHARE_LEFT = re.compile(rf"(?P<whole>[{CHINESE}]{{1,4}})分之$")
_SHARE = re.compile(
    rf"(?P<low>{_ARABIC})(?:{_DASH}(?:[百千万]分之)?(?P<upper>{_ARABIC}))?(?P<more>[{MORE}])?(?!\.?[0-9]|[%{CHINESE}])"
)
# The tenth of a tenth: 9成5, 三成半; what counts something is none (3成5户).
_END = rf"(?![0-9.{CHINESE}数年月天个]|{UNIT_AHEAD})"
_TENTHS = re.compile(rf"(?P<tenths>[1-9])成(?P<parts>[0-9{_DIGIT}半]){_END}")
_TENTH_OF_CHINESE = re.compile(rf"[1-9]{_END}")


@cache
def _mixed() -> re.Pattern[str]:
    """The pattern of a numeral with its range and its classifier; few texts hold one, and it is slow to compile."""
    return re.compile(
        rf"(?P<low>{_NUMERAL})"
        rf"(?:{_DASH}(?P<upper>{_NUMERAL}|[{CHINESE}]{{1,24}}(?:点[{CHINESE}]{{1,9}})?(?=[{MORE}]?[万亿]?(?:{CHINESE_UNIT}))))?"
        rf"(?P<more>有余|[{MORE}+])?(?P<scale>[{_SIZES}]{{0,2}})(?:(?P<about>上下|左右|以上)(?={UNIT_AHEAD}))?(?P<unit>{UNIT})?"
    )


class MixedNumeral(NamedTuple):
    """A numeral that Arabic digits are a part of. `low` is None where it cannot be read."""

    start: int
    digits_end: int  # before the classifier
    end: int
    low: float | None
    upper: float | None = None
    unit: str = ""
    more: bool = False
    about: bool = False


def mixed_numeral(text: str, start: int) -> MixedNumeral | None:
    """The mixed numeral whose first Arabic digit stands at `start`, or None where the digits are no part of one."""
    left = text[start - 1] if start else ""
    if left == "之":
        return _share(text, start)
    tenths = _tenths(text, start, left)
    if tenths:
        return tenths
    before = _before(text, start) if left in _MAY_STAND_LEFT else None
    if before is None and (not _MAY_GO_ON.match(text, start) or _TEN_IS_A_WORD.match(text, start)):
        return None
    match = _mixed().match(text, start)
    assert match is not None  # a digit always matches `low`
    low, high = match["low"], match["upper"]
    if before is None and not match["more"] and _PURE.fullmatch(low) and _PURE.fullmatch(high or low):
        return None  # 3万, 3万至5万
    begin = start
    if before is not None:
        begin = start - len(before.group())
        if before["dash"]:
            low, high = before["numeral"], low if high is None else ""
        else:
            low = before.group() + low
    first, last = chinese_range(low, high) if high is not None else (chinese_value(low), None)
    scale = hedged(high or low, match["more"] or "", match["scale"])
    known = text[begin - 1 : begin] not in _NO_LEFT if begin < start else True
    known = known and first is not None and scale is not None and (high is None or (last is not None and first < last))
    end = match.end()
    digits_end = end if match["unit"] is None else match.start("unit")
    if not known or first is None or scale is None:
        return MixedNumeral(begin, digits_end, end, None)
    plus, by = scale
    return MixedNumeral(
        begin,
        digits_end,
        end,
        round((first + plus) * by, 6),
        None if last is None else round((last + plus) * by, 6),
        match["unit"] or "",
        match["more"] is not None or match["about"] == "以上",
        match["about"] in ("上下", "左右"),
    )


def _before(text: str, start: int) -> re.Match[str] | None:
    """The Chinese numeral that the digits at `start` go on with (三百 before 5十) or that is the lower of a range."""
    before = _LEFT.search(text[max(0, start - _LONGEST_LEFT) : start])
    if before is None or before["numeral"][0] in "零〇":  # 清零4件
        return None
    if not any(c in DIGITS or c in "十拾廿卅" for c in before["numeral"]):
        return None
    if before["dash"] and before["numeral"][-1] not in MAGNITUDES:
        return before if _SHARED.match(text, start) else None
    return None if before["dash"] and before["point"] else before


def _share(text: str, start: int) -> MixedNumeral | None:
    """百分之97.5, 千分之2.4, 百分之80至85: a percentage with Arabic digits."""
    before = _SHARE_LEFT.search(text[max(0, start - 6) : start])
    if before is None:
        return None
    begin, parts, share = start - len(before.group()), chinese_value(before["whole"]), _SHARE.match(text, start)
    if not parts or share is None:
        digits = re.compile(_NUMERAL).match(text, start)
        end = digits.end() if digits else start + 1
        return MixedNumeral(begin, end, end, None)
    low, high = round(100 * float(share["low"]) / parts, 4), share["upper"]
    upper = None if high is None else round(100 * float(high) / parts, 4)
    known = low <= 100 * parts and (upper is None or low < upper) and text[begin - 1 : begin] != "又"
    return MixedNumeral(begin, share.end(), share.end(), low if known else None, upper, "%", share["more"] is not None)


def _tenths(text: str, start: int, left: str) -> MixedNumeral | None:
    """9成5 and 九成5, as a percentage."""
    match = _TENTHS.match(text, start)
    if match:
        parts = 5.0 if match["parts"] == "半" else chinese_value(match["parts"]) or float(match["parts"])
        return MixedNumeral(start, match.end(), match.end(), 10 * float(match["tenths"]) + parts, unit="%")
    before = text[start - 2 : start - 1] if start > 1 else ""
    if left == "成" and before and before in _DIGIT and _TENTH_OF_CHINESE.match(text, start):
        return MixedNumeral(start - 2, start + 1, start + 1, 10.0 * DIGITS[before] + float(text[start]), unit="%")
    return None
