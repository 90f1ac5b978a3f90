"""The boundaries of counties in a warehouse: their file, checked once for each version of it, and how it is served.

No boundaries come with the project; `pipelines.web.map_making` takes them from elsewhere. The file is a GeoJSON that
any program for maps opens: each feature has the `adcode` of its county and is in degrees.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.errors import FazhiError
from pipelines.settings import Settings
from pipelines.web.page_view import NotFoundError

MAP = "map.geojson"
ADDRESS = f"/{MAP}"
_WEST, _SOUTH, _EAST, _NORTH = 70.0, 0.0, 140.0, 60.0
_MOST_BYTES = 20_000_000
_LONGEST = 200  # characters of what a file says of its source
# Codes of prefectures that are drawn like counties: 东莞, 中山, 儋州 and 嘉峪关, which have none, and 台湾.
_WITHOUT_COUNTIES = frozenset({"441900", "442000", "460400", "620200", "710000"})

Ring = NDArray[np.float64]  # points in rows: degrees east, degrees north


class MapError(FazhiError):
    """Boundaries cannot be used. The message says which file, what was found and what was expected."""


@dataclass(frozen=True)
class CountyMap:
    """The boundaries of a warehouse: the file as it is and packed, its mark, its counties, and where they come from."""

    content: bytes
    packed: bytes
    etag: str
    codes: frozenset[str]
    source: str


def read_map(path: Path) -> CountyMap | None:
    """The boundaries in the file `path`; None where it is not there.

    Raises MapError for a file that `write_map` did not write.
    """
    try:
        stat = path.stat()
    except OSError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size)


def map_route(settings: Settings) -> Route:
    """The route of the boundaries: the file itself, which a browser keeps until there is another."""

    def answer(request: Request) -> Response:
        path = settings.warehouse_dir / MAP
        found = read_map(path)
        if found is None:
            raise NotFoundError(f"{path} is not there; `fazhi map` writes it")
        headers = {"etag": found.etag, "cache-control": "no-cache", "vary": "Accept-Encoding"}
        if found.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = found.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            content, headers["content-encoding"] = found.packed, "gzip"
        return Response(content, media_type="application/geo+json", headers=headers)

    return Route(ADDRESS, answer)


@lru_cache(maxsize=2)
def _read(path: Path, _mtime: int, size: int) -> CountyMap:
    if size > _MOST_BYTES:
        raise MapError(f"{path}: has {size:,} bytes, expected {_MOST_BYTES:,} at most; write it with `fazhi map`")
    content, parsed = read_json(path)
    codes = set()
    for code, geometry, where in features(parsed, path):
        polygons(geometry, where)
        codes.add(code)
    mark = hashlib.sha256(content).hexdigest()[:16]
    source = str(parsed.get("source") or "")[:_LONGEST]
    return CountyMap(content, gzip.compress(content, 6), f'W/"{mark}"', frozenset(codes), source)


def read_json(path: Path) -> tuple[bytes, Any]:
    """The bytes of a file, and what they are as JSON. Raises MapError where they are none."""
    try:
        content = path.read_bytes()
        return content, json.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise MapError(f"{path}: cannot be read as JSON ({error})") from error


def features(content: Any, path: Path) -> Iterator[tuple[str, Any, str]]:
    """The counties of a GeoJSON: code, geometry, and where it stands. Raises MapError where it is no such file."""
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list):
        raise MapError(f"{path}: found no list `features`; expected a GeoJSON FeatureCollection")
    for at, feature in enumerate(found):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = str(properties.get("adcode", "")) if isinstance(properties, dict) else ""
        if is_county(code):
            yield code, feature.get("geometry"), f"{path}, feature {at} ({code})"


def is_county(code: str) -> bool:
    """Whether a code has 6 digits and is drawn as a county: not as a province, not as a prefecture that has some."""
    is_code = len(code) == 6 and code.isascii() and code.isdigit()
    return is_code and (not code.endswith("00") or code in _WITHOUT_COUNTIES)


def polygons(geometry: Any, where: str) -> list[list[Ring]]:
    """The polygons of a geometry, each a list of rings. Raises MapError for what is none, or not in China."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise MapError(f"{where}: found a geometry of the type {str(kind)[:40]!r}; expected Polygon or MultiPolygon")
    coordinates = geometry.get("coordinates")
    try:
        given = [coordinates] if kind == "Polygon" else coordinates
        found = [[_ring(points) for points in polygon] for polygon in given]
        if not found or not all(found):
            raise ValueError("no rings")
    except (TypeError, ValueError) as error:
        raise MapError(f"{where}: found coordinates that are no rings of points") from error
    for east, north in (ring.T for polygon in found for ring in polygon):
        is_inside = (east >= _WEST) & (east <= _EAST) & (north >= _SOUTH) & (north <= _NORTH)
        if not is_inside.all():
            at = int(np.argmin(is_inside))
            raise MapError(
                f"{where}: found the point {east[at]}, {north[at]}; expected degrees east and north, in China"
            )
    return found


def _ring(points: Any) -> Ring:
    """Points of two numbers, of which further ones (heights) are left out. Raises ValueError for anything else."""
    ring = np.asarray(points, dtype=np.float64)
    if ring.ndim != 2 or ring.shape[1] < 2:
        raise ValueError(f"expected points of two numbers, found an array of the shape {ring.shape}")
    return ring[:, :2]
