"""Scanned pages: those that wait are read by character recognition, one at a time in a process apart.

The step `documents` names the pages of each file that are still to be read. They are read in the order of the files'
paths, at most `FAZHI_OCR_PAGES` a run, and kept in the page cache; then the documents are read again with them. Where
there is a cluster, its workers read the pages. What waits stays `needs_ocr` until a later run.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import NamedTuple

import polars as pl

from pipelines.build.buckets import scan
from pipelines.build.cluster import ClusterWorkers
from pipelines.build.executor import WorkerLostError
from pipelines.build.page_cache import PageCache
from pipelines.build.progress import report
from pipelines.build.refresh import Counts
from pipelines.build.workers import cluster_workers
from pipelines.read.document import Document, ReadError, ScansWantedError
from pipelines.read.isolation import HelperProcess
from pipelines.read.reader import page_picture, read_bytes
from pipelines.read.scans.ocr_packages import is_installed
from pipelines.read.scans.scanned_page import ScannedPage, page_adapter
from pipelines.reasons import ReasonCode
from pipelines.settings import Settings
from pipelines.stage.documents import DOCUMENTS, file_bytes, refresh_documents
from pipelines.stage.worker_settings import worker_settings

SECONDS = 180.0  # for one page; a page of text takes about six
MEMORY = 6_000_000_000  # bytes of address space of a process that reads pages
_TRIES = 3  # of a page, where the worker of a cluster that reads it is lost
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

Recognise = Callable[[bytes], ScannedPage]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScanCounts:
    """Pages that a run read by character recognition, and those that still wait for it."""

    read: int = 0
    waiting: int = 0


class _Page(NamedTuple):
    """A page that waits: the file it is in, its number there, and its picture or why there is none."""

    raw_sha256: str
    number: int
    picture: bytes
    failure: str | None


def read_documents(
    files: pl.DataFrame, settings: Settings, recognise_page: Recognise | None = None
) -> tuple[Counts, ScanCounts]:
    """Read the files of the inventory `files`, and the scanned pages in them as far as the limit allows.

    `recognise_page` reads a picture in place of the recogniser. A file that is read again because its pages were read
    counts once.
    """
    counts = refresh_documents(files, settings)
    pages = _waiting(settings)
    if pages.is_empty():
        return counts, ScanCounts()
    read = _read_pages(pages, files, settings, recognise_page) if settings.ocr_pages else 0
    if read:
        again = refresh_documents(files, settings)
        counts = replace(counts, errors=counts.errors + again.errors)
    return counts, ScanCounts(read, _count(_waiting(settings)))


def read_with_scans(data: bytes, name: str, most_pages: int) -> Document:
    """Read one file and at most `most_pages` scanned pages in it; nothing is kept. Raises ReadError."""
    try:
        return read_bytes(data, name)
    except ScansWantedError as error:
        if len(error.pages) > most_pages or not is_installed():
            raise
        scans: dict[int, ScannedPage] = {}
        with _processes(1) as (process,):
            for number in error.pages:
                report("scans", len(scans), len(error.pages))
                page = _page("", data, name, number)
                failed = ScannedPage((), 0, 0, page.failure)
                scans[number] = failed if page.failure else _recognised(page.picture, partial(_in_process, process))
        return read_bytes(data, name, scans)


def _waiting(settings: Settings) -> pl.DataFrame:
    """Return the files with pages that wait, in their order: report_id, raw_path, raw_sha256, pages_waiting."""
    rows = scan(settings.stage_dir, DOCUMENTS).filter(pl.col("pages_waiting").list.len() > 0)
    columns = ("report_id", "raw_path", "raw_sha256", "pages_waiting")
    return rows.select(columns).collect().sort("raw_path").unique("raw_sha256", keep="first", maintain_order=True)


def _count(waiting: pl.DataFrame) -> int:
    """Return how many pages wait."""
    return sum(map(len, waiting["pages_waiting"]))


def _read_pages(
    waiting: pl.DataFrame, files: pl.DataFrame, settings: Settings, recognise_page: Recognise | None
) -> int:
    """Read pages until all are read or the limit is reached; returns how many pages are known that were not before."""
    if recognise_page is None and not is_installed():
        _log.warning("scans wait: character recognition is not installed; install it with pip install 'fazhi[ocr]'")
        return 0
    cache = PageCache(settings.scanned_pages_path)
    total = min(settings.ocr_pages, _count(waiting))
    rows = waiting.join(files.select("report_id", "archive_path"), on="report_id", maintain_order="left")
    queue, lock = _pages(rows, settings), threading.Lock()
    done = fresh = 0

    def work(read: Recognise) -> None:
        """Take pages from the queue and keep what is read on them, until there is none or the limit is reached."""
        nonlocal done, fresh
        while True:
            with lock:  # pictures are made one at a time, so that few are in memory
                page = next(queue, None) if fresh < settings.ocr_pages else None
                if page is None:
                    return
                picture = hashlib.sha256(page.picture or (page.failure or "").encode()).hexdigest()
                is_known = cache.knows(picture)
                fresh += not is_known
            found = None
            if not is_known:
                found = ScannedPage((), 0, 0, page.failure) if page.failure else _recognised(page.picture, read)
            with lock:
                content = None if found is None else page_adapter().dump_json(found).decode()
                cache.keep(page.raw_sha256, page.number, picture, content)
                done += 1
                report("scans", min(done, total), total)

    report("scans", 0, total)
    if recognise_page is not None:
        work(recognise_page)
        return done
    with _readers(settings, total) as readers, ThreadPoolExecutor(len(readers)) as pool:
        # a thread knows who listens to the progress only if it is told
        for future in [pool.submit(copy_context().run, work, read) for read in readers]:
            future.result()
    return done


@contextmanager
def _readers(settings: Settings, pages: int) -> Iterator[list[Recognise]]:
    """Yield what reads a page, for each that is read at the same time: the workers of the cluster, else processes."""
    with cluster_workers(worker_settings(settings)) as cluster:
        if cluster is None:
            with _processes(min(settings.processes, pages)) as processes:
                yield [partial(_in_process, process) for process in processes]
        else:
            try:
                yield [partial(_on_cluster, cluster)] * min(cluster.most(), pages)
            finally:
                cluster.run_on_all(stop_reading)


def _on_cluster(cluster: ClusterWorkers, picture: bytes) -> ScannedPage:
    """Read a page on a worker, and on another where that is lost; the page at which each is lost is a failure."""
    for _ in range(_TRIES):
        with suppress(WorkerLostError):
            task = cluster.submit(_read_there, picture)
            read: ScannedPage = cluster.result(task, 2 * SECONDS)  # before that the worker itself gives up
            return read
    raise ReadError(ReasonCode.CRASHED, f"found a page at which {_TRIES} workers were lost; save it in another format")


def _read_there(picture: bytes) -> ScannedPage:
    return _recognised(picture, partial(_in_process, _reader_of_worker()))


@cache
def _reader_of_worker() -> HelperProcess:
    return HelperProcess(MEMORY, _ONE_THREAD)


def stop_reading() -> None:
    """End the process that reads pages for a worker of a cluster: it holds a gigabyte of models."""
    _reader_of_worker().stop()


@contextmanager
def _processes(count: int) -> Iterator[list[HelperProcess]]:
    """Yield processes that read pages; they end with the block, as each holds a gigabyte of models."""
    processes = [HelperProcess(MEMORY, _ONE_THREAD) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.stop()


def _pages(rows: pl.DataFrame, settings: Settings) -> Iterator[_Page]:
    """Yield the pages that wait with their pictures, file by file."""
    for row in rows.iter_rows(named=True):
        try:
            data = file_bytes(settings.raw_dir, row, row["archive_path"])
        except (ReadError, OSError) as error:
            _log.info("%s: its scans are left for the next run (%s)", row["raw_path"], error)
            continue
        for number in row["pages_waiting"]:
            yield _page(row["raw_sha256"], data, row["raw_path"], number)


def _page(raw_sha256: str, data: bytes, name: str, number: int) -> _Page:
    try:
        return _Page(raw_sha256, number, page_picture(data, name, number), None)
    except ReadError as error:
        return _Page(raw_sha256, number, b"", str(error))


def _in_process(process: HelperProcess, picture: bytes) -> ScannedPage:
    from pipelines.read.scans.recogniser import recognise  # slow to import, for NumPy, and most runs read no page

    return process.run(recognise, picture, seconds=SECONDS)


def _recognised(picture: bytes, read: Recognise) -> ScannedPage:
    """Return what `read` makes of a picture, or a page without rows that says why it failed."""
    try:
        return read(picture)
    except ReadError as error:
        return ScannedPage((), 0, 0, str(error))
