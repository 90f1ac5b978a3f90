"""Rich text: some attachments named .doc are RTF inside.

Not read: page headers and footers, comments, deleted, struck and hidden text, and pictures.
"""

import re

from striprtf.striprtf import rtf_to_text

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.rtf_groups import LINE, plain_groups
from pipelines.read.layout import compose, table_lines, text_parts
from pipelines.read.notes import NOTE, with_notes
from pipelines.read.paragraphs import whole_numbers
from pipelines.reasons import ReasonCode

MEDIA_TYPE = "application/rtf"
_PICTURE = re.compile(rb"\\(?:pict|objdata)\b")
_LOST_SHAPE = re.compile(rb"\\fldinst[ {}\r\n]*SHAPE\b[ {}\r\n]*\{\\fldrslt[ \r\n]*\}")
_PRIVATE = re.compile(f"(?!{NOTE})[\ue000-\uf8ff]")


def read(data: bytes, name: str) -> Document:
    """Return the text of an RTF file. Raises ReadError `broken` or `empty`."""
    try:
        plain = plain_groups(data.decode("latin-1"))
        text = rtf_to_text(plain, encoding="gb18030", errors="ignore")  # type: ignore[no-untyped-call]
    except Exception as error:  # the library raises whatever the damage leads to
        message = f"found damaged rich text ({type(error).__name__}); fetch it again, or save it as docx"
        raise ReadError(ReasonCode.BROKEN, message) from error
    paragraphs = (_PRIVATE.sub("", whole_numbers(part.replace(LINE, "\n"))) for part in text.split("\n"))
    rows = (
        table_lines([line.split("|")]) if "|" in line else [line] for part in paragraphs for line in part.split("\n")
    )
    lines = list(with_notes(line for row in rows for line in row if line.strip()))
    drawing = "a drawing that the file does not hold" if _LOST_SHAPE.search(data) else None
    pictures = len(_PICTURE.findall(data))
    return compose(text_parts(lines), MEDIA_TYPE, None, pictures=pictures, points_to=drawing)
