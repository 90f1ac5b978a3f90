"""A sparkline: the figures of a unit as a line over the middle half of its county, as points of an SVG."""

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 96, 24
_EDGE = 3  # room for a dot


def sparkline(values: Sequence[float | None], quartiles: Sequence[Sequence[float] | None]) -> dict[str, Any] | None:
    """Points for a template, by year. `lines` and `bands` (polygons of the middle half) break where one is missing.

    None where fewer than two years have a figure: there is nothing to compare.
    """
    stated = [value for value in values if value is not None]
    if len(stated) < 2:
        return None
    # The scale is the unit's own with what fits of the county's, so that one giant county does not flatten the line.
    every = stated + [bound for middle in quartiles if middle for bound in (middle[0], middle[2])]
    least, most = min(every), max(every)
    across = [_EDGE + place * (WIDTH - 2 * _EDGE) / max(len(values) - 1, 1) for place in range(len(values))]

    def up(value: float) -> float:
        share = (value - least) / (most - least) if most > least else 0.5
        return round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)

    lines = [" ".join(f"{across[at]:.1f},{up(value)}" for at, value in run) for run in _runs(values) if len(run) > 1]
    bands = [
        " ".join(
            [f"{across[at]:.1f},{up(middle[0])}" for at, middle in run]
            + [f"{across[at]:.1f},{up(middle[2])}" for at, middle in reversed(run)]
        )
        for run in _runs(quartiles)
        if len(run) > 1
    ]
    dots = [(round(across[at], 1), up(value)) for at, value in enumerate(values) if value is not None]
    return {"width": WIDTH, "height": HEIGHT, "lines": lines, "dots": dots, "bands": bands}


def _runs(values: Sequence[Any]) -> list[list[tuple[int, Any]]]:
    """The stretches without a gap, each value with its place."""
    runs: list[list[tuple[int, Any]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]
