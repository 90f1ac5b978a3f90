"""Boundaries of counties: taken from a GeoJSON of the user's own, made small, kept in the warehouse, checked when read.

No boundaries come with the project. Points are moved to a grid, so that neighbours keep one border between them.
"""

import json
import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipelines.build.atomic import atomic_write
from pipelines.errors import FazhiError

MAP = "map.geojson"
_GRID = 0.05  # degrees, about 5 km: a county is a centimetre on the page
_WEST, _SOUTH, _EAST, _NORTH = 70.0, 0.0, 140.0, 60.0
_MOST_BYTES = 20_000_000
_WITHOUT_COUNTIES = ("441900", "442000", "460400")  # 东莞, 中山 and 儋州: prefectures that are their own county

Ring = list[list[float]]


class MapError(FazhiError):
    """Boundaries cannot be used. The message says which file, what was found and what was expected."""


def write_map(source: Path, target: Path) -> int:
    """Write the counties of `source` to `target`; returns how many there are.

    `source` is a GeoJSON whose features have an `adcode` of 6 digits, in degrees, or a folder of files that are named
    by it, such as `330225.geojson`. Provinces and prefectures are left out. Raises MapError.
    """
    counties: dict[str, list[list[Ring]]] = {}
    for code, geometry, where in _geometries(source):
        polygons = _polygons(geometry, where)
        counties.setdefault(code, []).extend(_smaller(polygons))
    if not counties:
        raise MapError(f"{source}: found no county; expected features with an `adcode` of 6 digits, such as 330225")
    features = [
        {
            "type": "Feature",
            "properties": {"adcode": code},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        }
        for code, polygons in sorted(counties.items())
    ]
    with atomic_write(target) as temporary:
        temporary.write_text(_text(features), encoding="ascii")
    return len(features)


def read_map(path: Path) -> tuple[str, int] | None:
    """The boundaries in a warehouse and how many counties they have; None where there are none.

    They are the text of a GeoJSON that holds nothing but codes (`name`) and points. Raises MapError for a file that
    `write_map` did not write.
    """
    try:
        stat = path.stat()
    except OSError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, _mtime: int, size: int) -> tuple[str, int]:
    if size > _MOST_BYTES:
        raise MapError(f"{path}: has {size:,} bytes, expected {_MOST_BYTES:,} at most; write it with `fazhi map`")
    features = [
        {
            "type": "Feature",
            "properties": {"name": code},
            "geometry": {"type": "MultiPolygon", "coordinates": _polygons(geometry, where)},
        }
        for code, geometry, where in _features(_json(path), path)
    ]
    return _text(features), len(features)


def _text(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))


def _geometries(source: Path) -> Iterator[tuple[str, Any, str]]:
    if not source.is_dir():
        yield from _features(_json(source), source)
        return
    for path in sorted(source.glob("*.geojson")):
        if _is_county(path.stem):
            content = _json(path)
            yield path.stem, content.get("geometry", content) if isinstance(content, dict) else content, str(path)


def _features(content: Any, path: Path) -> Iterator[tuple[str, Any, str]]:
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise MapError(f"{path}: found no list `features`; expected a GeoJSON FeatureCollection")
    for at, feature in enumerate(features):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = str((properties or {}).get("adcode", "")) if isinstance(properties, dict) else ""
        if _is_county(code):
            yield code, feature.get("geometry"), f"{path}, feature {at} ({code})"


def _is_county(code: str) -> bool:
    is_code = len(code) == 6 and code.isascii() and code.isdigit()
    return is_code and (not code.endswith("00") or code in _WITHOUT_COUNTIES)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise MapError(f"{path}: cannot be read as JSON ({error})") from error


def _polygons(geometry: Any, where: str) -> list[list[Ring]]:
    """The polygons of a geometry, each a list of rings of [longitude, latitude] in degrees."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise MapError(f"{where}: found a geometry of the type {str(kind)[:40]!r}; expected Polygon or MultiPolygon")
    coordinates = geometry.get("coordinates")
    try:
        polygons = [coordinates] if kind == "Polygon" else coordinates
        found = [[[[float(point[0]), float(point[1])] for point in ring] for ring in one] for one in polygons]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise MapError(f"{where}: found coordinates that are no rings of points") from error
    for longitude, latitude in (point for one in found for ring in one for point in ring):
        if not (_WEST <= longitude <= _EAST and _SOUTH <= latitude <= _NORTH):
            raise MapError(
                f"{where}: found the point {longitude}, {latitude}; expected degrees east and north, in China"
            )
    return found


def _smaller(polygons: list[list[Ring]]) -> list[list[Ring]]:
    """The polygons on the grid. Rings that fall together are left out; a county that is smaller stays as it is."""
    small = [[ring for ring in map(_on_grid, polygon) if len(ring) > 3] for polygon in polygons]
    return [polygon for polygon in small if polygon] or polygons


def _on_grid(ring: Ring) -> Ring:
    """Points on the grid, without those that repeat or lie on the straight line between their neighbours."""
    points: Ring = []
    for place in ring:
        point = [round(round(value / _GRID) * _GRID, 2) for value in place]
        if not points or point != points[-1]:
            points.append(point)
    kept = points[:1]
    for point, following in pairwise([*points[1:], *points[1:2]]):
        before = math.atan2(point[1] - kept[-1][1], point[0] - kept[-1][0])
        after = math.atan2(following[1] - point[1], following[0] - point[0])
        if point != kept[-1] and abs(before - after) > 1e-6:
            kept.append(point)
    return kept if kept[:1] == kept[-1:] else [*kept, kept[0]]
