"""Links: what lists and pages lead to, with the dates that stand beside them."""

import re
from dataclasses import dataclass
from datetime import date

DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")


@dataclass(frozen=True)
class Link:
    """A link of a list, or to an attachment of a page. `listed_on` is its date of publication by the list.

    Where the link cannot be followed, `lost` says why, and `url` is the page that it stands on. `is_page` says that a
    part of a page is a page itself: a frame, or the next page of the same text.
    """

    url: str
    title: str = ""
    listed_on: date | None = None
    lost: str = ""
    is_page: bool = False


@dataclass(frozen=True)
class ListPage:
    """All links of a list page, wanted or not, and the further list pages that it names.

    `unread` says what of the page its entry does not read, '' where it reads all.
    """

    links: tuple[Link, ...]
    further: tuple[str, ...] = ()
    unread: str = ""


def as_date(match: re.Match[str] | None) -> date | None:
    """The day that a match of `DATE` or its like names; None where it names none."""
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
