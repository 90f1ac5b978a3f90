"""The queries of the pages: `sql/pages/NAME.sql` holds those of one page, each below a line `-- name: QUERY`.

Values come in as `$parameter` and are bound, never written into the text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.errors import FazhiError
from pipelines.paths import SQL_DIR

PAGES_DIR = SQL_DIR / "pages"
_NAME = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)
_PARAMETER = re.compile(r"\$([a-z_]+)")


class PageQueryError(FazhiError):
    """A file of queries is not in its form. The message names the file and what was expected."""


@dataclass(frozen=True)
class PageQuery:
    """One query and the names of the parameters that it binds."""

    sql: str
    parameters: frozenset[str]


@cache
def page_queries(name: str, folder: Path = PAGES_DIR) -> Mapping[str, PageQuery]:
    """The queries of the page `name` by their own names. Raises PageQueryError where the file has no such form."""
    path = folder / f"{name}.sql"
    if not path.is_file():
        return {}
    _, *parts = _NAME.split(path.read_text(encoding="utf-8"))
    queries = {query: _parsed(sql) for query, sql in zip(parts[::2], parts[1::2], strict=True)}
    if not queries or len(queries) * 2 != len(parts):
        raise PageQueryError(f"{path}: expected queries that each follow a line `-- name: QUERY`, no name twice")
    return queries


def _parsed(sql: str) -> PageQuery:
    return PageQuery(sql.strip(), frozenset(_PARAMETER.findall(sql)))
