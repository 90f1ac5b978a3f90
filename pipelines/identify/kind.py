"""The kind of a document: which type of text it is, and whether it is a template.

The title decides. The opening decides where there is no title, or where the title announces another text.
"""

import re

from pipelines.identify.dates import arabic_years
from pipelines.numerals.scan import scan

ACCEPTED = ("annual_report", "work_summary", "enforcement_report")

_LAW = re.compile(r"法治|法制|依法行政|依法治|普法")
_ENFORCEMENT = re.compile(r"行政执法|综合执法|执法工作|规范执法")
_DISCLOSURE = re.compile(r"信息公开.{0,12}(?:报告|年报)|(?:信息公开|政务公开)工作(?:总结|情况)")
_SPEECH = re.compile(
    r"(?:讲话|致辞|发言|主持词|演讲)(?:稿|提纲|材料)?(?:[((（].{1,20}[))）])?$|在.{2,40}(?:会议?|班)上的"
)
_ADDRESS = re.compile(r"^(?:尊敬的)?(?:同志们|各位领导|大家好)", re.MULTILINE)
# A leader accounts for himself. That the leaders do their duty is also a chapter of ordinary reports, so there only a
# title counts that is about nothing else.
_PERSONAL = re.compile(
    r"述职|述法|述廉|个人.{0,6}(?:总结|报告)|^(?!.*(?:法治政府|依法行政|法治建设(?!第一|工作第一))).*第一责任人.{0,4}职责"
)
_OWN_PERSON = scan(
    [
        ("现", r"将(?:我|本人)[^。]{0,30}(?:述|履职|履行)"),
        ("本", r"(?<![^。;；,，\n].)人(?:认真|始终|坚持|带头|在|作为|担任|严格|主动)"),
    ]
)
# Texts about the work or about the report: studies, inspections, and what explains or judges a report.
_ABOUT = re.compile(
    r"调研|考察|浅[析谈议]|探析|课题|论文|心得|体会|解读|(?:编制|起草)说明|(?:督[察查]|考核|评估|整改)(?!.*自查).{0,12}(?:报告|通报|情况)"
)
_VILLAGE = re.compile(
    r"(?:镇|乡|街道)[一-龥]{1,8}?(?:(?<![乡农各镇全一])村|社区)(?:村民?委员?会|居民?委员?会)?(?=20|关于|[法依普]|年度)"
)
_REPORT = re.compile(r"报告|总结|汇报|情况|小结|年报")
_INSTRUCTION = re.compile(
    r"(?:通知|方案|要点|意见|办法|公告|公示|批复|函|规划|制度|预案|细则|决定|计划|清单|规则)(?:[((（].{1,20}[))）])?$"
)
_ENDS_AS_REPORT = re.compile(
    r"(?:报告|总结|汇报|情况|小结|年报|材料|思路|打算|安排|计划|要点)(?:[((（【].{1,20}[))）】])?$"
)
# A notice that carries the report: 关于印发, 公布 or 报送 ... 报告的通知.
_CARRIES = re.compile(r"(?:印发|公布|公开|公示|发布|报送|上报|呈报).*(?:报告|总结|年报).{0,4}的?(?:通知|公告|公示|函)$")
_HAPPENED = re.compile(r"召开|举行|举办|听取|审议|通过|发布|公布|出炉|亮相|晒出|解读")
_LEAD = re.compile(r"^.{0,20}?(?:近日|日前|连日来|[0-9]{1,2} ?月[0-9]{1,2} ?日,|讯[ ((（])", re.MULTILINE)
_NEWS = re.compile(r"本报讯|本网讯|通讯员|记者|(?:日报|晚报|新闻网|融媒体中心|微讯|电视台)(?:\s|$|[))）])")
_SUMMARY = re.compile(r"总结")
_AS_FOLLOWS = re.compile(
    r"(?:报告|汇报|总结|通报|情况|述职)[^。;；]{0,8}(?<!通知)如下|(?:报告|汇报|总结)[^。，,;；]{0,12}情况[:：]"
)
_ATTACHMENT = re.compile(r"^附件|^[0-9]|[。,，:：;；]|\.(?:docx?|pdf|wps)")
_PLANS = re.compile(r"[制特][定订]本(?:实施)?(?:方案|计划|意见|办法|制度|规划|细则|规则|预案)")
_ANNOUNCED = re.compile(r"现[将就][^。]{0,40}(?:如下|[:：])")
_HEADED = re.compile(r"^(?:一、|[((（]一[))）]|1[、.])", re.MULTILINE)
_DISCLOSURE_OPENS = re.compile(r"(?:(?!法治|法制|依法行政)[\s\S]){0,120}信息公开(?:工作)?(?:年度报告|年报)")
_DISCLOSURE_TEXT = re.compile(r"(?:依据|根据|按照)[^。]{0,16}政府信息公开条例[^。]{0,30}(?:编制|要求)")

# A letter before 区 may be a block of an industrial estate (A区), so there only X stands for a name.
_KIND = "(?:镇|乡(?!村)|街道|县(?!级))"
_MASKED_PLACE = scan(
    [
        ("xX×*某", rf"(?<![A-Za-z0-9].)[xX×*某]{{0,3}}(?:{_KIND}|区(?!域))"),
        ("_＿", rf"(?<![A-Za-z0-9].)[_＿]+{_KIND}"),
        ("A-Z", rf"(?<![A-Za-z0-9].){_KIND}"),
        ("((（", r"乡镇版[))）]"),
    ]
)
_NAMED_PLACE = re.compile(r"[一-龥]{2,}(?:(?<!乡)镇|乡(?![镇村])|街道|苏木)")
_MODEL = re.compile(r"范文|范本|模板|样表|参考格式|[((（](?:样本|式样|参考)[))）]")
_BLANK = scan([("_＿", "[_＿]+"), ("((（", r" *[))）] ?(?:次|件|人|场|名|个|起|份|期)")])
_MASKED_YEAR = scan([("2", "0[xX×*]{2} ?年?"), ("xX×*", "[xX×*]{3}年")])
_YEAR = re.compile(r"20[0-4][0-9]")
_MASKED_FIGURE = scan([("*×xX", "(?<![A-Za-z0-9].)[*×xX]* ?(?:次|件|人|场|名|个|起|万|份|条|期|余)")])
_MASKED_WORD = re.compile(r"(?<![A-Za-z0-9])[AX]{1,2}(?=总书记|社区|村|新时代|法治思想)|[一-龥]与X”")
_MANY_MASKED = 3
_SALUTATION = 120


def mask(title: str, opening: str) -> str | None:
    """Return in words what is masked in a template or a masked copy, None for an ordinary document.

    Where the title names a unit in full, a masked place in the opening is a remark, such as a case of 某镇. Where it
    names the year as well, the text is a copy whose digits were masked: it is a report with what is left in it.
    """
    model = _MODEL.search(title)
    if model:
        return f"the title says so ({model[0]})"
    named = _NAMED_PLACE.search(title)
    place = _MASKED_PLACE.search(title) or (not named and _MASKED_PLACE.search(opening))
    year = _MASKED_YEAR.search(title) or _MASKED_YEAR.search(opening)
    if named and not place and not _MASKED_YEAR.search(title) and _YEAR.search(arabic_years(title)):
        return None
    for what, match in (("the place", place), ("the year", year)):
        if match:
            return f"{what} is masked ({match[0]})"
    for what, pattern in (("figures are masked", _MASKED_FIGURE), ("there are blanks to fill in", _BLANK)):
        found = pattern.findall(opening)
        if len(found) >= _MANY_MASKED:
            return f"{what} ({found[0]})"
    return None


def has_masked_words(text: str) -> bool:
    """Return whether names in a text were replaced by single letters, as sellers of model texts do."""
    return bool(_MASKED_WORD.search(text))


def document_type(title: str, opening: str, source: str) -> str:
    """Return the `doc_type`: by the title where it is one of a report, else by how the text begins.

    `source` is the 来源 field of the page; it shows an item of a newspaper.
    """
    if _DISCLOSURE.search(title) or (not _LAW.search(title) and _discloses(opening)):
        return "info_disclosure_report"
    if _SPEECH.search(title) or _ADDRESS.search(opening[:_SALUTATION]):
        return "speech"
    if _PERSONAL.search(title) or _OWN_PERSON.search(opening) or _ABOUT.search(title) or _VILLAGE.search(title):
        return "other"
    if _CARRIES.search(title):
        return _carried(title, opening)
    if title and _ENDS_AS_REPORT.search(title) and _REPORT.search(title):
        is_news = _HAPPENED.search(title) and _LEAD.search(opening) and not _AS_FOLLOWS.search(opening)
        return "news_brief" if is_news else _report_type(title, title)
    if title and _INSTRUCTION.search(title):
        return "other"
    if _NEWS.search(source) or _NEWS.search(opening):
        return "news_brief"
    return _by_opening(title, opening) or ("news_brief" if title and _LAW.search(title) else "other")


def _discloses(opening: str) -> bool:
    """Return whether a text begins as the yearly report on the disclosure of information does."""
    return bool(_DISCLOSURE_OPENS.match(opening) or _DISCLOSURE_TEXT.search(opening))


def _carried(title: str, opening: str) -> str:
    """Return the type of the report inside a notice; `other` when the notice comes without it, or only asks for it."""
    heading = _HEADED.search(opening)
    if not heading:
        return "other"
    for line in opening[: heading.start()].split("\n"):
        if _ENDS_AS_REPORT.search(line) and _REPORT.search(line) and not _ATTACHMENT.search(line):
            return _report_type(line, line)
    return _report_type(title, title) if _AS_FOLLOWS.search(opening[: heading.start()]) else "other"


def _by_opening(title: str, opening: str) -> str | None:
    """Return the type of a text that begins as a report does, None where it does not."""
    heading = _HEADED.search(opening)
    if not heading and not _AS_FOLLOWS.search(opening):
        return None
    # What the report is about stands before its first heading, best where it announces itself (现将…情况报告如下);
    # without such words there, anywhere above.
    lead = opening[: heading.start()] if heading else opening
    if _PLANS.search(lead):
        return "other"
    announced = _ANNOUNCED.search(lead)
    for subject in (announced[0] if announced else "", lead):
        if _LAW.search(subject) or _ENFORCEMENT.search(subject):
            return _report_type(title, subject)
    return _report_type(title, opening)


def _report_type(title: str, subject: str) -> str:
    """Return which of the three accepted types `subject` (the title or the opening) names, `other` if none."""
    law, enforcement = _LAW.search(subject), _ENFORCEMENT.search(subject)
    if enforcement and (not law or (subject is not title and not re.search("法治政府|依法行政|依法治", subject))):
        return "enforcement_report"
    if not law:
        return "other"
    return "work_summary" if _SUMMARY.search(title) else "annual_report"
