"""How many pages a file of pages (PDF, OFD, picture) may have, and by which measures a page is a scan."""

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode

MOST_PAGES = 1000
LEAST_TEXT = 10  # characters a page; stamps and page numbers make scans look as if they had text
SCAN = 0.25  # of the page that pictures cover where it is a scan
SMALL = 0.05  # of the page: less is a logo or a seal


def check_count(pages: int) -> None:
    """Raise ReadError `empty` for a file without pages, and `too_large` for one of more than `MOST_PAGES`."""
    if not 0 < pages <= MOST_PAGES:
        code = ReasonCode.TOO_LARGE if pages else ReasonCode.EMPTY
        raise ReadError(code, f"found {pages} pages, expected 1 to {MOST_PAGES}; give the report alone")
