"""Why a file, a document or a report is kept out of the figures: every code there is, and what it means.

A reason is a code and a sentence. Tables carry both in columns of their own, and SQL and Python decide by the code
alone. A new code is one new entry in `ReasonCode`; the check on the codes and the table in the docs follow from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class ReasonCode(StrEnum):
    """A code, and what it means in Chinese (`zh`) and in English (`en`)."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> Self:
        """Make a member whose value is `code`. (The defaults are for mypy, which takes a look-up for this call.)"""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh, member.en = zh, en
        return member

    # The file cannot be opened (stage/files).
    MISSING = "missing", "文件不存在", "The file went away during the run, or a link leads nowhere."
    SIDECAR_ALONE = "sidecar_alone", "只有附件信息，没有报告", "A sidecar without its report beside it."
    UNREADABLE = "unreadable", "文件无法打开", "A disk error, a missing permission, or no regular file."
    # The file gives no text (stage/documents; for archives stage/files).
    CHANGED = "changed", "读取时文件被改动", "The file was written to during the run; the next run reads it."
    EMPTY = "empty", "没有正文", "No text at all: no bytes, an empty page, a page that a script builds."
    NEEDS_OCR = (
        "needs_ocr",
        "扫描件，需文字识别",
        "A scan that waits for character recognition, or that cannot be read; the reason says which.",
    )
    SHELL = (
        "shell",
        "只有标题，没有正文",
        "A title, and the text elsewhere: an attachment, a frame, a script; fetch what it names.",
    )
    ENCRYPTED = "encrypted", "有密码", "A password is needed; save the file without one."
    BROKEN = "broken", "文件损坏", "Cut off or damaged; fetch it again."
    BINARY = "binary", "不是文本", "Control characters instead of text; convert it to text."
    UNDECODABLE = "undecodable", "编码无法识别", "No known charset gives a text; save it as UTF-8."
    GARBLED = "garbled", "乱码", "Shown in a wrong charset, with characters lost; fetch it again from its page."
    UNSUPPORTED = "unsupported", "不支持的格式", "PowerPoint, Outlook, a logo ...; save it as PDF, docx or text."
    ARCHIVE = "archive", "是压缩包", "An archive where one report was expected; name a file in it."
    SEVERAL = (
        "several",
        "一个文件内有多份材料",
        "Several documents in one OFD file or mail, or an archive given to `fazhi extract`; save or name one.",
    )
    ATTACHMENT = (
        "attachment",
        "正文在附件中",
        "A PDF portfolio, OFD file or mail; save the attached file that the reason names.",
    )
    TOO_LARGE = (
        "too_large",
        "文件过大",
        "Beyond FAZHI_MAX_BYTES, 1,000 pages, 300,000 characters or 5,000 numbers; cut the report out.",
    )
    TOO_DEEP = "too_deep", "压缩包嵌套过深", "Archives within archives, more than three deep; unpack the inner one."
    BOMB = "bomb", "疑似压缩炸弹", "An archive that unpacks to far more than it should; unpack it if you trust it."
    TOO_SLOW = "too_slow", "读取超时", "The library was not done after 50 seconds; save the file in another format."
    CRASHED = "crashed", "读取程序崩溃", "The library ended its process; save the file in another format."
    # The document is no township's report, or it is not known whose and of when (stage/identities).
    TEMPLATE = (
        "template",
        "范本或隐去内容",
        "A template: X镇, 20XX年; or figures as * below a title without unit and year.",
    )
    NEWS = "news", "新闻", "A news item about the work or the report."
    DISCLOSURE_REPORT = "disclosure_report", "信息公开年报", "The yearly report on the disclosure of information."
    SPEECH = "speech", "讲话稿", "A speech or an address."
    NOT_A_REPORT = (
        "not_a_report",
        "不是法治建设报告",
        "Another text: a notice, a plan, a study, a leader's own account.",
    )
    COUNTY_REPORT = "county_report", "县级报告", "A county reports, not a township."
    CITY_REPORT = "city_report", "市级报告", "A prefecture or a city reports, not a township."
    DEPARTMENT_REPORT = "department_report", "部门报告", "A department, a court, a school or an office reports."
    NO_PLACE = "no_place", "没有单位名称", "No township-level unit is named; a correction may give it."
    UNRESOLVED_UNIT = (
        "unresolved_unit",
        "单位无法确定",
        "A unit is named, but not one code fits; a correction may give it.",
    )
    NO_YEAR = (
        "no_year",
        "没有报告年度",
        "Nothing tells the year reported on, or it is later than the present one; a correction may give it.",
    )
    # Found when the reports are put side by side (dim_report).
    DUPLICATE = "duplicate", "内容重复", "The same bytes as another file, which stays; see `duplicate_of`."
    UNREAD = "unread", "未读取", "The file is listed, but no step has read it."
    UNIDENTIFIED = "unidentified", "未识别", "The document was read, but no step has identified it."
    # Any step.
    INTERNAL_ERROR = "internal_error", "程序错误", "The program failed at this document; the run's log tells where."


# These codes are younger than their sentences: `status_reason` is the sentence alone, as it was before the code.
_SENTENCE_ALONE = frozenset(
    {
        *(ReasonCode.SIDECAR_ALONE, ReasonCode.NEWS, ReasonCode.DISCLOSURE_REPORT, ReasonCode.SPEECH),
        *(ReasonCode.NOT_A_REPORT, ReasonCode.COUNTY_REPORT, ReasonCode.CITY_REPORT, ReasonCode.DEPARTMENT_REPORT),
        *(ReasonCode.NO_PLACE, ReasonCode.UNRESOLVED_UNIT, ReasonCode.NO_YEAR),
        *(ReasonCode.DUPLICATE, ReasonCode.INTERNAL_ERROR),
    }
)

# The columns of a stage table that can keep something out; all three are null where nothing does.
REASON_COLUMNS = ("reason_code", "reason", "status_reason")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is kept out. `text` is one sentence: what was found and, where it helps, what to do."""

    code: ReasonCode
    text: str

    def __str__(self) -> str:
        """Return code and sentence together, the text of the column `status_reason`."""
        return self.text if self.code in _SENTENCE_ALONE else f"{self.code}: {self.text}"


def reason_columns(reason: Reason | None) -> dict[str, str | None]:
    """Return the values of `REASON_COLUMNS`."""
    if reason is None:
        return dict.fromkeys(REASON_COLUMNS)
    return dict(zip(REASON_COLUMNS, (reason.code.value, reason.text, str(reason)), strict=True))


def reason_in(row: Mapping[str, str | None]) -> Reason | None:
    """Return the reason that the columns `reason_code` and `reason` of a row hold; ValueError for an unknown code."""
    code = row["reason_code"]
    return None if code is None else Reason(ReasonCode(code), row["reason"] or "")


def internal_error(error: Exception) -> Reason:
    """Return the reason for a document at which the program failed."""
    return Reason(ReasonCode.INTERNAL_ERROR, f"internal error: {type(error).__name__}: {error}")
