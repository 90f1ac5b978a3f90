"""The generated tables of the docs. Each function returns Markdown, and `cog` puts it into the page.

A page holds a block such as

    <!-- [[[cog
    from pipelines.report.doc_blocks import settings_table
    cog.out(settings_table())
    ]]] -->
    <!-- [[[end]]] -->

`make docs` writes the blocks anew, and `cog --check` in lint fails if one is stale. Each function takes some
ten seconds at most. A page that needs a release or a clock is written by its own program instead: docs/queries.md by
`benchmarks.worked`, measurements by the modules of `benchmarks`.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache

from pipelines import settings
from pipelines.paths import PACKAGE_DIR, PROJECT_ROOT
from pipelines.reasons import ReasonCode
from pipelines.report.evaluation import Score, evaluate
from pipelines.report.headline_evaluation import HeadlineScore, evaluate_headlines, headline_rows
from pipelines.versions import ENGINE_VERSION

_ARCHIVES = (PACKAGE_DIR / "read" / "archive_kinds.py", "entries_of")
GOLD = PROJECT_ROOT / "tests" / "gold"
HEADLINES = PROJECT_ROOT / "tests" / "headlines"
#: The labelled set that nobody looked at while rules were written.
APART = "apart"


def accuracy_tables() -> str:
    """The scores of the labelled sets of `tests/gold`: one row for each set, then one for each family of one set."""
    return score_tables(gold_scores())


@cache
def gold_scores() -> list[Score]:
    """The scores of the labelled sets, worked out once for all pages."""
    return evaluate(GOLD, settings.Settings.load(environ={}))


def score_tables(scores: Sequence[Score]) -> str:
    """One row for each set, then one row for each family of the set that is kept apart."""
    sets = []
    for score in scores:
        labels = score.facts["right"] + score.facts["missed"]
        shares = (score.precision, score.recall, score.f1, score.qualifier, score.unclassified)
        kinds = ("places", "years", "doc_numbers")
        found = [f"{score.identity[f'{kind} right']}/{score.identity[kind]}" for kind in kinds]
        sets.append((score.name, score.identity["documents"], labels, *(f"{share:.3f}" for share in shares), *found))
    families = []
    apart = next((score for score in scores if score.name == APART), None)
    for name, count in sorted(apart.families.items() if apart else ()):
        f1 = 2 * count["right"] / max(1, 2 * count["right"] + count["missed"] + count["wrong"])
        families.append((name, count["right"], count["missed"], count["wrong"], f"{f1:.3f}"))
    columns = "set texts labels precision recall F1 qualifier unclassified place year".split()
    return "\n".join(
        [
            markdown_rows((*columns, "doc. number"), sets),
            "By family, on the texts kept apart:\n",
            markdown_rows(("family", "right", "missed", "wrong", "F1"), families),
        ]
    )


def openings_table() -> str:
    """How the sixty openings were first read, by the record in `openings.toml`, and how they are read now."""
    record = tomllib.loads((GOLD / "openings.toml").read_text(encoding="utf-8"))
    shares = ("precision", "recall", "unclassified")
    rows = [
        (first["texts"], f"{first['on']}, engine {first['engine']}", *(f"{first[share]:.3f}" for share in shares))
        for first in record["answer"]
    ]
    for score in gold_scores():
        if score.name.startswith("openings"):
            found = (f"{getattr(score, share):.3f}" for share in shares)
            rows.append((f"reworded, `{score.name}`", f"now, engine {ENGINE_VERSION}", *found))
    return markdown_rows(("texts", "read", *shares), rows)


def headline_table(scores: Sequence[HeadlineScore] | None = None) -> str:
    """The shares of headline cells that are right in `tests/headlines`, or those of `scores`: a row for each set."""
    found = evaluate_headlines(HEADLINES, settings.Settings.load(environ={})) if scores is None else scores
    return markdown_rows(*headline_rows(found))


def settings_table() -> str:
    """The environment variables: name, meaning and default, as the docstring of `pipelines.settings` lists them."""
    lines = [line.strip() for line in (settings.__doc__ or "").splitlines()]
    return "\n".join(line for line in lines if line.startswith("|")) + "\n"


def format_table() -> str:
    """The formats of reports: what is read and what is not, the codes of what cannot be read, and the module.

    All of it stands in the module: the first paragraph of its docstring, the one that begins with `Not read:`, and the
    codes that the docstring of its function names.
    """
    read = PACKAGE_DIR / "read"
    rows = []
    for path, function in [*((path, "read") for path in sorted((read / "formats").glob("*.py"))), _ARCHIVES]:
        module = ast.parse(path.read_text(encoding="utf-8"))
        # Only a module with the function `read` is a format; the others help one.
        found = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == function]
        if found:
            summary, *more = (" ".join(part.split()) for part in (ast.get_docstring(module) or "").split("\n\n"))
            left = next((part.removeprefix("Not read: ") for part in more if part.startswith("Not read: ")), "-")
            named = re.findall(r"`(\w+)`", ast.get_docstring(found[0]) or "")
            codes = ", ".join(f"`{code}`" for code in ReasonCode if code in named)
            rows.append((summary, left, codes, f"`{path.relative_to(PROJECT_ROOT).as_posix()}`"))
    return markdown_rows(("read", "not read", "kept out as", "module"), rows)


def markdown_rows(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table. Cells must hold no line break; a bar in a cell is escaped."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
