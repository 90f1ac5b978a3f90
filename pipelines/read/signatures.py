"""By what files are known, where the module that reads them needs it too: the first bytes of a PDF, XML namespaces."""

_PDF = b"%PDF-"
_BEFORE_PDF = 1024  # bytes that a mail program or a script may have put before it; viewers accept as many

FLAT_OFFICE = "http://schemas.microsoft.com/office/2006/xmlPackage"
WORD_2003 = "http://schemas.microsoft.com/office/word/2003/wordml"
EXCEL_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"


def pdf_start(data: bytes) -> int:
    """Return where in `data` a PDF begins, -1 if none does."""
    return data.find(_PDF, 0, _BEFORE_PDF + len(_PDF))
