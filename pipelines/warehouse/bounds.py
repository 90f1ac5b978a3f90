"""The bounds of `bounds.toml`: from where on a figure or a share is odd, and from where on nothing is published.

Reading and checking the file belongs here; what is held against the bounds is written in `pipelines.warehouse.checks`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import FazhiError

BOUNDS_PATH = Path(__file__).with_name("bounds.toml")
SECTIONS = ("checks", "units", "indicators")


class BoundsError(FazhiError):
    """The file of bounds cannot be used; the message names the entry, what it holds, and what was expected."""


@dataclass(frozen=True)
class Ceiling:
    """The largest figure that a single township can state, and why."""

    most: float
    reason: str


@dataclass(frozen=True)
class Limit:
    """What a check measures is odd above `warns` and blocks above `blocks`; None where it never is or does.

    A share blocks only where it is one `of_at_least` so many. `parameters` are numbers that the check's SQL asks for.
    """

    reason: str
    warns: float | None = None
    blocks: float | None = None
    of_at_least: float = 0
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """All bounds: of checks by name, of figures by unit and, before that, by indicator."""

    checks: Mapping[str, Limit]
    units: Mapping[str, Ceiling]
    indicators: Mapping[str, Ceiling]

    def limit(self, check: str) -> Limit:
        """The limit of a check; raises BoundsError where there is none."""
        if check not in self.checks:
            raise BoundsError(f"{BOUNDS_PATH.name} says nothing of the check {check}; add [checks.{check}]")
        return self.checks[check]


def load_bounds(path: Path = BOUNDS_PATH) -> Bounds:
    """The bounds as the file at `path` states them; raises BoundsError for an entry that is not well-formed."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BoundsError(f"{path} cannot be read: {error}; correct the file") from error
    if set(content) != set(SECTIONS):
        raise BoundsError(f"{path} holds {sorted(content)}, expected the sections {', '.join(SECTIONS)}")
    return Bounds(
        checks={name: _limit(f"checks.{name}", entry) for name, entry in content["checks"].items()},
        units={name: _ceiling(f"units.{name}", entry) for name, entry in content["units"].items()},
        indicators={name: _ceiling(f"indicators.{name}", entry) for name, entry in content["indicators"].items()},
    )


def _limit(where: str, entry: Any) -> Limit:
    reason, numbers = _reason_and_numbers(where, entry)
    if not {"warns", "blocks"} & set(numbers):
        raise BoundsError(f"{where} has neither warns nor blocks; give at least one of them")
    warns, blocks = numbers.pop("warns", None), numbers.pop("blocks", None)
    if warns is not None and blocks is not None and warns > blocks:
        raise BoundsError(f"{where} warns above {warns:g} and blocks above {blocks:g}; it must warn before it blocks")
    return Limit(reason, warns, blocks, numbers.pop("of_at_least", 0), numbers)


def _ceiling(where: str, entry: Any) -> Ceiling:
    reason, numbers = _reason_and_numbers(where, entry)
    if set(numbers) != {"most"} or numbers["most"] <= 0:
        raise BoundsError(f"{where} holds {numbers}, expected `most`, a number above 0, and a reason")
    return Ceiling(numbers["most"], reason)


def _reason_and_numbers(where: str, entry: Any) -> tuple[str, dict[str, float]]:
    values = dict(entry) if isinstance(entry, dict) else {}
    reason = values.pop("reason", "")
    if not isinstance(reason, str) or not reason.strip():
        raise BoundsError(f"{where} has no reason; say why the bound lies where it does")
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BoundsError(f"{where}: {name} is {value!r}, expected a number")
    return reason, values
