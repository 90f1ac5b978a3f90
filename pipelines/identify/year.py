"""The year that a report is about, read off title, opening, document number and dates, in this order.

The answer keeps how the year was found. Years of plans, awards, laws and of last year's report are passed over.
"""

import datetime
import re

from pipelines.identify.dates import arabic_years
from pipelines.identify.edition import QUOTED, last_of_span

_YEAR = re.compile(r"(?<![0-9])(20[0-4][0-9])(?![0-9])")
_RANGE = re.compile(r"20[0-9]{2} ?年? ?[-—–~至到] ?(?:20)?[0-9]{2,4}")
_PLAN = re.compile(r"^ ?年? ?(?:度|全年)?[^0-9,，。及和暨与]{0,12}(?:思路|打算|计划|安排|要点|目标|规划)")
_ANNOUNCED = re.compile(r"(?:现将?|就|特将)[^。]{0,30}?(20[0-9]{2}) ?年[^。]{0,60}(?:如下|[:：])")
_OPENS = re.compile(r"(?:^|[。:：\n]) *(?:自|从)?(20[0-9]{2}) ?年(?!(?:至|[0-9]{1,2}月))")
_CITED = re.compile(r" ?年?度?[^。;；]{0,30}(?:已于|已经|已报|已公|业已)")  # another year's report, handed in before
_AWARD = re.compile(r"(?:荣获|获得|获评|被评为?|授予|听取|审议|上一年度|去年)[^,，。]{0,12}$")
_FREE = re.compile(r" ?年(?! ?[0-9]{1,2} ?月)")
_PLANNED = re.compile(r" ?年?度?[,，]?[^,，。;；]{0,12}(?:将|计划|打算|继续)")
_BACKGROUND = 8
_JUST_BEGUN, _NO_LIMIT = 1, 9999
_YEAR_ENDS = 10  # a report dated in October or later is about the year that is ending


def report_year(
    title: str,
    opening: str,
    number_year: int | None,
    written_on: datetime.date | None,
    published_on: datetime.date | None,
) -> tuple[int | None, str | None]:
    """Return the year reported on and how it was found: `title`, `opening`, `doc_number`, `date`, or two Nones.

    `title` and `opening` are folded. A document number or a date alone means the year before, unless the report is
    dated in the last quarter, when such reports are about the year that is ending. A year that had not begun, or only
    just, when the report was dated is not the year reported on.
    """
    dated = written_on or published_on
    latest = dated.year - (dated.month <= _JUST_BEGUN) if dated else _NO_LIMIT
    year = _in_title(arabic_years(title), latest)
    if year:
        return year, "title"
    year = _in_opening(arabic_years(opening), latest)
    if year:
        return year, "opening"
    if number_year:
        ending = dated is not None and dated.year == number_year and dated.month >= _YEAR_ENDS
        return number_year - (not ending), "doc_number"
    if dated:
        return dated.year - (dated.month < _YEAR_ENDS), "date"
    return None, None


def _in_title(title: str, latest: int) -> int | None:
    """Return the last year of a span, else the first year of a title that is no plan's and no range's."""
    last = last_of_span(title.replace(" ", ""))
    if last:
        return last
    plain = _RANGE.sub("", QUOTED.sub("", title.replace(" ", "")))
    years = list(_YEAR.finditer(plain))
    results = [match for match in years if not _PLAN.match(plain[match.end() :])]
    chosen = [match for match in results if int(match[1]) <= latest] or results or years
    return int(chosen[0][1]) if chosen else None


def _in_opening(opening: str, latest: int) -> int | None:
    """Return the year announced (现将2023年…报告如下), else a sentence's first, else the first that stands free."""
    plain = _RANGE.sub("", QUOTED.sub("", opening))
    opens = _OPENS.search(plain)
    if opens and (_CITED.match(plain, opens.end()) or _is_later(opens, plain, latest)):
        opens = None
    if opens and opens.start() < _BACKGROUND:
        return int(opens[1])
    match = _ANNOUNCED.search(plain)
    match = match if match and int(match[1]) <= latest else opens
    if match:
        return int(match[1])
    for match in _YEAR.finditer(plain[:300]):
        if int(match[1]) <= latest and _FREE.match(plain, match.end()) and not _AWARD.search(plain[: match.start()]):
            return int(match[1])
    return None


def _is_later(opens: re.Match[str], plain: str, latest: int) -> bool:
    """Return whether the year that begins a sentence is a plan's (2024年,我镇将…), or later than the report's date."""
    plans = opens.start() >= _BACKGROUND and _PLANNED.match(plain, opens.end(1))
    return int(opens[1]) > latest or bool(plans)
