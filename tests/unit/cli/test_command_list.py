"""The list of commands in the docs: every command, its arguments and its options."""

import click

from pipelines.cli.command_list import command_table
from pipelines.cli.commands import fazhi


def test_every_command_stands_in_the_list_with_its_options() -> None:
    rows = command_table().splitlines()[2:]
    for name, command in fazhi.commands.items():
        if isinstance(command, click.Group):
            continue
        (row,) = [row for row in rows if row.startswith(f"| `fazhi {name}")]
        options = [option.opts[0] for option in command.params if isinstance(option, click.Option)]
        assert all(f"[{option}]" in row for option in options)
    assert any("`fazhi extract FILE " in row for row in rows)
