"""The wording of page furniture other than metadata keys, as patterns over folded lines.

It is what site tools, footers, paywalls, advertisements and injected spam say. No pattern nests one repetition in
another over the same characters.
"""

import re

from pipelines.read.page_fields import BUTTONS, CLOCK, COUNTERS, DATE, KEYS, any_of

LONGEST_METADATA = 160
LONGEST_TAIL = 1500

# What says something: letters and digits. A line without it is layout (bars, rules, dots).
SUBSTANCE = re.compile(r"[0-9A-Za-z一-龥]")

_DATE_KEYS = any_of(" ".join(KEYS[name] for name in ("成文日期", "发文日期", "生成日期", "发布日期")))
_SOURCE_KEYS = any_of(f"{KEYS['来源']} {KEYS['作者']} {KEYS['发布机构']}")
_SHORT_VALUE = r"[^\s。,，;；:：|]{0,30}"
_DATED = rf"(?:{_DATE_KEYS} ?[:：] ?)[\[(（]? ?{DATE}{CLOCK}(?: *星期.)? ?[\])）]?"
_COUNTED = rf"{any_of(COUNTERS)} ?[:：] ?[\[(（]? ?[0-9]* ?(?:人次|次|人|\+)? ?[\])）]?"
_SIZE = r"[【\[(（]? ?(?:字体|字号|文字大小|字体大小) ?[:：]? ?[\[(（]? ?(?:[大中小] ?){0,3}[\])）】]?"
_SOURCED = rf"{_SOURCE_KEYS} ?[:：] ?{_SHORT_VALUE}(?![^\s|])"
_LINKED = r"(?:https?://|www\.)[\w./:?=&%#~+-]+"
_PORTAL = r"\S{2,20}(?:门户网站|政府网站|政府网|信息网)(?=\s|$)"
_PRESSED = rf"{any_of(BUTTONS)} ?(?:[:：]|[((（] ?[0-9]+ ?[))）])?"
# One piece of a header or tool line. A button counts only between separators, so that 中心 does not lose its 中.
ITEM = re.compile(
    rf"(?<![^\s\[【(（|\]】)）:：]){_SIZE}|{_DATED}|{_COUNTED}|{_SOURCED}|{_LINKED}|{_PORTAL}"
    rf"|(?<![^\s\[【(（|\]】)）:：/])(?:{_PRESSED})(?![^\s\[【(（|\]】)）/])|(?<=\s)[0-9]$|^{DATE}{CLOCK} *星期.$"
)

_GAMBLING = (
    r"真人(?:电子|娱乐|荷官|百家乐|视讯)|电子游艺|百家乐|娱乐城|(?:体育|彩票|博彩|棋牌|娱乐)平台|体育投注|老虎机|六合彩|"
    r"葡京|威尼斯人|太阳城|注册送|首存|开户送|bet ?[0-9]{2,}|电竞下注|棋牌游戏大厅|时时彩|外围投注"
)

WHOLE_LINE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "navigation",
        re.compile(r"^[\W_]*您?(?:现在|当前)?(?:所在)?的?(?:当前)?位置(?:是)?(?:为)?[:：]|^[\W_]*首页 ?[>»›→]"),
    ),
    ("navigation", re.compile(r"首页.{0,40}[>»›].{0,40}[>»›][^。]*$")),
    (
        "page_tools",
        re.compile(
            r"^(?:语音播报|语音合成中.*|进入播报模式|退出播报.*|开始播报|停止播报|暂停播报|朗读.{0,4}|听全文|播报)$"
        ),
    ),
    (
        "page_tools",
        re.compile(
            r"^[^。,，;；]{0,20}扫(?:一扫|码)[^。,，;；]{0,6}(?:手机|打开|分享|关注|浏览|查看|访问|阅读)[^。,，;；]{0,15}$|^扫一扫$"
        ),
    ),
    ("page_tools", re.compile(r"^[\[【]?(?:分享|转发)(?:到|至)?[:：]")),
    ("navigation", re.compile(r"^[\W_]*(?:上|下)[一1](?:篇|条|页|则)[\s:：\]】].*$|^[\W_]*(?:上|下)一(?:篇|条|页)$")),
    (
        "navigation",
        re.compile(r"^(?:相关(?:阅读|文章|链接|新闻|信息|文档|推荐)|推荐阅读|猜你喜欢|热门(?:文章|推荐|标签))[:：]?$"),
    ),
    (
        "footer",
        re.compile(
            r"ICP ?(?:备|证)(?:案号)?[:：]? ?[0-9A-Z]|公网安备 ?[0-9]|网站标识码 ?[:：]"
            r"|建议使用.{0,30}(?:分辨率|浏览)|^[((（\s]*版权(?:所有|声明)"
        ),
    ),
    (
        "footer",
        re.compile(
            r"本文(?:内容)?(?:由|来自|来源于)(?:互联网|网络)|仅代表作者(?:本人)?(?:观点)?|如有侵权.{0,12}联系|转载请注明"
        ),
    ),
    (
        "paywall",
        re.compile(r"^[\W_]*(?:试读结束|查阅全文|阅读全文|展开全文|查看全文|下载全文|付费阅读|免费试读).{0,60}$"),
    ),
    (
        "paywall",
        re.compile(
            r"^[\W_]*(?:仅展示|剩余|还剩|还有|以下省略|此处省略|开头省略|中间省略)[^。,，]{0,8}"
            r"[0-9]+ ?[字页][^。]{0,30}$"
        ),
    ),
    (
        "paywall",
        re.compile(r"^[^。]{0,30}(?:全文共 ?[0-9]+ ?字|开通会员|登录后(?:查看|阅读)|加微信 ?[:：])[^。]{0,40}$"),
    ),
    (
        "advertisement",
        re.compile(r"^【(?:热门|精彩|本站|站内|网站|编辑|今日|好物)?(?:推荐|公告|广告|活动|福利|头条)】"),
    ),
    ("advertisement", re.compile(r"[((（【\[]广告[))）】\]]$|^广告[:：]|^(?:下面|以下)是小编.{0,60}$")),
    ("spam", re.compile(rf"^[^。,，;；:：]{{0,30}}(?:{_GAMBLING})[^。,，;；:：]{{0,30}}$", re.IGNORECASE)),
)

# Most lines are sentences of the report. Each look above needs one of the words below, so one pass over the page for
# all of them spares most lines every pattern. The telltale ones also let a line be longer than usual.
TELLTALE = (
    "位置 首页 扫 分享 ICP 网安备 标识码 版权 分辨率 互联网 仅代表 侵权 转载 【 广告 小编 全文 会员 登录后 微信 "
    "省略 一篇"
)
SIGNS = (
    "转发 播报 朗读 语音合成 一条 一页 一则 1篇 1条 1页 1则 相关 推荐阅读 猜你喜欢 热门 建议使用 本文 试读 付费阅读 "
    "仅展示 剩余 还剩 还有 真人 电子游艺 百家乐 娱乐城 平台 体育投注 老虎机 六合彩 葡京 威尼斯人 太阳城 注册送 首存 "
    "开户送 bet beT bEt bET Bet BeT BEt BET 电竞下注 棋牌游戏 时时彩 外围投注"
)

FOOTER_WEAK = re.compile(
    r"^[\W_]*(?:主办(?:单位)?|承办(?:单位)?|技术支持|版权所有|网站地图|联系我们|免责声明|政务服务便民热线|网站维护)(?:[\s:：]|$)|不得转载"
)
# Short lines above the first prose that name a part of the site. A title has its own words (报告, 总结) instead.
NAVIGATION_WEAK = re.compile(
    r"[^。,，0-9]{0,16}(?:网站|链接|首页|信息公开|政务公开|专栏|目录|登录|注册|导航|门户|政府网|返回|搜索|信息公开年报)"
)

# Atomic: a bracket may end one item or open the next, and trying both ways at each is exponential.
_RUN = rf"(?>{_DATED}|{_COUNTED}|{_SIZE}|{_SOURCED})"
INSIDE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "markup",
        re.compile(r"\[bookmark: ?\w+\]|&(?:nbsp|ensp|emsp|amp|quot|lt|gt);|</?(?:p|br|span|div|strong)\b[^>]{0,200}>"),
    ),
    (
        "metadata",
        re.compile(rf"{_RUN}(?:[\s|]*+{_RUN}){{1,12}}+(?:\s*+(?:打印|关闭|收藏|分享)){{0,4}}+(?:(?<=\s)|(?=\s|$))"),
    ),
    (
        "paywall",
        re.compile(r"[.…·]{2,}[((（]?(?:试读结束|开头省略[0-9]+字|中间省略[0-9]+字|此处省略[0-9]+字)[))）]?[.…·]*"),
    ),
    ("paywall", re.compile(r"[((（](?:开头|中间|此处|以下)省略 ?[0-9]+ ?字[))）]")),
)
# One of these stands before every stretch that INSIDE finds.
INSIDE_SIGNS = [
    "[bookmark",
    "&",
    "<",
    "省略",
    "试读",
    *(f"{end}{gap}:" for end in "源间期数量览击读体号" for gap in ("", " ")),
]
PAYWALL_END = re.compile(r"试读结束|查阅全文|仅展示|全文共")
