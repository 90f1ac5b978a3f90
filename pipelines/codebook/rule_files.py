"""The codebook's files, read and held against their schema."""

import hashlib
from pathlib import Path
from typing import Any

from pipelines.build.toml_file import Model, check_table, mistake, parse_toml, shown
from pipelines.codebook.confidence import ConfidenceFile
from pipelines.codebook.references import check_references
from pipelines.codebook.schema import CodebookFiles, CuesFile, FamilyFile, LexiconFile, UncodedFile
from pipelines.paths import RULES_DIR

#: The families in the order in which their entries win a tie. Files of other families come after these, by name.
FAMILIES = (
    "training",
    "enforcement",
    "petition",
    "publicity",
    "mediation",
    "governance",
    "review",
    "legal_service",
    "service",
    "safety",
)
_SHARED = ("uncoded", "lexicon", "cues", "confidence")


def read_files(folder: Path | None = None) -> CodebookFiles:
    """The codebook in `folder`, else that of the project. Its version is a hash of the files' bytes.

    Raises SchemaError for a file that is missing or malformed, breaks its schema or names what no file gives.
    """
    folder = folder or RULES_DIR
    others = {path.stem for path in folder.glob("*.toml")} - {*FAMILIES, *_SHARED}
    families = (*FAMILIES, *sorted(others))
    digest = hashlib.sha256()
    tables: dict[str, dict[str, Any]] = {}
    for name in (*families, *_SHARED):
        path = folder / f"{name}.toml"
        content = path.read_bytes() if path.is_file() else None  # parse_toml says what is wrong where there is none
        tables[name] = parse_toml(path, content)
        digest.update(name.encode() + b"\0" + (content or b"") + b"\0")

    def checked(name: str, schema: type[Model]) -> Model:
        return check_table(folder / f"{name}.toml", tables[name], schema)

    files = CodebookFiles(
        digest.hexdigest()[:12],
        {name: checked(name, FamilyFile) for name in families},
        checked("uncoded", UncodedFile),
        checked("lexicon", LexiconFile),
        checked("cues", CuesFile),
        checked("confidence", ConfidenceFile),
    )
    for name, file in files.families.items():
        if file.family != name:
            raise mistake(folder / f"{name}.toml", "family", shown(file.family), f"{name!r}, the name of the file")
    check_references(files, folder)
    return files
