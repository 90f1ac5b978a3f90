"""Cues: what the words around a number say about whose figure it is, of which time, and how exact.

These are the cues of cues.toml, years other than the report's, and qualifiers (余, 近, 以上). The part of the year is
found in `pipelines.codebook.periods`, and which indicator a number belongs to in `pipelines.extract.sentence`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.numerals.figures import Figure, Mention


@dataclass(frozen=True, slots=True)
class Cue:
    """One way of saying that a number is no result of the year; see cues.toml."""

    disposition: str
    before: re.Pattern[str]
    after: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    sentence: bool
    units: frozenset[str]
    not_units: frozenset[str]
    chinese: bool  # only numbers written in Chinese numerals
    anywhere: bool  # `unless` may also stand before what `before` found
    last: bool  # only for figures that no rule reads


class CuesByFigure(dict[tuple[str, bool, bool], tuple[Cue, ...]]):
    """The cues that may speak of a figure: by its classifier, whether it is Chinese, and whether no rule reads it."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        """cues: all of them, in their order."""
        super().__init__()
        self._cues = cues

    def __missing__(self, key: tuple[str, bool, bool]) -> tuple[Cue, ...]:
        unit, chinese, last = key
        found = self[key] = tuple(
            cue
            for cue in self._cues
            if cue.last is last
            and (unit in cue.units or not cue.units)
            and unit not in cue.not_units
            and (chinese or not cue.chinese)
        )
        return found


def disposition(cues: CuesByFigure, text: str, figure: Figure, clause: int, *, last: bool = False) -> str:
    """The first cue that says why a figure of a sentence is no result, or ''.

    clause: where its clause starts. last: ask the cues for figures that no rule reads, and none of the others.
    """
    in_sentence, in_clause = text[: figure.start], text[clause : figure.start]
    for cue in cues[figure.unit, figure.chinese, last]:
        if cue.after and not cue.after.match(text, figure.end):  # asked first, as it looks at one place only
            continue
        words = in_sentence if cue.sentence else in_clause
        found = cue.before.search(words)
        if not found:
            continue
        if cue.unless and cue.unless.search(words, 0 if cue.anywhere else found.start()):
            continue
        return cue.disposition
    return ""


# The first character opens all alternatives, as pipelines.numerals.scan explains.
_YEAR = re.compile(
    r"[2自今本全当](?:(?P<range>(?<=2)0[0-9]{2}年?(?:度)?(?:[0-9]{1,2}月)?(?:至|到|-|—|~)20[0-9]{2}年?)"
    r"|(?P<since>(?:(?<=自)20|(?<=2)0)[0-9]{2}年(?:[0-9]{1,2}月)?(?:[^,，。]{0,16})?(?:以来|至今|起))"
    r"|(?P<year>(?<=2)0[0-9]{2}(?:年|(?=度)))|(?P<now>(?<=[今当])年|(?<=本)年度?|(?<=全)年(?!度)))"
)
_FOUR = re.compile(r"20[0-9]{2}")
# A year sets the time of what follows only where it opens a clause or stands behind one of these.
_OPENING = re.compile(r"(?:[,，:：(（、。;；\n是]|其中|截[至止]|自|从|在|到)$")
_DOCUMENT = re.compile(
    r"(?:度)?[^,，。;；]{0,12}(?:报告|要点|方案|计划(?=[》,，。、的和书])|意见|任务|部署|规划|通知|会议精神|考试|考核)"
)


def period_reason(text: str, start: int, end: int, report_year: int | None) -> str:
    """Why the years named between two offsets put a number outside the report's: last_year, multi_year, plan or ''."""
    reason = ""
    for match in _YEAR.finditer(text, start, end):
        kind = match.lastgroup
        if kind == "now" or report_year is None:
            reason = ""
            continue
        if _names(text, start, match):
            continue
        years = [int(year) for year in _FOUR.findall(match.group())]
        if kind == "range":
            reason = "multi_year" if years[0] < years[-1] else ""
        elif kind == "since":
            reason = "multi_year" if years[0] < report_year else ""
        elif _sets_time(text, start, match):
            reason = "last_year" if years[0] < report_year else "plan" if years[0] > report_year else ""
    return reason


def _names(text: str, start: int, year: re.Match[str]) -> bool:
    """Whether a year is part of a title: 《实施纲要(2021—2025年)》 or 《实施纲要》(2021—2025年)."""
    opened, closed = text.rfind("《", start, year.start()), text.rfind("》", start, year.start())
    return opened > closed or (closed >= start and text[closed + 1 : year.start()] in ("(", "（"))


def _sets_time(text: str, start: int, year: re.Match[str]) -> bool:
    opens = year.start() == start or _OPENING.search(text, max(start, year.start() - 2), year.start())
    return bool(opens) and not _DOCUMENT.match(text, year.end())


# Each alternative opens with a character, so that `re` skips fast what opens none.
_LEAST_BEFORE = re.compile(
    r"(?:不少于|不低于|不下于?|不止|至少|最少|最低|起码|超过|突破|超出|超|逾|多于|高于|大于|≥|>|满)了?$"
)
_PASSED_BEFORE = re.compile(r"过(?<![通经不]过)了?$")
_MOST_BEFORE = re.compile(
    r"(?:[不未]超过?|没有?超过|不高于|不多于|不大于|未突破|未达到?|未满|至多|最多|少于(?<!不少于)|低于(?<!不低于)|小于"
    r"|不足(?<![找出]不足)|不到|≤|<|控制在)$"
)
_ABOUT_BEFORE = re.compile(r"(?:大约|约(?<![预节签违履合]约)|近(?<![最附邻就远靠临亲贴]近)|大概)(?:为|达|有)?$")
_UNDER_BEFORE = re.compile(r"近(?:为|达|有)?$")
_END = r"(?=[,，。;；、)）的]|$)"
_BRACKET = r"(?:[(（][^)）]{1,4}[)）])?"
_LEAST_AFTER = re.compile(rf"{_BRACKET}(?:[及之]?以上|之上|往上|有余|[余多]{_END})")
_OVER_AFTER = re.compile(r"多(?![元样方种次])")
_MOST_AFTER = re.compile(rf"{_BRACKET}(?:[及之]?以下|以内|之内)")
_ABOUT_AFTER = re.compile(rf"{_BRACKET}(?:左右|上下{_END}|许{_END})")
# 多 behind these goes on with the amount (三年多, 九成多); behind others it begins a word (12场多部门演练).
_MEASURED = frozenset("% 倍 年 天 周 岁 个月 小时 公里 米 亩 公顷 吨 元 平方米".split())
_ROUND = re.compile(r"[百千万亿半]")
# Most numbers are exact: nothing that one of these finds touches them.
_HEDGE_BEFORE = re.compile(
    "|".join(hedge.pattern for hedge in (_LEAST_BEFORE, _PASSED_BEFORE, _MOST_BEFORE, _ABOUT_BEFORE))
)
_HEDGE_AFTER = re.compile("|".join(hedge.pattern for hedge in (_LEAST_AFTER, _OVER_AFTER, _MOST_AFTER, _ABOUT_AFTER)))


class Amount(NamedTuple):
    """A value with how exact it is. Bounds are None where the words give none."""

    value: float
    qualifier: str
    low: float | None
    high: float | None


def amount(text: str, mention: Mention) -> Amount:
    """Qualifier and bounds of a mention from the words that touch it (不低于 is at_least, 近 is approx from below)."""
    value = mention.value if mention.value is not None else 0.0
    if mention.upper is not None:
        return Amount(value, "at_least", value, mention.upper)
    left = text[max(0, mention.start - 6) : mention.start]
    hedged = mention.more or mention.about or _HEDGE_BEFORE.search(left) or _HEDGE_AFTER.match(text, mention.end)
    if not hedged:
        return Amount(value, "exact", value, value)
    if _MOST_BEFORE.search(left) or _MOST_AFTER.match(text, mention.end):
        return Amount(value, "at_most", None, value)
    least = mention.more or _LEAST_BEFORE.search(left) or _LEAST_AFTER.match(text, mention.end)
    if least or _over(text, mention, left):
        return Amount(value, "at_least", value, None)
    if _ABOUT_BEFORE.search(left):
        low, high = about(value)
        return Amount(value, "approx", low, value if _UNDER_BEFORE.search(left) else high)
    if mention.about or _ABOUT_AFTER.match(text, mention.end):
        return Amount(value, "approx", *about(value))
    return Amount(value, "exact", value, value)


def about(value: float) -> tuple[float, float]:
    """The bounds of a rounded value (约, 左右): a tenth below and above. Of 近 the value itself is the upper one."""
    return round(0.9 * value, 6), round(1.1 * value, 6)


def _over(text: str, mention: Mention, left: str) -> bool:
    """Whether 过 or 多 say more: 过 before round numbers and rates (召开过2次 was held), 多 behind measures."""
    if _PASSED_BEFORE.search(left):
        return mention.unit == "%" or bool(_ROUND.search(text, mention.start, mention.digits_end))
    return mention.unit in _MEASURED and bool(_OVER_AFTER.match(text, mention.end))


def times(value: float | None, by: float) -> float | None:
    """A value or a bound in another scale; rounded, as 1.1 times 10000 is no whole number in binary.

    Scales have four decimals at most.
    """
    return value if value is None or by == 1.0 else by if value == 1.0 else round(value * by, 6)


def scaled(amount: Amount, by: float) -> tuple[float, float | None, float | None]:
    """The value of an amount and its bounds in another scale."""
    value, _, low, high = amount
    scale = times(value, by) or 0.0
    return scale, scale if low == value else times(low, by), scale if high == value else times(high, by)
