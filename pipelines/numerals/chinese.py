"""Chinese numerals: numbers before a classifier, and shares."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.numerals.classifiers import CHINESE_UNIT, CHINESE_UNIT_FIRST, DASH, FEW, MAGNITUDE, MORE
from pipelines.numerals.figures import BEYOND, DIVISIBLE, MEASURES, UNREAD, Mention, span_after
from pipelines.numerals.remainders import PARTED, with_remainder
from pipelines.numerals.scan import Opening
from pipelines.numerals.values import (
    CHINESE,
    DIGITS,
    MAGNITUDES,
    chinese_bounds,
    chinese_range,
    chinese_share,
    chinese_value,
    hedged,
)

# Not a numeral: with what stands before it, it is a word (统一, 队伍, 收拾), an ordinal or one of many.
_WORDS = "在一|统一|唯一|专一|单一|进一|归一|划一|逐一|之一|均一|队伍|入伍|退伍|落伍|为伍|大陆|登陆|着陆|收拾|捡拾|番五"
_NO_START = "第每各逐任同某A-Za-z0-9*×〇零一二两三四五六七八九十百千万亿" + FEW
_NUMERAL = rf"[{CHINESE}]{{1,24}}+(?:点[{CHINESE}]{{1,12}}+)?+"
_CHINESE_FIGURE = re.compile(
    rf"""(?P<figure>[{CHINESE}{FEW}半](?<![{_NO_START}].)(?<![{CHINESE}]点.)(?<!{_WORDS})(?<!综合查一)
      [{CHINESE}]{{0,24}}+(?:点[{CHINESE}]{{1,12}}+)?+)(?:
      分之(?P<share>{_NUMERAL})(?:{DASH}(?:[百千万]分之)?(?P<upper_share>{_NUMERAL}))?(?P<few>[几多])?
    | 分(?<=百分)(?P<all>百)(?![{CHINESE}])
    | 成(?P<tenth>[一二三四五六七八九半])(?![{CHINESE}0-9点数年月天个]|{CHINESE_UNIT})
    | (?P<half>(?<=半)数(?![据字量])|(?<=一)半(?=以上|左右|[的,，。;；]|$)
      |(?<=[过近超逾]半)(?<![间务双通经].半)(?![年月百个小天夜世载生路]))
    | (?<![{FEW}半])(?:(?P<more>有余|[{MORE}])(?P<scale>[十{MAGNITUDE}]{{0,2}}))?
      (?:(?P<low_unit>{CHINESE_UNIT})(?={DASH}{_NUMERAL}(?P=low_unit)))?
      (?:{DASH}{{1,2}}(?P<upper>{_NUMERAL})(?:(?P<upper_more>[{MORE}])(?P<upper_scale>[{MAGNITUDE}]{{0,2}}))?)?
      (?P<about>上下|左右|以上)?(?P<unit>{CHINESE_UNIT})
    )""",
    re.VERBOSE,
)
#: How a Chinese figure may start: a text without any of these holds none.
CHINESE_OPENINGS: tuple[Opening, ...] = (
    (CHINESE, rf"(?:分[之百]|上下|左右|以上|(?:有余|[{MORE}])?[十{MAGNITUDE}]{{0,2}}[{CHINESE_UNIT_FIRST}])"),
    ("半", "数"),
    ("一过近超逾", "半"),
)
# Before or behind these a bare magnitude is a figure (近千人, 万人次); else it is a word (百年, 千家万户).
_HEDGES = frozenset("近约超逾过达破足到满上成共计")
_CROWDS = frozenset({"人次", "场次", "件次", "户次", "家次", "份", "册"})
_NONE = frozenset({"起", "例", "宗", "次", "人次"})  # 零起 is a figure; before others 零 needs a verb (零件, 零部件)
# Left of these characters a numeral has begun that is not read: 第三至五百, 三百又五, 一万多两万, 五兆六十二亿.
_BEGUN_LEFT = re.compile(rf"(?:[{MAGNITUDE}十0-9]{DASH}|[{MAGNITUDE}十][{MORE}]|[{CHINESE}]又|[0-9]点|兆)$")
# 两、三千 are two neighbours that share what follows, but 二、三百 at the head of a line are an ordinal and a number.
_LISTED_LEFT = re.compile(rf"[^\n。;；,，:：(（、第每各{CHINESE}](?P<low>[一二两三四五六七八])、$")


def chinese_mentions(text: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """The numbers in Chinese numerals outside the spans `taken`, which ascend."""
    at = 0
    for match in _CHINESE_FIGURE.finditer(text):
        mention = None if match["unit"] and _is_word(text, match) else _chinese_mention(text, match)
        if mention is None:
            continue
        if mention.unit in PARTED:
            mention = with_remainder(text, mention)
        at = span_after(mention.start, taken, at)
        if at == len(taken) or taken[at][0] >= mention.end:
            yield mention


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Whether numeral and classifier are part of a word: 一户一策, 一个个, 百年, 零件, or the group of a village."""
    figure, unit = match["figure"], match["unit"]
    left = text[match.start() - 1] if match.start() else "\n"
    if figure == "万一" or (figure == "一" and text.startswith(("一", unit), match.end())):
        return True
    if set(figure) <= set(MAGNITUDE) and not match["more"]:
        return unit not in _CROWDS and left not in _HEDGES
    if figure in "零〇":
        return unit not in _NONE and left not in "为共均计是"
    return unit in "组队" and left in "村区庄屯社"


def _chinese_mention(text: str, match: re.Match[str]) -> Mention | None:
    """The mention of a Chinese figure; a fraction or 半数 is a percentage, as is 九成."""
    start, end = match.span()
    figure = match["figure"]
    if match["half"] is not None:
        return Mention(start, end, end, 50.0, "%", chinese=True)
    if match["all"]:
        return Mention(start, end, end, 100.0, "%", chinese=True) if figure == "百" else None
    if match["share"] or match["tenth"]:
        low, high = chinese_share(figure, match["share"] or "", match["upper_share"], match["tenth"])
        reason = UNREAD if low is None or text[start - 1 : start] == "又" else ""  # 五又三分之一
        return Mention(start, end, end, low, "%", match["few"] is not None, upper=high, chinese=True, reason=reason)
    numeral = figure.lstrip(FEW)
    few = numeral != figure and set(numeral) <= set(MAGNITUDE + "十")  # 数十, but 件数三十件
    start += len(figure) - len(numeral) - few
    if match["more"] == "几" and len(numeral) > 1:
        numeral = numeral.rstrip("零〇")  # 一百零几
    listed = _listed(text, start, numeral)
    if listed and not match["upper"]:
        start, low, high = start - 2, chinese_value(listed), chinese_value(numeral)
    else:
        low, high = chinese_range(numeral, match["upper"]) if match["upper"] else chinese_bounds(numeral)
    factor, unit = MEASURES.get(match["unit"], (1.0, match["unit"]))
    hedge = hedged(numeral, match["more"] or "", match["scale"] or "")
    shared = hedged(match["upper"] or numeral, match["upper_more"] or "", match["upper_scale"] or "")
    plus, by = hedge or (0.0, 1.0)
    factor *= by * (shared[1] if shared else 1.0)
    known = low is not None and hedge is not None and shared is not None and (high is None or low < high)
    known = known and not _BEGUN_LEFT.search(text[max(0, start - 2) : start])
    known = known and (few or figure[0] != "几") and (low or 0.0) * factor < BEYOND
    known = known and not (set(numeral) <= set(MAGNITUDE) and text[start - 1 : start] in tuple("、至又点余"))
    if low is not None and low * factor % 1 and unit not in DIVISIBLE:
        known = False
    more = few or bool(match["more"] or match["upper_more"]) or match["about"] == "以上"
    more = more or (numeral[0] in MAGNITUDE and text[start - 1 : start] in {"上", "成"})
    return Mention(
        start,
        end,
        match.start("unit"),
        round((low + plus) * factor, 6) if known and low is not None else None,
        unit,
        more,
        match["about"] in ("上下", "左右"),
        round((high + plus) * factor, 6) if known and high is not None else None,
        chinese=True,
        reason=("slogan" if text.startswith("个一", match.start("unit")) else "") if known else UNREAD,
    )


def _listed(text: str, start: int, numeral: str) -> str | None:
    """The lower numeral of 两、三千 where `numeral` is its upper one, which starts at `start`; else None."""
    if len(numeral) < 2 or text[start - 1 : start] != "、" or not set(numeral[1:]) <= set(MAGNITUDES):
        return None
    before = _LISTED_LEFT.search(text[max(0, start - 3) : start])
    return before["low"] + numeral[1:] if before and DIGITS.get(numeral[0]) == DIGITS[before["low"]] + 1 else None
