"""Web pages: the report's container, the title, and the metadata around it.

The report is found by the containers of the common content management systems or, where none is known, by where the
prose is. What stands outside the container is dropped, except for the lines of metadata and the breadcrumb above it.

Not read: what stands around the report, what no visitor sees, frames and attachments, and pictures beside a text.
"""

import base64
import binascii
import re
from dataclasses import replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.ingest.markup import is_costly
from pipelines.numerals.fold import fold
from pipelines.read.charset import decode_page
from pipelines.read.document import Document, ReadError
from pipelines.read.embedded import FEWEST, page_in
from pipelines.read.formats import picture as picture_file
from pipelines.read.formats.html_lines import classes_with, drop_struck, lines_of, style_of
from pipelines.read.formats.page_rows import parts_of
from pipelines.read.furniture import find_furniture
from pipelines.read.han import HAN, count_han
from pipelines.read.hard_breaks import join_cut_lines
from pipelines.read.layout import LayoutPart, compose, one_line
from pipelines.read.page_fields import Field
from pipelines.read.scans.scan_requests import require, rows_of_scan
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.read.shell import DOCUMENTS, has_text, names_report, no_text
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "text/html"
# TRS, the State Council's site, Visual SiteBuilder, JCMS, Dongfang, WeChat, and what others call theirs.
CONTAINERS = (
    "#UCAP-CONTENT, .TRS_UEDITOR, .TRS_Editor, .Custom_UnionStyle, #zoom, #Zoom, #zoomcon, #vsb_content, "
    ".v_news_content, #js_content, .rich_media_content, .pages_content, .article-content, .article_content, "
    ".article-con, .articleCon, .article-body, #articleContent, #article-content, #artibody, .artcon, .art_con, "
    ".bt-content, .xxgk_content, .gkml_content, .xl-content, .xxy_con, .wzcon, .conTxt, .con_text, .detail-content, "
    ".detail_content, .news_content, .view, .ewb-article-info, #content, .content, article, main"
)
_META: dict[str, str] = {"articletitle": "标题", "pubdate": "发布日期", "contentsource": "来源", "author": "作者"}
# Names that designers give to the tools around a text; only small elements are taken for what their name says.
_TOOLS = re.compile(
    r"(?:^|[\s_-])(?:bd)?(?:share|print|fontsize|font-size|toolbar|tools?|voice|audio|player|speech|reader|qrcode|ewm|erweima|"
    r"crumbs?|breadcrumbs?|nav|navbar|menu|prev-?next|pagenav|related|xgwd|xgyd|xgxx|hits|views?-?count|copyright|footer)",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|text-indent\s*:\s*-[0-9]{3,}|(?:left|top)\s*:\s*-[0-9]{3,}|(?:height|width)\s*:\s*0(?:px)?\s*;.*overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden\s*;.*(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|$)",
    re.IGNORECASE | re.DOTALL,
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ATTACHED = re.compile(rf"\.(?:{DOCUMENTS})(?:$|[?#])", re.IGNORECASE)
_LONGEST_ADDRESS = 200
_PROSE = re.compile(r"[。；，]")
_SITE = re.compile(r"\s*[-_|–—]+\s*[^-_|–—]*(?:网|政府|门户|平台)[^-_|–—]*$")
_LISTS = frozenset({"ol", "ul", "li", "dl", "dd", "blockquote"})
_EMBEDDED, _ICON = re.compile(r"\s*data:image/[a-z+]+;base64,", re.IGNORECASE), 1000
_ENOUGH, _SMALL, _HEAD_LINES = 0.6, 0.2, 80
_LONGEST_LINK = 150  # characters of a headline with a teaser below it
_MOST_WEIGHED = 50  # how often a page's text is weighed on average, element by element
_LONGEST_SHEET, _LONGEST_NAMES = 500_000, 1_000  # characters of style sheets, and of the names of an element
_MOST_HEADINGS, _LONGEST_TITLE = 50, 500


def read(data: bytes, name: str, scans: Scans = NO_SCANS, *, is_whole: bool = True) -> Document:
    """Return the report on a web page. Where the page has hardly any text, its scripts and text areas are searched.

    A page that was itself found in one of these (`is_whole` is false) is not searched again. Where a page has no text
    beside its title, the pictures in it (not those in files of their own) have their text from `scans`.
    Raises ReadError `empty`, `shell`, `broken`, `binary`, `undecodable` or `needs_ocr` (ScansWantedError where pictures
    are to be read).
    """
    text, charset = decode_page(data)
    if is_costly(text):
        message = "found thousands of tags within each other or attributes of one, expected a web page; save it again"
        raise ReadError(ReasonCode.BROKEN, message)
    tree = LexborHTMLParser(text)
    body = tree.body
    if body is None:
        raise ReadError(ReasonCode.EMPTY, f"{name} is a page without a body; save the page again")
    fields = _meta_fields(tree)
    # taken now: a node is gone once an element around it is dropped
    scripts, areas = ([node.text() for node in tree.css(tag)] for tag in ("script", "textarea"))
    css = "\n".join(style.text() for style in tree.css("style"))[:_LONGEST_SHEET]
    drop_struck(body, css)
    prose = _Prose(body)
    _drop_hidden(body, classes_with(css, _UNSEEN), prose)
    pointed, pictures = _points_to(body), len(body.css("img"))
    containers = _containers(body, prose)
    lines = join_cut_lines([line for container in containers for line in _content(container, prose)])
    if is_whole and sum(map(count_han, lines)) < FEWEST:
        inner = page_in(scripts, areas)
        if inner is not None:
            return _framed(read(inner.encode("utf-8", "replace"), name, is_whole=False), tree, fields, charset)
    scanned: list[LayoutPart] = []
    embedded = _embedded(body)
    if not any(map(HAN.search, lines)) and not embedded:
        message = (
            "found a page without text (built by a script, or a login page), expected a report; save what it shows"
        )
        raise ReadError(ReasonCode.EMPTY, message)
    if not has_text(lines) and not has_text(lines_of(body)) and not _is_fragment(lines, pointed, pictures):
        if pointed or not embedded:
            raise no_text(pictures, pointed)
        scanned = _scanned(len(embedded), scans)
        if not has_text(part.text for part in scanned):
            raise no_text(pictures)
    above = lines_of(body, stop=containers[0].mem_id)
    kept, more = _around(above)
    title = _title(tree, dict(fields))
    has_title = _bare(title) in _bare("".join(lines[:6]))
    titled = [LayoutPart(title)] if title and not has_title else []
    parts = [*kept, *titled, *map(LayoutPart, lines), *scanned]
    return compose(parts, MEDIA_TYPE, charset, [*fields, *more], pictures=pictures, points_to=pointed)


def picture(data: bytes, number: int) -> bytes:
    """Return picture `number` (from 1) of those in a page as PNG. Raises ReadError `broken`."""
    body = LexborHTMLParser(decode_page(data)[0]).body
    addresses = [] if body is None else _embedded(body)
    content = addresses[number - 1].partition(";base64,")[2]
    try:
        return picture_file.picture(base64.b64decode(unquote(content)), 1)
    except binascii.Error as error:
        message = "found a damaged picture in the page, expected base64; save the page again"
        raise ReadError(ReasonCode.BROKEN, message) from error


def _scanned(pictures: int, scans: Scans) -> list[LayoutPart]:
    """Return the text of the pictures in a page. Raises as `require` does where one is not read."""
    numbers = range(1, pictures + 1)
    require(numbers, scans, f"{pictures} pictures and no text beside the title")
    return list(parts_of([rows_of_scan(scans[number]) for number in numbers]))


def _embedded(body: LexborNode) -> list[str]:
    """Return the addresses that hold a picture themselves; small ones are icons."""
    addresses = (node.attributes.get("src") or "" for node in body.css("img"))
    return [address for address in addresses if _EMBEDDED.match(address) and len(address) > _ICON]


def _framed(inner: Document, tree: LexborHTMLParser, fields: list[Field], charset: str) -> Document:
    """Return the report that a script of the page holds, under the title of the page if it has none of its own."""
    title = _title(tree, dict(fields))
    if "标题" in dict(inner.fields) or not title or _bare(title) in _bare(inner.text[:300]):
        return replace(inner, encoding=charset, fields=tuple(dict.fromkeys((*inner.fields, *fields))))
    known = [LayoutPart(title), *map(LayoutPart, inner.text.splitlines())]
    return compose(known, MEDIA_TYPE, charset, [*inner.fields, *fields])


def _points_to(body: LexborNode) -> str | None:
    """Return the address of the frame or the attachment that a page may have instead of a text."""
    for node in body.css("iframe, embed, object, a"):
        address = (
            node.attributes.get("src") or node.attributes.get("data") or node.attributes.get("href") or ""
        ).strip()
        if address and (node.tag != "a" or _ATTACHED.search(address)):
            return address[:_LONGEST_ADDRESS]
    return None


def _is_fragment(lines: list[str], pointed: str | None, pictures: int) -> bool:
    """Return whether a page without prose is taken all the same: it points nowhere, and no line names a report."""
    return not pointed and not pictures and not names_report(lines)


def _meta_fields(tree: LexborHTMLParser) -> list[Field]:
    """Return what the `<meta>` tags of government sites say."""
    found = []
    for meta in tree.css("meta[name][content]"):
        name = _META.get((meta.attributes.get("name") or "").lower())
        value = one_line(meta.attributes.get("content") or "")
        if name and value:
            found.append((name, value))
    return found


class _Prose:
    """Weighs how much prose elements hold, counted in its punctuation marks.

    What a short link says counts for nothing: a page lists other pages by their headlines, and many headlines hold
    more marks than a short report. A longer text in a link is one that somebody forgot to close.

    Where elements lie in each other the same text is weighed again and again. A page that makes it weighed more than
    fifty times is made to be slow: what is weighed from then on is as heavy as the page, and stays.
    """

    def __init__(self, body: LexborNode) -> None:
        self._left = 0
        self._total = self.weigh(body)  # once, which does not count
        self._left = _MOST_WEIGHED * (len(body.text()) + 10_000)

    def weigh(self, node: LexborNode) -> int:
        """Return the weight of an element."""
        if self._left < 0:
            return self._total
        text = node.text()
        links = [link.text() for link in node.css("a[href]")]
        self._left -= len(text) + len(links)
        return len(_PROSE.findall(text)) - sum(
            len(_PROSE.findall(link)) for link in links if len(link) <= _LONGEST_LINK
        )


def _drop_hidden(body: LexborNode, unseen: str, prose: _Prose) -> None:
    """Remove what no visitor sees: spam is injected there. What holds the page's prose stays, scripts may show it.

    `unseen` is a selector of the classes that the page's style sheet hides, '' when it hides none.
    """
    total = prose.weigh(body)
    for node in reversed(body.css(unseen) if unseen else []):
        if prose.weigh(node) <= total / 2:
            node.decompose()
    for node in reversed(body.css("[style], [hidden], marquee")):
        style = style_of(node)
        if (
            (node.tag == "marquee" or "hidden" in node.attributes or _HIDDEN.search(style))
            and node.parent is not None
            and prose.weigh(node) <= total / 2
        ):
            node.decompose()


def _containers(body: LexborNode, prose: _Prose) -> list[LexborNode]:
    """Return the elements that hold the report: those of a known name with most of the page's prose, else by prose."""
    total = prose.weigh(body)
    for selector in CONTAINERS.split(", "):
        outer = _outer(body.css(selector))
        if outer and sum(map(prose.weigh, outer)) >= max(1, total * _ENOUGH):
            return outer
    return [_densest(body, total, prose)]


def _densest(body: LexborNode, total: int, prose: _Prose) -> LexborNode:
    """Return the deepest element that holds nearly all prose of the page.

    A list is never it: title and signature stand around the list, whatever share of the prose its items hold.
    """
    node: LexborNode | None = body
    best = body
    while node is not None and total:
        children = [child for child in node.iter() if child.tag not in ("p", "table", "tbody", "tr", "span", "font")]
        best = best if node.tag in _LISTS else node
        node = next((child for child in children if prose.weigh(child) >= total * 0.8), None)
    return best


def _outer(nodes: list[LexborNode]) -> list[LexborNode]:
    """Return the elements that lie in no other one of them; each element of the page is passed once."""
    inside = dict.fromkeys((node.mem_id for node in nodes), True)  # whether what lies in an element lies in one of them
    outer = []
    for node in nodes:
        passed = []
        above = node.parent
        while above is not None and above.mem_id not in inside:
            passed.append(above.mem_id)
            above = above.parent
        is_inside = above is not None and inside[above.mem_id]
        inside.update(dict.fromkeys(passed, is_inside))
        if not is_inside:
            outer.append(node)
    return outer


def _content(container: LexborNode, prose: _Prose) -> list[str]:
    """Return the lines of the container without the tools that stand in it."""
    total = prose.weigh(container)
    for node in container.css("[class], [id]"):
        if node.mem_id == container.mem_id or node.parent is None:
            continue
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"[:_LONGEST_NAMES]
        if _TOOLS.search(names) and prose.weigh(node) <= total * _SMALL:
            node.decompose()
    return lines_of(container)


def _around(above: list[str]) -> tuple[list[LayoutPart], list[Field]]:
    """Return the metadata and breadcrumb lines above the report, and the fields in them."""
    lines = above[-_HEAD_LINES:]
    spans, fields = find_furniture("\n".join(lines))
    kinds = {span.start: span.kind for span in spans}
    parts, at = [], 0
    for line in lines:
        kind = kinds.get(at)
        if kind == "metadata" or (kind == "navigation" and (">" in fold(line) or "位置" in line)):
            parts.append(LayoutPart(line, kind))
        at += len(line) + 1
    return parts, list(fields)


def _title(tree: LexborHTMLParser, fields: dict[str, str]) -> str:
    """Return the title of the report: the one the site states, else the first heading, else the page's."""
    if "标题" in fields:
        return fields["标题"]
    for heading in tree.css("h1, .article-title, .title, #title")[:_MOST_HEADINGS]:
        text = one_line(heading.text())
        if 6 <= len(text) <= 80:
            return text
    page = tree.css_first("title")
    return _SITE.sub("", one_line(page.text())[:_LONGEST_TITLE]) if page else ""


def _bare(text: str) -> str:
    return re.sub(r"\W", "", fold(text))
