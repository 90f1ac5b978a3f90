"""The commands on the list of sites: find lists on sites, and try the lists of the entries that there are."""

import sys
from pathlib import Path

import click

from pipelines.cli.environment import load_settings

FAILED = 1


@click.command()
@click.argument("hosts", metavar="[HOST]...", nargs=-1)
@click.option(
    "--from",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Read hosts from FILE: on each line a host, and if known the code of its division and its name.",
)
def discover(hosts: tuple[str, ...], file: Path | None) -> None:
    """Look for lists of reports on each HOST, and print entries for raw/sources.toml that a person accepts.

    \b
    fazhi discover www.shipu.example
    fazhi discover --from hosts.txt > candidates.toml

    A host gets 40 requests at most, 5 seconds apart. Each entry is switched off, below what a trial of its list found.
    """
    settings = load_settings()

    from pipelines.ingest.candidate_text import candidate_text
    from pipelines.ingest.discover import discover as look_at
    from pipelines.ingest.discovery_targets import targets_of

    targets = targets_of(hosts, file)
    if sys.stderr.isatty():
        click.echo(f"fazhi: looks at {len(targets)} hosts, each for some minutes", err=True)
    is_found, silent = False, list[str]()
    for found in look_at(settings, targets):
        is_found |= any(one.reports for one in found.candidates)
        if found.is_reached:
            click.echo(candidate_text(found))
        else:
            silent.append(candidate_text(found))
    for text in silent:  # which end in one line where no host answers
        click.echo(text)
    if not is_found:
        raise SystemExit(FAILED)


@click.group()
def sources() -> None:
    """The sites that raw/sources.toml describes."""


@sources.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--raw", metavar="DIR", help="Folder with sources.toml.  [default: raw/]")
def check(names: tuple[str, ...], raw: str | None) -> None:
    """Try the list of each site that is switched on, or of each SOURCE, and say what is broken.

    \b
    fazhi sources check
    fazhi sources check shipu

    Only lists are read, and nothing is written. The exit code is 1 if a list is broken.
    """
    settings = load_settings("raw", raw=raw)

    from pipelines.cli import output as show
    from pipelines.ingest.list_trial import try_lists
    from pipelines.ingest.sources import SourcesError, choose, load_sources

    chosen = choose(load_sources(settings.sources_path), names, also_off=True)
    if not chosen:
        raise SourcesError(
            f"no source is switched on in {settings.sources_path}; name one, or see docs/fetching.md on how to add one"
        )
    out, broken, rows, lines = show.console(), 0, [], []
    for tried in try_lists(settings, chosen):
        broken += bool(tried.problems)
        state = "broken" if tried.problems else "in order"
        rows.append((tried.source.id, tried.pages, tried.listed, len(tried.wanted), tried.span, state))
        lines += [f"{tried.source.id}: {problem}" for problem in tried.problems]
    out.print(show.table(("source", "list pages", "links", "wanted", "dates", "list"), rows))
    for line in lines:
        out.print(show.visible(line), soft_wrap=True)
    if broken:
        raise SystemExit(FAILED)
