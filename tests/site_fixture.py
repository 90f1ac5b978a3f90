"""The fake site as fixtures: `site` is the server, `bench` has a raw folder to fetch it into.

A test module takes them with `pytest_plugins = ("site_fixture",)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_site import CONTACT, Bench, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def bench(site: Site, tmp_path: Path) -> Bench:
    environ = {"FAZHI_CONTACT": CONTACT, "FAZHI_FETCH_PRIVATE": "1", "FAZHI_MAX_BYTES": "1000000"}
    (tmp_path / "raw").mkdir()
    return Bench(site, tmp_path / "raw", environ)
