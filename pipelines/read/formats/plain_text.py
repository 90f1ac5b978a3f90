"""Plain text, and web pages that were saved as text: the one format without structure.

Its furniture is found by wording and place alone. Lines that were cut at one width are joined.
"""

from pipelines.read.charset import decode
from pipelines.read.completeness import is_complete
from pipelines.read.document import Document, ReadError
from pipelines.read.furniture import find_furniture
from pipelines.read.hard_breaks import join_cut_lines
from pipelines.read.normalise import normalise
from pipelines.reasons import ReasonCode


def read(data: bytes, name: str) -> Document:
    """Return the document in the bytes of a text file. Raises ReadError `empty`, `binary` or `undecodable`."""
    decoded, charset = decode(data)
    stored = normalise(decoded)
    if not stored.strip():
        raise ReadError(ReasonCode.EMPTY, f"{name} has nothing but white space")
    lines = stored.split("\n")
    if (joined := join_cut_lines(lines)) != lines:
        stored = "\n".join(joined)
    furniture, fields = find_furniture(stored)
    return Document(
        text=stored,
        media_type="text/plain",
        encoding=charset,
        furniture=furniture,
        fields=fields,
        is_complete=is_complete(stored, furniture),
    )
