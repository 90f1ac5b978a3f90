"""Mentions: every number of a text with its value, its classifier and, where its form says so, why it is no figure.

Dates, index numbers, telephone numbers, slogans in quotes and running ordinals are known by their form alone. What the
words around a number say (norms, plans, last year) is found by `pipelines.codebook.cues`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from pipelines.numerals.classifiers import CHINESE_UNIT, CHINESE_UNIT_FIRST, FEW, MORE, UNIT
from pipelines.numerals.mixed import MixedNumeral, mixed_numeral
from pipelines.numerals.scan import Opening
from pipelines.numerals.values import (
    CHINESE,
    arabic_value,
    chinese_bounds,
    chinese_range,
    chinese_share,
    hedged,
    magnitude,
)

_MAGNITUDE = "百千万亿"
_DASH = "[-—~至到]"
_YEAR4 = "(?:19|20)[0-9]{2}"
_MONTH_DAY = "[0-9]{1,2}月(?:份)?(?:[0-9]{1,2}[日号])?"
_CLOCK = "[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
_DATE = "|".join(
    (
        rf"{_YEAR4}年(?:度)?(?:{_MONTH_DAY})?(?:[-—~至到](?:{_YEAR4}年?)?(?:[0-9]{{1,2}}月)?(?:[0-9]{{1,2}}日)?)?",
        rf"{_YEAR4}[-—~至到/]{_YEAR4}(?:[-—~至](?:19|20)?[0-9]{{2}})?(?:年度?)?(?![0-9])",
        rf"{_YEAR4}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?:[ T]?{_CLOCK})?(?![0-9])",
        rf"{_YEAR4}[-/.][0-9]{{1,2}}(?![0-9]|%|件|次|人)",
        r"[0-9]{1,2}[-—~至到][0-9]{1,2}月(?:份)?",
        rf"{_MONTH_DAY}(?:[-—~至到][0-9]{{1,2}}月(?:份)?(?:[0-9]{{1,2}}日)?)?",
        r"[0-9]{1,2}日(?!均)",
        _CLOCK,
        r"[0-9]{1,2}时(?:[0-9]{1,2}分)?",
    )
)
# 3·15, 12.4: month and day of a commemoration, told from a decimal by what follows.
_NODE_DAY = (
    r"[0-9]{1,2}[·.][0-9]{1,2}(?![0-9万亿千百%个件次人份倍平公亩米元户家起余多])"
    r"(?=[”\"’』」》]|[^0-9]{0,12}?(?:日|周|月|节|宣传|法治|普法|活动|期间|节点|、[“\"]?[0-9]{1,2}(?:[·.]|月[0-9])))"
)
_PHONE = r"1[3-9][0-9]{9}(?![0-9])|0[0-9]{2,3}-[0-9X]{7,8}|400-?[0-9]{3,4}-?[0-9]{3,4}(?![0-9/])|(?<=电话[:：])[0-9-]+"
_INDEX_NUMBER = (
    r"[0-9]{8,}(?![0-9.]*[余多]?[元万亿件人份])[0-9A-Za-z/-]*|[0-9]{3,}[A-Za-z][0-9A-Za-z]*(?:/[0-9-]+)?|(?<=ICP备)[0-9]+号(?:-[0-9]+)?|(?<=QQ)[0-9]+"
    r"|(?<=[A-Za-z/=_.&?-])[0-9]+(?=[A-Za-z/=_&?-])|[0-9]{5,6}/[0-9]{4}-[0-9]+"
)
_SLOGAN = (
    r"(?<=[“\"「‘])[0-9]{1,5}(?=[”\"」’])|[0-9]+(?:\+[0-9NnXx]+)+(?:>[0-9]+)?"
    rf"|(?![0-9]{{2,}}\+(?:{UNIT}))[0-9]+\+(?=[\u4e00-\u9fffA-Za-z“\"])|(?<=\+)[0-9]+"
)
_HOTLINE = r"(?:12345|12348|12388|12333|12315|12309|12363|12380|8890)(?![0-9余多万件次条份个人名])"
_DECIMAL = r"[0-9]+(?:\.[0-9]+)?"
# Of these no part is a figure: fractions (2/3的村, 3分之2) and thousands and myriads in Latin letters (5k份, 30w元).
_UNREAD = (
    rf"(?<![A-Za-z/])[0-9]+/[0-9]+(?![0-9/A-Za-z])|[0-9]+分之[0-9{CHINESE}]+"
    rf"|{_DECIMAL}[kKwW](?=[余多+]?(?:{UNIT}))"
)
# Digits in groups, a range (2至3万, 8000至1万, 3次—5次) or mixed with magnitudes (1万2千); 余; a classifier, which may
# stand in brackets.
_FIGURE = (
    rf"(?P<figure>(?:[0-9]{{1,3}}(?:[,，][0-9]{{3}})+(?![0-9])"
    rf"|[0-9]{{1,3}}(?: [0-9]{{3}}){{1,3}}(?=[余多]?[{_MAGNITUDE}]?(?:{UNIT}))|[0-9]+)(?:\.[0-9]+)?)"
    rf"(?:(?P<low_scale>[{_MAGNITUDE}]{{1,2}})(?={_DASH}[0-9])|(?P<own_scale>[{_MAGNITUDE}]{{0,2}})(?P<low_unit>{UNIT})"
    rf"(?={_DASH}[0-9.]{{1,9}}[{_MAGNITUDE}]{{0,2}}(?P=low_unit)))?"
    rf"(?:{_DASH}(?P<upper>{_DECIMAL}))?(?P<scale>[{_MAGNITUDE}]{{0,4}})"
    rf"(?P<more>有余|[{MORE}+])?(?P<scale2>[{_MAGNITUDE}]{{0,4}})(?P<more2>[余多])?(?:(?P<about>上下|左右)(?={UNIT}))?"
    rf"(?P<unit>{UNIT}|成(?=[以左多的,，。;；)）]))?(?:[（(](?P<both>{UNIT})[)）])?"
)
_SHAPES = re.compile(
    rf"(?P<masked>[0-9]*(?:[,，.][0-9]*)?[*＊]+[0-9*＊]*)|(?P<date>{_DATE})|(?P<node_day>{_NODE_DAY})|(?P<phone>{_PHONE})"
    rf"|(?P<index_number>{_INDEX_NUMBER})|(?P<slogan>{_SLOGAN})|(?P<hotline>{_HOTLINE})"
    rf"|(?P<unread_numeral>{_UNREAD})|(?P<percent>{_DECIMAL}(?:%?[-—~至到]{_DECIMAL})?[%‰])|{_FIGURE}"
)
_RUN = re.compile(r"[0-9]")
# The last digits of a number whose first ones a page hides: **3场, *.5万, ×2件 (but 5×8小时).
_HIDDEN_LEFT = re.compile(r"[*＊][,，.]?$|(?:^|[^0-9])×+$|(?:^|[^0-9A-Za-z])[xX]{1,2}$")
_REST = re.compile(r"[0-9*＊×.,，]*[0-9*＊×]")
_START = attrgetter("start")
_BOUND = re.compile(_DECIMAL)
# Most numbers are a year or a few digits with a classifier, and nothing touches them on their left. They are matched
# with these short patterns first, which is faster than _SHAPES.
_PLAIN = re.compile(
    rf"(?P<figure>[0-9]{{1,6}}(?:\.[0-9]{{1,2}}(?=%))?)(?P<more>[余多])?(?P<unit>(?>%|(?![年月日时号:：.·\-—~至到/])(?:{UNIT})))(?![（(]|[-—~至][0-9]|之[0-9{CHINESE}])"
)
_PLAIN_YEAR = re.compile(r"20[0-9]{2}年(?:度)?(?![0-9至到\-—~度])")
_PLAIN_ORDINAL = re.compile(r"[0-9]{1,2}[、.)](?![0-9])")
_ITEM_LEFT = frozenset("\n(。;:,")
# What these measures are in the ones that are stored: 万元 is 10000 元, 成 is 10 %.
_MEASURES = {"万元": (1e4, "元"), "亿元": (1e8, "元"), "成": (10.0, "%")}
_BOUND_LEFT = frozenset('十百千万亿拾佰仟零〇点成之第.·:：/-—~+至到“"「‘=_&?,，*＊×')
# Not a numeral: with what stands before it, it is a word (统一, 队伍, 收拾), an ordinal or one of many.
_WORDS = "在一|统一|唯一|专一|单一|进一|归一|划一|逐一|之一|均一|队伍|入伍|退伍|落伍|为伍|大陆|登陆|着陆|收拾|捡拾|番五"
_NO_START = "第每各逐任同某A-Za-z0-9*×〇零一二两三四五六七八九十百千万亿" + FEW
_NUMERAL = rf"[{CHINESE}]{{1,24}}+(?:点[{CHINESE}]{{1,12}}+)?+"
_CHINESE_FIGURE = re.compile(
    rf"""(?P<figure>[{CHINESE}{FEW}半](?<![{_NO_START}].)(?<![{CHINESE}]点.)(?<!{_WORDS})(?<!综合查一)
      [{CHINESE}]{{0,24}}+(?:点[{CHINESE}]{{1,12}}+)?+)(?:
      分之(?P<share>{_NUMERAL})(?:{_DASH}(?:[百千万]分之)?(?P<upper_share>{_NUMERAL}))?(?P<few>[几多])?
    | 分(?<=百分)(?P<all>百)(?![{CHINESE}])
    | 成(?P<tenth>[一二三四五六七八九半])(?![{CHINESE}0-9点数年月天个]|{CHINESE_UNIT})
    | (?P<half>(?<=半)数(?![据字量])|(?<=一)半(?=以上|左右|[的,，。;；]|$)
      |(?<=[过近超逾]半)(?<![间务双通经].半)(?![年月百个小天夜世载生路]))
    | (?<![{FEW}半])(?:(?P<more>有余|[{MORE}])(?P<scale>[十{_MAGNITUDE}]{{0,2}}))?
      (?:(?P<low_unit>{CHINESE_UNIT})(?={_DASH}{_NUMERAL}(?P=low_unit)))?
      (?:{_DASH}{{1,2}}(?P<upper>{_NUMERAL})(?:(?P<upper_more>[{MORE}])(?P<upper_scale>[{_MAGNITUDE}]{{0,2}}))?)?
      (?P<about>上下|左右)?(?P<unit>{CHINESE_UNIT})
    )""",
    re.VERBOSE,
)
#: How a Chinese figure may start: a text without any of these holds none.
CHINESE_OPENINGS: tuple[Opening, ...] = (
    (CHINESE, rf"(?:分[之百]|上下|左右|(?:有余|[{MORE}])?[十{_MAGNITUDE}]{{0,2}}[{CHINESE_UNIT_FIRST}])"),
    ("半", "数"),
    ("一过近超逾", "半"),
)
# Before or behind these a bare magnitude is a figure (近千人, 万人次); else it is a word (百年, 千家万户).
_HEDGES = frozenset("近约超逾过达破足到满上成共计")
_CROWDS = frozenset({"人次", "场次", "件次", "户次", "家次", "份", "册"})
_NONE = frozenset({"起", "例", "宗", "次", "人次"})  # 零起 is a figure; before others 零 needs a verb (零件, 零部件)
_LONGEST_NUMERAL = 12  # digits
# What a numeral is called whose whole cannot be read; a part of it is no figure.
UNREAD = "unread_numeral"
# Things are counted in whole numbers: 早上九点三人 are not 9.3 people. A decimal needs a magnitude or one of these.
_DIVISIBLE = frozenset("元 圆 亩 公里 千米 米 公顷 吨 平方公里 平方千米 平方米 小时 学时 课时 年 天 倍 % 成".split())
_RANGE_LEFT = re.compile(rf"[{_MAGNITUDE}十0-9]{_DASH}$")
_BEYOND = 1e13  # no township counts as far, in whatever unit
_CHINESE_YEAR = re.compile(
    r"[一二两](?:(?<!一)[〇零0][〇零一二三]|(?<=一)九[一二三四五六七八九])[〇零0一二三四五六七八九]年(?:度)?"
)
_DOC_NUMBER = re.compile(
    r"[〔\[【（(](?:19|20)[0-9]{2}[〕\]】）)](?:第)?[0-9]{1,4}号|(?<=[发字函办文政])(?:19|20)[0-9]{2}[0-9]{1,4}号"
)
_TITLE_DIGITS = re.compile(r"[0-9]+(?:[-—~.][0-9]+)*年?")
_DOC_NUMBER_END = re.compile(r"[0-9]号")
_TITLE = re.compile(r"《[^《》\n]{1,150}》")
_VIEWS = re.compile(r"(?:浏览|阅读|点击|访问|点赞|评论|收藏)(?:量|次数|数)?[:：(（]?$")
# A bare 0 counts whatever the words before it name, as 零 does: 行政复议、行政诉讼案件均为0.
BARE_ZERO = "zero_statement"
_NOTHING = re.compile("[为是持]0(?=[,，、。;；)）]|$)")
_ORDINAL_RIGHT = re.compile(r"[、.．)）](?![0-9])")
_LINE_ORDINAL = re.compile(r"(?:^|[\n。；;:：，,])[（(]?$")


@dataclass(slots=True)
class Mention:
    """One number in the working text. `reason` is set where its form alone says that it is no figure."""

    start: int
    end: int  # after the classifier
    digits_end: int  # after the numeral, before the classifier
    value: float | None = None
    unit: str = ""
    more: bool = False  # 余, 多, 几, +: at least
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


def find_mentions(text: str) -> list[Mention]:
    """All numbers of a working text in order of appearance, not overlapping."""
    found = sorted(_names(text), key=_START)
    for find in (_arabic_mentions, _chinese_mentions):
        more = [*find(text, [(mention.start, mention.end) for mention in found])]
        found = sorted(found + more, key=_START) if found and more else found or more
    return found


def _names(text: str) -> Iterator[Mention]:
    """Laws' titles, document numbers and years in Chinese numerals: spans whose digits are part of a name."""
    titles = [m.span() for m in _TITLE.finditer(text)] if "《" in text else []
    for start, end in titles:
        for run in _TITLE_DIGITS.finditer(text, start, end):
            yield Mention(run.start(), run.end(), run.end(), reason="law_title")
    at = 0
    for hint in _DOC_NUMBER_END.finditer(text) if "号" in text else ():
        match = _DOC_NUMBER.search(text, max(0, hint.start() - 12), hint.end())
        at = _inside(hint.start(), titles, at)
        if match and not (at < len(titles) and titles[at][0] <= match.start()):
            yield Mention(match.start(), match.end(), match.end(), reason="document_number")
    at = 0
    for match in _CHINESE_YEAR.finditer(text):
        at = _inside(match.start(), titles, at)
        if not (at < len(titles) and titles[at][0] <= match.start()):
            yield Mention(match.start(), match.end(), match.end(), chinese=True, reason="date")


def _inside(position: int, spans: list[tuple[int, int]], at: int) -> int:
    """Index of the first span that ends after `position`, from `at` on (spans and positions both ascend)."""
    while at < len(spans) and spans[at][1] <= position:
        at += 1
    return at


def _arabic_mentions(text: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """The numbers in Arabic digits outside the spans `taken`, which ascend."""
    position, at = 0, 0
    while run := _RUN.search(text, position):
        start = run.start()
        at = _inside(start, taken, at)
        if at < len(taken) and taken[at][0] <= start:
            position = taken[at][1]
            continue
        mention = _plain_mention(text, start) or _arabic_mention(text, start)
        yield mention
        position = max(mention.end, start + 1)


def _plain_mention(text: str, start: int) -> Mention | None:
    """The mention at a digit if it has one of the common forms; None where only _SHAPES can tell what it is."""
    left = text[start - 1] if start else "\n"
    if left in _ITEM_LEFT:
        ordinal = _PLAIN_ORDINAL.match(text, start)
        if ordinal:
            return Mention(start, ordinal.end() - 1, ordinal.end() - 1, reason="ordinal")
    if left in _BOUND_LEFT or (left.isascii() and left.isalnum()):
        return None
    year = _PLAIN_YEAR.match(text, start)
    if year:
        return Mention(start, year.end(), year.end(), reason="date")
    plain = _PLAIN.match(text, start)
    if plain is None or plain["unit"] in _MEASURES:
        return None
    end, unit = plain.end(), plain["unit"]
    return Mention(start, end, end - len(unit), float(plain["figure"]), unit, plain["more"] is not None)


def _arabic_mention(text: str, start: int) -> Mention:
    """The mention at a digit, of whatever form."""
    if _HIDDEN_LEFT.search(text[max(0, start - 3) : start]):
        rest = _REST.match(text, start)
        end = rest.end() if rest else start + 1
        return Mention(start, end, end, reason="masked")
    mixed = mixed_numeral(text, start)
    if mixed:
        return _of_mixed(mixed)
    match = _SHAPES.match(text, start)
    assert match is not None  # a digit always matches `figure`
    kind = match.lastgroup if match["figure"] is None else "figure"
    end = match.end()
    if kind == "percent":
        low, *high = sorted(float(bound) for bound in _BOUND.findall(match["percent"]))
        by = 0.1 if text[end - 1] == "‰" else 1.0
        return Mention(start, end, end - 1, round(low * by, 6), "%", upper=round(high[0] * by, 6) if high else None)
    if kind != "figure":
        return Mention(start, end, end, reason="date" if kind == "node_day" else str(kind).replace("hotline", "name"))
    digits_end = match.end("figure")
    ordinal = _ordinal(text, start, digits_end)
    if ordinal:
        return Mention(start, digits_end, digits_end, reason=ordinal)
    if digits_end - start > _LONGEST_NUMERAL:
        return Mention(start, end, end, reason="index_number")
    value, upper = _arabic_bounds(match)
    if (upper or value) > _BEYOND or (upper is not None and upper <= value):
        return Mention(start, end, end, reason="index_number")
    written = match["unit"] or match["both"] or ""
    factor, unit = _MEASURES.get(written, (1.0, written))
    numeral_end = match.start("unit") if match["unit"] else match.start("both") - 1 if match["both"] else end
    if match["unit"]:
        unit += text[match.end("unit") : end]
    if match.group() == "0" and _NOTHING.match(text, start - 1):
        return Mention(start, end, end, 0.0, reason=BARE_ZERO)
    more = bool(match["more"] or match["more2"])
    about = match["about"] is not None
    upper = upper and round(upper * factor, 6)
    return Mention(start, end, numeral_end, round(value * factor, 6), unit, more, about, upper)


def _of_mixed(mixed: MixedNumeral) -> Mention:
    """The mention of a numeral in Arabic digits and Chinese characters."""
    start, digits_end, end, low, upper, unit, more, about = mixed
    if low is None or (upper or low) > _BEYOND:
        return Mention(start, end, digits_end, reason=UNREAD)
    factor, unit = _MEASURES.get(unit, (1.0, unit))
    return Mention(
        start, end, digits_end, round(low * factor, 6), unit, more, about, upper and round(upper * factor, 6)
    )


def _arabic_bounds(match: re.Match[str]) -> tuple[float, float | None]:
    """The value of Arabic digits with their magnitudes, and the upper bound of a range.

    A magnitude at the end of a range is of both bounds (2至3万) unless the lower would then be the larger (8000至1万).
    """
    value, scale = arabic_value(match["figure"]), magnitude(match["scale"]) * magnitude(match["scale2"])
    if match["upper"] is None:
        return value * scale, None
    upper = arabic_value(match["upper"])
    if match["low_unit"]:
        return value * magnitude(match["own_scale"] or ""), upper * scale
    if match["low_scale"]:  # 7千到9千亿: the magnitude behind both is of both
        low, high = chinese_range(match["figure"] + match["low_scale"], match["upper"] + match["scale"])
        return low if low is not None else value * magnitude(match["low_scale"]), high or upper * scale
    return value * (scale if value < upper else 1.0), upper * scale


def _ordinal(text: str, start: int, end: int) -> str:
    """Why a digit run is an ordinal (第3季度, 1、 or (2) at the head of a line) or a page's view count, or ''."""
    left = text[max(0, start - 8) : start]
    if _VIEWS.search(left):
        return "page_furniture"
    if left.endswith("第"):
        return "ordinal"
    if end - start <= 2 and _ORDINAL_RIGHT.match(text, end) and (start == 0 or _LINE_ORDINAL.search(left[-2:])):
        return "ordinal"
    return ""


def _chinese_mentions(text: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """The numbers in Chinese numerals outside the spans `taken`, which ascend."""
    at = 0
    for match in _CHINESE_FIGURE.finditer(text):
        mention = None if match["unit"] and _is_word(text, match) else _chinese_mention(text, match)
        if mention is None:
            continue
        at = _inside(mention.start, taken, at)
        if at == len(taken) or taken[at][0] >= mention.end:
            yield mention


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Whether numeral and classifier are part of a word: 一户一策, 一个个, 百年, 零件, or the group of a village."""
    figure, unit = match["figure"], match["unit"]
    left = text[match.start() - 1] if match.start() else "\n"
    if figure == "万一" or (figure == "一" and text.startswith(("一", unit), match.end())):
        return True
    if set(figure) <= set(_MAGNITUDE) and not match["more"]:
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
        reason = UNREAD if low is None else ""
        return Mention(start, end, end, low, "%", match["few"] is not None, upper=high, chinese=True, reason=reason)
    numeral = figure.lstrip(FEW)
    few = numeral != figure and set(numeral) <= set(_MAGNITUDE + "十")  # 数十, but 件数三十件
    start += len(figure) - len(numeral) - few
    low, high = chinese_range(numeral, match["upper"]) if match["upper"] else chinese_bounds(numeral)
    factor, unit = _MEASURES.get(match["unit"], (1.0, match["unit"]))
    hedge = hedged(numeral, match["more"] or "", match["scale"] or "")
    shared = hedged(match["upper"] or numeral, match["upper_more"] or "", match["upper_scale"] or "")
    plus, by = hedge or (0.0, 1.0)
    factor *= by * (shared[1] if shared else 1.0)
    known = low is not None and hedge is not None and shared is not None and (high is None or low < high)
    known = known and not _RANGE_LEFT.search(text[max(0, start - 2) : start])  # the end of a range that is not read
    known = known and (low or 0.0) * factor < _BEYOND
    if low is not None and low * factor % 1 and unit not in _DIVISIBLE:
        known = False
    more = few or bool(match["more"] or match["upper_more"])
    more = more or (numeral[0] in _MAGNITUDE and text[start - 1 : start] in {"上", "成"})
    return Mention(
        start,
        end,
        match.start("unit"),
        round((low + plus) * factor, 6) if known and low is not None else None,
        unit,
        more,
        match["about"] is not None,
        round((high + plus) * factor, 6) if known and high is not None else None,
        chinese=True,
        reason=("slogan" if text.startswith("个一", match.start("unit")) else "") if known else UNREAD,
    )
