"""Workers of a Dask cluster: the driver's side. `pipelines.stage.cluster_nodes` starts the scheduler and the workers.

What travels is pickled, so that whoever speaks to a scheduler runs code on every machine of the cluster. So the address
is one of this machine, or the connection is TLS in which both sides show a certificate (`settings.ClusterAddress`).
Each task carries the fingerprint of the driver, and a worker whose own differs does not touch it. Dask itself does a
batch again whose worker was killed; when that worker is lost too, this machine does it (`pipelines.build.workers`).
"""

import logging
import pickle
import socket
import ssl
import time
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.build.executor import AHEAD, WorkerLostError, perform
from pipelines.errors import FazhiError
from pipelines.settings import ClusterAddress

Fingerprint = Mapping[str, str]

NO_WORKER_SECONDS = 30.0  # without any worker the run ends
# So many cores keep the driver busy with loading, sending and writing texts and facts (docs/cluster-benchmark.md).
FED_BY_SENDING = 10
_CONNECT_SECONDS = 10.0
_LOOK_SECONDS = 1.0  # between two looks whether there is still a worker
_NAMES = 100  # of each folder that are looked for

_log = logging.getLogger(__name__)


class ClusterError(FazhiError):
    """The cluster cannot be used, or is lost. The message says what was found and what to do."""


class WorkerDiffersError(Exception):
    """A worker has another version of something that decides what is read. The message names worker and difference."""

    def __init__(self, message: str, address: str) -> None:
        super().__init__(message, address)
        self.message, self.address = message, address


@dataclass(frozen=True)
class Cluster:
    """Where the scheduler is, the warehouse, and the function that tells by name all that decides what is read."""

    address: ClusterAddress
    folder: Path
    fingerprint: Callable[[], Fingerprint]


@dataclass
class _Task:
    future: Any
    payload: bytes


class ClusterWorkers:
    """The workers of a cluster as an `Executor`. Raises ClusterError where it cannot be used as it is.

    That is: nobody answers, a key or certificate is wrong, no worker comes in half a minute, or a worker differs.
    """

    def __init__(self, cluster: Cluster) -> None:
        check_connection(cluster.address)
        distributed = load_distributed()
        self._cluster, self._expected = cluster, dict(cluster.fingerprint())
        self._lost: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
        self._gone = (distributed.client.FutureCancelledError, distributed.comm.CommClosedError)
        self._count, self._looked_at, self._without_since = 0, 0.0, time.monotonic()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions that differ are told by the fingerprint
            try:
                self._client = distributed.Client(
                    cluster.address.address,
                    security=security(cluster.address),
                    timeout=_CONNECT_SECONDS,
                    set_as_default=False,
                    direct_to_workers=True,  # results need not go through the scheduler, which serves all
                )
            except (OSError, TimeoutError, ValueError) as error:
                raise ClusterError(f"the scheduler {cluster.address.address} does not answer ({error})") from error
        try:
            self._wait_for_workers()
            self._check_fingerprints()
        except BaseException:
            self.close()
            raise

    def most(self) -> int:
        """Two batches for each worker that there is now; for one worker where there is none at the moment."""
        if time.monotonic() - self._looked_at > _LOOK_SECONDS:
            self._look()
        return AHEAD * max(1, self._count)

    def submit(self, work: Callable[[Any], Any], batch: Any) -> _Task:
        """Send a batch to the worker that has the least to do."""
        payload = pickle.dumps((work, batch), protocol=5)
        return _Task(self._send(payload), payload)

    def result(self, task: _Task, seconds: float) -> Any:
        """What the task gave. Raises ClusterError where the scheduler or every worker is lost.

        A worker that works on it for longer than `seconds` is ended by its nanny, which starts another. How long the
        task waited before does not count: the cluster may be working for somebody else.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                return task.future.result(timeout=min(_LOOK_SECONDS, max(0.01, deadline - time.monotonic())))
            except self._lost as error:
                raise WorkerLostError("two workers of the cluster were lost over one batch") from error
            except self._gone as error:
                raise ClusterError(f"the scheduler {self._cluster.address.address} is lost; {_KEPT}") from error
            except WorkerDiffersError as error:
                self._refuse(error)
                task.future = self._send(task.payload)
            except TimeoutError:
                if task.future.done() and task.future.status == "error":  # the work itself raised it
                    raise
                self._look()
                if time.monotonic() < deadline:
                    continue
                left = seconds - self._seconds_at_work(task)
                if left <= 0:
                    self._give_up(task)
                    message = f"a worker of the cluster gave no answer in {seconds:g} seconds and was ended"
                    raise WorkerLostError(message) from None
                deadline = time.monotonic() + left

    def blind(self, folders: Sequence[Path]) -> str | None:
        """Which worker does not see these folders and the warehouse as this machine does, in words; None where all do.

        A new file in the warehouse is the probe; what lies in the other folders must be seen by name.
        """
        with _probe(self._cluster.folder) as probe:
            paths = [probe, *(path for folder in folders for path in sorted(folder.iterdir())[:_NAMES])]
            seen = self._client.run(_sees, paths, on_error="return")
        for worker, answer in sorted(seen.items()):
            if answer is not True:
                missing = ", ".join(map(str, (self._cluster.folder, *folders)))
                return f"worker {worker} does not see {missing}; mount what is missing there, at the same path"
        return None

    def shares(self, folder: Path) -> bool:
        """Whether there are more workers than can be fed by sending, and all see `folder`; says so where one does not.

        Sending is better for few: then no worker waits at the end for one that does a whole bucket.
        """
        with self._connected():
            threads = sum(self._client.nthreads().values())
        if threads <= FED_BY_SENDING:
            return False
        blind = self.blind([folder])
        if blind:
            _log.warning("%s: this step sends what it works on", blind)
        return blind is None

    def run_on_all(self, function: Callable[[], object]) -> None:
        """Call a function in each worker, outside of what it works on."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.run(function, on_error="ignore")

    def close(self) -> None:
        """Let go of the cluster; the scheduler forgets what is under way."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.close(timeout=5)

    def _send(self, payload: bytes) -> Any:
        arguments = (payload, self._expected, self._cluster.fingerprint)
        with self._connected():
            # a name of its own, because Dask would hash the arguments, and equal ones would be done once
            return self._client.submit(perform_there, *arguments, key=f"batch-{uuid.uuid4().hex}", pure=False)

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Raises ClusterError for what Dask raises where its scheduler is lost, which is of many kinds."""
        try:
            yield
        except Exception as error:
            raise ClusterError(f"the scheduler {self._cluster.address.address} is lost; {_KEPT}") from error

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=NO_WORKER_SECONDS)
        except TimeoutError as error:
            address = self._cluster.address.address
            found = f"no worker has come to {address} in {NO_WORKER_SECONDS:g} seconds"
            raise ClusterError(f"{found}; start one with: fazhi worker {address}") from error

    def _check_fingerprints(self) -> None:
        for address, found in sorted(self._client.run(self._cluster.fingerprint, on_error="return").items()):
            if difference := _difference(self._expected, found):
                raise ClusterError(f"worker {address} is refused: {difference}; {_SAME}")

    def _look(self) -> None:
        """Count the workers. Raises ClusterError where there was none for too long."""
        now = time.monotonic()
        with self._connected():
            self._count = len(self._client.nthreads())
        self._looked_at = now
        if self._count:
            self._without_since = now
        elif now - self._without_since > NO_WORKER_SECONDS:
            raise ClusterError(f"every worker of {self._cluster.address.address} is lost; {_KEPT}")

    def _refuse(self, error: WorkerDiffersError) -> None:
        _log.warning("%s; what it was given is done elsewhere", error.message)
        with self._connected():
            self._client.retire_workers([error.address], close_workers=True, remove=True)

    def _seconds_at_work(self, task: _Task) -> float:
        """How long a worker has worked on the task; 0 while it waits. The scheduler hears of it every few seconds."""
        with self._connected():
            found: float = self._client.run_on_scheduler(seconds_at_work, key=task.future.key)
        return found

    def _give_up(self, task: _Task) -> None:
        """End the worker that has the task; its nanny starts another."""
        key = task.future.key
        with self._connected():
            holders = [worker for worker, keys in self._client.processing().items() if key in keys]
            task.future.cancel(force=True)
            if holders:
                self._client.restart_workers(holders, timeout=_CONNECT_SECONDS, raise_for_error=False)


_KEPT = "what was done is kept, the next run goes on from there"
_SAME = "install the same fazhi and the same packages there, then start it again"


def check_cluster(cluster: Cluster | None) -> None:
    """Raise ClusterError unless the cluster, where there is one, can be used now."""
    if cluster:
        ClusterWorkers(cluster).close()


def load_distributed() -> Any:
    """The package `distributed`. Raises ClusterError where it is not installed."""
    try:
        import distributed
        import distributed.client
        import distributed.comm
    except ImportError as error:
        message = "a cluster needs the package distributed; install it: pip install 'fazhi[cluster]'"
        raise ClusterError(message) from error
    return distributed


def security(address: ClusterAddress) -> Any:
    """What Dask needs to know of the TLS files; None for plain TCP on this machine."""
    if not address.is_tls:
        return None
    files = {"tls_ca_file": str(address.ca)}
    for role in ("client", "worker", "scheduler"):
        files |= {f"tls_{role}_cert": str(address.cert), f"tls_{role}_key": str(address.key)}
    return load_distributed().Security(require_encryption=True, **files)


def check_connection(address: ClusterAddress) -> None:
    """Raise ClusterError unless something listens at the address and, by TLS, both sides accept each other."""
    try:
        context = _tls_context(address) if address.is_tls else None
        with socket.create_connection((address.host, address.port), timeout=_CONNECT_SECONDS) as plain:
            if context:
                with context.wrap_socket(plain, server_hostname=address.host) as connection:
                    connection.recv(1)  # only now it is known whether the other side takes our certificate
    except ssl.SSLError as error:
        found = f"{error.reason or error}".replace("_", " ").lower()
        raise ClusterError(f"no TLS with {address.address} ({found}); see FAZHI_CLUSTER_CA, _CERT and _KEY") from error
    except OSError as error:
        found = error.strerror or str(error) or type(error).__name__
        start = f"start one with: fazhi scheduler {address.address}"
        raise ClusterError(f"there is no scheduler at {address.address} ({found}); {start}") from error


def _tls_context(address: ClusterAddress) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(address.ca))
    context.check_hostname = False  # the CA signs for this cluster alone; Dask does not look at names either
    context.load_cert_chain(str(address.cert), str(address.key))
    return context


def perform_there(payload: bytes, expected: Fingerprint, fingerprint: Callable[[], Fingerprint]) -> Any:
    """Do a task in a worker of a cluster. Raises WorkerDiffersError where it would not read what the driver reads."""
    if difference := _difference(expected, fingerprint()):
        worker = load_distributed().get_worker()
        raise WorkerDiffersError(f"worker {worker.address} is refused: {difference}", worker.address)
    return perform(*pickle.loads(payload))


def seconds_at_work(key: str, dask_scheduler: Any) -> float:
    """How long a worker has worked on a task, as its last sign of life said; called in the scheduler's process."""
    found = (
        duration
        for worker in dask_scheduler.workers.values()
        for task, duration in worker.executing.items()
        if task.key == key
    )
    return max(found, default=0.0)


def _difference(expected: Fingerprint, found: Fingerprint | BaseException) -> str | None:
    """The first thing that differs, in words; None where nothing does."""
    if isinstance(found, BaseException):
        return f"it cannot tell its versions ({type(found).__name__}: {found})"
    for name in (*expected, *found):
        if expected.get(name) != found.get(name):
            return f"its {name} is {found.get(name, 'unknown')}, here it is {expected.get(name, 'unknown')}"
    return None


@contextmanager
def _probe(folder: Path) -> Iterator[Path]:
    """A new file in a folder."""
    probe = folder / f".cluster-probe-{uuid.uuid4().hex}"
    probe.touch()
    try:
        yield probe
    finally:
        probe.unlink(missing_ok=True)


def _sees(paths: Sequence[Path]) -> bool:
    return all(path.exists() for path in paths)
