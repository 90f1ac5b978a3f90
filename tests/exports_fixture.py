"""A small release with everything that formats differ in, and its exports, made once for all tests of a process.

A test module takes it with `pytest_plugins = ("exports_fixture",)` and arguments named `released`, `whole`, `chosen`.
"""

import pytest
from exports_data import CHOSEN, reports
from warehouse_fixtures import Warehouse, built, published

from pipelines.warehouse.export import Exported, export


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The release, as `released.release_path`."""
    warehouse = built(tmp_path_factory.mktemp("released"), *reports())
    published(warehouse)
    return warehouse


@pytest.fixture(scope="session")
def whole(released: Warehouse) -> Exported:
    """The release in every format."""
    return export(released.release_path, released.folder / "exports")


@pytest.fixture(scope="session")
def chosen(released: Warehouse) -> Exported:
    """The tables CHOSEN, which hold what is hard to write, in every format."""
    return export(released.release_path, released.folder / "chosen", tables=CHOSEN)
