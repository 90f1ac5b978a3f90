"""Bytes to characters: which charset a text file is in.

Here belongs the choice of charset and the refusal of what is no text. Not here: what the text says or how it is
cleaned. The order is byte order mark, strict UTF-8, GB18030 (which holds GBK and GB2312).
"""

import codecs
import re

from pipelines.read.document import ReadError

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
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+")
# Stray control characters are noise that normalising drops; more than this share of them is no text.
_CONTROL_SHARE = 0.1
_CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r")
_BINARY_SHARE = 0.05


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` without byte order mark, and the charset's name.

    A character cut in two by the end of the file is dropped. Raises ReadError `binary` or `undecodable`.
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return _checked(_strict(data[len(mark) :], charset), charset)
    if len(data) - len(data.translate(None, _CONTROL_BYTES)) > _BINARY_SHARE * len(data):
        raise ReadError("binary", "the file is full of control bytes, so it is no text; convert it to text first")
    try:
        return _checked(_partial(data, "utf-8"), "utf-8")
    except UnicodeDecodeError:
        text = _strict(data, "gb18030")
    if _share(_EXPECTED, text) < _EXPECTED_SHARE:
        raise ReadError("undecodable", "not UTF-8, and as GB18030 it is no Chinese text; save it as UTF-8")
    return _checked(text, "gb18030")


def _partial(data: bytes, charset: str) -> str:
    """Decode strictly, but let an unfinished last character go."""
    return codecs.getincrementaldecoder(charset)("strict").decode(data, final=False)


def _strict(data: bytes, charset: str) -> str:
    try:
        return _partial(data, charset)
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is neither UTF-8 nor {charset}; save the file as UTF-8"
        raise ReadError("undecodable", message) from error


def _checked(text: str, charset: str) -> tuple[str, str]:
    if _share(_CONTROL, text) > _CONTROL_SHARE:
        raise ReadError("binary", f"decodes as {charset} but is full of control characters, so it is no text")
    return text, charset


def _share(characters: re.Pattern[str], text: str) -> float:
    found = sum(match.end() - match.start() for match in characters.finditer(text))
    return found / max(1, len(text))
