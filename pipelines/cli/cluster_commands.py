"""The commands that run a node of a cluster, each until it is stopped: `scheduler` and `worker`."""

import os
import sys
from functools import partial

import click

from pipelines.settings import cluster_address


@click.command()
@click.argument("address")
def scheduler(address: str) -> None:
    """Run the scheduler of a cluster at ADDRESS: tls://HOST:PORT, or tcp://127.0.0.1:8786 for this machine alone."""
    parsed = cluster_address(address, os.environ)

    from pipelines.stage.cluster_nodes import serve_scheduler

    serve_scheduler(parsed, partial(_tell, "scheduler at"))


@click.command()
@click.argument("address")
def worker(address: str) -> None:
    """Run one worker, of one thread, for the scheduler at ADDRESS; start one for each core."""
    parsed = cluster_address(address, os.environ)

    from pipelines.stage.cluster_nodes import serve_worker

    serve_worker(parsed, partial(_tell, f"works for {address}, at"))


def _tell(words: str, address: str) -> None:
    click.echo(f"{words} {address} (stop it with Ctrl-C)")
    sys.stdout.flush()
