"""Remainders: what a number goes on with behind its classifier, as in 12元5角, 三个半小时 and 两年半."""

from __future__ import annotations

import re

from pipelines.numerals.figures import UNREAD, Mention
from pipelines.numerals.values import DIGITS

_DIGIT = f"[0-9{''.join(DIGITS)}]"
#: How a remainder opens, for what must not take the number before it as whole; and what a part of one stands behind.
REMAINDER = rf"半|[零〇]?{_DIGIT}[角毛分]"
REMAINDER_LEFT = "元圆块角毛"
# A score (分) and minutes (分钟) are no cents.
_CENTS = r"分(?=[钱整,，。;；、)）的用]|$)"
_CHANGE = re.compile(
    rf"[零〇]?(?:(?P<tenths>{_DIGIT})[角毛](?![度形落])(?:[零〇]?(?P<cents>{_DIGIT})分(?![之钟]))?|(?P<only>{_DIGIT}){_CENTS})钱?"
)
_HALF_OF = {"小时": "小时", "学时": "学时", "课时": "课时", "月": "个月", "百分点": "个百分点"}
_HALF_A = re.compile(rf"半(?P<unit>{'|'.join(_HALF_OF)})")
_AND_HALF = re.compile(r"半(?=[,，。;；、)）的以之左上内多余来时]|$)")
_HALVED = frozenset("年 天 周 个月 小时 学时 课时 亩 公里 米 吨 倍".split())
#: Behind these classifiers a number may go on.
PARTED = _HALVED | {"元", "块", "个"}


def with_remainder(text: str, mention: Mention) -> Mention:
    """A mention whose classifier is `PARTED`, with what goes on behind it: 12元5角 is 12.5 元, 三个半小时 3.5 小时.

    Where what is before the remainder is a range, is hedged or has no value, the whole is an unread numeral.
    """
    if mention.unit in ("元", "块"):
        change = _CHANGE.match(text, mention.end)
        if change is None:
            return mention
        rest = _tenth(change["tenths"], 0.1) + _tenth(change["cents"] or change["only"], 0.01)
        return _joined(mention, rest, "元", change.end(), change.end())
    half = _HALF_A.match(text, mention.end) if mention.unit == "个" else None
    if half:
        return _joined(mention, 0.5, _HALF_OF[half["unit"]], half.end(), half.start("unit"))
    half = _AND_HALF.match(text, mention.end) if mention.unit in _HALVED else None
    return _joined(mention, 0.5, mention.unit, half.end(), half.end()) if half else mention


def _tenth(digit: str | None, part: float) -> float:
    return 0.0 if digit is None else part * (DIGITS[digit] if digit in DIGITS else int(digit))


def _joined(mention: Mention, rest: float, unit: str, end: int, digits_end: int) -> Mention:
    known = (
        mention.value is not None and mention.upper is None and not (mention.more or mention.about or mention.reason)
    )
    value = round((mention.value or 0.0) + rest, 6) if known else None
    reason = "" if known else UNREAD
    return Mention(mention.start, end, digits_end, value, unit, chinese=mention.chinese, reason=reason)
