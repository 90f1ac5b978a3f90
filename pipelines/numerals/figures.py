"""Figures: what is known of a number in a text, and what is common to Arabic and Chinese numerals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: What these measures are in the ones that are stored: 万元 is 10000 元, 成 is 10 %.
MEASURES = {"万元": (1e4, "元"), "亿元": (1e8, "元"), "成": (10.0, "%")} | {
    "圆": (1.0, "元"),
    "万圆": (1e4, "元"),
    "亿圆": (1e8, "元"),
}
#: What a numeral is called whose whole cannot be read; a part of it is no figure.
UNREAD = "unread_numeral"
#: Things are counted in whole numbers: 早上九点三人 are not 9.3 people. A decimal needs a magnitude or one of these.
DIVISIBLE = frozenset(
    """
    元 块 亩 公里 千米 米 公顷 吨 平方公里 平方千米 平方米 平米 ㎡ 度
    小时 学时 课时 分钟 年 天 周 日 个月 岁 倍 分 % 成 个百分点
    """.split()
)
#: No township counts as far, in whatever unit.
BEYOND = 1e13
#: Up to here a float holds every whole number; above, 亿元 may give one that it rounds.
LARGEST_EXACT = 2.0**53 - 1
#: A bare 0 counts whatever the words before it name, as 零 does: 行政复议、行政诉讼案件均为0.
BARE_ZERO = "zero_statement"


@dataclass(slots=True)
class Mention:
    """One number in the working text. `reason` is set where its form alone says that it is no figure."""

    start: int
    end: int  # after the classifier
    digits_end: int  # after the numeral, before the classifier
    value: float | None = None
    unit: str = ""
    more: bool = False  # 余, 多, 几, +, or 以上 before the classifier: at least
    about: bool = False  # 上下, 左右 before the classifier
    upper: float | None = None  # of a range
    chinese: bool = False
    reason: str = ""


class Figure(NamedTuple):
    """A figure of a sentence: where it stands, its plain classifier, and how it is written."""

    start: int
    end: int
    unit: str
    chinese: bool
    one: bool  # 一, which often only means "a"


def span_after(position: int, spans: list[tuple[int, int]], at: int) -> int:
    """Index of the first span that ends after `position`, from `at` on (spans and positions both ascend)."""
    while at < len(spans) and spans[at][1] <= position:
        at += 1
    return at
