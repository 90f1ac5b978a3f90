"""The figure of docs/mutants.md, as docs/reliability.md shows it in its last line."""

import re

from benchmarks.processes import ROOT

MUTANTS = ROOT / "docs" / "mutants.md"


def figure_of(mutants: str) -> str:
    """Return the figure of docs/mutants.md, whose text is `mutants`: so many of so many are killed, a share."""
    figure = re.search(r"^\*\*(.*)\*\*$", mutants, flags=re.MULTILINE)
    assert figure, "docs/mutants.md has no figure; write it by `make mutants`"
    return figure[1]


def figure_line(mutants: str) -> str:
    """Return the line on docs/mutants.md for docs/reliability.md."""
    figure = figure_of(mutants)
    return f"Changes of the code by one word that the tests notice: {figure} [mutants.md](mutants.md) lists the others."


def with_figure(reliability: str, mutants: str) -> str:
    """Return the text of docs/reliability.md with the line on docs/mutants.md, the last one, written anew."""
    lines = reliability.rstrip("\n").splitlines()
    kept = [line for line in lines if "[mutants.md](mutants.md)" not in line]
    return "\n".join([*kept, figure_line(mutants)]) + "\n"
