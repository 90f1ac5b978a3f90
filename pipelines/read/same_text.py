"""Whether two files say the same: the text that was read decides, and not the bytes.

A page that counts its visitors or shows the time has other bytes each time it is asked for. Its report is the same.
"""

import logging
import re

from pipelines.ingest.content import is_page
from pipelines.numerals.fold import fold
from pipelines.read.document import ReadError, ScansWantedError
from pipelines.read.page_fields import CLOCK, COUNTERS, DATE, any_of
from pipelines.read.reader import read_bytes
from pipelines.reasons import ReasonCode

_log = logging.getLogger(__name__)

# A page without a text whose reason says all there is to say: what it points to, or how many pictures it shows. Its
# pictures are files of their own. Those of any other file lie in its bytes, and a figure may stand in them.
_TOLD = (ReasonCode.EMPTY, ReasonCode.SHELL, ReasonCode.NEEDS_OCR)
# A line that a page works out anew each time: a counter of the page, or a moment with its day of the week or its time.
# A report may count readers too, so the whole line must be the counter, and it must stand at an end of the text.
_EDGE = 6  # lines
_COUNTER = re.compile(
    rf"(?:本页|本文|本站|该页|此页|网站|文章|信息)?面?(?:已被?|被|总|累计|今日|共)?(?:{any_of(COUNTERS)}|访问)(?:总?量|了)?"
    r" ?[:：]? ?[\[(（]? ?[0-9]{1,9} ?(?:人次|次|人)?[\])）]?$"
)
_VISITOR = re.compile(
    r"(?:您|你)是(?:本站|本页|本文)?(?:的)? ?第 ?[0-9]{1,9} ?(?:位|个|名) ?(?:访客|访问者|浏览者|读者)$"
)
_WEEKDAY = r"(?:(?:星期|周)[一二三四五六日天])?"
_MOMENT = re.compile(rf"(?:今天是|现在是|当前时间|现在时间)? ?[:：]? ?(?:{DATE})? *{_WEEKDAY}{CLOCK} *{_WEEKDAY}$")
_OF_NOW = re.compile(r"(?:星期|周)[一二三四五六日天]|[0-9]:[0-9]{2}")


def text_to_compare(data: bytes) -> str | None:
    """Return what of a file counts when it is held against another version of it: its text without page furniture,
    counters and clocks, and its fields. None where it cannot be read, so that only its bytes can be compared.

    A page that is known to have no text (`empty`, `shell`, `needs_ocr`) counts by its reason.
    """
    try:
        document = read_bytes(data, "a file")
    except ScansWantedError:
        return None
    except ReadError as error:
        return str(error.reason) if is_page(data) and error.reason.code in _TOLD else None
    except Exception:  # nobody can list what hostile bytes raise
        _log.debug("a file is compared by its bytes, as it cannot be read", exc_info=True)
        return None
    if document.pictures and not is_page(data):
        return None
    lines = [line for line in map(str.strip, document.content.split("\n")) if line]
    inner = range(_EDGE, len(lines) - _EDGE)
    kept = [line for at, line in enumerate(lines) if at in inner or not _is_of_now(fold(line))]
    return "\n".join([*kept, *(f"{name}: {value}" for name, value in document.fields)])


def _is_of_now(line: str) -> bool:
    """Whether a line of folded text is a counter or a clock."""
    is_moment = bool(_OF_NOW.search(line) and _MOMENT.match(line))
    return is_moment or bool(_COUNTER.match(line) or _VISITOR.match(line))
