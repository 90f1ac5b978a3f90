"""From bytes to characters: which charset a text file or a web page is in, and what is no text at all.

The charset that a page declares counts if its bytes fit it; then the byte order mark, strict UTF-8, and GB18030, in
this order. GB18030 holds GBK and GB2312, so these labels mean it too. Big5 is never read as GB18030, a page in two
charsets is read part by part, and single damaged bytes are counted.
"""

import codecs
import re

from pipelines.read.document import ReadError
from pipelines.read.mojibake import from_hz, is_nonsense, is_prose, repaired, share_of_common
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
_ENOUGH = 20  # characters beyond ASCII, to tell a damaged text from a short one in another charset
_WRONG_SHARE = 0.2  # of a line that is in another charset, or of a text that is not worth reading
_CLEARLY_BETTER = 0.15  # share of common characters
# No second byte of GB18030 is one of these, so a text can be cut there before its charset is known.
_PART = re.compile(rb"([<>\n])")
# Four Chinese characters in UTF-8 on end; GBK hits upon that once in thousands of pages.
_UTF8_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){4,}(?![\x80-\xff])")
_DAMAGE = re.compile("\ufffd+")
_TOUCHED = re.compile(r"(?:[0-9][0-9.,]*)?\ufffd+(?:[0-9][0-9.,]*)?")


def decode_page(data: bytes) -> tuple[str, str]:
    """Return the same for a web page, whose declared charset counts."""
    data = data.removeprefix(codecs.BOM_UTF8)
    label = _LABEL.search(data[:_LABEL_REACH])
    declared = (label[1] or label[2]).decode("ascii").lower() if label else ""
    charset = "gb18030" if declared.startswith("gb") else declared
    if charset and not _IGNORED_LABELS.match(charset):
        try:
            _partial(data, "utf-8")  # what is UTF-8 is believed to be that, whatever the page declares
        except UnicodeDecodeError:
            try:
                text, charset = _checked(_partial(data, charset), charset)
                if not is_nonsense(text):
                    return text, charset
            except (LookupError, UnicodeError, ReadError):
                pass  # declared wrongly: the bytes decide
    return decode(data)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` without byte order mark, and the charset's name with what was done to read it.

    A character cut in two by the end of the file is dropped. Single damaged places are U+FFFD, and their number stands
    behind the charset. Raises ReadError `binary`, `undecodable` or `garbled`.
    """
    for mark, charset in _MARKS[1:]:
        if data.startswith(mark):
            return _checked(_strict(data[len(mark) :], charset), charset)
    data = data.removeprefix(codecs.BOM_UTF8)  # some programs set it before any charset
    if b"\0" in data:
        data = _without_tail(data)
        wide = _wide(data)
        if wide is not None:
            return wide
    if len(data) - len(data.translate(None, _CONTROL_BYTES)) > _BINARY_SHARE * len(data):
        raise ReadError(
            ReasonCode.BINARY, "the file is full of control bytes, so it is no text; convert it to text first"
        )
    try:
        text = _partial(data, "utf-8")
    except UnicodeDecodeError:
        return _checked(*_not_utf8(data))
    if b"~{" in data and (written := from_hz(data)):
        return written, "hz"
    return repaired(text) or _checked(text, "utf-8")


def _not_utf8(data: bytes) -> tuple[str, str]:
    """Return text and charset of bytes that are not UTF-8 throughout."""
    chinese = _attempt(data, "gb18030")
    is_expected = chinese is not None and _share(_EXPECTED, chinese) >= _EXPECTED_SHARE
    traditional = _attempt(data, "big5hkscs")
    if traditional and is_prose(traditional):
        share, other = share_of_common(traditional) or 0, share_of_common(chinese) if chinese else None
        if share > (other or 0) + _CLEARLY_BETTER:
            return traditional, "big5"
    if chinese is not None and is_expected and not is_nonsense(chinese):
        return _by_part(data, "gb18030") if _UTF8_RUN.search(data) else (chinese, "gb18030")
    for read in (_replaced, _by_part):
        for main in ("utf-8", "gb18030"):
            text, charset = read(data, main)
            if _is_believed(text) and not (main == "gb18030" and read is _replaced and _UTF8_RUN.search(data)):
                return _damaged(text, charset)
    if chinese is not None and is_expected:
        message = "not UTF-8, and neither as GB18030 nor as Big5 does it make words; save the file as UTF-8"
        raise ReadError(ReasonCode.GARBLED, message)
    raise ReadError(ReasonCode.UNDECODABLE, "not UTF-8, and as GB18030 it is no Chinese text; save it as UTF-8")


def _by_part(data: bytes, main: str) -> tuple[str, str]:
    """Decode lines and texts between tags each by itself: pages are put together from files in two charsets.

    What is not in the charset `main` is in the other one if it is Chinese text in it, and else damaged.
    """
    parts, charsets = [], {main: True}
    for part in _PART.split(data):
        charset = main
        if main == "utf-8":
            text = _attempt(part, "utf-8")
            if text is None:
                other = _attempt(part, "gb18030")
                replaced = part.decode("utf-8", "replace")
                is_other = other is not None and _share(_EXPECTED, other) >= _EXPECTED_SHARE
                if is_other and replaced.count("\ufffd") > _WRONG_SHARE * sum(char > "\x7f" for char in replaced):
                    text, charset = other, "gb18030"
                else:
                    text = replaced
        else:
            text = _attempt(part, "utf-8") if _UTF8_RUN.search(part) else None
            charset = main if text is None else "utf-8"
            if text is None:
                text = part.decode(main, "replace")
        parts.append(text or "")
        charsets[charset] = True
    return "".join(parts), "+".join(charsets)


def _replaced(data: bytes, charset: str) -> tuple[str, str]:
    return codecs.getincrementaldecoder(charset)("replace").decode(data, final=False), charset


def _attempt(data: bytes, charset: str) -> str | None:
    try:
        return _partial(data, charset)
    except UnicodeDecodeError:
        return None


def _is_believed(text: str) -> bool:
    """Return whether a text is Chinese prose with single characters damaged and no more."""
    others = sum(char > "\x7f" for char in text)
    lost, places = text.count("\ufffd"), len(_DAMAGE.findall(text))
    is_slight = others >= _ENOUGH and lost <= _WRONG_SHARE * others and places <= max(2, _DAMAGED_SHARE * others)
    return is_slight and not is_nonsense(text) and _share(_EXPECTED, text.replace("\ufffd", "")) >= _EXPECTED_SHARE


def _damaged(text: str, charset: str) -> tuple[str, str]:
    """Return a text with its damage counted; a number that touches the damage is lost with it, not cut short."""
    count = len(_DAMAGE.findall(text))
    if not count:
        return text, charset
    return _TOUCHED.sub(lambda found: "\ufffd" * len(found[0]), text), f"{charset} ({count} damaged)"


def _without_tail(data: bytes) -> bytes:
    """Return `data` without the zero bytes that a program left behind the text."""
    kept = data.rstrip(b"\0")
    if not kept or len(data) - len(kept) < 3:
        return data
    return kept + b"\0" if b"\0" in kept and len(kept) % 2 else kept


def _wide(data: bytes) -> tuple[str, str] | None:
    """Return the text of UTF-16 without a byte order mark; None if the bytes are none."""
    for charset in ("utf-16-le", "utf-16-be"):
        text = _attempt(data, charset)
        if text and _share(_EXPECTED, text) >= _EXPECTED_SHARE and is_prose(text):
            return text, charset
    return None


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
