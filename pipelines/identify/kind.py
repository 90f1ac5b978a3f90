"""The kind of a document: which type of text it is, and whether it is a template.

Here belongs the judgement by title first and opening second. Not here: which unit it is about (`place`).
"""

import re

ACCEPTED = ("annual_report", "work_summary", "enforcement_report")

_LAW = re.compile(r"法治|法制|依法行政|依法治|普法")
_ENFORCEMENT = re.compile(r"行政执法|综合执法|执法工作|规范执法")
_DISCLOSURE = re.compile(r"信息公开.{0,12}(?:报告|年报)|(?:信息公开|政务公开)工作(?:总结|情况)")
_SPEECH = re.compile(r"(?:讲话|致辞|发言|主持词|演讲)稿?(?:[((（].{1,20}[))）])?$")
_PERSONAL = re.compile(r"述职|述法|述廉|个人.{0,6}(?:总结|报告)")
_REPORT = re.compile(r"报告|总结|汇报|情况|小结|年报")
_INSTRUCTION = re.compile(
    r"(?:通知|方案|要点|意见|办法|公告|公示|批复|函|规划|制度|预案|细则|决定|计划|清单|规则)(?:[((（].{1,20}[))）])?$"
)
_ENDS_AS_REPORT = re.compile(
    r"(?:报告|总结|汇报|情况|小结|年报|材料|思路|打算|安排|计划|要点)(?:[((（【].{1,20}[))）】])?$"
)
_NEWS = re.compile(r"本报讯|本网讯|通讯员|记者|(?:日报|晚报|新闻网|融媒体中心|微讯|电视台)(?:\s|$|[))）])")
_SUMMARY = re.compile(r"总结")
_AS_FOLLOWS = re.compile(
    r"(?:报告|汇报|总结|通报|情况|述职)[^。;；]{0,8}如下|(?:报告|汇报|总结)[^。，,;；]{0,12}情况[:：]"
)
_HEADED = re.compile(r"^(?:一、|[((（]一[))）]|1[、.])", re.MULTILINE)
_DISCLOSURE_TEXT = re.compile(r"(?:依据|根据|按照)[^。]{0,16}政府信息公开条例[^。]{0,30}(?:编制|要求)")

_MASKED_PLACE = re.compile(
    r"(?<![A-Za-z0-9])(?:[xX×*某]{1,4}|[A-Z])(?:镇|乡(?!村)|街道|县(?!级)|区(?!域))|[((（]乡镇版[))）]"
)
_MASKED_YEAR = re.compile(r"20[xX×*]{2} ?年?|[xX×*]{4}年")
_MASKED_FIGURE = re.compile(r"[*×]+ ?(?:次|件|人|场|名|个|起|万|份|条|期|余)")
_MASKED_WORD = re.compile(r"(?<![A-Za-z0-9])[AX]{1,2}(?=总书记|社区|村|新时代|法治思想)|[一-龥]与X”")
_MANY_MASKED_FIGURES = 3


def mask(title: str, opening: str) -> str | None:
    """Say what is masked in a template or a masked copy, None for an ordinary document."""
    for what, pattern in (("the place", _MASKED_PLACE), ("the year", _MASKED_YEAR)):
        match = pattern.search(title) or pattern.search(opening)
        if match:
            return f"{what} is masked ({match[0]})"
    figures = _MASKED_FIGURE.findall(opening)
    return f"figures are masked ({figures[0]})" if len(figures) >= _MANY_MASKED_FIGURES else None


def has_masked_words(text: str) -> bool:
    """Return whether names in a text were replaced by single letters, as sellers of model texts do."""
    return bool(_MASKED_WORD.search(text))


def document_type(title: str, opening: str, source: str) -> str:
    """Return the `doc_type`: by the title where it is one of a report, else by how the text begins.

    `source` is the 来源 field of the page, which tells a newspaper's item.
    """
    if _DISCLOSURE.search(title) or (not _LAW.search(title) and _DISCLOSURE_TEXT.search(opening)):
        return "info_disclosure_report"
    if _SPEECH.search(title):
        return "speech"
    if _PERSONAL.search(title):
        return "other"
    if title and _ENDS_AS_REPORT.search(title) and _REPORT.search(title):
        return _report_type(title, title)
    if title and _INSTRUCTION.search(title):
        return "other"
    if _NEWS.search(source) or _NEWS.search(opening):
        return "news_brief"
    heading = _HEADED.search(opening)
    if heading or _AS_FOLLOWS.search(opening):
        # What the report is about stands before its first heading; without such words there, anywhere above.
        lead = opening[: heading.start()] if heading else opening
        return _report_type(title, lead if _LAW.search(lead) or _ENFORCEMENT.search(lead) else opening)
    return "news_brief" if title and _LAW.search(title) else "other"


def _report_type(title: str, subject: str) -> str:
    """Tell the three accepted types apart in `subject`, the title or the opening; `other` when it is no law report."""
    law, enforcement = _LAW.search(subject), _ENFORCEMENT.search(subject)
    if enforcement and (not law or (subject is not title and not re.search("法治政府|依法行政|依法治", subject))):
        return "enforcement_report"
    if not law:
        return "other"
    return "work_summary" if _SUMMARY.search(title) else "annual_report"
