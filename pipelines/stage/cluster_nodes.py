"""The scheduler and the workers of a cluster, each a process that runs until it is stopped.

They listen at the address that they are given, on no other interface, and show no page of their own. A worker works on
one batch at a time, with one thread, as the processes of one machine do. Its nanny starts it anew when it is killed.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.build.cluster import ClusterError, check_connection, load_distributed, security
from pipelines.build.executor import collect_seldom
from pipelines.settings import ClusterAddress

# How often Dask gives a batch to another worker when the one that had it was lost. Then the driver does it by itself.
_OTHER_WORKERS = 1
_JOIN_SECONDS = 30.0
_ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def serve_scheduler(address: ClusterAddress, ready: Callable[[str], None]) -> None:
    """Run a scheduler until it is stopped; `ready` is called with its address. Raises ClusterError if it cannot."""
    distributed = load_distributed()

    def start() -> Any:
        return distributed.Scheduler(
            host=address.host,
            port=address.port,
            protocol="tls" if address.is_tls else "tcp",
            security=security(address),
            dashboard=False,
            dashboard_address="127.0.0.1:0",
            allowed_failures=_OTHER_WORKERS,
        )

    with _plain("scheduler"):
        asyncio.run(_serve(start, ready, address))


def serve_worker(address: ClusterAddress, ready: Callable[[str], None]) -> None:
    """Run one worker of the scheduler at `address` until it is stopped. Raises ClusterError if it cannot join."""
    check_connection(address)
    distributed = load_distributed()
    os.environ.update(_ONE_THREAD)  # before the worker's process imports Polars

    def start() -> Any:
        return distributed.Nanny(
            address.address,
            nthreads=1,
            host=distributed.utils.get_ip(address.host),  # of this machine, by which it reaches that one
            security=security(address),
            preload=[__name__],
            memory_limit=0,  # the system decides, as for the processes of one machine
            dashboard=False,
            dashboard_address="127.0.0.1:0",
            death_timeout=_JOIN_SECONDS,
            env=_ONE_THREAD,
            silence_logs=logging.WARNING,
        )

    with _plain("worker"):
        asyncio.run(_serve(start, ready, address))


def dask_setup(worker: Any) -> None:
    """Prepare the process of a worker; Dask calls this before its first task."""
    from pipelines.stage.worker_settings import fingerprint

    collect_seldom()
    fingerprint()  # of what it has loaded now, whatever changes on the disk later


@contextmanager
def _plain(kind: str) -> Iterator[None]:
    """Dask without pages in the web, which are plain HTTP, news of each connection, and its profiler."""
    logging.getLogger("distributed").setLevel(logging.WARNING)
    config = {f"distributed.{kind}.http.routes": [], "distributed.worker.profile.enabled": False}
    with load_distributed().dask.config.set(config):
        yield


async def _serve(start: Callable[[], Any], ready: Callable[[str], None], address: ClusterAddress) -> None:
    try:
        node = await start()
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise ClusterError(f"{address.address} cannot be used ({' '.join(str(error).split())})") from error
    ready(getattr(node, "worker_address", None) or node.address)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    waits = [asyncio.create_task(stopped.wait()), asyncio.create_task(node.finished())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    await node.close()
    for wait in waits:
        wait.cancel()
