"""Names of units, and the shorter forms that officials write.

Everything here follows from a name alone: the short forms of autonomous counties, prefectures and ethnic townships, and
which endings make a name safe to find in running text. Which units exist is known by `gazetteer`.
"""

import re

from pipelines.numerals.values import chinese_value

_PEOPLES = [
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
    "各",
]
_LONGEST_FIRST = sorted(_PEOPLES, key=len, reverse=True)
# A people of one syllable is always written with 族; the others may lack it (巴里坤哈萨克自治县).
_PEOPLE = "(?:" + "|".join(f"{p}族" if len(p) == 1 else f"{p}族?" for p in _LONGEST_FIRST) + ")"
_AUTONOMOUS = re.compile(rf"(.+?){_PEOPLE}{{1,4}}自治([县州旗])$")
_ETHNIC_TOWNSHIP = re.compile(rf"(..+?){_PEOPLE}{{1,3}}(?:民族)?乡$|(..+)民族乡$")
_NAMED_AFTER_PEOPLE = re.compile(r"(东乡|鄂温克|鄂伦春)族?自治([县旗])$")
_SHORT_PROVINCE = re.compile(r"(内蒙古|广西|西藏|宁夏|新疆).*自治区$")

_REGIMENT = re.compile(
    r"兵团(?:农?第?[一二三四五六七八九十]{1,3}师)?([零一二三四五六七八九十百]{1,5})团(?:分部|乡|中心团场|生活区|农场)?$"
)
_LONG_NAME = 5

REGULAR = ("镇", "乡", "街道", "街", "苏木")


def short_name(name: str) -> str:
    """Return the everyday form of a county's or prefecture's name: 屏边苗族自治县 -> 屏边县; other names unchanged."""
    match = _NAMED_AFTER_PEOPLE.match(name) or _AUTONOMOUS.match(name)
    if match:
        return match[1] + match[2]
    match = _SHORT_PROVINCE.match(name)
    return match[1] if match else name


def short_township(name: str) -> str:
    """Return the everyday form of an ethnic township's name: 车田苗族乡 -> 车田乡; other names unchanged."""
    match = _ETHNIC_TOWNSHIP.match(name) if name.endswith("族乡") else None
    return (match[1] or match[2]) + "乡" if match else name


def stem(name: str) -> str:
    """Return a county's name without its kind: 梁平县 and 梁平区 -> 梁平. It outlives an upgrade of the county."""
    short = short_name(name)
    return short[:-1] if len(short) > 2 and short[-1] in "县市区旗" else short


def is_regular(name: str) -> bool:
    """Return whether a township's name ends in its kind, so that it can be told from an ordinary word."""
    return name.endswith(REGULAR)


def regiment_names(name: str) -> set[str]:
    """Return how a regiment of the corps is called: 兵团一五零团 -> 一五零团, 一五〇团, 150团; none for other names."""
    match = _REGIMENT.search(name)
    if match is None:
        return set()
    names = {f"{match[1]}团", f"{match[1].replace('零', '〇')}团"}
    number = chinese_value(match[1])
    return names if number is None else names | {f"{number:.0f}团"}


def abbreviates(short: str, full: str) -> bool:
    """Return whether `short` is how officials abbreviate a long county's name: 前郭县, 阿左旗, 科左后旗.

    It keeps the first syllable and the kind, and leaves out syllables between; `full` has five or more.
    """
    if len(full) < _LONG_NAME or len(short) >= len(full) or short[0] != full[0] or short[-1] != full[-1]:
        return False
    syllables = iter(full)
    return all(syllable in syllables for syllable in short)
