"""The codebook that comes with the project, kept in the user's cache folder as it is compiled.

To read its files, to hold them against their schema and to compile them takes eight times as long.
"""

from functools import cache
from pathlib import Path

from pipelines.build.kept_objects import kept
from pipelines.codebook.compiled import Codebook
from pipelines.numerals.fold import fold_table
from pipelines.paths import RULES_DIR


@cache
def load_codebook() -> Codebook:
    """The codebook that the engine works with, once per process. Raises SchemaError."""
    room = Path(__file__).parent
    modules = [room.parent / "build" / "toml_file.py", *room.glob("*.py"), *(room.parent / "numerals").glob("*.py")]
    files = sorted([*RULES_DIR.glob("*.toml"), *modules])
    return kept("codebook", Codebook, files, _compile, given=str(fold_table()))  # its words are kept as they are folded


def _compile() -> Codebook:
    from pipelines.codebook.compile import compile_codebook
    from pipelines.codebook.rule_files import read_files

    return compile_codebook(read_files())
