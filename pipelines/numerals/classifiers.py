"""Classifiers: the measure words that a figure may carry, and those that make a Chinese numeral a figure.

They stand here as words and as patterns. `pipelines.numerals.mentions` finds the numbers before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.numerals.values import CHINESE

#: Classifiers and measures a figure may carry, as reports write them.
UNITS = tuple(
    """
    场次 人次 家次 件次 户次 块次 轮次 批次 班次 起次 例次 处次 项次 车次 台次 辆次 笔次 条次 人/次 人·次 届次
    次 场 期 回 讲 课 集 轮 批 堂 节 遍 趟 件 起 宗 桩 例 份 册 本 张 条 篇 幅 则 封 人 名 位 个 处 家 户
    块 支 项 大项 小项 部 学时 课时 小时 卷 笔 票 组 队 面 台 辆 间 所 座 栋 幢 单 款 版 页 段 点 站 对 套
    枚 只 头 株 棵 粒 瓶 袋 箱 卡 口 片 道 艘 顶 扇 盏 桶 万元 亿元 元 平方公里 平方千米 平方米 平米 ㎡ 公里 千米
    米 亩 公顷 吨 步 层 种 类 大类 级 度 天 日 周 个月 个季度 分钟 届 分 倍 岁 个百分点 年
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


#: A pattern for any of them, the longest first. 圆 is how 元 is written on bills (壹万圆整), but 圆满 is no amount.
UNIT = _trie(UNITS) + "|[万亿]?圆(?![满桌形梦心])"

#: Matches where one of them begins: shorter, for what only looks ahead. A longer one begins with one of these.
UNIT_AHEAD = _trie(word for word in UNITS if not word.startswith(tuple(other for other in UNITS if other != word)))
UNIT_AHEAD += "|[万亿]?圆(?![满桌形梦心])"

MORE = "余多几来"  # between numeral and classifier: at least
FEW = "数几"  # before a magnitude: 数十, 几百
MAGNITUDE = "百千万亿"  # behind digits: 3千, 2万
DASH = "[-—~至到]"  # between the bounds of a range
_CLOSED = r"[,，。;；、:：)）\]】|\n]|$"
_COMPOUND = rf"(?<=[{CHINESE}{FEW}][{CHINESE}{MORE}].)"  # behind a classifier: its numeral has two characters or more
# 一起 mostly means "together": 一起推进, 一起抓; 一起交通事故 counts.
_NOT_TOGETHER = r"(?:(?<!一.)|(?!部署|落实|行动|努力|工作)" + (
    r"(?![推抓谋检考学研参走做干开帮吃住劳联探商奋维守共见深组构促向前去观讨梳享]))"
)
_NOT_SECOND = rf"(?:(?<!二.)|{_COMPOUND}|(?=以上|{_CLOSED}))"  # 二 alone is the second: 二期工程, 二轮承包, 二次供水
# What must not follow a classifier: with these characters it begins a word (一次性, 一部分, 三名单位).
_COMMON = r"""
    场次 人次 家次 件次 户次 块次 轮次 批次 处次 车次 台次 辆次 项次 学时 课时 小时 分钟 个月 个季度 平方公里 平方千米
    平方米 公顷 公里(?!数) 次(?![性第序日元生要数办跑]|告知|提交|申报|通过|到位)2 轮(?![流换训车岗值候胎驱转作班电摩])2
    期(?![间限待望末初中货许权满]|工程|项目|建设)2 批(?![准评复示判改阅发])2
    部(?![门分署委队曲级位长件落将属颁]|书记)2
    起(?![来步草点到初码诉源伏])3
    册 幅 吨(?!位) 辆 栋 幢 艘 块(?![儿链头]) 笔(?![试录记者]) 卷(?![宗入烟帘积]) 亩(?![均产]) 篇(?!章) 倍(?!增)
    元(?![镇乡村区县街素旦化里桥宝首器老月宵]) 圆(?![满桌形梦心镇乡村区县街]) 场(?![所景地面合域镇馆院外内站口])
    回(?![应复头访归收事落迁购信族民乡村家流馈到避]) 件(?![套数量]|事(?![项故])) 宗(?![旨教族祠亲派])
    例(?![行会如外题子证]) 份(?![额子量内]) 堂(?![镇乡村街弟哥妹姐]) 则(?![是要以会应由可按必不将对需能有])
    本(?![账正地级职着领次来村镇乡身土年月单色能科人是经清]) 张(?![网图纸贴家村力床庄镇乡])
    条(?![龙心例件款约幅理]|线(?!索)|(?<=一条)街) 名(?![单义录称牌额誉胜片利气]) 位(?![置居次于列阶移育]|一体)
    人(?![民大员格居人转行帮才口物事家群情性道生心文间防社财们类]) 处(?![理置罚在于方级长分室境])
    个百分点 个(?![别性]|人(?!民)|体(?!工商|经营|户|诊所)) 户(?![外籍地口主型厕部镇]|乡(?![贤亲村])) 项(?!目)
    支(?![持部撑出付行线书委教农援配点柱]|队伍管|一扶) 节(?![约点目假日能水省庆俗令制支前后气奏])
    家(?=[次律,，。;；、)）]|店(?![镇乡])|企业|单位|公司|商户|商家|门店|机构|银行|医院|学校|部门|$)
    座(?![谈位右机椅城]) 台(?![账阶风上山县市区河州湾镇乡村词历面胞子]) 套(?![路用餐取牌改利])
    天(?![津然气地下网眼空桥台府生堂山水]|两头) 年(?![度底初级轻龄华货味会报检鉴关限纪代猪]|来说)
    成(?![立为员效果绩功熟本长不人份因型年都品交就片批群语分家套章了一各网册节文形于百千活规])
    间(?=办公|调解|房(?![镇乡村街])|教室|会议|接待|室|功能|店|商铺)1
    面(?=锦旗|旗帜|宣传|文化)1 封(?=感谢|表扬|举报|来信|公开信|信)1
    所(?=学校|小学|中学|幼儿|院校|高校)1 顶(?=帐篷|头盔|安全)1 枚(?=印章|公章)1 棵(?=古|树(?![镇乡村街]))1
"""
# Count after any numeral at the end of a clause: 锦旗两面, 学习三遍.
_ENDING = "间 所 面 顶 枚 封 只 箱 瓶 袋 株 棵 扇 盏 桶 遍 趟"
# Count after a numeral of several characters only: 二十组, but 三组 is the third and 两面, 三种, 一票 are words.
_RARE = r"""
    间(?![接隔断]) 所 面 顶 枚 封 只 箱 瓶 袋 株 棵 扇 盏 桶 遍 趟 头 桩 粒 组(?![织成建团合长员装办]) 队(?![伍员长])
    站(?![点长]) 版(?![本面权图]) 页(?![面岩]) 段(?![落位]) 片(?![区面段警儿]) 票(?![否据决款]) 种(?![植子类养地粮])
    类(?![别似型]) 口(?![头号径岸碑子气才人]) 道(?![路德理歉具]) 课(?![题程堂本外]) 米(?![面粮]) 岁(?!月)
    周(?![年期边围末岁密到一转])
"""


def _chinese_units() -> str:
    words = _COMMON.split()
    common = [
        word[:-1] + {"1": "(?<!一.)", "3": _NOT_TOGETHER}[word[-1]] if word[-1] in "13" else word
        for word in words
        if word[-1] != "2"
    ]
    # behind the longer ones (批次), and with their condition once, as each set of characters is slow to compile
    not_second = f"(?:{'|'.join(word[:-1] for word in words if word[-1] == '2')}){_NOT_SECOND}"
    ending = f"[{_ENDING.replace(' ', '')}](?={_CLOSED})(?<!一.)"
    return "|".join([*common, not_second, ending, f"(?:{'|'.join(_RARE.split())}){_COMPOUND}"])


#: A pattern for a classifier that makes the Chinese numeral before it a figure.
CHINESE_UNIT = _chinese_units()
#: The characters it may begin with.
CHINESE_UNIT_FIRST = "".join(sorted({word[0] for word in f"{_COMMON} {_ENDING} {_RARE}".split()}))
