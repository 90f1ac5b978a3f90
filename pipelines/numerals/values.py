"""Values: what number a run of digits or Chinese numeral characters stands for, whatever its unit and its context."""

from __future__ import annotations

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
_NEIGHBOURS = re.compile(rf"(?<![{_DIGIT}])([一二两三四五六七八])([二两三四五六七八九])(?![{_DIGIT}])")


def chinese_value(numeral: str) -> float | None:
    """The value of a Chinese numeral (三百二十 is 320, 两万 20000, 二〇二四 2024), None where it is not one.

    A leading magnitude counts once (百余 is read by the caller as 百 with a hedge: 100).
    """
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if not numeral or any(c not in DIGITS and c not in MAGNITUDES for c in numeral):
        return None
    if all(c in DIGITS for c in numeral):
        return float("".join(str(DIGITS[c]) for c in numeral))
    high, middle, section, digit = 0, 0, 0, -1  # above 亿, above 万, below, and the last digit
    for char in numeral:
        if char in DIGITS:
            digit = DIGITS[char]
            continue
        if char in TENS:
            section += (digit if digit > 0 else 1) * TENS[char]
        elif char == "万":
            middle, section = (section + max(digit, 0) or 1) * MYRIADS[char], 0
        else:
            high, middle, section = (middle + section + max(digit, 0) or 1) * MYRIADS[char], 0, 0
        digit = -1
    return float(high + middle + section + max(digit, 0))


def chinese_bounds(numeral: str) -> tuple[float | None, float | None]:
    """The value of a Chinese numeral, and the upper bound where two neighbouring digits make it a range.

    三四百 is 300 to 400, 十七八 17 to 18, 三五 3 to 5; what is no range has no upper bound.
    """
    pair = _NEIGHBOURS.search(numeral)
    if pair:
        first, second = DIGITS[pair[1]], DIGITS[pair[2]]
        if second == first + 1 or numeral == "三五":
            head, tail = numeral[: pair.start()], numeral[pair.end() :]
            return chinese_value(head + pair[1] + tail), chinese_value(head + pair[2] + tail)
    return chinese_value(numeral), None


def chinese_range(low: str, high: str) -> tuple[float | None, float | None]:
    """The values of two Chinese numerals that bound a range; a magnitude at its end belongs to both (三至五百)."""
    first, last = chinese_value(low), chinese_value(high)
    digits = chinese_value(high[:-1])
    if high[-1] in MAGNITUDES and low[-1] not in MAGNITUDES and first is not None and digits and first < digits:
        first *= MAGNITUDES[high[-1]]
    return first, last


def chinese_percent(whole: str, share: str) -> float | None:
    """The percentage a Chinese fraction stands for (百分之九十八点五 98.5, 三分之二 66.67), None where it is none."""
    units, _, decimals = share.partition("点")
    parts, part = chinese_value(whole), chinese_value(units)
    if not parts or part is None:
        return None
    if decimals:
        part += (chinese_value(decimals) or 0) / 10 ** len(decimals)
    return round(100 * part / parts, 2)


def arabic_value(digits: str) -> float:
    """The value of Arabic digits with or without thousands separators (4,200, 4，200 and 4 200 are 4200)."""
    return float(digits.replace(",", "").replace("，", "").replace(" ", ""))


def magnitude(characters: str) -> float:
    """The factor that magnitude characters after digits stand for (万 is 10000, 百万 1000000, nothing is 1)."""
    factor = 1.0
    for char in characters:
        factor *= MAGNITUDES[char]
    return factor
