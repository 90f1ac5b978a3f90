"""The year that a report is about, read off title, opening, document number and dates, in this order.

The answer keeps how the year was found. Years of plans, awards, laws and of last year's report are passed over. Where
the evidence disagrees is told in `agreement`.
"""

import datetime
import re
from typing import NamedTuple

from pipelines.identify.dates import arabic_years
from pipelines.identify.edition import OVER_NEW_YEAR, QUOTED, last_of_span

_YEAR = re.compile(r"(?<![0-9])(20[0-4][0-9])(?![0-9])")
_RANGE = re.compile(r"20[0-9]{2} ?年? ?[-—–~至到] ?(?:20)?[0-9]{2,4}(?![0-9]| ?月)")
_DAY = re.compile(r"20[0-9]{2} ?[-年./] ?[0-9]{1,2} ?[-月./] ?[0-9]{1,2} ?日?")
_PLAN = re.compile(r"^ ?年? ?(?:度|全年)?[^0-9,，。及和暨与]{0,12}(?:思路|打算|计划|安排|要点|目标|规划)")
_SINCE = re.compile(r"20[0-9]{2} ?年?以来")
# (2023年), (2023年上半年), (2023年1-11月); (2023年12月) is when the report was written.
_IN_BRACKETS = re.compile(
    r"[((（] ?(20[0-4][0-9]) ?年? ?度?"
    r"(?:全年|[上下]半年|第?[一二三四1-4]季度|前三季度|[0-9]{1,2}月?份?[-—–~至到]{1,2}[0-9]{1,2}月份?)? ?[))）]"
)
# 24年法治政府建设: behind the name of who reports, not behind words such as 近 or 走过.
_SHORT_YEAR = re.compile(
    r"(?:^|[镇乡处团场]|街道|苏木|政府|委员会|关于)[((]?([12][0-9])年度?(?=[^,，。0-9]{0,16}(?:法治|法制|依法|普法|执法))"
)
_ANNOUNCED = re.compile(r"(?:现将?|就|特将)[^。]{0,30}?(20[0-9]{2}) ?(?:年|度|法治|依法)[^。]{0,60}(?:如下|[:：])")
# 2024以来, 2025度 and 2025法治政府建设工作 lack 年; 2024年1月 is a date, but 2024年1月至11月 a year.
_STATES = r"(?:年(?!至|(?!0?1 ?月(?: ?份| ?1 ?日)? ?[-—–~至到])[0-9]{1,2} ?月)|度|以来|全年|法治|依法|法制)"
_OPENS = re.compile(rf"(?:^|[。:：\n]) *(?:自|从|在)?(20[0-9]{{2}}) ?{_STATES}|(?:^|\n) *(20[0-9]{{2}})[,，]")
_CITED = re.compile(r" ?年?度?[^。;；]{0,30}(?:已于|已经|已报|已公|业已)")  # another year's report, handed in before
_AWARD = re.compile(r"(?:荣获|获得|获评|被评为?|授予|听取|审议|上一年度|去年)[^,，。]{0,12}$")
_FREE = re.compile(rf" ?{_STATES}")
# What a sentence that begins with a year tells of a plan or an award: 2024年,我镇将…
_NO_RESULT = re.compile(r" ?年?度?[,，]?[^,，。;；]{0,12}(?:将|计划|打算|继续|荣获|获评|被评)")
_HEADING = re.compile(r"(?:^|\n) *(?:[((]?一[))、.]|[((]?1[))、.])")
_LEAD = 200
_BACKGROUND = 8
_JUST_BEGUN, _NO_LIMIT = 1, 9999
_YEAR_ENDS = 10  # a report dated in October or later is about the year that is ending
_CENTURY = 2000


class ReportYear(NamedTuple):
    """The year reported on and how it was found: `title`, `opening`, `doc_number`, `date`, or two Nones.

    `titled` is the year that the title names, `opened` the one that the sentences before the first heading state.
    """

    year: int | None
    method: str | None
    titled: int | None = None
    opened: int | None = None


def report_year(
    title: str,
    opening: str,
    number_year: int | None,
    written_on: datetime.date | None,
    published_on: datetime.date | None,
    several_years: bool = False,
) -> ReportYear:
    """Return the year reported on, the last one of a report on several.

    `title` and `opening` are folded. A document number or a date alone means the year before, unless the report is
    dated in the last quarter, when such reports are about the year that is ending. A year that had not begun, or only
    just, when the report was dated is not the year reported on, unless title and opening agree on it.
    """
    title, opening = arabic_years(title), arabic_years(opening)
    dated = written_on or published_on
    latest = dated.year - (dated.month <= _JUST_BEGUN) if dated else _NO_LIMIT
    if several_years:  # 2021年以来 is where it begins; a year in its opening may be any of them, so dates come first
        title, opening = _SINCE.sub("", title), _SINCE.sub("", opening) if dated is None and not number_year else ""
    titled, opened = _in_title(title, latest), _in_opening(opening, latest)
    if titled and titled > latest and _in_opening(opening, _NO_LIMIT) == titled:
        return ReportYear(titled, "title", titled, titled)
    if titled and (titled <= latest or opened is None):
        return ReportYear(titled, "title", titled, _stated(opening, latest))
    if opened:
        return ReportYear(opened, "opening", titled, opened)
    if number_year:
        ending = dated is not None and dated.year == number_year and dated.month >= _YEAR_ENDS
        return ReportYear(number_year - (not ending), "doc_number")
    if dated:
        return ReportYear(dated.year - (dated.month < _YEAR_ENDS), "date")
    return ReportYear(None, None)


def _in_title(title: str, latest: int) -> int | None:
    """Return the last year of a span, else the first year of a title that is no plan's and no range's.

    A year that is not over when the report is dated counts only where there is no other.
    """
    title = _plain_years("".join(title.split()))
    last = last_of_span(title)
    if last:
        return last
    plain = _RANGE.sub("", QUOTED.sub("", title))
    years = list(_YEAR.finditer(_DAY.sub("", plain))) or list(_YEAR.finditer(plain))
    years = [match for match in years if _FREE.match(match.string, match.end())] or years  # not 2026-04417
    results = [match for match in years if not _PLAN.match(match.string, match.end())]
    chosen = [match for match in results if int(match[1]) <= latest] or results or years
    if chosen:
        return int(chosen[0][1])
    bracket = _IN_BRACKETS.search(title)
    if bracket:
        return int(bracket[1])
    short = _SHORT_YEAR.search(plain)
    return _CENTURY + int(short[1]) if short else None


def _plain_years(text: str) -> str:
    """Return a text in which a stretch of months that ends in another year is that year."""
    return OVER_NEW_YEAR.sub(r"\3年", text) if "月" in text else text


def _stated(opening: str, latest: int) -> int | None:
    """Return the year that the sentences before the first heading state; a year that only stands there is none."""
    heading = _HEADING.search(opening)
    lead = _plain_years(opening[: heading.start()] if heading else opening[:_LEAD])
    return _in_opening(lead, latest) if _OPENS.search(lead) or _ANNOUNCED.search(lead) else None


def _in_opening(opening: str, latest: int) -> int | None:
    """Return the year announced (现将2023年…报告如下), else a sentence's first, else the first that stands free."""
    plain = _RANGE.sub("", QUOTED.sub("", _plain_years(opening)))
    match = _ANNOUNCED.search(plain)
    if match and int(match[1]) <= latest and not _PLAN.match(plain, match.end(1)):
        return int(match[1])
    opens = [each for each in _OPENS.finditer(plain) if int(each[1] or each[2]) <= latest]
    opens = [each for each in opens if not _CITED.match(plain, each.end())]
    results = [each for each in opens if not _NO_RESULT.match(plain, each.end(each.lastindex or 0))]
    # A text whose only sentence with a year is a plan begins with it where that is its first.
    chosen = results or [each for each in opens if each.start() < _BACKGROUND]
    if chosen:
        return int(chosen[0][1] or chosen[0][2])
    for match in _YEAR.finditer(plain[:300]):
        if int(match[1]) <= latest and _FREE.match(plain, match.end()) and not _AWARD.search(plain[: match.start()]):
            return int(match[1])
    return None
