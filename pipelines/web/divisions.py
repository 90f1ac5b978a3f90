"""Where each division lies: looked up here, as a scan of the whole register takes longer than all else on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.web.open_release import OpenRelease, Row
from pipelines.web.page_queries import page_queries


@dataclass(frozen=True)
class Divisions:
    """All units and areas of a release by their codes, each with its last name. 40,000 units are tuples, for 15 MB."""

    _columns: tuple[str, ...]
    _units: Mapping[str, tuple[Any, ...]]
    _areas: Mapping[str, Row]

    @classmethod
    def of(cls, release: OpenRelease) -> "Divisions":
        """The divisions of a release, read once for it."""
        return release.kept("divisions", lambda: cls._read(release))

    @classmethod
    def _read(cls, release: OpenRelease) -> "Divisions":
        queries = page_queries("divisions")
        columns, rows = release.table(queries["units"], {})
        once: dict[Any, Any] = {}  # a county's name stands with each of its units, and is held once
        units = {row[0]: tuple(once.setdefault(cell, cell) for cell in row) for row in rows}
        return cls(columns, units, {row["code"]: row for row in release.ask(queries["areas"], {})})

    def unit(self, code: str | None, *columns: str) -> Row | None:
        """These columns of the unit with this code (all of them without any), None where no unit has the code."""
        row = self._units.get(code or "")
        if row is None:
            return None
        found = dict(zip(self._columns, row, strict=True))
        return {name: found[name] for name in columns} if columns else found

    def place(self, code: str) -> Row | None:
        """`code`, `name`, `level` and `where_it_lies` of the unit or area with this code, None where none has it."""
        unit = self.unit(code, "province_name", "city_name", "county_name", "township_name")
        if unit is None:
            return self._areas.get(code)
        name = unit.pop("township_name")
        where = " ".join(above for above in unit.values() if above is not None)
        return {"code": code, "name": name, "level": "township", "where_it_lies": where}
