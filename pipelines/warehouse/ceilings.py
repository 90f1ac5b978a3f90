"""The largest figures that one township can state: `sql/checks/ceilings.toml`, as SQL reads it.

A figure above `most` is listed by a check and counts. Far above it, where `implausible_above` begins, a figure is
marked in `fact_indicator` and counts in no mart.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from pipelines.build.database import quote
from pipelines.build.toml_file import Entry, Text, read_toml, wrong
from pipelines.paths import SQL_DIR

CHECKS_DIR = SQL_DIR / "checks"
CEILINGS = "ceilings"  # CEILINGS.toml
CEILING = "ceiling"  # what SQL calls its rows


class Ceiling(Entry):
    """The largest figure that a single township can state, and why.

    `implausible_above` says from where on a figure is implausible, if not from so many times `most` as the file says.
    """

    most: Annotated[float, Field(gt=0)]
    reason: Text
    implausible_above: float | None = None

    @model_validator(mode="after")
    def _is_listed_before_it_is_left_out(self) -> Self:
        if self.implausible_above is not None and self.implausible_above < self.most:
            raise wrong(f"{self.implausible_above:g}", f"{self.most:g} or more, which is most", "implausible_above")
        return self


class Ceilings(Entry):
    """ceilings.toml: the largest figures by unit and, before that, by indicator."""

    implausible_times: Annotated[float, Field(ge=1)]
    units: dict[str, Ceiling]
    indicators: dict[str, Ceiling]

    @property
    def sql(self) -> str:
        """The query for (metric_code, unit, most, implausible_above); one of metric_code and unit is null."""
        rows = [f"({quote(code)}, NULL, {self._bounds(ceiling)})" for code, ceiling in self.indicators.items()]
        rows += [f"(NULL, {quote(unit)}, {self._bounds(ceiling)})" for unit, ceiling in self.units.items()]
        rows += ["(NULL, NULL, NULL, NULL)"]  # so that there is a row where no ceiling is given; it matches nothing
        values = f"(VALUES {', '.join(rows)}) AS v (metric_code, unit, most, implausible_above)"
        return f"SELECT v.metric_code, v.unit, v.most, v.implausible_above FROM {values}"

    def implausible_above(self, ceiling: Ceiling) -> float:
        """The figure above which one is implausible."""
        own = ceiling.implausible_above
        return self.implausible_times * ceiling.most if own is None else own

    def _bounds(self, ceiling: Ceiling) -> str:
        return f"{ceiling.most}::DOUBLE, {self.implausible_above(ceiling)}::DOUBLE"


def load_ceilings(folder: Path = CHECKS_DIR) -> Ceilings:
    """The largest figures that one township can state. Raises SchemaError for a mistake in the file."""
    return read_toml(folder / f"{CEILINGS}.toml", Ceilings)
