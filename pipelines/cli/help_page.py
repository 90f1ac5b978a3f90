"""The page that `fazhi --help` shows: each command with its whole sentence, examples, and the variables that matter."""

import click

from pipelines import settings

_MATTER = ("FAZHI_RAW", "FAZHI_WAREHOUSE", "FAZHI_PROCESSES", "FAZHI_OCR_PAGES", "FAZHI_CONTACT", "FAZHI_LOG")
_EXAMPLES = (
    ("fazhi run", "build warehouse/ from the reports below raw/"),
    ("fazhi web", "look at it in a browser"),
    ('fazhi sql "FROM dim_report"', "ask it"),
    ("fazhi extract report.pdf", "read one file without building anything"),
    ("fazhi export --format csv --out tables", "write its tables for other programs"),
    ('eval "$(fazhi completion bash)"', "complete commands and options with Tab"),
)


class MainGroup(click.Group):
    """The group of all commands. Its help cuts no sentence off."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the first sentence of its help."""
        rows = [(name, self.commands[name].get_short_help_str(1000)) for name in self.list_commands(context)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples and variables."""
        with formatter.section("Examples"):
            formatter.write_dl(_EXAMPLES, col_max=45)
        with formatter.section("Environment variables (docs/commands.md lists all)"):
            formatter.write_dl([(name, meaning) for name, meaning in _variables() if name in _MATTER])


def _variables() -> list[tuple[str, str]]:
    """The variables and what each means, from the table in the docstring of `pipelines.settings`."""
    cells = [line.split("|")[1:3] for line in (settings.__doc__ or "").splitlines() if line.startswith("| `")]
    return [(name.strip(" `"), meaning.strip()) for name, meaning in cells]
