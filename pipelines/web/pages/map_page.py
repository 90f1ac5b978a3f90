"""The page of the map: where the boundaries come from. As JSON it is the boundaries themselves, which charts draw."""

from pipelines.web.county_map import MAP, read_map
from pipelines.web.page_view import Asked, Content, NotFoundError


def view(asked: Asked) -> Content:
    """The boundaries of the counties as the text of a GeoJSON. Raises NotFoundError where the warehouse has none."""
    found = read_map(asked.settings.warehouse_dir / MAP)
    if found is None:
        raise NotFoundError(f"{asked.settings.warehouse_dir / MAP} is not there; `fazhi map --geojson FILE` writes it")
    return {"boundaries": found[0], "n_counties": found[1]}
