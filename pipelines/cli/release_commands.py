"""The commands on releases: ask the current one, export and publish it, list the kept ones, go back, compare two."""

import sys
from collections import Counter
from pathlib import Path

import click

from pipelines.cli.environment import load_settings
from pipelines.settings import EXPORT_FORMATS

SHOWN_ROWS = 50  # of a result for people, unless --limit or --all says otherwise


@click.command()
@click.argument("query")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "record", "csv", "json"]),
    default="table",
    show_default=True,
    help="record: each row as lines of name and value.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Rows to show.  [default: {SHOWN_ROWS} as table or record, else all]",
)
@click.option("--all", "all_rows", is_flag=True, help="Show all rows.")
@click.option("--warehouse", metavar="DIR", help="Folder with the release.  [default: warehouse/]")
def sql(query: str, form: str, limit: int | None, all_rows: bool, warehouse: str | None) -> None:
    """Ask the current release one SELECT; nothing can be written.

    \b
    fazhi sql "SELECT * FROM dim_report LIMIT 2" --format record
    fazhi sql "SELECT * FROM dim_report" --format csv > reports.csv
    """
    if limit and all_rows:
        raise click.UsageError("--limit and --all contradict each other; give one of them.")
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.cli import result_output as show
    from pipelines.warehouse.query import query as ask

    if limit is None and not all_rows and form in ("table", "record"):
        limit = SHOWN_ROWS
    result = ask(settings.release_path, query, limit, counted=True)
    show.write_rows(result.columns, result.rows, form)
    if result.is_cut:
        there = f" of {result.total:,}" if result.total is not None else ", there are more"
        # what a program reads has nothing but rows
        is_data = form in ("csv", "json")
        click.echo(f"{len(result.rows)} rows are shown{there}; --limit N shows N, --all shows all", err=is_data)


@click.command()
@click.option("--format", "forms", type=click.Choice(EXPORT_FORMATS), multiple=True, help="May be repeated; else all.")
@click.option("--table", "tables", metavar="NAME", multiple=True, help="May be repeated; else what suits the format.")
@click.option("--where", metavar="CONDITION", help="Keep the rows for which this SQL condition is true.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), default="fazhi-export", show_default=True)
@click.option("--warehouse", metavar="DIR", help="Folder with the release.  [default: warehouse/]")
def export(
    forms: tuple[str, ...], tables: tuple[str, ...], where: str | None, out: Path, warehouse: str | None
) -> None:
    """Write the current release, or a part of it, into the folder DIR for other programs."""
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.cli import result_output as show
    from pipelines.warehouse.export import export as write_files

    exported = write_files(settings.release_path, out, forms or settings.export_formats, tables=tables, where=where)
    show.write_rows(("file", "rows", "bytes"), [(f.path, f.rows, f.bytes) for f in exported.files], "table")
    for line in (line for file in exported.files for line in file.left_out):
        click.echo(f"left out of the workbook: {line}", err=True)
    click.echo(f"{'unchanged' if exported.reused else 'written'}: {exported.folder}")


@click.command()
@click.argument("address")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Keep the last N releases there.  [default: FAZHI_RELEASES, else 7]",
)
@click.option("--warehouse", metavar="DIR", help="Folder with the release.  [default: warehouse/]")
def publish(address: str, keep: int | None, warehouse: str | None) -> None:
    """Send the current release to ADDRESS, a bucket or a folder, where readers take it by the file CURRENT.

    Readers see the old release until the new one is there as a whole. After an interruption a second try goes on.
    Keys and endpoint are those of the tools of AWS: AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL and so on.

    \b
    fazhi publish s3://bucket/fazhi
    fazhi publish /mnt/share/fazhi --keep 3
    """
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.build.progress import listening
    from pipelines.cli import output as show
    from pipelines.cli.progress_output import bytes_progress
    from pipelines.warehouse.publish_release import publish_release

    with bytes_progress(show.console(sys.stderr)) as moved, listening(moved):
        done = publish_release(settings, address, keep or settings.keep_releases)
    ways = Counter(done.ways)
    click.echo(
        f"{ways['sent']} files sent ({done.bytes_sent / 1e6:,.1f} MB), {ways['copied']} copied there, "
        f"{ways['there']} there already"
    )
    if done.removed:
        click.echo(f"removed: {', '.join(done.removed)}")
    if done.not_removed:
        click.echo(f"fazhi: older releases stay, as they cannot be removed: {done.not_removed}", err=True)
    now = "still see" if done.before == done.release_id else "now see"
    click.echo(f"readers of {done.address} {now} {done.release_id}")


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--warehouse", metavar="DIR", help="Folder with the releases.  [default: warehouse/]")
def releases(form: str, warehouse: str | None) -> None:
    """List the releases that are kept, the newest first, and which of them readers see."""
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.cli import result_output as show
    from pipelines.warehouse.kept_releases import describe, kept

    current = describe(settings.release_path).release_id
    rows = [
        (r.release_id, r.release_id == current, r.built_at, r.n_accepted, r.n_quarantined, r.n_facts, r.size_bytes)
        for r in kept(settings.releases_dir)
    ]
    columns = ("release_id", "current", "built_at", "accepted", "quarantined", "facts", "bytes")
    show.write_rows(columns, rows, form)


@click.command()
@click.argument("release")
@click.option("--warehouse", metavar="DIR", help="Folder with the releases.  [default: warehouse/]")
def rollback(release: str, warehouse: str | None) -> None:
    """Make RELEASE (an id, the beginning of one, or `previous`) the one that readers see.

    It stays so until a run finds something new to publish.
    """
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.build.run_lock import run_lock
    from pipelines.warehouse.kept_releases import rollback as go_back

    with run_lock(settings.warehouse_dir):
        kept = go_back(settings.release_path, settings.releases_dir, release)
    click.echo(f"readers now see {kept.release_id}, built {kept.built_at:%Y-%m-%d %H:%M} UTC")


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--table", "tables", metavar="NAME", multiple=True, help="May be repeated; else all.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", default=5, show_default=True, help="Rows to show.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--warehouse", metavar="DIR", help="Folder with the releases.  [default: warehouse/]")
def diff(a: str, b: str, tables: tuple[str, ...], limit: int, form: str, warehouse: str | None) -> None:
    """Show what changed from release A to B, by table and cause.

    A and B are release ids or the beginning of one, current, previous, or DuckDB files.
    """
    settings = load_settings("warehouse", warehouse=warehouse)

    from pipelines.cli import diff_output as show_diff
    from pipelines.warehouse.diff import difference
    from pipelines.warehouse.kept_releases import find

    old, new = (find(settings.release_path, settings.releases_dir, name) for name in (a, b))
    found = difference(old, new, tables=tables or None, limit=limit)
    show_diff.write(found, form)
