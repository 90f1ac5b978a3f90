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
from operator import itemgetter
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before Polars is imported

import polars as pl

from benchmarks.corpus import generate
from benchmarks.lexicon import doubled_codebook, indicator_patterns, rule_patterns
from benchmarks.peers import measure_peer
from benchmarks.unrepeated import generate_unrepeated, repeated
from pipelines.build.workers import WORTH_A_POOL, WorkerSettings, workers
from pipelines.codebook.load import load_codebook
from pipelines.extract.report.batch import extract_frame
from pipelines.extract.report.engine import Extractor

PART = 250  # reports in a Parquet file of the corpus
PROCESSES = 2
TEXTS, UNSEEN = "texts", "unseen"  # the folders of the two corpora
_REGEX_SAMPLE = 300
_LEXICON_SAMPLE = 2_000
_COLD_SAMPLE = 1_000
_PEER_SAMPLE = 40
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
    pl.DataFrame(texts, schema=TEXT_SCHEMA, orient="row").write_parquet(folder / TEXTS / name)
    pl.DataFrame(known, schema=KNOWN_SCHEMA, orient="row").write_parquet(folder / "known" / name)
    return len(reports)


def write_unrepeated_part(folder: Path, seed: int, total: int, first: int) -> int:
    """Write reports `first` to `first + PART` of those whose wordings hardly repeat. Returns how many."""
    reports = list(generate_unrepeated(min(PART, total - first), seed, first))
    texts: list[Any] = [(r.report_id, r.text, [], r.report_year) for r in reports]
    pl.DataFrame(texts, schema=TEXT_SCHEMA, orient="row").write_parquet(folder / UNSEEN / f"{first:07d}.parquet")
    return len(reports)


def write_corpus(folder: Path, reports: int, unseen: int, seed: int) -> None:
    """Generate both corpora in all processes: `reports` whose facts are known, and `unseen` that hardly repeat."""
    for name in (TEXTS, "known", UNSEEN):
        (folder / name).mkdir()
    with workers(WorkerSettings(PROCESSES), reports + unseen) as each:
        list(each(partial(write_part, folder, seed, reports), range(0, reports, PART)))
        list(each(partial(write_unrepeated_part, folder, seed, unseen), range(0, unseen, PART)))


class Stopwatch:
    """Counts the seconds by the clock and of this process's processor time, from when it is made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def result(self, reports: int) -> dict[str, Any]:
        """What was measured until now."""
        seconds, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        return {"reports": reports, "seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak_memory()}


def floor(folder: Path) -> dict[str, Any]:
    """The least that any reader must do: scan the texts and count their runs of digits."""
    count = pl.col("text").str.count_matches("[0-9]+").sum()
    results = []
    for _ in range(3):
        watch = Stopwatch()
        digits = pl.scan_parquet(folder / TEXTS / "*.parquet").select(count, n=pl.len()).collect()
        results.append(watch.result(digits["n"][0]) | {"numbers": digits["text"][0]})
    return min(results, key=itemgetter("seconds"))


def regexes(patterns_of: Callable[[], list[Any]], folder: Path, corpus: str = TEXTS) -> dict[str, Any]:
    """The plain way: many regular expressions, each searched in each text; on a sample, as it is slow."""
    patterns = patterns_of()
    texts = _sample(folder, corpus, _REGEX_SAMPLE)["text"]
    watch = Stopwatch()
    hits = sum(1 for text in texts for pattern in patterns for _ in pattern.finditer(text))
    return watch.result(len(texts)) | {"patterns": len(patterns), "hits": hits}


def peer(folder: Path) -> dict[str, Any]:
    """A library of others, on a sample; see benchmarks.peers."""
    found = measure_peer(_sample(folder, UNSEEN, _PEER_SAMPLE)["text"].to_list())
    return {"failed": found} if isinstance(found, str) else found | {"peak_bytes": 0}


def _sample(folder: Path, corpus: str, reports: int) -> pl.DataFrame:
    return pl.scan_parquet(folder / corpus / "*.parquet").head(reports).collect()


@cache
def extractor() -> Extractor:
    """The extractor of this process."""
    return Extractor(load_codebook())


def extract_part(folder: Path, out: str, text_file: Path) -> dict[str, Any]:
    """From Parquet to Parquet: one part of a corpus. Returns what was measured, and which process it was."""
    watch = Stopwatch()
    documents = pl.read_parquet(text_file)
    facts, numbers = extract_frame(documents, extractor())
    facts.write_parquet(folder / out / f"facts-{text_file.name}")
    numbers.write_parquet(folder / out / f"numbers-{text_file.name}")
    return watch.result(documents.height) | {"process": os.getpid()}


def warm_up(_: int) -> int:
    """Make a process ready: imports done, codebook compiled."""
    extractor()
    time.sleep(0.05)  # so that the tasks of one round fall to different workers
    return os.getpid()


def engine(folder: Path, processes: int, corpus: str = TEXTS) -> dict[str, Any]:
    """This engine, from Parquet texts to Parquet facts; seconds without and `started_seconds` with the start."""
    out = f"found-{corpus}-{processes}"
    (folder / out).mkdir()
    parts = sorted((folder / corpus).iterdir())
    began = time.perf_counter()
    with workers(WorkerSettings(processes), len(parts) * PART + WORTH_A_POOL) as each:  # a pool even for a small corpus
        ready: set[int] = set()
        while len(ready) < processes:
            ready.update(each(warm_up, range(processes)))
        watch = Stopwatch()
        done = list(each(partial(extract_part, folder, out), parts))
        here = watch.result(sum(part["reports"] for part in done))
        end = time.perf_counter()
    peaks: dict[int, int] = {}
    for part in done:
        peaks[part["process"]] = max(part["peak_bytes"], peaks.get(part["process"], 0))
    peaks[os.getpid()] = peak_memory()
    cpu = here["cpu_seconds"] + sum(part["cpu_seconds"] for part in done if part["process"] != os.getpid())
    return here | {"started_seconds": end - began, "cpu_seconds": cpu, "peak_bytes": sum(peaks.values())}


def cold(folder: Path) -> dict[str, Any]:
    """A process that was started for this: it imports, loads the codebook and reads reports that hardly repeat.

    Of a process that has worked before something always remains, if only compiled patterns and tables of characters.
    So benchmarks.bench counts the seconds of this one from its start to its end.
    """
    documents = _sample(folder, UNSEEN, _COLD_SAMPLE)
    watch = Stopwatch()
    for part in documents.iter_slices(PART):
        extract_frame(part, extractor())
    texts = list(documents.select("text", "report_year").iter_rows())
    return watch.result(documents.height) | {"repeated": repeated(texts)}


def lexicon(folder: Path) -> dict[str, Any]:
    """The engine with twice the lexicon, in turn with the plain one so that both meet the same noise."""
    plain = load_codebook()
    parts = sorted((folder / TEXTS).iterdir())[: _LEXICON_SAMPLE // PART]
    double = doubled_codebook(pl.read_parquet(parts[0])["text"].to_list())
    extractors = (Extractor(plain), Extractor(double))
    spent = [0.0, 0.0]
    same = True
    for part in parts:
        documents = pl.read_parquet(part)
        found = []
        for turn, one in enumerate(extractors):
            start = time.process_time()
            facts, _ = extract_frame(documents, one)
            spent[turn] += time.process_time() - start
            found.append(facts.select("report_id", "metric_code", "value", "qualifier", "number_start"))
        same = same and found[0].equals(found[1])
    terms = {"terms": len(plain.terms), "terms_doubled": len(double.terms), "same_facts": same}
    return {"reports": len(parts) * PART, "seconds": spent[0], "doubled_seconds": spent[1], **terms}


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


MEASUREMENTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "floor": floor,
    "regex": partial(regexes, rule_patterns),
    "regex-indicator": partial(regexes, indicator_patterns),
    "one": partial(engine, processes=1),
    "two": partial(engine, processes=PROCESSES),
    "regex-unseen": partial(regexes, rule_patterns, corpus=UNSEEN),
    "unseen": partial(engine, processes=PROCESSES, corpus=UNSEEN),
    "cold": cold,
    "peer": peer,
    "lexicon": lexicon,
}

if __name__ == "__main__":
    name, where = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[name](Path(where))))
