"""The generated part of docs/accuracy.md: the scores of the labelled sets as tables.

Scoring is pipelines.report.evaluation. `python -m pipelines.report.accuracy` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.paths import PROJECT_ROOT
from pipelines.report.evaluation import Score, evaluate
from pipelines.settings import Settings

DOCS_PATH = PROJECT_ROOT / "docs" / "accuracy.md"
BEGIN, END = "<!-- figures: written by `make docs` -->", "<!-- end of figures -->"


def render(scores: Sequence[Score]) -> str:
    """The tables of the page in Markdown: one row a set, then one row a family for the set kept apart."""
    lines = [
        "| set | texts | labels | precision | recall | F1 | qualifier | unclassified | place | year | doc. number |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for s in scores:
        labels = s.facts["right"] + s.facts["missed"]
        who = " | ".join(f"{s.identity[f'{k} right']}/{s.identity[k]}" for k in ("places", "years", "doc_numbers"))
        shares = " | ".join(f"{v:.3f}" for v in (s.precision, s.recall, s.f1, s.qualifier, s.unclassified))
        lines.append(f"| {s.name} | {s.identity['documents']} | {labels} | {shares} | {who} |")
    lines += ["", "By family, on the texts kept apart:", ""]
    lines += ["| family | right | missed | wrong | F1 |", "|---|---|---|---|---|"]
    apart = next((s for s in scores if s.name == "apart"), None)
    for name, count in sorted(apart.families.items() if apart else ()):
        f1 = 2 * count["right"] / max(1, 2 * count["right"] + count["missed"] + count["wrong"])
        lines.append(f"| {name} | {count['right']} | {count['missed']} | {count['wrong']} | {f1:.3f} |")
    return "\n".join(lines)


def with_figures(page: str, scores: Sequence[Score]) -> str:
    """The page with its generated part replaced. Raises ValueError when the page has lost its marks."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"{DOCS_PATH.name} has lost the lines {BEGIN} and {END}; put them back around the figures")
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{render(scores)}\n\n{END}{rest.partition(END)[2]}"


def main(path: Path = DOCS_PATH) -> None:
    """Write the figures of the page anew."""
    scores = evaluate(PROJECT_ROOT / "tests" / "gold", Settings.load())
    path.write_text(with_figures(path.read_text(encoding="utf-8"), scores), encoding="utf-8")


if __name__ == "__main__":
    main()
