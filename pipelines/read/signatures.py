"""By what files are known, where the module that reads them needs it too: the first bytes of a PDF, XML namespaces."""

_PDF = b"%PDF-"
_BEFORE_PDF = 1024  # bytes that a mail program or a script may have put before it; viewers accept as many

FLAT_OFFICE = "http://schemas.microsoft.com/office/2006/xmlPackage"
WORD_2003 = "http://schemas.microsoft.com/office/word/2003/wordml"
EXCEL_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
STRICT = "http://purl.oclc.org/ooxml/"
OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"
_USUAL = (
    (f"{STRICT}officeDocument/", "http://schemas.openxmlformats.org/officeDocument/2006/"),
    (f"{STRICT}wordprocessingml/main", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (f"{STRICT}spreadsheetml/main", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (WORD_2003, "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
)


def as_usual(xml: bytes) -> bytes:
    """Return the XML of a Strict Office document, or of Word 2003, with the namespaces of the usual ones."""
    for other, usual in _USUAL:
        xml = xml.replace(other.encode(), usual.encode())
    return xml


def pdf_start(data: bytes) -> int:
    """Return where in `data` a PDF begins, -1 if none does."""
    return data.find(_PDF, 0, _BEFORE_PDF + len(_PDF))
