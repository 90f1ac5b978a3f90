"""Whether a text is the whole document or was cut off. The lines of a paywall are found by `furniture`."""

import re
from collections.abc import Sequence

from pipelines.read.document import Span

_FINAL = '。！？!?；;.”’"》」』）)】]…'
_BODY_NAME = re.compile(r"(?:政府|委员会|办事处|党委|党工委|工委|办公室|司法所|大队|镇|乡|街道|苏木|管委会)$")
_DATE = re.compile(
    r"(?:19|20)[0-9 ]{2,5}年[0-9 ]{1,4}月[0-9 ]{1,4}日?$|[〇○零一二三四五六七八九十 ]{4,8}年[一二三四五六七八九十]+月"
)
_CLOSING = re.compile(
    r"^(?:特此(?:报告|汇报|说明)|以上(?:报告|汇报)|此件|附件?[：:表]|联系人|抄送|联系电话|报告完毕|\|)|\|"
)
_SIGNATURE_LENGTH = 40


def is_complete(text: str, furniture: Sequence[Span]) -> bool:
    """Return whether `text` ends as a document does: by a full sentence, a signature, a date or a table.

    False where a paywall or an omission was found, or where the last line of content stops mid-sentence.
    """
    if any(span.kind == "paywall" for span in furniture):
        return False
    last = _last_content_line(text, furniture)
    if not last or last[-1] in _FINAL:
        return bool(last)
    if _CLOSING.search(last):
        return True
    return len(last) <= _SIGNATURE_LENGTH and bool(_DATE.search(last) or _BODY_NAME.search(last))


def _last_content_line(text: str, furniture: Sequence[Span]) -> str:
    """Return the last line that is not only furniture, without the furniture in it."""
    end = len(text)
    for span in [*reversed(furniture), Span(0, 0, "start")]:
        line = text[span.end : end].strip()
        if line:
            return line.rsplit("\n", 1)[-1].strip()
        end = span.start
    return ""
