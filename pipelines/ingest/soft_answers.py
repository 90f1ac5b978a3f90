"""Pages that a server sends with status 200 and that are not what was asked for: nothing there, or a firewall.

A page that only leads on to another is here too: it has no text, and the address that it names is what is wanted.
"""

import re

from pipelines.ingest.markup import parse_page
from pipelines.ingest.urls import absolute

MOST_CHARACTERS = 300  # outside of links; a report says more, and may speak of attacks that were repelled
_LITTLE = 30
_GONE = re.compile(
    r"(?:页面|网页|信息|内容|文章|栏目|文件|链接)"
    r"(?:不存在|未找到|没有找到|已?(?:经|被)*(?:删除|撤销|下线|移除|失效))(?!日期|时间)"
    r"|(?:找不到|无法找到|未能找到|没有找到)(?:您|你)?(?:所)?(?:要|请求|访问|查看|浏览)?的?(?:页面|网页|信息|内容|文章|文件)"
    r"|(?:page|file|object) (?:was )?not found|404 ?(?:错误|页面|error|not found)|(?:错误|error)[:： ]{0,3}404",
    re.IGNORECASE,
)
_MAYBE_GONE = re.compile("404|not found", re.IGNORECASE)
_GONE_TITLE = re.compile(r"\s*(?:http )?404\b|not found\s*$", re.IGNORECASE)
_WALL = re.compile(
    r"(?:请求|访问|操作).{0,12}(?:被|已).{0,8}(?:拦截|阻断|阻止|拒绝|屏蔽)|(?:web|网站|应用|云)(?:应用)?防火墙|网站防护|云防护|安全狗|云锁"
    r"|(?:web application firewall|\bwaf\b)|request (?:was |has been )?(?:blocked|rejected)|access denied"
    r"|(?:不合法|恶意|非法)(?:的)?(?:参数|请求|访问)",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"系统(?:繁忙|错误|异常)|服务器(?:内部)?(?:错误|繁忙)|数据库(?:连接)?(?:错误|失败)"
    # who maintains a site (网站维护:党政办) stands at the foot of its pages
    r"|(?:系统|网站)(?:正在|正|升级)(?:进行)?(?:升级)?维护|(?:系统|网站)维护(?:中|期间|升级)"
    r"|internal server error|whitelabel error page|java\.lang\.\w+exception",
    re.IGNORECASE,
)
_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?refresh|location", re.IGNORECASE)
# both are held against a text without blanks
_CONTENT = re.compile(r"""(?:\d+(?:\.\d*)?)?[;,]?(?:url=)?["']?([^"']+)""", re.IGNORECASE)
_LOCATION = re.compile(  # a script that does nothing else
    r"""(?:<!--)?(?:(?:window|self|top|parent|document)\.)*location(?:\.href)?"""
    r"""(?:=|\.(?:replace|assign)\()["']([^"'<>]+)["']\)?;?(?://)?(?:-->)?"""
)
_LONGEST = 2000  # characters of what names an address
GONE, WALL, ERROR = "a page that says that nothing is there", "the page of a firewall", "a page that tells an error"
_SIGNS = {GONE: _GONE, WALL: _WALL, ERROR: _ERROR}


def soft_failure(text: str) -> str | None:
    """Why a page that was sent with status 200 is a failure: `GONE`, `WALL` or `ERROR`; None where it is none."""
    if not any(sign.search(text) for sign in (*_SIGNS.values(), _MAYBE_GONE)):
        return None
    page = parse_page(text)
    title = page.css_first("title")
    named = title.text() if title else ""
    page.strip_tags(["head", "script", "style", "noscript", "a"])
    shown = " ".join(page.text().split())
    if len(shown) > MOST_CHARACTERS:
        return None
    if _GONE_TITLE.match(named):
        return GONE
    return next((why for why, sign in _SIGNS.items() if sign.search(f"{named} {shown}")), None)


def leads_on_to(text: str, url: str) -> str | None:
    """The address that a page without text sends its reader on to, by a refresh or by one line of script."""
    if not _REFRESH.search(text):
        return None
    page = parse_page(text)
    meta = [
        "".join((node.attributes.get("content") or "")[:_LONGEST].split())
        for node in page.css("meta[http-equiv]")
        if (node.attributes.get("http-equiv") or "").lower() == "refresh"
    ]
    scripts = ["".join(script.text()[:_LONGEST].split()) for script in page.css("script:not([src])")]
    page.strip_tags(["head", "script", "style", "noscript", "a"])
    if len("".join(page.text().split())) > _LITTLE:
        return None
    named = [found[1] for content in meta if (found := _CONTENT.match(content)) and not found[1].isdigit()]
    named += [found[1] for script in scripts if (found := _LOCATION.fullmatch(script))]
    targets = (absolute(url, name) for name in named)
    return next((target for target in targets if target and target != url), None)
