"""The codebook's files, and the loader that turns them into what the engine reads.

Here belong the TOML files (one a family of indicators, plus the lexicon and the uncoded figures) and nothing that reads
sentences: that is pipelines.extract.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.codebook.compile import Codebook, CodebookError, compile_codebook

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
RULES_DIR = Path(__file__).with_name("rules")


def read_tables(
    folder: Path = RULES_DIR,
) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]], dict[str, Any], list[dict[str, Any]]]:
    """(version, indicators, uncoded, lexicon, cues) as parsed TOML; the version is a hash of the files' bytes.

    Raises CodebookError for a missing or malformed file, naming it.
    """
    names = [*FAMILIES, "uncoded", "lexicon", "cues"]
    digest = hashlib.sha256()
    tables: dict[str, dict[str, Any]] = {}
    for name in names:
        path = folder / f"{name}.toml"
        try:
            data = path.read_bytes()
            tables[name] = tomllib.loads(data.decode("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CodebookError(f"codebook file {path.name} cannot be read: {error}") from error
        digest.update(name.encode() + b"\0" + data + b"\0")
    indicators = [{**entry, "family": name} for name in FAMILIES for entry in tables[name]["indicator"]]
    uncoded = [{**entry, "coded": False} for entry in tables["uncoded"]["figure"]]
    return digest.hexdigest()[:12], indicators, uncoded, tables["lexicon"], tables["cues"]["cue"]


@cache
def load_codebook() -> Codebook:
    """The codebook that comes with the project, compiled once per process."""
    return compile_codebook(*read_tables())
