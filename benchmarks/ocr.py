"""The command: render pages, damage them in six ways, read them, compare with what was drawn, write docs/ocr.md.

    python -m benchmarks.ocr [--pages 200] [--seed 1] [--processes 2]

Pages come from benchmarks.ocr_pages, damage from benchmarks.ocr_conditions. Each process reads its pages with one core.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from benchmarks.bench import Target, machine
from benchmarks.ocr_pages import FontMissingError, draw_pages, font_files
from pipelines.read.scans.ocr_packages import is_installed
from pipelines.read.scans.recogniser import recognise
from pipelines.read.scans.scanned_page import UNSURE, ScannedPage

PAGE = Path(__file__).parents[1] / "docs" / "ocr.md"
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*%?")
_PHOTO, _COARSE = "photo", "scan, 100 dpi"
_ALL = "all"


@dataclass
class Score:
    """What was found on pages: counts, seconds, and the most memory that a process held, in bytes."""

    pages: int = 0
    characters: int = 0
    characters_right: int = 0
    digits: int = 0
    digits_right: int = 0
    numbers: int = 0
    right: int = 0
    wrong: int = 0
    wrong_flagged: int = 0
    right_flagged: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    yardstick: float = 0.0
    memory: int = 0
    mistakes: list[str] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        """Both together."""
        ours, theirs = vars(self), vars(other)
        added = {name: ours[name] + theirs[name] for name in ours}
        return Score(**{**added, "memory": max(self.memory, other.memory)})


def compare(lines: Sequence[str], page: ScannedPage) -> Score:
    """What was read beside what was drawn.

    A number is right where the numbers of the page, in their order, pair with it; every other number that was read is
    wrong. A number is flagged where one of its characters is less sure than UNSURE.
    """
    drawn, found = [_folded(line) for line in lines], _read_lines(page)
    score = Score(pages=1)
    one, other = "".join(drawn), "".join(text for text, _ in found)
    score.characters, score.digits = len(one), sum(map(str.isdigit, one))
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        score.characters_right += block.size
        score.digits_right += sum(map(str.isdigit, one[block.a : block.a + block.size]))
    wanted = [number for line in drawn for number in _NUMBER.findall(line)]
    numbers = [
        (match[0], min(sure[match.start() : match.end()]) < UNSURE)
        for text, sure in found
        for match in _NUMBER.finditer(text)
    ]
    score.numbers = len(wanted)
    pairs = SequenceMatcher(None, wanted, [number for number, _ in numbers], autojunk=False).get_opcodes()
    for kind, a, b, c, d in pairs:
        flagged = sum(flag for _, flag in numbers[c:d])
        if kind == "equal":
            score.right += b - a
            score.right_flagged += flagged
        else:
            score.wrong += d - c
            score.wrong_flagged += flagged
            read = " ".join(f"{number}{'?' if flag else ''}" for number, flag in numbers[c:d])
            score.mistakes.append(f"{' '.join(wanted[a:b]) or '(nothing)'} → {read or '(nothing)'}")
    return score


def _folded(text: str) -> str:
    """The text with widths folded one to one, and without spaces."""
    return "".join(_fold(character) for character in text if not character.isspace())


def _fold(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _read_lines(page: ScannedPage) -> list[tuple[str, list[float]]]:
    """The rows that were read as they are compared: the text of each and how sure each of its characters is."""
    lines = []
    for row in page.rows:
        cells = [
            [(_fold(c), sure) for c, sure in zip(cell, confidences, strict=True) if not c.isspace()]
            for cell, confidences in zip(row.cells, row.confidences, strict=True)
        ]
        marked = [pair for cell in cells for pair in [*cell, ("|", 1.0)]][:-1]
        lines.append(("".join(c for c, _ in marked), [sure for _, sure in marked]))
    return lines


def read_pages(job: tuple[int, int, int]) -> dict[str, Score]:
    """Render, damage, read and compare pages number `first` to `first + count` of a seed; the scores by condition."""
    from benchmarks.ocr_conditions import CONDITIONS, damaged

    first, count, seed = job
    names = list(CONDITIONS)
    scores: dict[str, Score] = {}
    for number, page in enumerate(draw_pages(count, seed, first), first):
        condition = names[number // 3 % len(names)]  # the three fonts in each condition in turn
        image = damaged(page.picture, condition, seed * 100_000 + number)
        cpu, wall = time.process_time(), time.perf_counter()
        read = recognise(image)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        score = compare(page.lines, read)
        score.cpu, score.wall, score.yardstick = cpu, wall, _yardstick()
        score.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        score.mistakes = [f"page {number} ({condition}, {page.font}): {mistake}" for mistake in score.mistakes]
        scores[condition] = scores.get(condition, Score()) + score
    return scores


def _yardstick() -> float:
    """The CPU seconds of multiplying two matrices of 1,000 x 1,000 numbers ten times, on one core as the models do."""
    import numpy as np

    matrix = np.ones((1_000, 1_000), np.float32)
    start = time.process_time()
    for _ in range(10):
        matrix @ matrix
    return time.process_time() - start


def measure(pages: int, seed: int, processes: int) -> dict[str, Score]:
    """The scores of all conditions, and of all together under `all`."""
    jobs = [(first, min(6, pages - first), seed) for first in range(0, pages, 6)]
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ[name] = "1"
    from benchmarks.ocr_conditions import CONDITIONS

    scores = {condition: Score() for condition in CONDITIONS}
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done, found in enumerate(pool.map(read_pages, jobs), 1):
            print(f"{done} of {len(jobs)} parts", file=sys.stderr, flush=True)
            for condition, score in found.items():
                scores[condition] += score
    return {**scores, _ALL: sum(scores.values(), Score())}


def targets(scores: dict[str, Score]) -> list[Target]:
    """The promises and whether this run keeps them."""
    fine = sum((score for name, score in scores.items() if name not in (_PHOTO, _COARSE, _ALL)), Score())
    wanted = [
        ("numbers right at 150 dpi and above", "≥ 99 %", _share(fine.right, fine.numbers), 0.99),
        ("numbers right on photos", "≥ 93 %", _share(scores[_PHOTO].right, scores[_PHOTO].numbers), 0.93),
    ]
    found = [Target(name, want, f"{got:.2%}", got >= least) for name, want, got, least in wanted]
    everything = scores[_ALL]
    unseen = _share(everything.wrong - everything.wrong_flagged, everything.numbers)
    return [*found, Target("numbers wrong and not flagged", "≤ 0.3 %", f"{unseen:.2%}", unseen <= 0.003)]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _accuracy(scores: dict[str, Score]) -> str:
    heads = "condition|pages|characters right|digits right|numbers|right|wrong|wrong and flagged|right but flagged"
    lines = [f"| {' | '.join(heads.split('|'))} |", "|---" + "|---:" * 8 + "|"]
    for name, s in scores.items():
        shares = f"{_share(s.characters_right, s.characters):.2%} | {_share(s.digits_right, s.digits):.2%}"
        right = f"{s.right:,} ({_share(s.right, s.numbers):.2%})"
        lines.append(
            f"| {name} | {s.pages} | {shares} | {s.numbers:,} | {right} | {s.wrong} | {s.wrong_flagged} "
            f"| {s.right_flagged} |"
        )
    return "\n".join(lines)


def _speed(scores: dict[str, Score]) -> str:
    lines = [
        "| condition | CPU seconds a page | wall seconds a page | yardstick, seconds | times the yardstick | memory |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, s in scores.items():
        each = [value / max(s.pages, 1) for value in (s.cpu, s.wall, s.yardstick)]
        times = _share(s.cpu, s.yardstick)
        seconds = f"{each[0]:.1f} | {each[1]:.1f} | {each[2]:.2f} | {times:.0f}"
        lines.append(f"| {name} | {seconds} | {s.memory / 1e6:,.0f} MB |")
    return "\n".join(lines)


def page(scores: dict[str, Score], command: str, processes: int) -> str:
    """docs/ocr.md. Everything in it comes from this run."""
    verdicts = targets(scores)
    wanted = [f"| {t.name} | {t.wanted} | {t.got} | {'met' if t.met else '**missed**'} |" for t in verdicts]
    whole = scores[_ALL]
    packages = ", ".join(f"{name} {version(name)}" for name in ("rapidocr", "onnxruntime"))
    mistakes = [f"- {mistake}" for mistake in whole.mistakes] or ["None."]
    parts = [
        f"<!-- written by `{command}`; do not edit -->",
        "# Character recognition",
        f"Written by `make bench-ocr` (`{command}`) on {machine()}, with {packages}. The pages are rendered from "
        "generated reports in three fonts of Debian; every other one holds a ruled table, two of three a red seal over "
        "the signature. Real scans have other fonts, folds and handwriting, so this measures the engine, not a promise "
        "for a certain file.",
        "## Targets",
        "\n".join(["| what | target | this run | |", "|---|---:|---:|---|", *wanted]),
        "150 dpi and above are the scans of 200 and 150 dpi, the skewed one and the fax.",
        "## What is read right",
        _accuracy(scores),
        "A number is right where it stands in its place among the numbers of its page. A wrong one is flagged where a "
        f"character of it is less sure than {UNSURE} (`UNSURE` in `pipelines/read/scans/scanned_page.py`): the facts "
        "of such a number are in `review_queue`. Numbers that are neither right nor wrong were not found at all.",
        "## Speed and memory",
        _speed(scores),
        f"{processes} processes, each with one core. The yardstick is the CPU time of ten products of two matrices "
        "of 1,000 x 1,000 numbers, taken after each page: it tells how fast a core is. Wall seconds are "
        "longer where other work shares the cores. Memory is the most that a process held, with the models, the page "
        "and this benchmark's own drawing.",
        "## All mistakes",
        "What was drawn → what was read; `?` marks a number that is flagged.",
        "\n".join(mistakes),
    ]
    return "\n\n".join(parts) + "\n"


def main(arguments: Iterable[str] | None = None) -> int:
    """Run everything; 2 where a font or a package is missing."""
    parser = argparse.ArgumentParser(description="Measure the reading of scans on rendered pages.")
    parser.add_argument("--pages", type=int, default=200, help="how many pages (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of text and damage (default 1)")
    parser.add_argument("--processes", type=int, default=2, help="processes, each with one core (default 2)")
    parser.add_argument("--page", type=Path, default=PAGE, help="where to write the page (default docs/ocr.md)")
    given = parser.parse_args(None if arguments is None else list(arguments))
    if not is_installed():
        print("found no rapidocr, which reads scans; run `make run`, or `pip install 'fazhi[ocr]'`", file=sys.stderr)
        return 2
    try:
        font_files()
    except FontMissingError as error:
        print(error, file=sys.stderr)
        return 2
    scores = measure(given.pages, given.seed, given.processes)
    for target in targets(scores):
        print(f"{'met   ' if target.met else 'MISSED'}  {target.name}: {target.got} (target {target.wanted})")
    command = f"python -m benchmarks.ocr --pages {given.pages} --seed {given.seed}"
    given.page.write_text(page(scores, command, given.processes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
