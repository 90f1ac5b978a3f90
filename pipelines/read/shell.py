"""Shells: documents that hold a title and no text, because the report is a picture or stands elsewhere.

The reader asks this of each document, whatever its format.
"""

import re
from collections.abc import Iterable
from itertools import islice

from pipelines.numerals.fold import fold
from pipelines.read.document import Document, ReadError
from pipelines.read.han import count_han
from pipelines.reasons import ReasonCode

# A line with prose or figures. What names an attachment or is a tag that a template left is none.
_PROSE = re.compile(r"[。;；,，|]|[:：]$")
_HEADING = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）、.]")
_FIGURE = re.compile(r"[0-9]+(?:余|多)?(?:次|件|人|场|名|个|起|份|条)|\|\s*[0-9][0-9.,]*\s*%?\s*(?:\||$)")
DOCUMENTS = "pdf|docx?|wps|ofd|odt|rtf|xlsx?|zip|rar|7z"  # the endings of files that sites attach
_FILE = rf"\.(?:{DOCUMENTS}|jpe?g|png|tiff?)(?![a-z0-9])"
_NO_TEXT = re.compile(
    rf"^附件|附件[:：]|[见在]附件|[见在]附图|点击|下载|{_FILE}|\{{\{{|\}}\}}|\$\{{|<%|\{{%|^主办|版权|备案|无法显示|浏览|阅读次数|阅读量|访问量|请稍|加载"
)
# A sentence that hands a report over. The line that holds it is text only if another sentence has a figure.
_HANDS_OVER = re.compile(r"请(?:予)?(?:查收|查阅|审阅|查看|接收)|(?:予以|现予|向社会)(?:公布|公开|公示)")
_SENTENCE = re.compile("[。;；]")
_NAMED_FILE = re.compile(rf"[^\s:：《》、，。!()\[\]]{{1,80}}{_FILE}", re.IGNORECASE)
_NAMES_REPORT = re.compile(
    r"(?:报告|总结|汇报|情况|年报)\W*$|(?:法治|法制|依法行政|依法治).{0,40}(?:报告|总结|汇报|情况|年报)"
)
_LINE, _WITH_FIGURE = 8, 2  # Chinese characters that a line of text has at least, and one with a figure
_MOST_LINES = 8
_LONG = 100  # Chinese characters of a line that is text, whatever it says


def has_text(lines: Iterable[str]) -> bool:
    """Return whether any of the lines is one of a report's text, not only title, signature and links."""
    filled = (text for line in lines if (text := fold(line).strip()))
    folded = list(islice(filled, _MOST_LINES + 1))  # a usual report has many more
    return len(folded) > _MOST_LINES or any(map(_is_text, folded))


def _is_text(line: str) -> bool:
    size = count_han(line)
    if size >= _LONG or (_HEADING.match(line) and size > _WITH_FIGURE):
        return True
    if _NO_TEXT.search(line):
        return False
    if _HANDS_OVER.search(line):
        return any(_FIGURE.search(part) for part in _SENTENCE.split(line) if not _HANDS_OVER.search(part))
    return bool((size >= _LINE and _PROSE.search(line)) or (size >= _WITH_FIGURE and _FIGURE.search(line)))


def names_report(lines: Iterable[str]) -> bool:
    """Return whether any of the lines ends as a title of a report does, or names a report on the rule of law."""
    return any(_NAMES_REPORT.search(fold(line).strip()) for line in lines)


def refuse_shell(document: Document) -> None:
    """Raise the ReadError of `no_text` for a document that has a title or pictures and no text beside them.

    A short text that names no report is left to those who ask what kind of document it is.
    """
    lines = document.content.split("\n")
    if has_text(lines):
        return
    titles = (value for name, value in document.fields if name == "标题")
    named = next((found[0] for found in map(_NAMED_FILE.search, lines) if found), None)
    target = named or document.points_to
    if document.pictures or target or names_report((*lines, *titles)):
        raise no_text(document.pictures, target)


def no_text(pictures: int, target: str | None = None) -> ReadError:
    """Return the reason for a shell: `shell` with what it points to, `needs_ocr` where it holds only pictures."""
    if target:
        message = f"found a title without text, which points to {target}; fetch that beside it"
        return ReadError(ReasonCode.SHELL, message)
    if pictures:
        message = f"found {pictures} pictures and no text beside the title; give scans of the pages, or the text"
        return ReadError(ReasonCode.NEEDS_OCR, message)
    return ReadError(
        ReasonCode.SHELL,
        "found a title without text, expected a report; save the text that a script, a template or an attachment holds",
    )
