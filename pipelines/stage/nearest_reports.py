"""Which report of another unit is nearest to each report, by their sketches (locality-sensitive hashing).

A sketch is cut into bands of a few numbers. Two reports are compared where they agree in a whole band: nine of ten do
that have half of their 20-grams in common, and hardly any that have a twentieth in common. Reports that all agree in
one band are compared with their neighbours only, in an order that puts equal sketches side by side. So the work grows
with the number of reports, not with its square.

A report that comes or goes changes the neighbours of few others. Where the reports of an earlier time are known, only
those few are compared again, and the result is the same.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

BAND = 3  # numbers
NEIGHBOURS = 16  # more than the reports of one unit, which stand side by side when a unit copies itself every year
STATE = ("report_id", "township_code", "is_canonical", "text_key")  # the text_key names all that a sketch is made from
_AT_ONCE = 4_000  # reports whose sketches lie in the processor's cache, where each is compared many times
_FEW = 0.02  # share of the reports; where more are to be compared again, it is as quick to compare all

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
Agreeing = npt.NDArray[np.uint8]  # in how many places two sketches agree


class _Reports(NamedTuple):
    """Reports in the order of report_id, a place in each array for each."""

    sketches: npt.NDArray[np.uint32]
    keys: Keys  # a row for each band
    units: Positions
    is_canonical: Flags


class _Nearest(NamedTuple):
    """The position of the nearest report so far (-1: none), and in how many places of the sketches the two agree."""

    position: Positions
    agreeing: Agreeing


def nearest_of_other_units(reports: pl.DataFrame, before: pl.LazyFrame | None = None, threads: int = 1) -> pl.Series:
    """The report_id of the nearest report of another unit for each row; null where none was found.

    reports: report_id, township_code, is_canonical (only such a report is found), text_key and sketch, sorted by
    report_id: of equally near ones the first is taken. before: the reports of an earlier time, with the same columns
    and nearest_report_id as it was then. text_key: another one wherever the sketch may be another one.
    """
    arrays = _arrays(reports)
    again = np.ones(reports.height, dtype=bool) if before is None else _to_compare(reports, arrays, before, threads)
    found = _search(arrays, again, threads)
    nearest = reports["report_id"].gather(pl.Series(found).replace(-1, None))
    if before is not None and not again.all():
        known = before.select("report_id", "nearest_report_id").collect()
        known = reports.select("report_id").join(known, on="report_id", how="left", maintain_order="left")
        nearest = nearest.zip_with(pl.Series(again), known["nearest_report_id"])
    return nearest.alias("nearest_report_id")


def _to_compare(reports: pl.DataFrame, arrays: _Reports, before: pl.LazyFrame, threads: int) -> Flags:
    """Which reports may have another nearest one than before: what is new, and what stood or stands close to a change.

    What is new, what is gone and both states of what changed are put in one order with all others. Between a report and
    the change that is closest to it there are only reports that did not change. So one whose neighbours are others than
    before is a neighbour of a change in this order.
    """
    now, then = reports.select(STATE), before.select(STATE).collect()
    new, gone = (one.join(other, on=STATE, how="anti")["report_id"] for one, other in ((now, then), (then, now)))
    if not len(new) + len(gone):
        return np.zeros(reports.height, dtype=bool)
    if len(new) + len(gone) > _FEW * reports.height:
        return np.ones(reports.height, dtype=bool)
    states, ordered = reports, arrays
    if len(gone):
        parts = (reports, before.filter(pl.col("report_id").is_in(gone.implode())).collect())
        both = pl.concat(part.select(*STATE, "sketch") for part in parts)
        states = both[both["report_id"].arg_sort()]
        ordered = _arrays(states)
    is_changed = states["report_id"].is_in(pl.concat([new, gone]).implode()).to_numpy()
    close = np.zeros(states.height, dtype=bool)
    with ThreadPoolExecutor(threads) as pool:
        for order in pool.map(partial(_in_order, ordered, is_changed), range(len(ordered.keys))):
            close[order] = True
    touched = states["report_id"].filter(pl.Series(close))
    again = reports["report_id"].is_in(touched.implode()).to_numpy()
    return again if again.mean() <= _FEW else np.ones_like(again)


def _arrays(reports: pl.DataFrame) -> _Reports:
    sketches = reports["sketch"].to_numpy()
    units = reports["township_code"].rank("dense").to_numpy().astype(np.int64)
    return _Reports(sketches, _keys(sketches), units, reports["is_canonical"].to_numpy())


def _keys(sketches: npt.NDArray[np.uint32]) -> Keys:
    """A number for each band and report: equal where the bands are equal, and hardly ever elsewhere."""
    keys = np.zeros((sketches.shape[1] // BAND, len(sketches)), dtype=np.uint64)
    for start in range(0, len(sketches), _AT_ONCE):
        bands = sketches[start : start + _AT_ONCE].reshape(-1, len(keys), BAND)
        part = np.zeros(bands.shape[:2], dtype=np.uint64)
        for place in range(BAND):
            part = (part ^ bands[:, :, place]) * np.uint64(0x9E3779B97F4A7C15)
            part ^= part >> np.uint64(32)
        keys[:, start : start + _AT_ONCE] = part.T
    return keys


def _search(reports: _Reports, wanted: Flags, threads: int) -> Positions:
    """The position of the nearest report of another unit for each that is wanted; -1 where there is none."""
    if not wanted.any():
        return np.full(len(wanted), -1)
    bands = range(len(reports.keys))
    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(partial(_nearest_in, reports, wanted), [bands[n::threads] for n in range(threads)])
        nearest = next(found)
        for other in found:
            _take(nearest, np.arange(len(wanted)), other.position, other.agreeing)
    return nearest.position


def _nearest_in(reports: _Reports, wanted: Flags, bands: Sequence[int]) -> _Nearest:
    """The nearest of those that agree with a report in one of these bands."""
    nearest = _Nearest(np.full(len(wanted), -1), np.zeros(len(wanted), dtype=np.uint8))
    for band in bands:
        for left, right, agreeing in _compared(reports, wanted, band):
            for own, other in ((left, right), (right, left)):
                counts = wanted[own] & reports.is_canonical[other]
                _take(nearest, own[counts], other[counts], agreeing[counts])
    return nearest


def _take(nearest: _Nearest, own: Positions, other: Positions, agreeing: Agreeing) -> None:
    """Put the others in the place of what is less near, or as near and later. Each report stands once in `own`."""
    so_far = nearest.agreeing[own]
    is_nearer = (agreeing > so_far) | ((agreeing == so_far) & (agreeing > 0) & (other < nearest.position[own]))
    nearest.position[own[is_nearer]] = other[is_nearer]
    nearest.agreeing[own[is_nearer]] = agreeing[is_nearer]


def _compared(reports: _Reports, wanted: Flags, band: int) -> Iterator[tuple[Positions, Positions, Agreeing]]:
    """Positions of reports of different units that agree in a band, and in how many places their sketches agree.

    No report stands twice on one side of the pairs that come together.
    """
    order, keys = _in_order(reports, wanted, band), reports.keys[band]
    for start in range(0, len(order), _AT_ONCE):
        here = order[start : start + _AT_ONCE + NEIGHBOURS]
        sketches, units, own_keys = reports.sketches[here], reports.units[here], keys[here]
        for distance in range(1, NEIGHBOURS + 1):
            count = min(_AT_ONCE, len(here) - distance)
            is_equal = own_keys[: max(count, 0)] == own_keys[distance : distance + count]
            if not is_equal.any():
                break
            at = np.flatnonzero(is_equal & (units[:count] != units[distance : distance + count]))
            agreeing = _agreeing(sketches[:count], sketches[distance : distance + count])
            yield here[at], here[at + distance], agreeing[at]


def _in_order(reports: _Reports, wanted: Flags, band: int) -> Positions:
    """The reports to compare in a band, side by side where they agree in it.

    Where not all are wanted, these are the wanted ones and their neighbours.
    """
    keys = reports.keys[band]
    following = reports.sketches[:, (band + 1) * BAND % reports.sketches.shape[1]]
    rows = _sharing(keys) if wanted.all() else _with_key_of(keys, wanted)
    order = rows[np.lexsort((reports.units[rows], following[rows], keys[rows]))]
    if wanted.all():
        return order
    near = np.flatnonzero(wanted[order])[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
    return order[np.unique(near[(near >= 0) & (near < len(order))])]


def _sharing(keys: Keys) -> Positions:
    """Where a key stands that stands elsewhere too."""
    order = np.argsort(keys)
    is_next = keys[order[1:]] == keys[order[:-1]]
    return np.sort(order[np.append(is_next, False) | np.append(False, is_next)])


def _with_key_of(keys: Keys, wanted: Flags) -> Positions:
    """Where one of the keys of the wanted stands."""
    sought = np.unique(keys[wanted])
    place = np.minimum(np.searchsorted(sought, keys), len(sought) - 1)
    return np.flatnonzero(sought[place] == keys)


def _agreeing(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> Agreeing:
    """In how many of their places, fewer than 256, the rows of two equal arrays agree."""
    agreeing: Agreeing = np.add.reduce((left == right).view(np.uint8), axis=1, dtype=np.uint8)
    return agreeing
