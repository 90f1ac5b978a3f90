"""Measurements: each function times one way of reading the same corpus; run in a process of its own.

    python -m benchmarks.measure NAME FOLDER     prints the result as one line of JSON

benchmarks.bench makes a page of the results.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before Polars is imported

import polars as pl

from benchmarks.corpus import generate
from benchmarks.lexicon import doubled_codebook, indicator_patterns, rule_patterns
from pipelines.build.workers import WORTH_A_POOL, Hands, workers
from pipelines.codebook.load import load_codebook
from pipelines.extract.report.batch import extract_frame
from pipelines.extract.report.engine import Extractor

PART = 250  # reports in a Parquet file of the corpus
PROCESSES = 2
_REGEX_SAMPLE = 300
_LEXICON_SAMPLE = 2_000
_PLAIN_SAMPLE = 1_000
_FURNITURE = pl.List(pl.Struct({"start": pl.Int64, "end": pl.Int64}))
TEXT_SCHEMA = {
    "report_id": pl.String(),
    "text": pl.String(),
    "furniture": _FURNITURE,
    "report_year": pl.Int32(),
}
KNOWN_SCHEMA = {"report_id": pl.String(), "metric_code": pl.String(), "value": pl.Float64(), "qualifier": pl.String()}


def write_part(folder: Path, seed: int, total: int, first: int) -> int:
    """Write reports `first` to `first + PART` of a corpus: texts and the facts known of them. Returns how many."""
    reports = list(generate(min(PART, total - first), seed, first))
    texts: list[Any] = [(r.report_id, r.text, [], r.report_year) for r in reports]
    known = [(r.report_id, f.metric_code, f.value, f.qualifier) for r in reports for f in r.facts]
    name = f"{first:07d}.parquet"
    pl.DataFrame(texts, schema=TEXT_SCHEMA, orient="row").write_parquet(folder / "texts" / name)
    pl.DataFrame(known, schema=KNOWN_SCHEMA, orient="row").write_parquet(folder / "known" / name)
    return len(reports)


def write_corpus(folder: Path, reports: int, seed: int) -> dict[str, Any]:
    """Generate the corpus in all processes."""
    for name in ("texts", "known"):
        (folder / name).mkdir()
    start = time.perf_counter()
    with workers(Hands(PROCESSES), reports) as each:
        written = sum(each(partial(write_part, folder, seed, reports), range(0, reports, PART)))
    return _result(written, time.perf_counter() - start)


def floor(folder: Path) -> dict[str, Any]:
    """The least that any reader must do: scan the texts and count their runs of digits."""
    count = pl.col("text").str.count_matches("[0-9]+").sum()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        digits = pl.scan_parquet(folder / "texts" / "*.parquet").select(count, n=pl.len()).collect()
        seconds.append(time.perf_counter() - start)
    return _result(digits["n"][0], min(seconds)) | {"numbers": digits["text"][0]}


def regexes(patterns_of: Callable[[], list[Any]], folder: Path) -> dict[str, Any]:
    """The plain way: many regular expressions, each searched in each text; on a sample, as it is slow."""
    patterns = patterns_of()
    texts = pl.scan_parquet(folder / "texts" / "*.parquet").select("text").head(_REGEX_SAMPLE).collect()["text"]
    start = time.perf_counter()
    hits = sum(1 for text in texts for pattern in patterns for _ in pattern.finditer(text))
    return _result(len(texts), time.perf_counter() - start) | {"patterns": len(patterns), "hits": hits}


@cache
def extractor() -> Extractor:
    """The extractor of this process."""
    return Extractor(load_codebook())


def extract_part(folder: Path, out: str, text_file: Path) -> tuple[int, int, int]:
    """From Parquet to Parquet: one part of the corpus. Returns (reports, process id, its peak memory)."""
    documents = pl.read_parquet(text_file)
    facts, numbers = extract_frame(documents, extractor())
    facts.write_parquet(folder / out / f"facts-{text_file.name}")
    numbers.write_parquet(folder / out / f"numbers-{text_file.name}")
    return documents.height, os.getpid(), peak_memory()


def warm_up(_: int) -> int:
    """Make a process ready: imports done, codebook compiled."""
    extractor()
    time.sleep(0.05)  # so that the tasks of one round fall to different workers
    return os.getpid()


def engine(folder: Path, processes: int) -> dict[str, Any]:
    """This engine, from Parquet texts to Parquet facts; seconds without and `cold_seconds` with the start."""
    out = f"found-{processes}"
    (folder / out).mkdir()
    parts = sorted((folder / "texts").iterdir())
    cold = time.perf_counter()
    with workers(Hands(processes), len(parts) * PART + WORTH_A_POOL) as each:  # a pool even for a small corpus
        ready: set[int] = set()
        while len(ready) < processes:
            ready.update(each(warm_up, range(processes)))
        start = time.perf_counter()
        done = list(each(partial(extract_part, folder, out), parts))
        end = time.perf_counter()
    peaks = {os.getpid(): 0} | {pid: max(p for _, q, p in done if q == pid) for _, pid, _ in done}
    peaks[os.getpid()] = peak_memory()
    result = _result(sum(count for count, _, _ in done), end - start)
    return result | {"cold_seconds": end - cold, "peak_bytes": sum(peaks.values())}


def plain(folder: Path) -> dict[str, Any]:
    """The engine in one process without its cache: what a text costs of which no sentence was met before."""
    documents = pl.scan_parquet(folder / "texts" / "*.parquet").head(_PLAIN_SAMPLE).collect()
    anew = Extractor(load_codebook(), remember=False)
    start = time.perf_counter()
    extract_frame(documents, anew)
    return _result(documents.height, time.perf_counter() - start)


def lexicon(folder: Path) -> dict[str, Any]:
    """The engine with twice the lexicon, in turn with the plain one so that both meet the same noise."""
    plain = load_codebook()
    parts = sorted((folder / "texts").iterdir())[: _LEXICON_SAMPLE // PART]
    double = doubled_codebook(pl.read_parquet(parts[0])["text"].to_list())
    extractors = (Extractor(plain), Extractor(double))
    spent = [0.0, 0.0]
    same = True
    for part in parts:
        documents = pl.read_parquet(part)
        found = []
        for turn, one in enumerate(extractors):
            start = time.perf_counter()
            facts, _ = extract_frame(documents, one)
            spent[turn] += time.perf_counter() - start
            found.append(facts.select("report_id", "metric_code", "value", "qualifier", "number_start"))
        same = same and found[0].equals(found[1])
    terms = {"terms": len(plain.terms), "terms_doubled": len(double.terms), "same_facts": same}
    return _result(len(parts) * PART, spent[0]) | {"doubled_seconds": spent[1], **terms}


def peak_memory() -> int:
    """The most bytes that this process has held.

    Linux lets ru_maxrss of a new process start at what its parent held, so its own mark is read where there is one.
    """
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _result(reports: int, seconds: float) -> dict[str, Any]:
    return {"reports": reports, "seconds": seconds, "peak_bytes": peak_memory()}


MEASUREMENTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "floor": floor,
    "regex": partial(regexes, rule_patterns),
    "regex-indicator": partial(regexes, indicator_patterns),
    "one": partial(engine, processes=1),
    "two": partial(engine, processes=PROCESSES),
    "plain": plain,
    "lexicon": lexicon,
}

if __name__ == "__main__":
    name, where = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[name](Path(where))))
