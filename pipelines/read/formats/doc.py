"""Old Word documents (doc, and wps files that are doc inside).

An OLE file may hold something else; the names of its streams tell. The library does not give the numbers that Word
makes for lists, and none is made up. It marks the page headers and footers, and what is struck out; neither is text.
What a style strikes or hides it does not tell: `doc_marks` takes that out before, and marks the notes.

Not read: page headers and footers, struck and hidden text, and the numbers of lists.
"""

from office_oxide import Document as OfficeDocument
from office_oxide import OfficeOxideError
from selectolax.lexbor import LexborHTMLParser

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.doc_marks import BLANK, notes_in_place, with_marks
from pipelines.read.formats.html_lines import drop_struck, lines_of
from pipelines.read.layout import compose, text_parts
from pipelines.read.notes import with_notes
from pipelines.read.paragraphs import whole_numbers
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/msword"
_WORD = "WordDocument".encode("utf-16-le")
# Names of streams that say what else an OLE file is.
_OTHERS = (
    ("EncryptedPackage", ReasonCode.ENCRYPTED, "an Office document that needs a password"),
    ("PowerPoint Document", ReasonCode.UNSUPPORTED, "an old PowerPoint file"),
    ("__properties_version1.0", ReasonCode.UNSUPPORTED, "an Outlook message"),
)
_BR = "<br />"
_ENCRYPTED = ("encrypt", "password")


def read(data: bytes, name: str) -> Document:
    """Return the text of an old Word document.

    Raises ReadError `encrypted`, `unsupported`, `broken` or `empty`.
    """
    if _WORD not in data:
        for stream, code, found in _OTHERS:
            if stream.encode("utf-16-le") in data:
                message = f"found {found}, expected a report; save the text as PDF or docx, without protection"
                raise ReadError(code, message)
        message = "found a damaged OLE file without a Word text; fetch it again, or save it as docx"
        raise ReadError(ReasonCode.BROKEN, message)
    try:
        html = OfficeDocument.from_bytes(with_marks(data), "doc").to_html().replace("\n", " ").replace(BLANK, "")
    except OfficeOxideError as error:
        if any(word in str(error).lower() for word in _ENCRYPTED):
            message = "found a Word document that needs a password, expected an open one; save it without protection"
            raise ReadError(ReasonCode.ENCRYPTED, message) from error
        raise ReadError(
            ReasonCode.BROKEN, "found a damaged Word document; fetch it again, or save it as docx"
        ) from error
    body = LexborHTMLParser(whole_numbers(html.replace(_BR, "\n")).replace("\n", _BR)).body
    lines: list[str] = []
    pictures = 0
    if body is not None:
        drop_struck(body)
        for node in body.css("header, footer"):
            node.decompose()
        lines = list(with_notes(notes_in_place(lines_of(body, numbered=False))))
        pictures = len(body.css("img"))
    return compose(text_parts(lines), MEDIA_TYPE, None, pictures=pictures)
