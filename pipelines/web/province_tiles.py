"""The tile grid of provinces: `sql/pages/province_tiles.toml` says where each stands."""

from functools import cache
from typing import Annotated

from pydantic import Field, RootModel

from pipelines.build.toml_file import Entry, Text, read_toml
from pipelines.web.page_queries import PAGES_DIR

TILES = PAGES_DIR / "province_tiles.toml"
Place = Annotated[int, Field(ge=0, le=20, description="a whole number from 0 to 20")]


class ProvinceTile(Entry):
    """A province on the grid: column `x` from the west, row `y` from the north, and its short name."""

    x: Place
    y: Place
    zh: Text
    en: Text


class TileFile(RootModel[Annotated[dict[str, ProvinceTile], Field(min_length=1)]]):
    """Every province by its 6-digit code."""


@cache
def province_tiles() -> dict[str, ProvinceTile]:
    """Province code -> tile. Raises SchemaError where the file is not in its form."""
    return read_toml(TILES, TileFile).root
