"""The identity of one document: who reports, on which year, in which kind of text, and whether it is accepted.

Each single question is answered in a module of its own; here are their order and the decision.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.identify import kind
from pipelines.identify.agreement import Dated, level_doubt, year_doubt
from pipelines.identify.dates import arabic_years, date_in_url, doc_number, parse_date, signed_on, year_of_number
from pipelines.identify.edition import edition, edition_months
from pipelines.identify.evidence import EvidenceNames, place_evidence
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.level import document_level
from pipelines.identify.page import HEAD_LENGTH, OPENING_LENGTH, Page, parse_page
from pipelines.identify.place import ResolvedPlace, resolve
from pipelines.identify.title import Title, find_title
from pipelines.identify.year import report_year
from pipelines.numerals.fold import fold
from pipelines.read.document import Span
from pipelines.reasons import Reason, ReasonCode, reason_columns

_NUMBER_LINES = 8
_SHOWN_BEFORE, _SHOWN_BEHIND = 160, 80  # characters of a document that a person has to place
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
    # Of a field that comes twice, the first value; like the head, no field is read without end.
    known = {name: value[:HEAD_LENGTH] for name, value in reversed(fields)}
    url = url or known.get("网址")
    title = find_title(page.head) or _title_of_field(known)
    opening = "\n".join(line.folded for line in page.head[title.next_line if title else 0 :])[:OPENING_LENGTH]
    name = title.folded if title else ""
    number = doc_number(known, page.head[: title.next_line + _NUMBER_LINES if title else _NUMBER_LINES])
    dated = _dated(number, page, known, url)
    dated_name, dated_opening = arabic_years(name), arabic_years(opening)
    kept = edition(dated_name, dated_opening, dated.written_on, dated.published_on)
    found = report_year(name, opening, dated.number_year, dated.written_on, dated.published_on, kept == "multi_year")
    year = found.year
    evidence = place_evidence(name, opening, page.head[: title.next_line if title else 0], page, known, url)
    place = resolve(evidence, gazetteer, year)
    masked = kind.mask(name, opening)
    doc_type = "template" if masked else kind.document_type(name, opening, known.get("来源", ""))
    level = "template" if masked else document_level(place, name, opening, doc_type)
    reason = _reason(masked, doc_type, level, place, year)
    columns = reason_columns(reason)
    months = edition_months(dated_name, dated_opening) or (None, None)
    unit = place.unit if level in ("township", "subdistrict") else None
    return Identity(
        title=title.written if title else None,
        doc_number=number,
        written_on=dated.written_on,
        published_on=dated.published_on,
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
        year_doubt=year_doubt(found, dated, kept),
        unit_doubt=place.doubt,
        level_doubt=level_doubt(level, EvidenceNames(evidence, gazetteer)),
        **(_for_review(document_text, known) if reason else {}),
    )


def _title_of_field(known: Mapping[str, str]) -> Title | None:
    """The title that a field gives, where the page shows none."""
    return Title(known["标题"], fold(known["标题"]), 0) if known.get("标题") else None


def _dated(number: str | None, page: Page, known: Mapping[str, str], url: str | None) -> Dated:
    """Return what dates a document: the year of its number, its signature, and the day on which it was published."""
    sent = parse_date(known.get("发文日期"))
    written = signed_on(page.foot) or parse_date(known.get("成文日期")) or sent
    published = parse_date(known.get("发布日期")) or parse_date(known.get("生成日期")) or date_in_url(url) or sent
    return Dated(year_of_number(number), written, published)


def _for_review(text: str, known: Mapping[str, str]) -> dict[str, str | None]:
    """Return the columns that a person needs who has to place the document."""
    words = text.split()
    return {
        "publisher": known.get("发布机构"),
        "index_number": known.get("索引号"),
        "opening": " ".join(words)[:_SHOWN_BEFORE],
        "closing": " ".join(words)[-_SHOWN_BEHIND:],
    }


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
