"""Where each unit lies: looked up here, as a scan of the whole register takes longer than all else on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.web.open_release import OpenRelease, Row
from pipelines.web.page_queries import page_queries


@dataclass(frozen=True)
class Divisions:
    """All units of a release by their codes, each with its last name. 40,000 rows are tuples, which take 15 MB."""

    columns: tuple[str, ...]
    _units: Mapping[str, tuple[Any, ...]]

    @classmethod
    def of(cls, release: OpenRelease) -> "Divisions":
        """The units of a release, read once for it."""
        return release.kept("divisions", lambda: cls._read(release))

    @classmethod
    def _read(cls, release: OpenRelease) -> "Divisions":
        columns, rows = release.table(page_queries("divisions")["units"], {})
        once: dict[Any, Any] = {}  # a county's name stands with each of its units, and is held once
        return cls(columns, {row[0]: tuple(once.setdefault(cell, cell) for cell in row) for row in rows})

    def unit(self, code: str | None, *columns: str) -> Row | None:
        """These columns of the unit with this code (all of them without any), None where no unit has the code."""
        row = self._units.get(code or "")
        if row is None:
            return None
        found = dict(zip(self.columns, row, strict=True))
        return {name: found[name] for name in columns} if columns else found
