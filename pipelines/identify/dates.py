"""Document numbers and dates: under which number a report was issued, and when it was signed and published.

Only the report's own number and dates are returned, not those that its text cites.
"""

import datetime
import re
from collections.abc import Sequence

from pipelines.identify.page import PageLine

_OPEN, _CLOSE = r"[〔\[【((（﹝［{]", r"[〕\]】))）﹞］}]"
_NUMBER = re.compile(
    rf"([一-龥]{{1,14}}) ?{_OPEN} ?((?:19|20) ?[0-9] ?[0-9]) ?年? ?{_CLOSE} ?第? ?([0-9]{{1,4}}) ?号"
    rf"|([一-龥]{{1,12}}[发字函文办报呈]) ?((?:19|20)[0-9]{{2}}) ?[-—]? ?([0-9]{{1,4}}) ?号"
)
_CITING = re.compile(r"根据|按照|依据|关于|落实|贯彻|印发|以及|《|》|。|,|，")
_VALUE = {**dict.fromkeys("〇零Oo0", 0), **{c: n for n, c in enumerate("一二三四五六七八九", start=1)}}
_CHINESE_YEAR = re.compile(
    r"[二一][〇零Oo0九][〇零Oo0一二三四五六七八九]{2}(?=年|度|以来|全年|[法依]|[-—–~至到] ?[二2])"
)
_DATE = re.compile(r"((?:19|20) ?[0-9] ?[0-9]) ?[-/.年] ?([0-9] ?[0-9]?) ?[-/.月] ?([0-9] ?[0-9]?)")
_CHINESE_DATE = re.compile(
    r"([〇零一二三四五六七八九Oo0]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?"
)
_SIGNED = re.compile(
    r"(?:^|[一-龥)）] *)(?:20 ?[0-9] ?[0-9] ?[年.] ?[0-9 ]{1,3}[月.] ?[0-9 ]{1,3}日?"
    r"|二[〇零Oo0][〇零一二三四五六七八九Oo0]{2}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日?)$"
)
_DATE_ENDS = frozenset("日0123456789一二三四五六七八九十")  # asked before the pattern, which nearly all lines fail
_URL_DATE = (
    re.compile(r"/t(20[0-9]{2})([0-9]{2})([0-9]{2})_"),
    re.compile(r"/(20[0-9]{2})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?:/|\b)"),
    re.compile(r"/(20[0-9]{2})([0-9]{2})([0-9]{2})/"),
)
_LONGEST_SIGNATURE = 45


def doc_number(fields: dict[str, str], head: Sequence[PageLine]) -> str | None:
    """Return the report's own document number without spaces: from the metadata, else from a line at the head."""
    for text in (fields.get("发文字号", ""), *(line.written for line in head)):
        match = _NUMBER.search(text) if "号" in text and len(text) <= _LONGEST_SIGNATURE else None
        if match and not _CITING.search(text):
            return "".join(match[0].split())
    return None


def year_of_number(number: str | None) -> int | None:
    """Return the year in a document number."""
    match = _NUMBER.search(number or "")
    return int((match[2] or match[5]).replace(" ", "")) if match else None


def arabic_years(text: str) -> str:
    """Return `text` with years in Chinese numerals (二〇二四年, 二○二四年) in digits; lengths stay the same."""

    def digits(match: re.Match[str]) -> str:
        return "".join(str(_VALUE[numeral]) for numeral in match[0])

    return _CHINESE_YEAR.sub(digits, text)


def parse_date(text: str | None) -> datetime.date | None:
    """Return the first date in `text`, in digits or Chinese numerals; None where there is none or it is no date."""
    if not text:
        return None
    match = _DATE.search(text)
    if match:
        return _date(*(part.replace(" ", "") for part in match.groups()))
    match = _CHINESE_DATE.search(text)
    if not match:
        return None
    return _date(arabic_years(match[1] + "年")[:4], _small(match[2]), _small(match[3]))


def signed_on(foot: Sequence[PageLine]) -> datetime.date | None:
    """Return the date of the signature: the last short line at the foot that ends in a date."""
    for line in reversed(foot):
        folded = line.folded
        if folded[-1] in _DATE_ENDS and len(folded) <= _LONGEST_SIGNATURE and _SIGNED.search(folded):
            return parse_date(folded)
    return None


def date_in_url(url: str | None) -> datetime.date | None:
    """Return the date in the path of a web address (/202601/t20260128_1.html, /art/2024/1/15/)."""
    for pattern in _URL_DATE if url else ():
        match = pattern.search(url or "")
        if match:
            return _date(*match.groups())
    return None


def _date(year: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _small(numeral: str) -> str:
    """Return a numeral from 一 to 三十一 in digits."""
    tens, mark, ones = numeral.rpartition("十")
    return str((_VALUE.get(tens, 1) * 10 if mark else 0) + _VALUE.get(ones, 0))
