"""The command `fazhi`: each command parses its arguments, calls the library and shows the result.

Exit codes: 0 done, 1 the run failed, 2 the request cannot be met as it was made, 130 interrupted. For code 2 one line
says what to do: every `FazhiError` ends in `main` as such a line. Each imports what it needs: much is slow to import.
"""

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from pipelines.cli.cluster_commands import scheduler, worker
from pipelines.cli.environment import load_settings, set_up_logging
from pipelines.cli.help_page import MainGroup
from pipelines.cli.release_commands import diff, export, publish, releases, rollback, sql
from pipelines.cli.site_commands import discover, sources
from pipelines.cli.workbench_commands import maps, site, web
from pipelines.errors import FazhiError
from pipelines.settings import Settings

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
SUPERSEDED = "ignore:Function `dev_command`"  # `dg dev` wants a pyproject.toml, which an installed fazhi has not


class Refusal(click.ClickException):
    """The request cannot be met. The message is one line: what was found and what to do."""

    exit_code = REFUSED


@click.group(
    cls=MainGroup,
    invoke_without_command=True,
    commands=[sql, diff, export, publish, releases, rollback, web, site, maps, scheduler, worker, discover, sources],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="fazhi", prog_name="fazhi")
@click.option("-v", "--verbose", is_flag=True, help="Log to stderr what is done; FAZHI_LOG sets the level.")
@click.pass_context
def fazhi(context: click.Context, verbose: bool) -> None:
    """From the rule-of-law reports of Chinese townships to a warehouse in which every figure shows its sentence."""
    set_up_logging(verbose)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@fazhi.command()
@click.option("--raw", metavar="DIR", help="Folder whose files are the reports.  [default: raw/]")
@click.option("--warehouse", metavar="DIR", help="Folder that is built.  [default: warehouse/]")
@click.option("--quiet", is_flag=True, help="Show nothing but the path of the release.")
def run(raw: str | None, warehouse: str | None, quiet: bool) -> None:
    """Build the warehouse from the raw reports; what did not change is not computed again."""
    settings = load_settings("raw", "warehouse", raw=raw, warehouse=warehouse)
    settings.check_folders()

    from pipelines.ingest import early_scan
    from pipelines.warehouse.written_files import check_written_files

    if settings.cluster:
        from pipelines.build.cluster import check_cluster
        from pipelines.stage.worker_settings import cluster_of

        check_cluster(cluster_of(settings))

    with early_scan.scanning(settings.raw_dir, settings.inventory_path):
        check_written_files(settings.sources_path)
        _run(settings, quiet)


def _run(settings: Settings, quiet: bool) -> None:
    from pipelines.build.executor import collect_seldom
    from pipelines.build.kept_objects import lasting
    from pipelines.cli import output as show
    from pipelines.cli.progress_output import run_progress

    out = show.console()
    if out.is_terminal and not quiet:
        out.print(f"reads {settings.raw_dir}, builds {settings.warehouse_dir}", soft_wrap=True)

    collect_seldom()
    with lasting():  # said before these imports, which take seconds: Dagster, and all SQL files
        from pipelines.assets.run_job import Event, StepFailed, Warned, asset_names, run_job
        from pipelines.build.progress import listening
        from pipelines.definitions import defs
        from pipelines.report.summary import summarise

    failures: list[StepFailed] = []
    warnings: list[Warned] = []
    with run_progress(out, lambda: asset_names(defs), quiet) as progress:

        def on_event(event: Event) -> None:
            if isinstance(event, StepFailed):
                failures.append(event)
            elif isinstance(event, Warned):
                warnings.append(event)
            elif progress:
                with suppress(SystemExit):  # rich exits when the pipe is closed; the run goes on without output
                    progress.made(event.asset, event.metadata)

        with listening(progress.progress if progress else lambda step, done, total: None):
            outcome = run_job(defs, settings, on_event)
    for failure in failures:
        click.echo(f"fazhi: {failure.step} failed: {failure.reason}", err=True)
    if not outcome.is_done:
        if outcome.missing:
            click.echo(f"fazhi: not made in this run: {', '.join(outcome.missing)}", err=True)
        raise SystemExit(FAILED)
    if quiet:
        click.echo(str(settings.release_path))
    else:
        show.summary(out, settings.release_path, summarise(settings.release_path))
        show.warnings(out, [(f"{one.asset}.{one.check}", one.text) for one in warnings])


@fazhi.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--raw", metavar="DIR", help="Folder with sources.toml and the archive.  [default: raw/]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Skip what a list dates before this.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Read at most so many pages of each source.")
@click.option("--all", "ask_all", is_flag=True, help="Ask for known pages too that are not due.")
@click.option("--dry-run", is_flag=True, help="Read the lists only, show what would be fetched, write nothing.")
def fetch(
    sources: tuple[str, ...], raw: str | None, since: datetime | None, limit: int | None, ask_all: bool, dry_run: bool
) -> None:
    """Read what is new or due of the sites of sources.toml, or of each SOURCE of them, into the archive raw/fetched."""
    settings = load_settings("raw", raw=raw)

    from pipelines.cli import fetch_output as display
    from pipelines.cli import output as show
    from pipelines.ingest.fetch import fetch as read_sites
    from pipelines.ingest.source_run import FetchOptions
    from pipelines.ingest.sources import choose, load_sources
    from pipelines.read.same_text import text_to_compare

    out = show.console()
    chosen = choose(load_sources(settings.sources_path), sources)
    if not chosen:
        raise Refusal(f"no source is switched on in {settings.sources_path}; docs/fetching.md says how to add one")
    with display.fetch_progress(out, chosen) as listener:
        options = FetchOptions(since.date() if since else None, limit, dry_run, ask_all)
        tallies = read_sites(settings, chosen, options, text_of=text_to_compare, listener=listener)
    if dry_run:
        display.links(out, tallies)
    display.report(out, tallies)
    if any(tally.is_failed for tally in tallies):
        raise SystemExit(FAILED)


@fazhi.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", help="Where the file was found; helps to tell which unit reports.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def extract(file: Path, url: str | None, form: str) -> None:
    """Read one FILE: who reports, on which year, and every fact with its evidence."""
    settings = load_settings()

    from pipelines.build.kept_objects import without_collection

    with without_collection():  # it is done before garbage could weigh
        from pipelines.cli import output as show
        from pipelines.read.document import ReadError
        from pipelines.stage.one_file import examine

        try:
            examined = examine(file, url, settings)
        except ReadError as error:
            raise Refusal(f"{file}: {error.message}") from error
        show.write_examined(examined.identity, examined.facts, form)


@fazhi.command()
@click.argument("gold", type=click.Path(path_type=Path))
@click.option(
    "--errors", is_flag=True, help="List every label that was missed, and every fact or headline that is wrong."
)
@click.option("--indicators", is_flag=True, help="Show precision and recall of each indicator.")
@click.option("--calibrate", is_flag=True, help="Write the codebook's table of confidence by these labels.")
def evaluate(gold: Path, errors: bool, indicators: bool, calibrate: bool) -> None:
    """Read the labelled texts below GOLD and say how much is read right."""
    settings = load_settings()

    from pipelines.cli import output as show
    from pipelines.report.evaluation import evaluate as score
    from pipelines.report.headline_evaluation import evaluate_headlines

    # labels of facts are JSON, labels of headlines are TOML; a folder may hold both
    headlines = evaluate_headlines(gold, settings)
    if not headlines or any(gold.rglob("*.json")):
        scores = score(gold, settings)
        show.scores(show.console(), scores, errors, indicators)
        if calibrate:
            from pipelines.report.calibration import write_confidence

            worth = write_confidence(scores)
            click.echo(f"written: {', '.join(f'{way} {share:.2f}' for way, share in worth.items())}")
    if headlines:
        show.headline_scores(show.console(), headlines, errors)


@fazhi.group()
def codebook() -> None:
    """The rules that say which figures exist and how reports word them."""


@codebook.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Check the codebook in the folder DIR, else every TOML file of the project, and name the first mistake.

    Whether the rules read what their examples say is shown by `make test`.
    """
    from pipelines.codebook.rule_files import read_files
    from pipelines.ingest.presets import presets
    from pipelines.paths import RULES_DIR
    from pipelines.report.chart_files import chart_files
    from pipelines.report.shared_examples import check_shared_examples
    from pipelines.warehouse.model import load_specs
    from pipelines.warehouse.written_files import check_written_files

    if folder is None:
        settings = load_settings()
        check_written_files(settings.sources_path)
        presets()
        load_specs(settings.sql_dir)
        chart_files()

    files = read_files(folder)
    check_shared_examples(files, folder or RULES_DIR)
    rules = sum(len(entry.rule) for _, _, entry in files.entries())
    examples = sum(len(entry.example) + len(entry.counter_example) for entry in files.indicators)
    click.echo(
        f"{len(files.indicators)} indicators, {rules} rules, {len(files.lexicon.concept)} concepts and {examples} "
        f"examples: no mistake found in {folder or RULES_DIR}"
    )


@codebook.command()
@click.argument("texts", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--all", "all_words", is_flag=True, help="Also show the words that decide.")
def words(texts: tuple[Path, ...], all_words: bool) -> None:
    """Show the words of `without` lists that decide nothing in the examples and in the reports below TEXTS."""
    settings = load_settings()

    from pipelines.cli import result_output as show
    from pipelines.codebook.rule_files import read_files
    from pipelines.report.deciding_words import example_texts, texts_below, without_words

    files = read_files()
    found = without_words(files, [*example_texts(files), *texts_below(texts, settings)])
    rows = [(one.rule_id, one.word, one.decides, one.example) for one in found if all_words or not one.decides]
    show.write_rows(("rule", "word", "texts that it decides", "one of them"), rows, "table")
    idle = sum(not one.decides for one in found)
    click.echo(f"{len(found)} words, {idle} of which decide nothing in these texts")


@fazhi.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option("--raw", metavar="DIR", help="Folder whose files are the reports.  [default: raw/]")
@click.option("--warehouse", metavar="DIR", help="Folder that is built.  [default: warehouse/]")
def ui(port: int, raw: str | None, warehouse: str | None) -> None:
    """Open Dagster's UI on the history of the warehouse, with this project loaded."""
    settings = load_settings("raw", "warehouse", raw=raw, warehouse=warehouse)
    settings.check_folders()

    from pipelines.assets.dagster_home import prepare_home, write_code_locations

    prepare_home(settings.dagster_home)
    locations = write_code_locations(settings.dagster_home)
    folders = {"FAZHI_RAW": settings.raw_dir, "FAZHI_WAREHOUSE": settings.warehouse_dir}
    environment = {name: str(path) for name, path in {**folders, "DAGSTER_HOME": settings.dagster_home}.items()}
    click.echo(f"Dagster's UI: http://127.0.0.1:{port} (stop it with Ctrl-C)")
    sys.stdout.flush()
    command = [sys.executable, "-W", SUPERSEDED, "-m", "dagster", "dev", "-w", str(locations), "--port", str(port)]
    os.execve(sys.executable, [*command, "--log-level", "warning"], {**os.environ, **environment})


@fazhi.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes the SHELL complete commands and options: eval "$(fazhi completion bash)"."""
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None  # click knows these three
    click.echo(complete(fazhi, {}, "fazhi", "_FAZHI_COMPLETE").source())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code. An error that a user can put right is one line, no traceback."""
    try:
        code = fazhi.main(args=arguments, prog_name="fazhi", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        return _print_error("interrupted", INTERRUPTED)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "fazhi"
        return _print_error(f"{error.format_message()} See: {command} --help", REFUSED)
    except click.ClickException as error:
        return _print_error(error.format_message(), error.exit_code)
    except FazhiError as error:
        return _print_error(str(error), REFUSED)
    except UnicodeEncodeError as error:  # of data, in which an escape would be another value
        missing = error.object[error.start]
        found = f"the output's encoding is {error.encoding}, which has no {missing.encode('unicode_escape').decode()}"
        return _print_error(f"{found}; set PYTHONIOENCODING=utf-8", REFUSED)
    except BrokenPipeError:
        # The reader of our output has closed the pipe. Python must not flush into it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:  # of the disk: it is full, or somebody may not write there
        logging.getLogger(__name__).debug("an error of the disk", exc_info=True)
        found = f"{error.filename or 'the disk'} cannot be used ({error.strerror or type(error).__name__})"
        return _print_error(f"{found}; see whether the disk is full and whether you may write there", REFUSED)
    return code if isinstance(code, int) else 0


def _print_error(message: str, code: int) -> int:
    click.echo(f"fazhi: {' '.join(message.split())}", err=True)
    return code
