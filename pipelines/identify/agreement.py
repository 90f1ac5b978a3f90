"""Where the evidence of a document disagrees: about the year, and about whether a township wrote it.

Such documents are not kept out, as most of what disagrees is a slip of a clerk; a person should look at them
(one of the marts lists what to check). Where title, opening and signature name different units is told in `author`.
"""

import datetime
import re
from dataclasses import dataclass

from pipelines.identify.author import FIRST_PERSON
from pipelines.identify.evidence import EvidenceNames
from pipelines.identify.year import ReportYear

_YEAR_ENDS = 10  # before October nobody reports on the whole of the year
_FIRST_MONTHS = 4  # reports on a year come out in the first months of the next
_ANY = 99
_SIGNS = re.compile(r"(?:人民)?政府|办事处|(?:党工?委|委员会)(?!办)|[ 0-9]|$")
_OTHER_LEVELS = ("county", "city", "department")


@dataclass(frozen=True, slots=True)
class Dated:
    """What dates a document: the year of its number, its signature, its publication."""

    number_year: int | None
    written_on: datetime.date | None
    published_on: datetime.date | None


def year_doubt(found: ReportYear, dated: Dated, edition: str | None) -> str | None:
    """Say which parts of a document disagree about the year that it reports on, None where they agree."""
    year = found.year
    if year is None:
        return None
    said = [f"the {found.method or ''} says {year}".replace("doc_number", "document number")]
    if edition != "multi_year":
        parts = (("title", found.titled), ("opening", found.opened))
        said += [f"the {part} {other}" for part, other in parts if other and other != year]
    if dated.number_year and not dated.number_year - 1 <= year <= dated.number_year:
        said.append(f"the document number is of {dated.number_year}")
    if dated.written_on and not _suits(year, dated.written_on, edition, latest=1):
        said.append(f"it was signed on {dated.written_on}")
    if dated.published_on and not _suits(year, dated.published_on, edition, latest=_years_late(found, dated)):
        said.append(f"it was published on {dated.published_on}")
    return ", ".join(said) if len(said) > 1 else None


def _suits(year: int, day: datetime.date, edition: str | None, latest: int) -> bool:
    """Return whether a report on a year may be of a day, at most `latest` years after it."""
    if year > day.year or day.year - year > latest:
        return False
    return year < day.year or day.month >= _YEAR_ENDS or edition == "part_of_year"


def _years_late(found: ReportYear, dated: Dated) -> int:
    """Return after how many years a report may be published: sites publish old ones anew, which is no contradiction.

    Where only one part states the year, and the day is in the months in which reports come out, it is one year.
    """
    day = dated.published_on
    states = sum(each == found.year for each in (found.titled, found.opened))
    is_alone = states <= 1 and not dated.written_on and not dated.number_year
    return 1 if day and is_alone and day.month <= _FIRST_MONTHS else _ANY


def level_doubt(level: str, names: EvidenceNames) -> str | None:
    """Say what speaks for a township in a document of another level, None where nothing does."""
    if level not in _OTHER_LEVELS:
        return None
    evidence = names.evidence
    spoken = FIRST_PERSON.search(evidence.title) or FIRST_PERSON.search(evidence.opening)
    if spoken:
        return f"it says {spoken[0]}"
    signed = next((m for m in names.units_of("signature") if _SIGNS.match(evidence.signature, m.end)), None)
    return f"{signed.name} signs it" if signed else None
