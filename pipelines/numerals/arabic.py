"""Arabic numerals: every number that opens with a digit.

Dates, index numbers, telephone numbers, slogans in quotes and running ordinals are known by their form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipelines.numerals.classifiers import CHINESE_UNIT, DASH, MAGNITUDE, MORE, UNIT, UNIT_AHEAD
from pipelines.numerals.figures import BARE_ZERO, BEYOND, DIVISIBLE, MEASURES, UNREAD, Mention, span_after
from pipelines.numerals.mixed import MixedNumeral, mixed_numeral
from pipelines.numerals.remainders import PARTED, with_remainder
from pipelines.numerals.values import CHINESE, arabic_value, chinese_range, magnitude

_YEAR4 = "(?:19|20)[0-9]{2}"
_MONTH_DAY = "[0-9]{1,2}月(?:份)?(?:[0-9]{1,2}[日号])?"
_CLOCK = "[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
_DATE = "|".join(
    (
        rf"{_YEAR4}年(?:度)?(?:{_MONTH_DAY})?(?:[-—~至到](?:{_YEAR4}年?)?(?:[0-9]{{1,2}}月)?(?:[0-9]{{1,2}}日)?)?",
        rf"{_YEAR4}度(?![电数])",
        rf"{_YEAR4}[-—~至到/]{_YEAR4}(?:[-—~至](?:19|20)?[0-9]{{2}})?(?:年度?)?(?![0-9])",
        rf"{_YEAR4}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}(?:[ T]?{_CLOCK})?(?![0-9])",
        rf"{_YEAR4}[-/.][0-9]{{1,2}}(?![0-9]|%|件|次|人)",
        rf"{_YEAR4}度?(?=(?:年度)?(?:法治|依法|以来|工作(?:总结|报告|计划|打算|要点)))",
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
    r"|(?<=[0-9A-Za-z][-/])0[0-9]{2,}(?![0-9.%])|[0-9]{4,}(?=-[A-Za-z])"
)
_SLOGAN = (
    r"(?<=[“\"「‘])[0-9]{1,5}(?=[”\"」’])|[0-9]+(?:\+[0-9NnXx]+)+(?:>[0-9]+)?"
    rf"|(?![0-9]{{2,}}\+[{MAGNITUDE}]{{0,2}}(?:{UNIT_AHEAD}))[0-9]+\+(?=[\u4e00-\u9fffA-Za-z“\"])|(?<=\+)[0-9]+"
)
_HOTLINE = (
    r"(?:12345|12348|12388|12333|12315|12309|12363|12380|8890)(?![0-9余多万件次条份个人名])|[0-9]{3}(?=国道|省道|县道)"
    r"|(?:12[0-9]{3}|9[56][0-9]{3,4})(?=[\u4e00-\u9fff]{0,6}(?:热线|专线))"
)
_DECIMAL = r"[0-9]+(?:\.[0-9]+)?"
# A part of a whole: 2/3的村, 3分之2. Another 2/3 may be a page, a day or a name.
_FRACTION = r"(?<![0-9A-Za-z/第又])[0-9]+(?:/[0-9]{1,2}(?=的|以上|以下|左右|及以上)|分之[0-9]+(?![0-9.]))"
_COUNTS = rf"(?=[{MORE}]?[{MAGNITUDE}]?(?:{UNIT_AHEAD}))"
# Of these no part is a figure.
_UNREAD = "|".join(
    (
        rf"(?<![A-Za-z/])[0-9]+/[0-9]+(?![0-9/A-Za-z])|[0-9]+分之[0-9{CHINESE}]+",  # other fractions
        rf"{_DECIMAL}(?:{DASH}{_DECIMAL})?[kKwW](?=[余多+]?(?:{UNIT_AHEAD})|左右|上下|以上)",  # 5k份, 30w元
        rf"{_DECIMAL}[eE^][-+]?[0-9]+{_COUNTS}",  # 2e5份
        rf"(?<![0-9] )[0-9](?: [0-9]){{1,8}}{_COUNTS}",  # 1 2 3件
        rf"[0-9.]+(?:[零〇]|[{MAGNITUDE}]+又)[0-9]+(?![0-9.]*[{MAGNITUDE}])",  # 300零5份, 3万又500份
        rf"[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{2,}}{_COUNTS}",  # 1.2.3份
        rf"{_DECIMAL}[角毛](?=[的,，。;；、)）钱]|$)",  # 3.5角
    )
)
# 2、3千 are two neighbours that share what follows.
_NEIGHBOURS = "|".join(rf"(?<=(?<![0-9.]){n})、(?={n + 1}[{MAGNITUDE}])" for n in range(1, 9))
# A pair of dashes is mostly punctuation: 12万——2024年.
_BETWEEN = rf"(?:[(（]含[)）])?(?:{DASH}|(?:--|——)(?=[0-9.]{{1,9}}[{MAGNITUDE}]{{0,2}}(?:{UNIT})(?<![年月日])))"
# Digits in groups, a range (2至3万, 8000至1万, 3次—5次) or mixed with magnitudes (1万2千); 余; a classifier, which may
# stand in brackets.
_FIGURE = (
    rf"(?P<figure>(?:[0-9]{{1,3}}(?:[,，][0-9]{{3}})+(?![0-9])"
    rf"|[0-9]{{1,3}}(?: [0-9]{{3}}){{1,3}}(?=[余多]?[{MAGNITUDE}]?(?:{UNIT_AHEAD}))|[0-9]+)(?:\.[0-9]+)?)"
    rf"(?:(?P<low_scale>[{MAGNITUDE}]{{1,2}})(?={_BETWEEN}[0-9])|(?P<own_scale>[{MAGNITUDE}]{{0,2}})(?P<low_unit>{UNIT})"
    rf"(?={_BETWEEN}[0-9.]{{1,9}}[{MAGNITUDE}]{{0,2}}(?P=low_unit)))?"
    rf"(?:(?:{_BETWEEN}|{_NEIGHBOURS})(?P<upper>{_DECIMAL}))?(?P<scale>[{MAGNITUDE}]{{0,4}})"
    rf"(?P<more>有余|[{MORE}+]|[(（][余多][)）])?(?P<scale2>[{MAGNITUDE}]{{0,4}})(?P<more2>[余多])?(?:(?P<about>上下|左右|以上)(?={UNIT_AHEAD}))?"
    rf"(?P<unit>{UNIT}|成(?=[以左多的,，。;；)）]))?(?:[（(](?P<both>{UNIT})[)）])?"
)
_SHAPES = re.compile(
    rf"(?P<masked>[0-9]{{2}}(?=[XxＸ]{{2}}年)|[0-9]*(?:[,，.][0-9]*)?[*＊]+[0-9*＊]*)|(?P<date>{_DATE})|(?P<node_day>{_NODE_DAY})|(?P<phone>{_PHONE})"
    rf"|(?P<index_number>{_INDEX_NUMBER})|(?P<slogan>{_SLOGAN})|(?P<hotline>{_HOTLINE})"
    rf"|(?P<fraction>{_FRACTION})|(?P<unread_numeral>{_UNREAD})|(?P<percent>{_DECIMAL}(?:%?[-—~至到]{_DECIMAL})?[%‰])|{_FIGURE}"
)
_RUN = re.compile(r"[0-9]")
# The last digits of a number whose first ones a page hides: **3场, *.5万, ×2件 (but 5×8小时).
_HIDDEN_LEFT = re.compile(r"[*＊][,，.]?$|(?:^|[^0-9])×+$|(?:^|[^0-9A-Za-z])[xX]{1,2}$")
_REST = re.compile(r"[0-9*＊×.,，]*[0-9*＊×]")
_BOUND = re.compile(_DECIMAL)
# Most numbers are a year or a few digits with a classifier, and nothing touches them on their left. They are matched
# with these short patterns first, which is faster than _SHAPES.
_PLAIN = re.compile(
    rf"(?P<figure>[0-9]{{1,6}}(?:\.[0-9]{{1,2}}(?=%))?)(?P<more>[余多])?(?P<unit>(?>%|(?![年月日时号:：.·\-—~至到/])(?:{UNIT})))(?![（(]|[-—~至][0-9]|之[0-9{CHINESE}])"
)
_PLAIN_YEAR = re.compile(r"20[0-9]{2}(?:年(?:度)?|度(?![电数]))(?![0-9至到\-—~度])")
_PLAIN_ORDINAL = re.compile(r"[0-9]{1,2}[、.)](?![0-9])")
_ITEM_LEFT = frozenset("\n(。;:,")
_BOUND_LEFT = frozenset('又兆一二两三四五六七八九十百千万亿拾佰仟零〇点成之第.·:：/-—~+至到“"「‘=_&?,，*＊×')
# Digits behind these are the end of a numeral that is not read: 三5份, 3点5份. But 十四五 is a plan, 统一 a word.
_BEGUN_LEFT = re.compile(
    rf"(?:[{CHINESE}][一零〇]|[{CHINESE}0-9]点|[{CHINESE}]又|(?<!十[一二三四五])五|[二两三四六七八九百千万亿兆])$"
)
_NUMERAL = frozenset(CHINESE)
_LONGEST_NUMERAL = 12  # digits
_AVERAGE = re.compile("[均每]")
_SEPARATORS = str.maketrans("", "", ",， .")
_VIEWS = re.compile(
    r"(?:浏览|阅读|点击|访问|点赞|评论|收藏)(?:量|次数|数)?[:：(（]?$|(?:下载|人气|积分|累计次数|阅读人数)[:：]$"
)
_NOTHING = re.compile("[为是持]0(?=[,，、。;；)）]|$)")
_ORDINAL_RIGHT = re.compile(r"[、.．)）](?![0-9])")
_LINE_ORDINAL = re.compile(r"(?:^|[\n。；;:：，,])[（(]?$")


@cache
def _goes_on() -> re.Pattern[str]:
    """So are Chinese numerals behind digits the end of one: 3三份, 十5三份. 一 is "a" there (补助10万一年).

    Few texts have one, and the pattern is slow to compile.
    """
    return re.compile(rf"(?!一[^{CHINESE}0-9])[{CHINESE}][{CHINESE}0-9.]*(?=[{MORE}]?(?:{UNIT_AHEAD}|{CHINESE_UNIT}))")


def arabic_mentions(text: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    """The numbers in Arabic digits outside the spans `taken`, which ascend."""
    position, at = 0, 0
    while run := _RUN.search(text, position):
        start = run.start()
        at = span_after(start, taken, at)
        if at < len(taken) and taken[at][0] <= start:
            position = taken[at][1]
            continue
        mention = _plain_mention(text, start) or _whole(text, _arabic_mention(text, start), start)
        if mention.unit in PARTED:
            mention = with_remainder(text, mention)
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
    if plain is None:
        return None
    figure, more, unit = plain.groups()
    if unit in MEASURES:
        return None
    end = plain.end()
    return Mention(start, end, end - len(unit), float(figure), unit, more is not None)


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
    if kind == "fraction":
        return _fraction(match)
    if kind != "figure":
        return Mention(start, end, end, reason="date" if kind == "node_day" else str(kind).replace("hotline", "name"))
    digits_end = match.end("figure")
    ordinal = _ordinal(text, start, digits_end)
    if ordinal:
        return Mention(start, digits_end, digits_end, reason=ordinal)
    if len(match["figure"].translate(_SEPARATORS)) > _LONGEST_NUMERAL:
        return Mention(start, end, end, reason="index_number")
    value, upper = _arabic_bounds(match)
    if (upper or value) > BEYOND or (upper is not None and upper <= value):
        return Mention(start, end, end, reason="index_number")
    written = match["unit"] or match["both"] or ""
    factor, unit = MEASURES.get(written, (1.0, written))
    numeral_end = match.start("unit") if match["unit"] else match.start("both") - 1 if match["both"] else end
    if match["unit"]:
        unit += text[match.end("unit") : end]
    if match.group() == "0" and _NOTHING.match(text, start - 1):
        return Mention(start, end, end, 0.0, reason=BARE_ZERO)
    more = bool(match["more"] or match["more2"]) or match["about"] == "以上"
    about = match["about"] in ("上下", "左右")
    value, upper = round(value * factor, 6), upper and round(upper * factor, 6)
    if (
        unit
        and value % 1
        and match["unit"]
        and written not in DIVISIBLE
        and not _AVERAGE.search(text, max(0, start - 12), start)
    ):
        return Mention(start, end, numeral_end, reason=UNREAD)  # 4.200份 may be 4200
    return Mention(start, end, numeral_end, value, unit, more, about, upper)


def _fraction(match: re.Match[str]) -> Mention:
    """2/3的村 and 3分之2 as a percentage."""
    written = match["fraction"]
    share, parts = map(float, written.split("/") if "/" in written else reversed(written.split("分之")))
    if not 0 < share < parts <= 100:
        return Mention(*match.span(), match.end(), reason=UNREAD)
    return Mention(*match.span(), match.end(), round(100 * share / parts, 2), "%")


def _whole(text: str, mention: Mention, start: int) -> Mention:
    """The mention at the digit at `start`, an unread numeral if its digits are only a part of one."""
    if mention.value is None:
        return mention
    end = mention.end
    if mention.start == start and _BEGUN_LEFT.search(text[max(0, start - 3) : start]):
        return Mention(start, end, end, reason=UNREAD)
    rest = None if mention.unit or text[end : end + 1] not in _NUMERAL else _goes_on().match(text, end)
    return Mention(mention.start, rest.end(), rest.end(), reason=UNREAD) if rest else mention


def _of_mixed(mixed: MixedNumeral) -> Mention:
    """The mention of a numeral in Arabic digits and Chinese characters."""
    start, digits_end, end, low, upper, unit, more, about = mixed
    if low is None or (upper or low) > BEYOND:
        return Mention(start, end, digits_end, reason=UNREAD)
    factor, unit = MEASURES.get(unit, (1.0, unit))
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
