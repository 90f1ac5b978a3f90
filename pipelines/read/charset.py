"""From bytes to characters: which charset a text file or a web page is in, and what is no text at all.

The charset that a page declares counts if its bytes fit it; then the byte order mark, strict UTF-8, and GB18030, in
this order. GB18030 holds GBK and GB2312, so these labels mean it too.
"""

import codecs
import re

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Almost any bytes decode as GB18030, so its result must look like Chinese official prose to be believed: common Han
# characters, Latin letters and digits, CJK and general punctuation, boxes and bullets, full-width forms.
_EXPECTED = re.compile(r"[\t\n\r\x20-\x7e一-龥\u2000-\u206f\u2190-\u25ff\u3000-\u303f\uff00-\uffef·×°—]+")
_EXPECTED_SHARE = 0.9
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Stray control characters are noise that normalising drops; more than this share of them is no text.
_CONTROL_SHARE = 0.1
_CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r")
_BINARY_SHARE = 0.05
# Single-byte labels stand on many Chinese pages by default and say nothing; a page that could be read far enough to
# find its label is not UTF-16.
_IGNORED_LABELS = re.compile(r"iso-?8859|latin|ascii|windows-125|cp125|utf-?(?:16|32|7)")
_LABEL = re.compile(
    rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})|<\?xml[^>]{0,80}encoding=[\"']([A-Za-z0-9_\-]{2,20})"
)
_LABEL_REACH = 4096
# A damaged byte here and there does not make a page unreadable; a wrong charset spoils far more.
_DAMAGED_SHARE = 0.01


def decode_page(data: bytes) -> tuple[str, str]:
    """Return the same for a web page, whose declared charset counts and which may have single damaged characters."""
    label = _LABEL.search(data[:_LABEL_REACH])
    declared = (label[1] or label[2]).decode("ascii").lower() if label else ""
    charset = "gb18030" if declared.startswith("gb") else declared
    if charset and not _IGNORED_LABELS.match(charset):
        try:
            _partial(data, "utf-8")  # what is UTF-8 is believed to be that, whatever the page declares
        except UnicodeDecodeError:
            try:
                return _checked(_partial(data, charset), charset)
            except (LookupError, UnicodeError, ReadError):
                pass  # declared wrongly: the bytes decide
    try:
        return decode(data)
    except ReadError:
        for charset in ("utf-8", "gb18030"):
            text = codecs.getincrementaldecoder(charset)("replace").decode(data, final=False)
            if text.count("\ufffd") <= _DAMAGED_SHARE * sum(char > "\x7f" for char in text):
                return data.decode(charset, "replace"), charset
        raise


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` without byte order mark, and the charset's name.

    A character cut in two by the end of the file is dropped. Raises ReadError `binary` or `undecodable`.
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _checked(_strict(data[len(mark) :], charset), charset)
    if len(data) - len(data.translate(None, _CONTROL_BYTES)) > _BINARY_SHARE * len(data):
        raise ReadError(
            ReasonCode.BINARY, "the file is full of control bytes, so it is no text; convert it to text first"
        )
    try:
        return _checked(_partial(data, "utf-8"), "utf-8")
    except UnicodeDecodeError:
        text = _strict(data, "gb18030")
    if _share(_EXPECTED, text) < _EXPECTED_SHARE:
        raise ReadError(ReasonCode.UNDECODABLE, "not UTF-8, and as GB18030 it is no Chinese text; save it as UTF-8")
    return _checked(text, "gb18030")


def _partial(data: bytes, charset: str) -> str:
    """Decode strictly, but let an unfinished last character go."""
    return codecs.getincrementaldecoder(charset)("strict").decode(data, final=False)


def _strict(data: bytes, charset: str) -> str:
    try:
        return _partial(data, charset)
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is neither UTF-8 nor {charset}; save the file as UTF-8"
        raise ReadError(ReasonCode.UNDECODABLE, message) from error


def _checked(text: str, charset: str) -> tuple[str, str]:
    if _share(_CONTROL, text) > _CONTROL_SHARE:
        raise ReadError(ReasonCode.BINARY, f"decodes as {charset} but is full of control characters, so it is no text")
    return text, charset


def _share(characters: re.Pattern[str], text: str) -> float:
    found = sum(match.end() - match.start() for match in characters.finditer(text))
    return found / max(1, len(text))
