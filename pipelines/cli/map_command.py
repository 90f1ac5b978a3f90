"""The command `fazhi map`: boundaries for the maps of the workbench."""

from pathlib import Path

import click

from pipelines.cli.environment import load_settings


@click.command("map")
@click.option(
    "--geojson",
    metavar="PATH",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="A GeoJSON of counties with `adcode`, or a folder of CODE.geojson files.",
)
@click.option("--warehouse", metavar="DIR", help="Folder that the boundaries are written to.  [default: warehouse/]")
def maps(geojson: Path, warehouse: str | None) -> None:
    """Take the boundaries of counties for the maps of the workbench; none come with the project."""
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.web.county_map import MAP, write_map

    target = settings.warehouse_dir / MAP
    n_counties = write_map(geojson, target)
    click.echo(f"{n_counties:,} counties in {target}. To publish a map of China has legal requirements.")
