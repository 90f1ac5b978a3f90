"""The reasons for which something is kept out of the figures, as a table for the docs."""

from pipelines.reasons import ReasonCode


def reasons_table() -> str:
    """Return a Markdown table of every code with its meaning, in the order of the steps that give them."""
    rows = [f"| `{code}` | {code.zh} | {code.en} |" for code in ReasonCode]
    return "\n".join(["| code | 含义 | meaning, and what to do |", "|---|---|---|", *rows]) + "\n"
