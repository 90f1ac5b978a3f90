"""Which report of another unit is nearest to each report, by their sketches (locality-sensitive hashing).

A sketch is cut into bands of a few numbers. Two reports are compared where they agree in a whole band: nine of ten do
that have half of their 20-grams in common, and hardly any that have a twentieth in common. Reports that all agree in
one band are compared with their neighbours only, in an order that puts equal sketches side by side. So the work grows
with the number of reports, not with its square.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

BAND = 3  # numbers
NEIGHBOURS = 16  # more than the reports of one unit, which stand side by side when a unit copies itself every year
_AT_ONCE = 4_000  # reports whose sketches lie in the processor's cache, where each is compared many times

Numbers = npt.NDArray[np.int64]
Sketches = npt.NDArray[np.uint32]
Bands = npt.NDArray[np.uint64]


def nearest_of_other_units(reports: pl.DataFrame) -> pl.Series:
    """The position of the nearest report of another unit for each row; null where none was found.

    reports: township_code, is_canonical (only such a report is found) and sketch, sorted by report_id: of equally near
    ones the first is taken.
    """
    sketches = reports["sketch"].to_numpy()
    units = reports["township_code"].rank("dense").to_numpy().astype(np.int64)
    is_canonical = reports["is_canonical"].to_numpy()
    nearest = np.full(reports.height, -1, dtype=np.int64)
    equal = np.zeros(reports.height, dtype=np.int64)  # places in which the nearest so far agrees
    for left, right, agreeing in _compared(sketches, units):
        for own, other in ((left, right), (right, left)):
            is_nearer = is_canonical[other] & (
                (agreeing > equal[own]) | ((agreeing == equal[own]) & (other < nearest[own]))
            )
            nearest[own[is_nearer]] = other[is_nearer]
            equal[own[is_nearer]] = agreeing[is_nearer]
    return pl.Series("nearest", nearest).replace(-1, None)


def _compared(sketches: Sketches, units: Numbers) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Positions of reports of different units that agree in a band, and in how many places their sketches agree.

    No report stands twice on one side of the pairs that come together.
    """
    for first in range(0, sketches.shape[1] if len(sketches) else 0, BAND):
        band = np.zeros(len(sketches), dtype=np.uint64)
        for number in sketches[:, first : first + BAND].T:
            band = (band ^ number) * np.uint64(
                0x9E3779B97F4A7C15
            )  # equal bands stay equal, others hardly ever become so
            band ^= band >> np.uint64(32)
        following = (first + BAND) % sketches.shape[1]
        order = np.lexsort((units, sketches[:, following], band))
        for start in range(0, len(order), _AT_ONCE):
            here = order[start : start + _AT_ONCE + NEIGHBOURS]
            for at, distance, agreeing in _neighbours(sketches[here], band[here], units[here]):
                yield here[at], here[at + distance], agreeing


def _neighbours(sketches: Sketches, bands: Bands, units: Numbers) -> Iterator[tuple[Numbers, int, Numbers]]:
    """Of rows in their order: which have one of another unit in their band so far behind, and how alike the two are."""
    for distance in range(1, NEIGHBOURS + 1):
        count = min(_AT_ONCE, len(bands) - distance)
        is_equal = bands[:count] == bands[distance : distance + count] if count > 0 else np.zeros(0, dtype=bool)
        if not is_equal.any():
            return
        at = np.flatnonzero(is_equal & (units[:count] != units[distance : distance + count]))
        yield at, distance, np.count_nonzero(sketches[at] == sketches[at + distance], axis=1)
