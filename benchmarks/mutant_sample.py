"""Where the code can be changed by one word, and a sample of these places. The changes are those of cosmic-ray.

Some kinds of changes are left out before a sample is drawn, because they leave what the code does as it is, or because
no test can see them: see `LEFT_OUT`. Nothing is left out for what a test said about it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

PACKAGES = ("numerals", "extract", "identify", "read", "build")
CHECKS = ("warehouse/checks.py", "warehouse/check_runner.py", "warehouse/check_results.py")
#: What is left out, in words for the page. `_LEFT_OUT` and `_hidden` do it.
LEFT_OUT = (
    "`==` turned into `is`, `!=` into `is not`, and the other way round: the same for most values",
    "decorators and their arguments (`@dataclass(slots=True)`, sizes of caches)",
    "types in annotations",
    "`strict=` of `zip`, which only checks the code itself",
    "what is written to the log",
)
_LEFT_OUT = {
    "core/RemoveDecorator",
    *(f"core/ReplaceComparisonOperator_{pair}" for pair in ("Eq_Is", "NotEq_IsNot", "Is_Eq", "IsNot_NotEq")),
}

Place = tuple[int, int, int, int]  # first line and column, last line and column


@dataclass(frozen=True)
class Mutant:
    """One change: of which module (a path below pipelines/), by which operator, its how manieth place, and where."""

    module: str
    operator: str
    occurrence: int
    place: Place

    @property
    def package(self) -> str:
        """The package whose figure it counts for."""
        return "checks" if self.module in CHECKS else self.module.partition("/")[0]

    def change(self, source: str) -> str:
        """Return the source of the module with the change."""
        changed = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        assert changed and changed != source, self
        return str(changed)


def modules(pipelines: Path) -> list[str]:
    """Return the modules that are changed, as paths below pipelines/."""
    found = [path for package in PACKAGES for path in (pipelines / package).rglob("*.py")]
    return [*sorted(path.relative_to(pipelines).as_posix() for path in found), *CHECKS]


def sample(pipelines: Path, count: int, seed: int) -> tuple[list[Mutant], int]:
    """Return `count` mutants and the number of places. Each place is as likely as any other, and taken once."""
    by_place: dict[tuple[str, Place], list[Mutant]] = defaultdict(list)
    for module in modules(pipelines):
        for mutant in mutants_of(module, (pipelines / module).read_text(encoding="utf-8")):
            by_place[module, mutant.place].append(mutant)
    rng = Random(seed)
    places = rng.sample(sorted(by_place), min(count, len(by_place)))
    return [rng.choice(by_place[place]) for place in places], len(by_place)


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Yield all changes of a module that are not left out."""
    nodes, hidden = list(ast_nodes(parso.parse(source))), _hidden(source)
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments() or name in _LEFT_OUT:
            continue
        places = (place for node in nodes for place in operator().mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start and end <= last for first, last in hidden):
                yield Mutant(module, name, occurrence, (*start, *end))


def _hidden(source: str) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the spans of what is left out wherever it stands: decorators, types, `strict=`, the log."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found += node.decorator_list
        if isinstance(node, ast.FunctionDef):
            found.append(node.returns)
        elif isinstance(node, ast.AnnAssign | ast.arg):
            found.append(node.annotation)
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            found.append(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log."):
            found.append(node)
    return [_span(source, node) for node in found if node is not None]


def _span(source: str, node: ast.expr) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first and last place of a node in characters, as parso counts; `ast` counts bytes."""
    lines = source.splitlines()

    def place(line: int, column: int) -> tuple[int, int]:
        return line, len(lines[line - 1].encode()[:column].decode())

    return place(node.lineno, node.col_offset), place(node.end_lineno or 0, node.end_col_offset or 0)
