"""Values: what number a run of digits or Chinese numeral characters stands for, whatever its unit and its context.

Kept libraries were weighed; docs/codebook.md says why the numerals are read here.
"""

from __future__ import annotations

import math
import re

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
MAGNITUDES = TENS | MYRIADS
#: Every character a Chinese numeral may consist of; 廿 and 卅 are twenty and thirty.
CHINESE = "".join(DIGITS) + "".join(MAGNITUDES) + "廿卅"
_DIGIT = "".join(DIGITS)
#: What a numeral consists of: Arabic digits, one Chinese digit, or one magnitude.
_PART = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{CHINESE}]")
_SCALED = re.compile(rf"[0-9]+\.[0-9]+[{''.join(MAGNITUDES)}]*")
_NEIGHBOURS = re.compile(rf"(?<![{_DIGIT}])([一二两三四五六七八])([二两三四五六七八九])(?![{_DIGIT}])")


def chinese_value(numeral: str) -> float | None:
    """The value of a numeral in Chinese characters, or in those and Arabic digits; None where it is not one.

    三百二十 is 320, 两万 20000, 二〇二四 2024, 十五点七万 157000, 1万2千5百 12500. A last digit behind a magnitude
    counts the next smaller one: 一万三 is 13000, 四百五 is 450. A leading magnitude counts once (百 is 100). A numeral
    is read whole or not at all: 三百五千, 二三七百 and 三点十 have no value.
    """
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if "点" in numeral:
        return _decimal(numeral)
    if all(c in DIGITS for c in numeral):
        return _digits(numeral)
    parts = _PART.findall(numeral)
    if len("".join(parts)) != len(numeral) or ("." in numeral and not _SCALED.fullmatch(numeral)):
        return None
    return _whole(parts)


def _digits(numeral: str) -> float | None:
    """The value of digits alone: 五, 二〇二四. 两 is never one of several."""
    if not numeral or (len(numeral) > 1 and "两" in numeral):
        return None
    return float("".join(str(DIGITS[c]) for c in numeral))


def _decimal(numeral: str) -> float | None:
    """The value of a numeral with 点: 二百五十六点三 is 256.3, 三点五万 35000, 三点5万 too."""
    whole, _, rest = numeral.partition("点")
    digits = rest.rstrip("".join(MAGNITUDES))
    units = chinese_value(whole)
    decimals = digits if digits.isdecimal() else "".join(str(DIGITS.get(c, "点")) for c in digits)
    if units is None or not decimals.isdecimal() or (whole[-1] in MYRIADS and len(whole) > 1):
        return None
    sizes = rest[len(digits) :]
    scale = chinese_value(sizes or "一")
    return None if scale is None or "十" in sizes else round((units + int(decimals) / 10 ** len(decimals)) * scale, 6)


def _whole(parts: list[str]) -> float | None:
    """The value of digits and magnitudes in turn, from the largest to the smallest; None where they do not fit."""
    high, middle, section = 0.0, 0.0, 0.0  # above 亿, above 万, below
    digit, zero, last = "", False, math.inf  # the last digit, whether 零 stands before it, the last magnitude
    for at, part in enumerate(parts):
        size = MAGNITUDES.get(part)
        if size is None:
            if digit or (zero and part in "零〇"):
                return None
            digit, zero = ("", True) if part in "零〇" else (part, zero)
            continue
        if size < MYRIADS["万"]:
            if size >= last or not (digit or (at == 0 and part not in "佰仟") or size == TENS["十"]):
                return None
            count = _count(digit or "一")
            if count >= 10 and at > 1:  # 12千 opens a numeral, but nothing goes on with 12百
                return None
            section += count * size
        else:
            below = _low(section, digit, zero, last)
            if below is None or (size == MYRIADS["万"] and (middle or (high and not below))):
                return None
            if size == MYRIADS["亿"] and high:
                return None
            count = middle + below or (1.0 if at == 0 else 0.0)
            if not count:
                return None
            high, middle = (high, count * size) if size == MYRIADS["万"] else (count * size, 0.0)
            section = 0.0
        digit, zero, last = "", False, size
    if zero and not digit:
        return None
    if not digit:
        return round(high + middle + section, 6)
    end = _end(digit, zero, last, bare=parts[0] in MAGNITUDES and len(parts) == 2)
    return None if end is None else round(high + middle + section + end, 6)


def _low(section: float, digit: str, zero: bool, last: float) -> float | None:
    """What stands before 万 or 亿: 1百20万 is 120 of them; 三百五万 could be 305 or 350, so it is nothing."""
    if not digit:
        return None if zero else section
    count = _count(digit)
    fits = not section or (count < last if zero else len(digit) == len(f"{last:.0f}") - 1)
    return section + count if fits else None


def _end(digit: str, zero: bool, last: float, *, bare: bool) -> float | None:
    """What the digits behind the last magnitude are worth: 十五, 一万零三, 一万三, 1万2000; None for 百五, 1万20."""
    count = _count(digit)
    if zero or math.isinf(last):
        return count if count < last else None
    if len(digit) == len(f"{last:.0f}") - 1:
        return count
    return count * last / 10 if len(digit) == 1 and not bare else None


def _count(digit: str) -> float:
    return float(DIGITS[digit]) if digit in DIGITS else float(digit)


def chinese_bounds(numeral: str) -> tuple[float | None, float | None]:
    """The value of a Chinese numeral, and the upper bound where two neighbouring digits make it a range.

    三四百 is 300 to 400, 十七八 17 to 18, 三五百 300 to 500; what is no range has no upper bound. Digits in a row are
    only surely digits of one number where a 零 or 〇 is among them: 二〇 is 20, but 二八 and 一二三 have no value.
    """
    pair = _NEIGHBOURS.search(numeral)
    if pair:
        first, second = DIGITS[pair[1]], DIGITS[pair[2]]
        tail = numeral[pair.end() :]
        if second == first + 1 or (pair.start() == 0 and pair[0] == "三五" and set(tail) <= set(MAGNITUDES)):
            head = numeral[: pair.start()]
            return chinese_value(head + pair[1] + tail), chinese_value(head + pair[2] + tail)
    if (
        len(numeral) > 1
        and all(c in DIGITS for c in numeral)
        and (numeral[0] in "零〇" or not set("零〇") & set(numeral))
    ):
        return None, None
    return chinese_value(numeral), None


def chinese_range(low: str, high: str) -> tuple[float | None, float | None]:
    """The values of two numerals that bound a range.

    The magnitudes at its end that are larger than any in its first numeral belong to both: 三至五百, 七千到九千亿, and
    一百二十到一百五十万, but not 八千至一万, whose first numeral would then be the larger.
    """
    first, last = chinese_value(low), chinese_value(high)
    if first is None or last is None:
        return first, last
    largest = max((MAGNITUDES.get(c, 1) for c in low), default=1)
    start = len(high)
    while start > 1 and MAGNITUDES.get(high[start - 1], 0) > largest:
        start -= 1
    for at in range(start, len(high)):
        count = chinese_value(high[:at])
        if count is not None and first < count:
            return round(first * magnitude(high[at:]), 6), last
    return first, last


def chinese_percent(whole: str, share: str) -> float | None:
    """The percentage a Chinese fraction stands for (百分之九十八点五 98.5, 三分之二 66.67), None where it is none."""
    parts, part = chinese_value(whole), chinese_value(share)
    return None if not parts or part is None else round(100 * part / parts, 2)


def arabic_value(digits: str) -> float:
    """The value of Arabic digits with or without thousands separators (4,200, 4，200 and 4 200 are 4200)."""
    return float(digits.replace(",", "").replace("，", "").replace(" ", ""))


def magnitude(characters: str) -> float:
    """The factor that magnitude characters after digits stand for (万 is 10000, 百万 1000000, nothing is 1)."""
    factor = 1.0
    for char in characters:
        factor *= MAGNITUDES[char]
    return factor


def hedged(numeral: str, hedge: str, scale: str) -> tuple[float, float] | None:
    """What is added to a numeral before a hedge, and by what it is then multiplied.

    Of 三百余万 these are 0 and 10000, of 三百几十 10 and 1; None where hedge and scale do not fit together (三千余百).
    """
    if not scale:
        return 0.0, 1.0
    zeros = len(numeral) - len(numeral.rstrip("0")) if numeral.isdecimal() else 0
    last = MAGNITUDES.get(numeral[-1], 10**zeros)  # 300几十 is 三百几十
    if hedge == "几" and last == 1 and scale[0] not in MYRIADS:  # 五几十
        return None
    if MAGNITUDES[scale[0]] > last or not hedge:
        return 0.0, magnitude(scale)
    if hedge != "几" or MAGNITUDES[scale[0]] == last:
        return None
    return magnitude(scale[0]), magnitude(scale[1:])


def chinese_share(
    whole: str, share: str, upper: str | None = None, tenth: str | None = None
) -> tuple[float | None, float | None]:
    """The percentage of 百分之九十五点五 or of 九成五 (its `tenth` is 五), and the upper one of 百分之八十至九十.

    Both are None where a part cannot be read.
    """
    if tenth:
        return (10.0 * DIGITS[whole] + DIGITS.get(tenth, 5) if whole in DIGITS else None), None
    low, high = chinese_percent(whole, share), chinese_percent(whole, upper) if upper else None
    return (None, None) if low is None or (upper and (high is None or high <= low)) else (low, high)
