"""The list of commands for the docs, taken from the commands themselves. `cog` puts it into the page."""

from collections.abc import Iterator

import click

from pipelines.cli.commands import fazhi
from pipelines.report.doc_blocks import markdown_rows


def command_table() -> str:
    """A Markdown table: each command of `fazhi` with its arguments and options, and the first sentence of its help."""
    return markdown_rows(("command", "what it does"), _rows("fazhi", fazhi))


def _rows(name: str, command: click.Command) -> Iterator[tuple[str, str]]:
    if isinstance(command, click.Group):
        for below in sorted(command.commands):
            yield from _rows(f"{name} {below}", command.commands[below])
        return
    context = click.Context(command)
    arguments = [part for part in command.collect_usage_pieces(context) if part != "[OPTIONS]"]
    options = [f"[{option.opts[0]}]" for option in command.params if isinstance(option, click.Option)]
    yield f"`{' '.join([name, *arguments, *options])}`", command.get_short_help_str(200)
