"""Mentions: every number of a text with its value, its classifier and, where its form says so, why it is no figure.

Here belongs what the shape of a number tells: dates, index numbers, telephone numbers, slogans in quotes, running
ordinals. Not here: what the words around a number say (norms, plans, last year), and which indicator it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.extract.numerals import CHINESE, arabic_value, chinese_value, magnitude
from pipelines.extract.scan import Opening, scan

#: Classifiers and measures a figure may carry, as reports write them.
UNITS = tuple(
    """
    场次 人次 家次 件次 户次 块次 轮次 批次 班次 起次 例次 处次 项次 车次 台次 辆次 笔次 条次 人/次 人·次 届次
    次 场 期 回 讲 课 集 轮 批 堂 节 遍 趟 件 起 宗 桩 例 份 册 本 张 条 篇 幅 则 封 人 名 位 个 处 家 户
    块 支 项 大项 小项 部 学时 课时 小时 卷 笔 票 组 队 面 台 辆 间 所 座 栋 幢 单 款 版 页 段 点 站 对 套
    枚 只 头 株 棵 粒 瓶 袋 箱 卡 口 片 道 万元 亿元 元 平方公里 平方千米 平方米 平米 公里 千米 米 亩 公顷
    吨 步 层 种 类 大类 级 度 天 日 周 个月 分钟 届 分 倍 岁 个百分点 年
    """.split()
)


def _trie(words: Iterable[str]) -> str:
    """A pattern for the longest of some words; it branches character by character, where an alternation tries each."""
    tails: dict[str, list[str]] = {}
    for word in words:
        if word:
            tails.setdefault(word[0], []).append(word[1:])
    branches = []
    for first, rest in sorted(tails.items()):
        inner = _trie(rest)
        optional = "?" if "" in rest and inner else ""
        branches.append(re.escape(first) + (f"(?:{inner}){optional}" if inner else ""))
    singles = "".join(b for b in branches if len(b) == 1)
    return "|".join([b for b in branches if len(b) > 1] + ([f"[{singles}]"] if singles else []))


UNIT = _trie(UNITS)  # a pattern
# Classifiers that make a run of Chinese numeral characters a number. A short list with what must not follow: 一 is in
# half of all words (一次性, 一部分, 一起来).
_CHINESE_UNIT = "|".join(
    """
    场次 人次 家次 件次 户次 块次 轮次 批次 次(?!性|第|序|日|告知|办好|办结|办成|通办) 册 幅 块 笔 万元
    元(?!镇|乡|村|区|县|街|素|旦|化)
    场(?!所|景|地|面|合|域) 期(?!间|限|待|望) 回(?!应|复|头|访|归|收) 件(?!事一) 起(?!来|步|草|点|到) 宗(?!旨)
    例(?!行|会|如) 份(?!额|子) 堂(?!镇|乡|村|街) 本(?!账|正|地|级|职) 张(?!网|图|纸) 条(?!龙|心|例|件|线)
    篇(?!章) 人(?!民|大|员|格|居|人) 名(?!单|义|录|称) 位(?!置|一体|居) 个(?!人|别|性|体) 处(?!理|置|罚|在)
    家(?=次|企业|单位|公司|商户|商家|门店|机构|律|银行|医院|学校|部门|[,，。;；、)）]|$) 户(?!外|籍|地) 支(?!持|部|撑)
    项(?!目) 部(?!门|分|署|委|队) 批(?!准|评|复|示) 轮(?!流|换|训) 节(?!约|点) 学时 课时 小时 卷(?!宗)
    平方公里 平方米 亩 公顷 公里 吨 座(?!谈|位|右) 台(?!账|阶|风|上) 辆 栋 幢 套(?!路|用) 则(?!是|要|以)
    天 年(?!度|底|初) 个月 倍 成(?!立|为|员|效|果|绩|功|熟|本|长)
    """.split()
)
_MAGNITUDE = "百千万亿"
_MORE = "余多几来"
_CN = CHINESE
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
    r"[0-9]{1,2}[·.][0-9]{1,2}(?![0-9万亿千百%个件次人份倍平公亩米元户家起])"
    r"(?=[”\"’』」》]|[^0-9]{0,12}?(?:日|周|月|节|宣传|法治|普法|活动|期间|节点|、[“\"]?[0-9]{1,2}(?:[·.]|月[0-9])))"
)
_PHONE = r"1[3-9][0-9]{9}(?![0-9])|0[0-9]{2,3}-[0-9X]{7,8}|400-?[0-9]{3,4}-?[0-9]{3,4}(?![0-9/])|(?<=电话[:：])[0-9-]+"
_INDEX_NUMBER = (
    r"[0-9]{8,}(?![0-9.]*[元万件人份])[0-9A-Za-z/-]*|[0-9]{3,}[A-Za-z][0-9A-Za-z]*(?:/[0-9-]+)?|(?<=ICP备)[0-9]+号(?:-[0-9]+)?|(?<=QQ)[0-9]+"
    r"|(?<=[A-Za-z/=_.&?-])[0-9]+(?=[A-Za-z/=_&?-])|[0-9]{5,6}/[0-9]{4}-[0-9]+"
)
_SLOGAN = (
    r"(?<=[“\"「‘])[0-9]{1,5}(?=[”\"」’])|[0-9]+(?:\+[0-9NnXx]+)+(?:>[0-9]+)?"
    r"|[0-9]+\+(?=[\u4e00-\u9fffA-Za-z“\"])|(?<=\+)[0-9]+"
)
_HOTLINE = r"(?:12345|12348|12388|12333|12315|12309|12363|12380)(?![0-9余多万件次条份个人名])"
_SHAPES = re.compile(
    rf"(?P<masked>[0-9]*[*＊]+[0-9*＊]*)|(?P<date>{_DATE})|(?P<node_day>{_NODE_DAY})|(?P<phone>{_PHONE})"
    rf"|(?P<index_number>{_INDEX_NUMBER})|(?P<slogan>{_SLOGAN})|(?P<hotline>{_HOTLINE})"
    r"|(?P<percent>[0-9]+(?:\.[0-9]+)?(?:%?[-—~至][0-9]+(?:\.[0-9]+)?)?%)"
    r"|(?P<figure>(?:[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?)"
    r"(?:[-—~至到](?P<upper>[0-9]+(?:\.[0-9]+)?))?"
    rf"(?P<scale>[{_MAGNITUDE}]{{0,4}})(?:(?P<tail>[0-9]+)(?P<tail_scale>[百千万]))?(?P<more>[{_MORE}+])?(?P<scale2>[{_MAGNITUDE}]{{0,4}})(?P<more2>[余多])?"
    rf"(?P<unit>{UNIT})?(?P<both>[（(](?:批|次|件|起|人次|人|宗|份)[)）])?"
)
_RUN = re.compile(r"[0-9]")
# By far the most numbers are a year or a few digits with a classifier, free on their left: they need no closer look.
_PLAIN = re.compile(
    rf"(?P<figure>[0-9]{{1,6}}(?:\.[0-9]{{1,2}}(?=%))?)(?P<more>[余多])?(?P<unit>%|(?![年月日时号:：.·\-—~至到/])(?:{UNIT}))(?![（(])"
)
_PLAIN_YEAR = re.compile(r"20[0-9]{2}年(?:度)?(?![0-9至到\-—~度])")
_PLAIN_ORDINAL = re.compile(r"[0-9]{1,2}[、.)](?![0-9])")
_ITEM_LEFT = frozenset("\n(。;:,")
_SCALED = frozenset({"万元", "亿元"})
_BOUND_LEFT = frozenset('第.·:：/-—~+至到“"「‘=_&?,，')
_CHINESE_FIGURE = re.compile(
    rf"""(?<![第每各逐任同某{_CN}])(?!(?<=[统唯专单进])一)(?:
      (?P<percent>百分之(?P<share>百|[{_CN}]+(?:点[{_CN}]+)?))
    | (?P<several>[数几上好近成]*)(?P<figure>[{_CN}]+)(?P<more>[{_MORE}])?(?P<scale>[{_MAGNITUDE}]*)(?P<more2>[余多])?
      (?P<unit>{_CHINESE_UNIT})(?P<both>(?!))?
    )""",
    re.VERBOSE,
)
# Cheap to find: a numeral right before something that may begin a classifier, or 百分之.
CHINESE_OPENINGS: tuple[Opening, ...] = (
    (_CN, rf"[{_MORE}]?[{_MAGNITUDE}]?[余多]?[{''.join(sorted({u[0] for u in _CHINESE_UNIT.split('|')}))}]"),
    ("百", "分之"),
)
_CHINESE_HINT = scan(CHINESE_OPENINGS)
_LONGEST_NUMERAL = 12  # characters
_BEYOND = 1e13  # no township counts as far, in whatever unit
_CHINESE_LEFT = frozenset(_CN + "数几上好近")
_CHINESE_YEAR = re.compile(r"[二两][〇零0][〇零一二三][〇零一二三四五六七八九]年(?:度)?")
_DOC_NUMBER = re.compile(
    r"[〔\[【（(](?:19|20)[0-9]{2}[〕\]】）)](?:第)?[0-9]{1,4}号|(?<=[发字函办文政])(?:19|20)[0-9]{2}[0-9]{1,4}号"
)
_TITLE_DIGITS = re.compile(r"[0-9]+(?:[-—~.][0-9]+)*年?")
_DOC_NUMBER_END = re.compile(r"[0-9]号")
_TITLE = re.compile(r"《[^《》\n]{1,150}》")
_VIEWS = re.compile(r"(?:浏览|阅读|点击|访问|点赞|评论|收藏)(?:量|次数|数)?[:：(（]?$")
_ORDINAL_RIGHT = re.compile(r"[、.．)）](?![0-9])")
_LINE_ORDINAL = re.compile(r"(?:^|[\n。；;:：，,])[（(]?$")
_ORDINAL_LEFT = re.compile(r"第$")


@dataclass(slots=True)
class Mention:
    """One number in the working text. `reason` is set where its form alone says that it is no figure."""

    start: int
    end: int  # after the classifier
    digits_end: int  # after the numeral, before the classifier
    value: float | None = None
    unit: str = ""
    more: bool = False  # 余, 多, 几, +: at least
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
    found = [*_named_spans(text)]
    taken = [(m.start, m.end) for m in found]
    found += _arabic(text, taken)
    found.sort(key=lambda m: m.start)
    found += _chinese(text, [(m.start, m.end) for m in found])
    found.sort(key=lambda m: m.start)
    return found


def _named_spans(text: str) -> Iterator[Mention]:
    """Laws' titles, document numbers and years in Chinese numerals: spans whose digits are part of a name."""
    titles = [m.span() for m in _TITLE.finditer(text)] if "《" in text else []
    for start, end in titles:
        for run in _TITLE_DIGITS.finditer(text, start, end):
            yield Mention(run.start(), run.end(), run.end(), reason="law_title")
    at = 0
    for hint in _DOC_NUMBER_END.finditer(text):
        match = _DOC_NUMBER.search(text, max(0, hint.start() - 12), hint.end())
        at = _inside(hint.start(), titles, at)
        if match and not (at < len(titles) and titles[at][0] <= match.start()):
            yield Mention(match.start(), match.end(), match.end(), reason="document_number")
    at = 0
    for match in _CHINESE_YEAR.finditer(text) if "〇" in text or "零" in text else ():
        at = _inside(match.start(), titles, at)
        if not (at < len(titles) and titles[at][0] <= match.start()):
            yield Mention(match.start(), match.end(), match.end(), chinese=True, reason="date")


def _inside(position: int, spans: list[tuple[int, int]], at: int) -> int:
    """Index of the first span that ends after `position`, from `at` on (spans and positions both ascend)."""
    while at < len(spans) and spans[at][1] <= position:
        at += 1
    return at


def _arabic(text: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    taken = sorted(taken)
    position, at = 0, 0
    while run := _RUN.search(text, position):
        start = run.start()
        at = _inside(start, taken, at)
        if at < len(taken) and taken[at][0] <= start:
            position = taken[at][1]
            continue
        mention = _read_plain(text, start) or _read_arabic(text, start)
        yield mention
        position = max(mention.end, start + 1)


def _read_plain(text: str, start: int) -> Mention | None:
    """The mention at a digit, if it is of the two common forms; None where its surroundings call for a closer look."""
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
    if plain is None or plain["unit"] in _SCALED:
        return None
    end, unit = plain.end(), plain["unit"]
    return Mention(start, end, end - len(unit), float(plain["figure"]), unit, plain["more"] is not None)


def _read_arabic(text: str, start: int) -> Mention:
    match = _SHAPES.match(text, start)
    assert match is not None  # a digit always matches `figure`
    kind = match.lastgroup if match["figure"] is None else "figure"
    end = match.end()
    if kind == "percent":
        body = match["percent"][:-1]
        low, _, high = body.replace("%", "").replace("—", "-").replace("~", "-").replace("至", "-").partition("-")
        return Mention(start, end, end - 1, float(low), "%", upper=float(high) if high else None)
    if kind != "figure":
        return Mention(start, end, end, reason="date" if kind == "node_day" else str(kind).replace("hotline", "name"))
    digits_end = match.end("figure")
    ordinal = _ordinal(text, start, digits_end)
    if ordinal:
        return Mention(start, digits_end, digits_end, reason=ordinal)
    if digits_end - start > _LONGEST_NUMERAL:
        return Mention(start, end, end, reason="index_number")
    scale = magnitude(match["scale"]) * magnitude(match["scale2"])
    unit = match["unit"] or ""
    if unit in ("万元", "亿元"):
        scale, unit = scale * magnitude(unit[0]), "元"
    value = arabic_value(match["figure"]) * scale
    if match["tail"]:  # 1万2千, 1亿2000万
        value += arabic_value(match["tail"]) * magnitude(match["tail_scale"])
    if value > _BEYOND:
        return Mention(start, end, end, reason="index_number")
    upper = float(match["upper"]) * scale if match["upper"] else None
    numeral_end = match.start("unit") if match["unit"] else end
    more = bool(match["more"] or match["more2"])
    return Mention(start, end, numeral_end, round(value, 6), unit + (match["both"] or ""), more, upper)


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


def _chinese(text: str, taken: list[tuple[int, int]]) -> Iterator[Mention]:
    at = end = 0
    for hint in _CHINESE_HINT.finditer(text):
        if hint.start() < end:
            continue
        begin = hint.start()
        while begin > max(end, hint.start() - _LONGEST_NUMERAL) and text[begin - 1] in _CHINESE_LEFT:
            begin -= 1
        match = _CHINESE_FIGURE.search(text, begin, hint.end() + 8)
        if match is None or match.start() > hint.start():
            continue
        if match["unit"] == "元" and not match["several"] and not set(match["figure"]) - set("万亿"):
            continue  # 万元 in the head of a table is a unit
        start, end = match.span()
        at = _inside(start, taken, at)
        if at < len(taken) and taken[at][0] < match.end():
            continue
        yield _read_chinese(match)


def _read_chinese(match: re.Match[str]) -> Mention:
    start, end = match.span()
    if match["percent"]:
        whole, _, part = match["share"].partition("点")
        value = 100.0 if whole == "百" else chinese_value(whole)
        if part and value is not None:
            value += (chinese_value(part) or 0) / 10 ** len(part)
        return Mention(start, end, end, value, "%", chinese=True)
    value = chinese_value(match["figure"]) if len(match["figure"]) <= _LONGEST_NUMERAL else None
    scale = magnitude(match["scale"] or "")
    unit = match["unit"]
    if unit == "万元":
        scale, unit = scale * 10_000, "元"
    if unit == "成":
        scale, unit = 10.0, "%"
    several = match["several"]
    reason = "" if value is not None else "indefinite"
    more = bool(match["more"] or match["more2"] or set(several) & set("数几上好"))
    begin = start + len(several) - (1 if several and several[-1] in "数几" else 0)
    return Mention(
        begin,
        end,
        match.start("unit"),
        None if value is None else value * scale,
        unit,
        more,
        chinese=True,
        reason=reason,
    )
