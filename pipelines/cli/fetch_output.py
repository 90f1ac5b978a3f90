"""The output of `fazhi fetch`: a bar for each source while it is read, and the report at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.cli.output import table
from pipelines.ingest.source_run import Listener
from pipelines.ingest.sources import Source
from pipelines.ingest.tally import COLUMNS, Tally


@contextmanager
def fetch_progress(out: Console, sources: Sequence[Source]) -> Iterator[Listener]:
    """A listener that shows how far each source is: a bar for each on a terminal, nothing elsewhere."""
    if not out.is_terminal:
        yield lambda source_id, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as bars:
        tasks = {source.id: bars.add_task(source.id, total=None) for source in sources}
        yield lambda source_id, done, total: bars.update(tasks[source_id], completed=done, total=total)


def report(out: Console, tallies: Sequence[Tally]) -> None:
    """Show the counts of each source, then why an address was refused or failed and why a source stopped."""
    out.print(table(COLUMNS, [tally.row() for tally in tallies]))
    for tally in tallies:
        for line in (*tally.verdicts(), *tally.notes, *tally.reasons()):
            out.print(f"{tally.source.id}: {line}", soft_wrap=True)


def links(out: Console, tallies: Sequence[Tally]) -> None:
    """Show the addresses that a run without --dry-run would request."""
    rows = [(tally.source.id, link.listed_on, link.title, link.url) for tally in tallies for link in tally.links]
    out.print(table(("source", "date", "title", "address"), rows))
