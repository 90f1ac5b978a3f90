"""The command: write a corpus, measure on it, check what was found, print the targets, write the chapter of docs.

    python -m benchmarks.bench [--reports 20000] [--unseen 4000] [--seed 1]

The times are measured in benchmarks.measure.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.measure import MEASUREMENTS, PROCESSES, TEXTS, write_corpus
from benchmarks.page import write_chapter
from benchmarks.peers import PEER

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
TITLE = "The engine"
_FACT = ["report_id", "metric_code", "value", "qualifier"]
_NATION = 400_000  # reports: every township-level unit for ten years
_MILLION = 1_000_000
_WORST = 10


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How the found facts compare with the known ones."""

    known: int
    found: int
    right: int
    numbers: int
    unclassified: int
    worst: pl.DataFrame  # metric_code, known, found, right; the indicators with most errors

    @property
    def precision(self) -> float:
        """Share of the found facts that are known."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the known facts that were found."""
        return self.right / self.known if self.known else 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that the project promises of its speed or accuracy."""

    name: str
    wanted: str
    got: str
    met: bool


def compare(known: pl.DataFrame, found: pl.DataFrame, numbers: pl.DataFrame) -> Accuracy:
    """Pair known and found facts one to one by report, indicator, value and qualifier.

    known, found: report_id, metric_code, value, qualifier; numbers: disposition.
    """
    tally = (
        pl.concat([known.select(_FACT, k=1, f=0), found.select(_FACT, k=0, f=1)])
        .group_by(_FACT)
        .agg(pl.sum("k"), pl.sum("f"))
        .with_columns(right=pl.min_horizontal("k", "f"))
    )
    by_code = (
        tally.group_by("metric_code")
        .agg(known=pl.sum("k"), found=pl.sum("f"), right=pl.sum("right"))
        .with_columns(errors=pl.col("known") + pl.col("found") - 2 * pl.col("right"))
        .sort(["errors", "metric_code"], descending=[True, False])
    )
    return Accuracy(
        known=known.height,
        found=found.height,
        right=int(tally["right"].sum()),
        numbers=numbers.height,
        unclassified=int((numbers["disposition"] == "unclassified").sum()),
        worst=by_code.filter(pl.col("errors") > 0).head(_WORST),
    )


def check(folder: Path) -> Accuracy:
    """Compare what two processes found in a corpus with what is known of it."""
    out = folder / f"found-{TEXTS}-{PROCESSES}"
    known = pl.read_parquet(folder / "known" / "*.parquet")
    found = pl.read_parquet(out / "facts-*.parquet", columns=_FACT)
    return compare(known, found, pl.read_parquet(out / "numbers-*.parquet", columns=["disposition"]))


def measure(name: str, folder: Path) -> dict[str, Any]:
    """Run one measurement in a process of its own. Polars has all processors for the floor, one thread for the rest.

    Returns what it measured, the load of the machine before it, and the seconds of the whole process.
    """
    print(f"measuring {name}", file=sys.stderr, flush=True)
    load = os.getloadavg()[0]
    threads = str(PROCESSES) if name == "floor" else "1"
    command = [sys.executable, "-m", "benchmarks.measure", name, str(folder)]
    environment = os.environ | {"POLARS_MAX_THREADS": threads}
    began, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    result: dict[str, Any] = json.loads(done.stdout)
    return result | {"load": load, "process_seconds": time.perf_counter() - began, "process_cpu_seconds": cpu}


def rate(result: Mapping[str, Any], seconds: str = "seconds") -> float:
    """Reports per second of one measurement."""
    return float(result["reports"] / result[seconds])


def targets(results: Mapping[str, Mapping[str, Any]], accuracy: Accuracy) -> list[Target]:
    """The promises and whether this run keeps them."""
    two, unseen, floor = results["two"], results["unseen"], results["floor"]
    faster, faster_unseen = rate(two) / rate(results["regex"]), rate(unseen) / rate(results["regex-unseen"])
    slower = rate(floor) / rate(two)
    memory = two["peak_bytes"] / 1e9
    doubling = results["lexicon"]["doubled_seconds"] / results["lexicon"]["seconds"]
    share = accuracy.unclassified / max(accuracy.numbers, 1)
    return [
        Target("known wordings, two processes, reports a second", "≥ 2,200", f"{rate(two):,.0f}", rate(two) >= 2_200),
        Target("never-seen wordings, the same", "≥ 700", f"{rate(unseen):,.0f}", rate(unseen) >= 700),
        Target("times as fast as one regex a rule, known", "≥ 40", f"{faster:,.0f}", faster >= 40),
        Target("the same, never seen", "≥ 12", f"{faster_unseen:,.1f}", faster_unseen >= 12),
        Target("times the floor's time", "≤ 25", f"{slower:.1f}", slower <= 25),
        Target("peak memory of all processes, GB", "≤ 1.5", f"{memory:.2f}", memory <= 1.5),
        Target("cost of doubling the lexicon, times", "≤ 1.6", f"{doubling:.2f}", doubling <= 1.6),
        Target("precision on known facts", "≥ 0.99", f"{accuracy.precision:.4f}", accuracy.precision >= 0.99),
        Target("recall of known facts", "≥ 0.99", f"{accuracy.recall:.4f}", accuracy.recall >= 0.99),
        Target("unclassified numbers", "0", f"{accuracy.unclassified:,} ({share:.2%})", not accuracy.unclassified),
    ]


def figures(results: Mapping[str, Mapping[str, Any]]) -> str:
    """The table of speeds and memory, as Markdown."""
    peer = results["peer"]
    rows = [
        ("digit-count floor (Polars, all threads)", results["floor"], ""),
        (_regexes("rule", results["regex"]), results["regex"], ""),
        (_regexes("indicator", results["regex-indicator"]), results["regex-indicator"], ""),
        ("this engine, one process", results["one"], ""),
        ("this engine, two processes", results["two"], ""),
        (f"{_regexes('rule', results['regex-unseen'])}, never-seen wordings", results["regex-unseen"], ""),
        ("this engine, two processes, never-seen wordings", results["unseen"], ""),
        (
            f"one new process, with its start (sample of {_count(results['cold'])})",
            results["cold"],
            "process_",
        ),
    ]
    if "failed" not in peer:
        rows.append((f"{PEER}: sums of money and times alone (sample of {_count(peer)})", peer, ""))
    lines = [
        "| design | reports/s | CPU s a 1,000 reports | 400,000 reports | peak memory | load before |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, result, of in rows:
        speed, cpu = rate(result, f"{of}seconds"), 1_000 * result[f"{of}cpu_seconds"] / result["reports"]
        memory = f"{result['peak_bytes'] / _MILLION:,.0f} MB" if result["peak_bytes"] else "not measured"
        minutes = f"{_NATION / speed / 60:,.1f} min"
        lines.append(f"| {name} | {speed:,.0f} | {cpu:,.2f} | {minutes} | {memory} | {result['load']:.1f} |")
    return "\n".join(lines)


def _count(result: Mapping[str, Any]) -> str:
    return f"{result['reports']:,}"


def _about_peers(peer: Mapping[str, Any]) -> str:
    found = peer.get("failed") or (
        f"{PEER} looks for sums of money and times alone, and found {peer['found']:,} in {_count(peer)} reports"
    )
    return f"Peers: {found}. LangExtract and its like ask a language model about each text and cannot run without one."


def _regexes(what: str, result: Mapping[str, Any]) -> str:
    return f"one regex a{'n' if what[0] == 'i' else ''} {what}: {result['patterns']} (sample of {result['reports']})"


def page(
    results: Mapping[str, Mapping[str, Any]], accuracy: Accuracy, characters: float, facts: float, command: str
) -> str:
    """The chapter on the engine in docs/benchmarks.md. Everything in it comes from this run."""
    verdicts = targets(results, accuracy)
    lexicon = results["lexicon"]
    wanted = [f"| {t.name} | {t.wanted} | {t.got} | {'met' if t.met else '**missed**'} |" for t in verdicts]
    worst = [f"| `{c}` | {k:,} | {f:,} | {r:,} |" for c, k, f, r, _ in accuracy.worst.iter_rows()]
    same = "the facts found stay the same" if lexicon["same_facts"] else "the facts found are **not** the same"
    missed = sum(not target.met for target in verdicts)
    parts = [
        f"<!-- written by `{command}`; do not edit -->",
        f"Written by `{command}` on {machine()}. All figures are of one run on one corpus; other work on the machine "
        "makes seconds longer, so look at the ratios first. The load is that of the minute before each line.",
        "## Targets",
        f"{len(verdicts) - missed} of {len(verdicts)} are met.",
        "\n".join(["| what | target | this run | |", "|---|---:|---:|---|", *wanted]),
        "## Speed and memory",
        figures(results),
        f"The corpus is {results['two']['reports']:,} generated reports of {characters:,.0f} characters and "
        f"{facts:.1f} facts each. Each line was measured in processes of its own, from Parquet texts to Parquet facts "
        "(the floor and the regexes write nothing). Memory is the sum over all processes, libraries included. "
        "A regex holds the heads and the classifiers of a rule, or of all rules of an indicator, and a number "
        "between, and is searched in every text by one process; it decides nothing about plans, norms or last year. "
        "The engine reads each wording once, whatever its numerals, and keeps it. Each process begins with nothing.",
        f"The never-seen wordings are those of {results['unseen']['reports']:,} other reports, put together of "
        "paragraphs of the five real ones, with words in each sentence that hardly any other has "
        f"(`benchmarks/unrepeated.py`): {results['cold']['repeated']:.1%} of their sentences with digits say what an "
        "earlier one says, but for the numerals. Real archives lie between the two corpora. The new process imports "
        "its libraries, loads the codebook and reads; all of that is counted.",
        _about_peers(results["peer"]),
        f"Doubling the lexicon from {lexicon['terms']:,} to {lexicon['terms_doubled']:,} terms, half of the new ones "
        f"words that stand in the texts, was measured on {lexicon['reports']:,} reports; {same}.",
        "## Accuracy on known facts",
        f"{accuracy.known:,} facts are known, {accuracy.found:,} were found, {accuracy.right:,} agree in report, "
        f"indicator, value and qualifier. Of {accuracy.numbers:,} numbers {accuracy.unclassified:,} are unclassified. "
        "The sentences come from the codebook's examples and from `benchmarks/wording.toml`, so this says that the "
        "engine holds at scale and next to misleading numbers; how it reads real reports is another question.",
        "\n".join(["| indicators with most errors | known | found | right |", "|---|---:|---:|---:|", *worst])
        if worst
        else "No indicator has an error.",
    ]
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """Processors, memory and versions, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in ("polars", "ahocorasick_rs", "regex"))
    system = f"{platform.system()} {platform.machine()}"
    python = f"Python {platform.python_version()}"
    return f"{system} with {os.cpu_count()} processors and {memory:.0f} GiB; {python}, {libraries}"


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description="Measure the extraction engine on generated reports.")
    parser.add_argument("--reports", type=int, default=20_000, help="size of the corpus (default 20000)")
    parser.add_argument("--unseen", type=int, default=4_000, help="reports that hardly repeat (default 4000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the corpus (default 1)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write the page (default docs/benchmarks.md)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fazhi-bench-") as name:
        folder = Path(name)
        print(f"writing {arguments.reports:,} and {arguments.unseen:,} reports", file=sys.stderr, flush=True)
        write_corpus(folder, arguments.reports, arguments.unseen, arguments.seed)
        results = {way: measure(way, folder) for way in MEASUREMENTS}
        accuracy = check(folder)
        lengths = pl.scan_parquet(folder / TEXTS / "*.parquet").select(pl.col("text").str.len_chars().mean())
        characters = float(lengths.collect().item())
    print(figures(results), end="\n\n")
    for target in targets(results, accuracy):
        print(f"{'met   ' if target.met else 'MISSED'}  {target.name}: {target.got} (target {target.wanted})")
    print(f"\nindicators with most errors\n{accuracy.worst}")
    sizes = f"--reports {arguments.reports} --unseen {arguments.unseen}"
    command = f"python -m benchmarks.bench {sizes} --seed {arguments.seed}"
    facts = accuracy.known / arguments.reports
    write_chapter(arguments.page, TITLE, page(results, accuracy, characters, facts, command))


if __name__ == "__main__":
    main()
