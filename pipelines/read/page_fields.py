"""The metadata that government pages print around a report: which keys there are and how their values look.

One line of keys and values is read at a time, in the layouts of such pages: pipe tables, bullet lists, `[ 索引号 ]`
blocks, header lines, key and value on lines of their own. Where such lines may stand is decided in `furniture`. Keys
are looked up in folded text (`fold`).
"""

import re

# Name under which a field is kept: spellings on pages. The first two groups give dates and codes of the report.
KEYS: dict[str, str] = {
    "索引号": "索引号 信息索引号 信息索引 索引码 索引编号",
    "发文字号": "发文字号 文号 发文文号 发文号 公文文号 公文编号 文件编号 文件字号",
    "发布机构": "发布机构 发文机关 发文机构 发布单位 发文单位 制发机关 制发机构 公开单位 公开机构 公布机构 责任部门 "
    "公开责任部门 信息公开责任部门 发布部门 发文部门 信息提供单位 公开主体",
    "成文日期": "成文日期 成文时间 形成日期 形成时间 制发日期 印发日期",
    "发文日期": "发文日期 发文时间",
    "生成日期": "生成日期 生成时间 信息生成日期 产生日期",
    "发布日期": "发布日期 发布时间 公开日期 公开时间 公布日期 公布时间 发表时间 更新时间 发布于 日期 时间",
    "标题": "标题 名称 信息名称 文件名称 信息标题 文件标题",
    "来源": "来源 信息来源 文章来源 稿源 稿件来源 来源单位 来自",
    "主题分类": "主题分类 体裁分类 组配分类 信息分类 分类 所属主题 内容分类 文种 体裁 信息类别 公文种类",
    "关键词": "关键词 主题词",
    "公开方式": "公开方式 公开形式 公开范围 公开时限 公开类别 公开程序 公开目录 公开属性 信息格式 载体类型 记录形式",
    "有效性": "有效性 时效性 是否有效 效力状态 时效 失效日期 失效时间 废止日期 生效日期 实施日期 施行日期",
    "统一编号": "统一编号 规范性文件统一编号 规范性文件编号 登记号",
    "内容概述": "内容概述 内容摘要 概述 摘要",
    "作者": "作者 编辑 责任编辑 审核 审核人 撰稿 撰稿人 录入 供稿 发布人 上传人 归档时间",
}
# Keys that are also everyday words: a line counts as metadata only where more than the word speaks for it.
WEAK = frozenset(
    [
        "分类",
        "日期",
        "时间",
        "名称",
        "标题",
        "来源",
        "来自",
        "作者",
        "编辑",
        "审核",
        "录入",
        "摘要",
        "概述",
        "体裁",
        "时效",
        "文种",
        "关键词",
        "主题词",
        "供稿",
    ]
)
COUNTERS = (
    "浏览次数 浏览量 浏览 点击数 点击量 点击率 点击次数 点击 阅读次数 阅读数 阅读量 阅读 访问次数 访问量 人气 查看次数"
)
BUTTONS = (
    "打印本页 打印此页 打印文章 打印 关闭窗口 关闭本页 关闭页面 关闭 取消收藏 收藏本页 收藏 分享到 分享 "
    "转发 加大字体 缩小字体 我要纠错 网页纠错 纠错 返回顶部 返回列表 返回 复制链接 下载 保存 微信 新浪微博 "
    "腾讯微博 微博 朋友圈 QQ空间 人人网 QQ好友 QQ 点赞 评论 举报 喜欢 无障碍浏览 无障碍 长者模式 关怀版 简体 繁体 "
    "视力保护色 保护视力色 背景色 字体 字号 文字大小 大 中 小 默认 特大 TOP"
)

NAME_OF = {spelling: name for name, spellings in KEYS.items() for spelling in spellings.split()}


def any_of(words: str) -> str:
    """Return a pattern for any of the words, longest first, that allows spaces between their characters."""
    longest_first = sorted(words.split(), key=len, reverse=True)
    return "(?:" + "|".join(" ?".join(map(re.escape, word)) for word in longest_first) + ")"


_KEY = any_of(" ".join(NAME_OF))
DATE = r"(?:19|20)[0-9]{2} ?[-/.年] ?[0-9]{1,2} ?[-/.月] ?[0-9]{1,2}(?: ?日)?"
CLOCK = r"(?: *[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?)?"
_LEAD = re.compile(r"^[\s\-•·*●◆|｜>]+")
KEY_ONLY = re.compile(rf"[\[【]? *({_KEY}) *[\]】]? *[:：]? *$")
KEY_VALUE = re.compile(rf"[\[【(]? *({_KEY}) *[\]】)]? *[:：] *(.*)$")
KEY_GLUED = re.compile(rf"({_KEY}) *(\S.*)$")
_NEXT_KEY = re.compile(rf"(?:(?<=[ |｜;；\[【\]】])|^)[\[【(]? *({_KEY}) *[\]】)]? *[:：] *")
# What ends a value although it is no key: counters and buttons of the same header line.
_TOOLS = re.compile(rf"\s*[\[【(|]?\s*(?:{any_of(COUNTERS)} ?[:：]|{any_of('字体 字号 打印 关闭 收藏 分享')}).*$")
# What the value of a key looks like; keys that are not named take a short phrase without report words.
_VALUE = {
    "索引号": re.compile(r"[0-9A-Za-z][0-9A-Za-z\-/_.〔〕\[\] ]{5,59}$"),
    "发文字号": re.compile(r".{0,20}[0-9]{4}.{0,3}[0-9]+ ?号$|无$"),
    "发布机构": re.compile(r"[一-龥 ]{2,30}$"),
    "成文日期": re.compile(DATE + CLOCK + "$"),
    "有效性": re.compile(r"(?:现行)?(?:有效|无效|失效|废止|是|否)$|" + DATE + CLOCK + "$"),
    "公开方式": re.compile(r"(?:主动|依申请|不予)?公开$|(?:长期|社会|全社会|面向社会|电子|文本|网站|政府网站).{0,8}$"),
}
_VALUE["发文日期"] = _VALUE["生成日期"] = _VALUE["发布日期"] = _VALUE["成文日期"]
_PHRASE = re.compile(r"[^。;；:：!！?？0-9]{1,20}$")
REPORT_WORDS = re.compile(r"报告|总结|汇报|情况")

Field = tuple[str, str]


def canonical(key: str) -> str:
    """Return the name a key is kept under, whatever spaces stand in it."""
    return NAME_OF[key.replace(" ", "")]


def is_weak(key: str) -> bool:
    """Return whether a key is also an everyday word."""
    return key.replace(" ", "") in WEAK


def fits(name: str, value: str) -> bool:
    """Return whether `value` may be the value of field `name` when no colon ties the two together."""
    pattern = _VALUE.get(name, _PHRASE)
    return bool(pattern.match(value)) and not REPORT_WORDS.search(value)


def strip_lead(line: str) -> str:
    """Return a line without its bullets, bars and spaces in front."""
    return _LEAD.sub("", line).strip()


def table_row(line: str) -> list[Field] | None:
    """Read a row of a pipe table whose first cell is a key; None for any other row."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    keys = [KEY_ONLY.match(cell) for cell in cells]
    strong = [key for key in keys if key and not is_weak(key[1])]
    first = keys[0]
    if first is None or not (strong or (canonical(first[1]) == "标题" and len("".join(cells[1:])) > 8)):
        return None
    fields = []
    for key, value, is_key in zip(keys, [*cells[1:], ""], [*keys[1:], None], strict=True):
        if key and value and not is_key:
            fields.append((canonical(key[1]), value))
    return fields


def pairs(line: str) -> list[Field]:
    """Read the `key: value` pairs of a line; empty values are left out."""
    marks = list(_NEXT_KEY.finditer(line))
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    found = []
    for mark, end in zip(marks, ends, strict=False):
        value = _TOOLS.sub("", line[mark.end() : end]).strip(" |｜;；[]【】")
        if value:
            found.append((canonical(mark[1]), value))
    return found
