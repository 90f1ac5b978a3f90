"""The bounds of `bounds.toml`: from where on a figure or a share is odd, and from where on nothing is published.

The file and its schema are here; what is compared with the bounds is written in `pipelines.warehouse.checks`.
"""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from pipelines.build.toml_file import Entry, Text, mistake, read_toml, wrong

BOUNDS_PATH = Path(__file__).with_name("bounds.toml")


class Ceiling(Entry):
    """The largest figure that a single township can state, and why."""

    most: float = Field(gt=0)
    reason: Text


class Limit(Entry, extra="allow"):
    """What a check measures is odd above `warns` and blocks above `blocks`; None where it never is or does.

    A share blocks only where it is one `of_at_least` so many. Each other key is a number that the check's SQL asks for.
    """

    __pydantic_extra__: dict[str, float] = Field(init=False)

    reason: Text
    warns: float | None = None
    blocks: float | None = None
    of_at_least: float = 0

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers that the check's SQL asks for, by name."""
        return self.__pydantic_extra__

    @model_validator(mode="after")
    def _warns_before_it_blocks(self) -> Self:
        if self.warns is None and self.blocks is None:
            raise wrong("neither warns nor blocks", "at least one of them; add it")
        if self.warns is not None and self.blocks is not None and self.warns > self.blocks:
            raise wrong(f"{self.warns:g}", f"{self.blocks:g} at most, as a check warns before it blocks", "warns")
        return self


class Bounds(Entry):
    """All bounds: of checks by name, of figures by unit and, before that, by indicator."""

    checks: dict[str, Limit]
    units: dict[str, Ceiling]
    indicators: dict[str, Ceiling]

    def limit(self, check: str) -> Limit:
        """The limit of a check; raises SchemaError where there is none."""
        if check not in self.checks:
            raise mistake(BOUNDS_PATH, f"checks, {check}", "no such entry", f"one; add [checks.{check}] with a reason")
        return self.checks[check]


def load_bounds(path: Path | None = None) -> Bounds:
    """The bounds in the file at `path`, else those of the project. Raises SchemaError for a mistake in the file."""
    return read_toml(path or BOUNDS_PATH, Bounds)
