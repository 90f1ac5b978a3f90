"""What every command does first: it reads the settings, says which folders it assumes, and sets up logging."""

import logging
import os
import sys

import click

from pipelines.settings import Settings, log_level

BRIEF = "fazhi: %(message)s"
FULL = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def load_settings(*uses: str, raw: str | None = None, warehouse: str | None = None) -> Settings:
    """The settings of a command that `uses` the folders `raw`, `warehouse`, or both.

    An installed fazhi takes folders that nobody gave from the current folder. That is easily not what was meant, so
    each such folder is named in a line on stderr.
    """
    settings = Settings.load(raw, warehouse)
    for name, folder in (("raw", settings.raw_dir), ("warehouse", settings.warehouse_dir)):
        if name in uses and name in settings.assumed:
            click.echo(
                f"fazhi: {name} folder is {folder}, in the current folder; choose another with --{name}", err=True
            )
    return settings


def set_up_logging(verbose: bool) -> None:
    """Send what the library logs to stderr: warnings only, unless `verbose` or FAZHI_LOG asks for more.

    This is the one place where logging is set up. Modules log to `logging.getLogger(__name__)` and know nothing of it.
    Raises SettingsError where FAZHI_LOG names no level.
    """
    level = logging.DEBUG if verbose else log_level(os.environ)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(BRIEF if level >= logging.WARNING else FULL))
    logger = logging.getLogger("pipelines")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
