"""Who works for the steps, as the settings say, and what decides what they read and write."""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pipelines.build.cluster import Cluster
from pipelines.build.workers import WorkerSettings
from pipelines.paths import COUNTY_CHANGES, DIVISION_CHANGES, DIVISIONS, PACKAGE_DIR, REFERENCE_DIR
from pipelines.settings import Settings
from pipelines.versions import ENGINE_VERSION, IDENTIFIER_VERSION, READER_VERSION

_PACKAGES = ("polars", "regex", "opencc", "rensa", "pypdfium2", "selectolax", "lxml", "rapidocr", "onnxruntime")
# Rooms whose code decides what is read, and what is written of it.
_ROOMS = ("read", "identify", "extract", "numerals", "codebook", "build", "stage")


def worker_settings(settings: Settings, *needs: Path) -> WorkerSettings:
    """Who works for a step whose work reads from the folders `needs`; from none where all comes with the batch."""
    return WorkerSettings(settings.processes, settings.batch_seconds, cluster_of(settings), needs)


def cluster_of(settings: Settings) -> Cluster | None:
    """The cluster that the settings name."""
    return Cluster(settings.cluster, settings.warehouse_dir, fingerprint) if settings.cluster else None


@cache
def fingerprint() -> Mapping[str, str]:
    """All that decides what this process reads and writes: versions and hashes by name, taken once a process.

    Two processes with the same fingerprint give the same rows for the same batch.
    """
    # only a cluster asks, and this is slow to import
    from pipelines.codebook.load import load_codebook

    register = [REFERENCE_DIR / name for name in (DIVISIONS, DIVISION_CHANGES, COUNTY_CHANGES)]
    return {
        "reader": READER_VERSION,
        "identifier": IDENTIFIER_VERSION,
        "engine": ENGINE_VERSION,
        "codebook": load_codebook().version,
        "register": _hash(register),
        "code": _hash(path for room in _ROOMS for path in sorted((PACKAGE_DIR / room).rglob("*.py"))),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: _version(name) for name in _PACKAGES},
        "models": _models(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _models() -> str:
    """A hash of the models that read scans."""
    found = find_spec("rapidocr")
    folder = Path(found.origin).parent / "models" if found and found.origin else None
    return _hash(sorted(folder.glob("*.onnx"))) if folder else "none"


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()[:16]
