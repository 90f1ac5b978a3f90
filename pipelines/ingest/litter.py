"""Files that no person made: what operating systems and office programs leave beside documents. They are no reports."""

import re

# Caches of pictures and settings of folders, hidden files (`.DS_Store`, `._a.docx`, `.~lock.a.odt#`), and the files by
# which Word shows that a document is open.
_LITTER = re.compile(
    r"(?:^|/)(?:__MACOSX(?:/|$)|@eaDir(?:/|$)|\.(?!\.?(?:/|$))|(?:eh)?thumbs\.db$|desktop\.ini$|~\$|~wr[a-z][0-9]+\.tmp$)",
    re.IGNORECASE,
)


def is_litter(path: str) -> bool:
    """Return whether a file or folder with this name, or with this path in an archive (`/` parts it), is litter."""
    return bool(_LITTER.search(path))
