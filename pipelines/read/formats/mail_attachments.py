"""The files attached to a mail, those in attached archives too: the one that holds the report."""

import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from pipelines.ingest.litter import is_litter
from pipelines.read.document import Document, ReadError
from pipelines.read.han import count_han
from pipelines.read.layout import one_line
from pipelines.read.shell import refuse_shell
from pipelines.read.unpack import SEPARATOR, is_archive, members
from pipelines.reasons import ReasonCode

LETTER_HAN = 300  # Chinese characters; a report has more, a letter that goes with one fewer
_MOST, _MOST_NAMED = 20, 5
# Pictures are logos and photographs; the others are signatures, business cards and dates.
_NO_REPORTS = ("image/", "audio/", "video/", "text/calendar", "text/vcard", "text/x-vcard")
_NO_REPORT_NAMES = (".p7s", ".p7m", ".vcf", ".ics", ".asc")


def attachments_of(message: Message) -> list[tuple[str, bytes]]:
    """Return name and content of the files attached to a mail; what a web archive holds beside its page is none."""
    found = []
    for part in message.walk():
        kind, name = part.get_content_type(), _name(part)
        is_attached = part.get_content_disposition() == "attachment" or (name and not kind.startswith("text/"))
        if part.is_multipart() or not is_attached or "Content-Location" in part or kind.startswith(_NO_REPORTS):
            continue
        content = part.get_payload(decode=True)
        if (
            isinstance(content, bytes)
            and content
            and not is_litter(name)
            and not name.lower().endswith(_NO_REPORT_NAMES)
        ):
            found.append((name or "without a name", content))
    return found


def read_attached(found: Sequence[tuple[str, bytes]]) -> Document:
    """Return the document in the attached files.

    A file as short as a letter is left aside where a longer one is attached. Raises ReadError `several` where more than
    one can be read, the reason of the file where there is one that cannot,
    and `attachment` where several cannot.
    """
    files = list(_with_members(found))
    read: list[tuple[str, Document]] = []
    failed: list[ReadError] = []
    for name, content in files[:_MOST]:
        try:
            read.append((name, _read(name, content)))
        except ReadError as error:
            failed.append(error)
    long = [(name, document) for name, document in read if count_han(document.text) >= LETTER_HAN]
    # the same report is often attached as Word and as PDF
    read = list(
        {re.sub(r"\s", "", document.content): (name, document) for name, document in reversed(long or read)}.values()
    )
    read.reverse()
    if len(read) == 1 and len(files) <= _MOST:
        return read[0][1]
    names = ", ".join(name for name, _ in (read or files)[:_MOST_NAMED])
    if read:
        message = f"found a mail with {len(read)} attached texts, expected one report; save each alone: {names}"
        raise ReadError(ReasonCode.SEVERAL, message)
    if len(failed) == 1:
        raise ReadError(failed[0].code, f"{failed[0].message} (attached to a mail: {names})")
    message = f"found a mail with the attached files {names}, of which none can be read; save them alone"
    raise ReadError(ReasonCode.ATTACHMENT, message)


def _with_members(found: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield the files, and of archives the files in them; an archive that cannot be opened stands for itself."""
    for name, content in found:
        if not is_archive(content):
            yield name, content
            continue
        try:
            inside = [(f"{name}{SEPARATOR}{member.path}", member.data) for member in members(content, name)]
        except ReadError:
            inside = [(name, content)]
        yield from inside


def _read(name: str, content: bytes) -> Document:
    from pipelines.read.reader import read_inside

    if is_archive(content):  # it could not be opened: say why
        for _ in members(content, name):
            break
    document = read_inside(content, name)
    refuse_shell(document)  # the report may be the file beside it
    return document


def _name(part: Message) -> str:
    """Return the name of an attached file."""
    return decoded_words(part.get_filename() or "")


def decoded_words(text: str) -> str:
    """Return a line of a head with its encoded words decoded; as it is written where they are damaged."""
    try:
        return one_line(str(make_header(decode_header(text))))
    except (LookupError, UnicodeError, ValueError, HeaderParseError):
        return one_line(text.encode("utf-8", "replace").decode())
