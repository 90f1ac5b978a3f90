"""What a page is: its name, its address, and the view that makes its content from what the queries return."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import FazhiError
from pipelines.settings import Settings
from pipelines.web.open_release import OpenRelease, Row
from pipelines.web.page_queries import page_queries

MOST_ROWS = 200  # rows of a list on one page, and of one answer in JSON
Content = dict[str, Any]


class NotFoundError(FazhiError):
    """Nothing stands at the address. The message says what was asked for and where to look."""


@dataclass(frozen=True)
class Asked:
    """What a view has in hand: the open release, the settings, and the parameters of the address as text."""

    page: str
    release: OpenRelease
    settings: Settings
    parameters: Mapping[str, str]

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """The rows of one query of the page. The address gives the parameters that the view does not name."""
        return self.release.ask(page_queries(self.page)[query], {**self.parameters, **parameters})

    def kept_rows(self, query: str, **parameters: Any) -> list[Row]:
        """The rows of a query that walks through a whole table, asked once for each release and set of parameters."""
        return self.release.kept(
            f"{self.page} {query} {sorted(parameters.items())}", lambda: self.rows(query, **parameters)
        )

    def kept_by(self, query: str, column: str) -> dict[Any, Row]:
        """The rows of such a query by the value of one column, in which each value stands once."""
        return self.release.kept(
            f"{self.page} {query} by {column}", lambda: {row[column]: row for row in self.kept_rows(query)}
        )

    def row(self, query: str, **parameters: Any) -> Row | None:
        """The first row of one query, or None."""
        return next(iter(self.rows(query, **parameters)), None)

    def text(self, report: str) -> str | None:
        """The stored text of a report, None where it has none. DuckDB unpacks 2,048 texts to give one: 10 ms."""

        def made() -> str | None:
            found = self.release.ask(page_queries("report")["text"], {"report": report})
            return found[0]["text"] if found else None

        return self.release.recent(f"text of {report}", made)

    def whole(self, name: str, default: int, least: int = 0, most: int = 10**9) -> int:
        """A parameter that is a whole number within bounds. Raises NotFoundError for anything else."""
        text = self.parameters.get(name, "").strip()
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
            raise NotFoundError(f"{name} is {text[:40]!r}, expected a whole number from {least} to {most}")
        return int(text)


@dataclass(frozen=True)
class WebPage:
    """A page of the workbench. `name` is also that of its SQL and its template, `path` its address for Starlette.

    `view` returns plain data: the template shows it, and the same address with `.json` gives it away. `table` names the
    list in it that can be downloaded as CSV and XLSX. A page that is no `document` is a part of one, which htmx puts
    into its place; it has no JSON.
    """

    name: str
    path: str
    view: Callable[[Asked], Content]
    table: str | None = None
    is_document: bool = True
