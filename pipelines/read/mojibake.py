"""Text whose characters are wrong although its bytes decode: how it is told, and its repair where that is certain.

A repair is certain if it loses nothing on the way back and turns a text without common Chinese characters into one
full of them. A text whose repair loses characters is refused as `garbled`: a digit may be among them.
"""

import re

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode

# The commonest characters of Chinese prose and of official reports, in both scripts.
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要时来用们生到作地于出就分对成会可主发年动同工也能下过产种面而方后多定行学法所民得经十三之进着"
    "等部度家力如水化高自二理起小现实加量都两体制机当使点从业本性好应开合还因由其前外政四日社义事平形相全表间与关各重新内数正心明"
    "原利比第向此条只结解问意建月公无系情最立通并提题党程展五员位入文总次活设及管特件长求老基资路级统接较组计手期根运农指区强放决"
    "做必任取处队保治百规领导志增济思术极交受认共权收证改再转更切打教带安场身务具万每目至议报完类确信节整况今集传步群广深众难近委"
    "技备办省列习约支便历市除消构府称准号率维划选标存效查江置派层专育识适属调满县局照参引该严镇乡街村居执罚诉访宣讲培训普"
    "這為個國時來們對會發動過產種後學經進著現實體機當應開還從業兩無與關點間義數條結問題統計運農區強處隊規領導濟術極認權證轉場務萬議報"
    "類確節傳廣眾難備辦習約歷構稱號維劃選標專識適屬調滿縣參嚴鎮鄉執罰訴訪講訓黨設員長級組]"
)
_HAN = re.compile(r"[㐀-鿿]")
_SHOWN_AS_LATIN = re.compile(r"[\x80-\xff]")
_ENOUGH = 30  # characters; fewer prove nothing
_NONE, _GOOD = 0.15, 0.25  # shares of common characters: hardly any, and those of prose
_SAMPLE = 20_000  # characters looked at
_HZ = re.compile(rb"~\{[!-~]{2,}?~\}")


def share_of_common(text: str) -> float | None:
    """Return which share of the Chinese characters is common; None where they are too few to tell."""
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    return len(_COMMON.findall(sample)) / han if han >= _ENOUGH else None


def is_prose(text: str) -> bool:
    """Return whether a text is full of common Chinese characters."""
    return (share_of_common(text) or 0) >= _GOOD


def is_nonsense(text: str) -> bool:
    """Return whether a text of Chinese characters has hardly a common one."""
    share = share_of_common(text)
    return share is not None and share < _NONE


def repaired(text: str) -> tuple[str, str] | None:
    """Return a text that was shown in a wrong charset as it was written, and what it was; None for any other text.

    Raises ReadError `garbled` where characters are lost for good.
    """
    latin = len(_SHOWN_AS_LATIN.findall(text[:_SAMPLE]))
    if latin >= 2 * _ENOUGH and latin > 4 * len(_HAN.findall(text[:_SAMPLE])):
        shown = "latin-1"
    elif is_nonsense(text):
        shown = "gb18030"
    else:
        return None
    written = _bytes_of(text, shown, "strict")
    for charset in ("utf-8", "gb18030") if shown == "latin-1" else ("utf-8",):
        if written is not None:
            try:
                before = written.decode(charset)
            except UnicodeDecodeError:
                pass
            else:
                if is_prose(before):
                    return before, f"{charset} shown as {shown}"
        lossy = (_bytes_of(text, shown, "replace") or b"").decode(charset, "ignore")
        if is_prose(lossy):
            message = f"found {charset} text shown as {shown} with characters lost; fetch the file again from its page"
            raise ReadError(ReasonCode.GARBLED, message)
    return None


def from_hz(data: bytes) -> str | None:
    """Return the text of bytes in HZ, the seven-bit form of GB2312 (`~{VPND~}`); None for other bytes.

    Raises ReadError `garbled` for HZ that is damaged.
    """
    if len(_HZ.findall(data)) < 2 or not data.isascii():
        return None
    try:
        text = data.replace(b"\r\n", b"\n").decode("hz")
    except UnicodeDecodeError as error:
        if is_prose(data.decode("hz", "ignore")):
            message = f"found HZ text that is damaged at byte {error.start}; save the file as UTF-8"
            raise ReadError(ReasonCode.GARBLED, message) from error
        return None
    return text if is_prose(text) else None


def _bytes_of(text: str, charset: str, errors: str) -> bytes | None:
    """Return the bytes that were shown as `text`; None if a character cannot come from the charset."""
    if charset == "latin-1":
        # browsers show Windows-1252 for latin-1, except for its five holes
        parts = [_byte_of(char) for char in text]
        if None in parts and errors == "strict":
            return None
        return b"".join(part or b"?" for part in parts)
    if errors == "strict" and "\ufffd" in text:
        return None
    try:
        return text.replace("\ufffd", "?").encode(charset, errors)
    except UnicodeEncodeError:
        return None


def _byte_of(char: str) -> bytes | None:
    for charset in ("latin-1", "cp1252"):
        try:
            return char.encode(charset)
        except UnicodeEncodeError:
            continue
    return None
