"""The identity of one document: who reports, on which year, in which kind of text, and whether it is accepted.

Each single question is answered in a module of its own; here are their order and the decision.
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.identify import kind
from pipelines.identify.agreement import Dated, level_doubt, year_doubt
from pipelines.identify.dates import arabic_years, date_in_url, doc_number, parse_date, signed_on, year_of_number
from pipelines.identify.edition import edition, edition_months
from pipelines.identify.evidence import EvidenceNames, place_evidence
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.page import OPENING_LENGTH, parse_page
from pipelines.identify.place import ResolvedPlace, resolve
from pipelines.identify.title import Title, find_title
from pipelines.identify.year import report_year
from pipelines.numerals.fold import fold
from pipelines.read.document import Span
from pipelines.reasons import Reason, ReasonCode, reason_columns

# Part of the key under which identities are cached: raise it with every change of what identifying yields.
IDENTIFIER_VERSION = "7"

_NUMBER_LINES = 8
_SHOWN_BEFORE, _SHOWN_BEHIND = 160, 80  # characters of a document that a person has to place
_DEPARTMENT = re.compile(
    r"(?:局|厅|法院|检察院|中学|小学|学校|医院|卫生院|派出所|税务所|分局|支队|总队|公司|司法所|监管所|财政所"
    r"|委员会办公室|政府办公室|政府办)$"
)
# Offices of a township, a zone or a county. Some registers hold one as a unit of its own: then it is that unit.
_OFFICE = re.compile(
    r"(?:服务中心|[一-龥]{2}(?:管理|综治|治理|指挥|保障|文化|执法|审批)[一-龥]{0,4}中心|(?<!执法)[大中]队|(?:人大|人民代表大会)(?:常委会|常务委员会|主席团|工委|工作委员会)?"
    r"|政协|纪委(?:监委)?|纪律检查委员会|纪检监察[组室]|办公室|(?:服务|管理|监督|监测|工作|农技|文化)站|党政办|执法办|综治办)$"
)
# Bodies that some registers hold as a township-level unit: then the title names it, else it is not the unit found.
_COMMITTEE = re.compile(r"(?:管委会|管理委员会|开发区|园区|农场|林场)$")
_BEFORE_YEAR = re.compile(r"(?:关于|20[0-9]{2}|[〇零一二三四五六七八九]{4}年|法治|依法).*$")
# The report of a township's enforcement team on its enforcement is the township's enforcement report; no other is.
_TEAM = re.compile(r"执法[大中分支]?队$")
_OFFICE_OF = re.compile(
    r"(?:人民政府|党政)?[一-龥]{0,8}?(?:服务中心|综治中心|执法[大中]?队|人大(?:常委会|主席团)?)(?:坚|紧|深|认|在|以|按|全|,)"
)
_OWN_TOWNSHIP = re.compile(r"[我全本](?:镇|乡|街道|办事处|苏木)")
# 工作全局 and 全局工作 are ordinary words.
_OWN_BUREAU = re.compile(r"[我本]局|局党组|局机关|全局(?=上下|各|干部|职工|机关|人员|系统|党员|执法|普法|[0-9])")
_NAMED_BUREAU = re.compile(r"[县市区](?!级)[一-龥]{2,8}局(?:坚持|紧|深入|认真|在|以|按|全面|党组)")
_OTHER_TYPES = {
    "news_brief": ReasonCode.NEWS,
    "info_disclosure_report": ReasonCode.DISCLOSURE_REPORT,
    "speech": ReasonCode.SPEECH,
}
_OTHER_LEVELS = {
    "county": ReasonCode.COUNTY_REPORT,
    "city": ReasonCode.CITY_REPORT,
    "department": ReasonCode.DEPARTMENT_REPORT,
}
_CITIES = ("市", "州", "盟", "地区")


@dataclass(frozen=True, slots=True)
class Identity:
    """The columns of the `identities` stage, all of one document. An accepted document has no reason."""

    title: str | None
    doc_number: str | None
    written_on: datetime.date | None
    published_on: datetime.date | None
    doc_type: str
    doc_level: str
    report_year: int | None
    year_method: str | None
    edition: str | None
    edition_start: int | None  # first and last month of a report on a part of the year
    edition_end: int | None
    township_code: str | None
    county_code: str | None
    place_method: str | None
    place_candidates: list[str]
    status: str
    reason_code: str | None
    reason: str | None
    status_reason: str | None
    # What parts of the document contradict each other; a person should look at it.
    year_doubt: str | None
    unit_doubt: str | None
    level_doubt: str | None
    # What a person needs who places the document by hand; null where it is accepted.
    publisher: str | None = None
    index_number: str | None = None
    opening: str | None = None
    closing: str | None = None


def identify(
    document_text: str,
    furniture: Sequence[Span],
    fields: Sequence[tuple[str, str]],
    url: str | None,
    source_id: str | None,
    gazetteer: Gazetteer,
) -> Identity:
    """Identify a document from its stored text, its furniture and fields as `read` found them, and where it came from.

    `source_id` names an entry of `sources.toml`; it is not used as long as entries name no division.
    """
    page = parse_page(document_text, furniture)
    known = dict(reversed(fields))  # of a field that comes twice, the first value
    url = url or known.get("网址")
    title = find_title(page.head)
    if title is None and known.get("标题"):
        title = Title(known["标题"], fold(known["标题"]), 0)
    head = page.head[: title.next_line + _NUMBER_LINES if title else _NUMBER_LINES]
    opening = "\n".join(line.folded for line in page.head[title.next_line if title else 0 :])[:OPENING_LENGTH]
    name = title.folded if title else ""
    number = doc_number(known, head)
    written = signed_on(page.foot) or parse_date(known.get("成文日期")) or parse_date(known.get("发文日期"))
    published = (
        parse_date(known.get("发布日期"))
        or parse_date(known.get("生成日期"))
        or date_in_url(url)
        or parse_date(known.get("发文日期"))
    )
    dated_name, dated_opening = arabic_years(name), arabic_years(opening)
    kept = edition(dated_name, dated_opening, written, published)
    found = report_year(name, opening, year_of_number(number), written, published, kept == "multi_year")
    year = found.year
    evidence = place_evidence(name, opening, page.head[: title.next_line if title else 0], page, known, url)
    place = resolve(evidence, gazetteer, year)
    masked = kind.mask(name, opening)
    doc_type = "template" if masked else kind.document_type(name, opening, known.get("来源", ""))
    level = "template" if masked else _level(place, name, opening, doc_type)
    reason = _reason(masked, doc_type, level, place, year)
    columns = reason_columns(reason)
    months = edition_months(dated_name, dated_opening) or (None, None)
    unit = place.unit if level in ("township", "subdistrict") else None
    return Identity(
        title=title.written if title else None,
        doc_number=number,
        written_on=written,
        published_on=published,
        doc_type=doc_type,
        doc_level=level,
        report_year=year,
        year_method=found.method,
        edition=kept,
        edition_start=months[0],
        edition_end=months[1],
        township_code=unit.code if unit else None,
        county_code=unit.county_code if unit else None,
        place_method=place.method if unit else None,
        place_candidates=[candidate.code for candidate in place.candidates],
        status="quarantined" if reason else "accepted",
        reason_code=columns["reason_code"],
        reason=columns["reason"],
        status_reason=columns["status_reason"],
        year_doubt=year_doubt(found, Dated(year_of_number(number), written, published), kept),
        unit_doubt=place.doubt,
        level_doubt=level_doubt(level, EvidenceNames(evidence, gazetteer)),
        **(_for_review(document_text, known) if reason else {}),
    )


def _for_review(text: str, known: Mapping[str, str]) -> dict[str, str | None]:
    """Return the columns that a person needs who has to place the document."""
    words = text.split()
    return {
        "publisher": known.get("发布机构"),
        "index_number": known.get("索引号"),
        "opening": " ".join(words)[:_SHOWN_BEFORE],
        "closing": " ".join(words)[-_SHOWN_BEHIND:],
    }


def _level(place: ResolvedPlace, title: str, opening: str, doc_type: str) -> str:
    """Return the `doc_level` of a document that is no template."""
    issuer = _BEFORE_YEAR.sub("", title)
    # A unit that only the opening names may be one among others in a department's report.
    titled = place.name is not None and place.name in title
    own = _COMMITTEE.search(issuer) or _OWN_BUREAU.search(opening) or (not place.name and _NAMED_BUREAU.search(opening))
    is_team = _TEAM.search(issuer) and not (place.name and doc_type == "enforcement_report")
    is_office = _OFFICE.search(issuer) and not (place.name and issuer.endswith(place.name))
    if is_team or is_office or _DEPARTMENT.search(issuer) or (own and not titled and not _OWN_TOWNSHIP.search(opening)):
        return "department"
    if (
        place.name
        and not titled
        and not _OWN_TOWNSHIP.search(opening)
        and _OFFICE_OF.match(_behind(place.name, opening))
    ):
        return "department"
    if place.name:
        return "subdistrict" if place.name.endswith(("街道", "街", "办事处")) else "township"
    if place.region:
        return "city" if place.region.endswith(_CITIES) and place.region != "全县" else "county"
    return "template" if kind.has_masked_words(opening) else "unknown"


def _behind(name: str, opening: str) -> str:
    """Return what stands behind the first place where the opening names the unit."""
    return opening.partition(name)[2]


def _reason(masked: str | None, doc_type: str, level: str, place: ResolvedPlace, year: int | None) -> Reason | None:
    """Return why a document stays out of the marts, None when it is accepted."""
    if masked:
        return Reason(ReasonCode.TEMPLATE, masked)
    if doc_type not in kind.ACCEPTED:
        code = _OTHER_TYPES.get(doc_type, ReasonCode.NOT_A_REPORT)
        return Reason(code, f"not a rule-of-law report: {doc_type}")
    if level in _OTHER_LEVELS:
        return Reason(_OTHER_LEVELS[level], f"not a township's report: {level}")
    if place.name is None:
        text = "no place name: neither title, opening nor signature names a township-level unit"
        return Reason(ReasonCode.NO_PLACE, text)
    if place.unit is None:
        problem = f"; {place.problem}" if place.problem else ""
        text = f"unit not resolved: {len(place.candidates)} candidates for {place.name}{problem}"
        return Reason(ReasonCode.UNRESOLVED_UNIT, text)
    if year is None:
        return Reason(ReasonCode.NO_YEAR, "no report year: neither title, opening nor dates name it")
    return None
