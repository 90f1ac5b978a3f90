"""Shells: documents that hold a title and no text, because the report is a picture or stands elsewhere."""

import re
from collections.abc import Iterable

from pipelines.numerals.fold import fold
from pipelines.read.document import ReadError
from pipelines.read.han import count_han
from pipelines.reasons import ReasonCode

# A line with prose or figures. What names an attachment or is a tag that a template left is none.
_PROSE = re.compile(r"[。;；,，|]|[0-9]+(?:次|件|人|场|名|个|起|份|条|期)|[:：]$")
_NO_TEXT = re.compile(
    r"^附件|附件[:：]|点击|下载|\.(?:pdf|docx?|wps|ofd|odt|rtf|xlsx?|zip|rar|7z)\b|\{\{|\}\}|\$\{|<%|\{%|^主办|版权|备案|无法显示|浏览器|请稍|加载"
)
_NAMES_REPORT = re.compile(r"(?:报告|总结|汇报|情况|年报)\W*$")
_LINE = 8  # Chinese characters that a line of text has at least
_MOST_LINES = 8


def has_text(lines: Iterable[str]) -> bool:
    """Return whether any of the lines is one of a report's text, not only title, signature and links."""
    folded = [fold(line).strip() for line in lines]
    if len(folded) > _MOST_LINES:
        return True
    return any(_PROSE.search(line) and count_han(line) >= _LINE and not _NO_TEXT.search(line) for line in folded)


def refuse_shell(lines: Iterable[str], pictures: int, target: str | None = None) -> None:
    """Raise the ReadError of `no_text` for a document that has a title or pictures and no text beside them.

    A short text that names no report is left to those who ask what kind of document it is.
    """
    lines = list(lines)
    if not has_text(lines) and (pictures or target or any(map(_NAMES_REPORT.search, lines))):
        raise no_text(pictures, target)


def no_text(pictures: int, target: str | None = None) -> ReadError:
    """Return the reason for a shell: `shell` with what it points to, `needs_ocr` where it holds only pictures."""
    if target:
        return ReadError(
            ReasonCode.SHELL, f"found a title without text, which points to {target}; fetch that beside it"
        )
    if pictures:
        return ReadError(
            ReasonCode.NEEDS_OCR, f"found {pictures} pictures and no text beside the title; add a text layer"
        )
    return ReadError(
        ReasonCode.SHELL, "found a title without text, which a script or a template fills in; save what it shows"
    )
