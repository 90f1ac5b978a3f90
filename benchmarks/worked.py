"""docs/queries.md: every question of sql/queries in both languages, its SQL, and its first rows on the example release.

    python -m benchmarks.worked

The example release comes from benchmarks.example. How long the queries take on a large one is measured in
benchmarks.queries.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.example import write_example
from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.query import query

PAGE = PROJECT_ROOT / "docs" / "queries.md"
QUERIES = PROJECT_ROOT / "sql" / "queries"
SHOWN = 8  # rows of each answer

HEADER = """\
# Worked queries

**All figures on this page are invented.** The five bundled reports are too few to rank or compare, so the answers below
are of a small release of generated reports: real units, figures by chance. 本页数字均为虚构,仅用于演示查询。

Written by `python -m benchmarks.worked` (part of `make docs`) from [`sql/queries/`](../sql/queries); do not edit it.
`python -m benchmarks.example FOLDER` writes that release for trying things out. Ask your own release the same with
`fazhi sql -- "$(cat sql/queries/headlines.sql)"`; where a query names one unit or county by its code, put in yours.
An empty cell is a figure that nobody states, never a zero. What tables and columns mean stands in
[tables.md](tables.md); `python -m benchmarks.queries RELEASE.duckdb` tells how long each query takes on a release.
"""


@dataclass(frozen=True)
class Question:
    """A worked query: its name, what it asks in both languages, and its SQL without those two lines."""

    name: str
    en: str
    zh: str
    sql: str


def load_questions(folder: Path = QUERIES) -> list[Question]:
    """Every query of the folder, sorted by name. Raises ValueError for a file without its two questions."""
    return [_question(path) for path in sorted(folder.glob("*.sql"))]


def _question(path: Path) -> Question:
    lines = path.read_text(encoding="utf-8").splitlines()
    (en, zh), sql = [*lines, "", ""][:2], lines[2:]
    if not en.startswith("-- ") or not zh.startswith("-- ") or zh.isascii():
        raise ValueError(f"{path.name} opens with {en!r}, {zh!r}; expected the question in English, then in Chinese")
    return Question(path.stem, en.removeprefix("-- "), zh.removeprefix("-- "), "\n".join(sql).strip())


def render(questions: Sequence[Question], release: Path) -> str:
    """The whole page as Markdown. `release` gives the answers."""
    contents = "\n".join(f"- [`{q.name}`](#{q.name}) {q.en.partition('?')[0]}?" for q in questions)
    return "\n".join([HEADER, contents, *(_section(question, release) for question in questions)])


def _section(question: Question, release: Path) -> str:
    result = query(release, question.sql, SHOWN)
    lines = [f"\n## {question.name}\n", question.en, "", question.zh, "", f"```sql\n{question.sql}\n```\n"]
    lines += [line(result.columns), line(["---"] * len(result.columns)), *map(line, result.rows)]
    return "\n".join([*lines, *(["", "and more rows"] if result.is_cut else [])]) + "\n"


def line(cells: Sequence[Any]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(map(cell, cells))} |"


def cell(value: Any) -> str:
    """A value of an answer as a cell of a Markdown table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory(prefix="fazhi-example-") as folder:
        PAGE.write_text(render(load_questions(), write_example(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
