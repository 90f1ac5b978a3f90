"""The generated part of `docs/checks.md`, from the files under `sql/checks`. `cog` puts it into the page."""

from pipelines.warehouse.ceilings import load_ceilings
from pipelines.warehouse.check_results import bound_in_words
from pipelines.warehouse.checks import Check, load_checks


def check_tables() -> str:
    """Every check, and every bound of a check, of an indicator and of a unit with its reason, as Markdown."""
    checks, ceilings = load_checks(), load_ceilings()
    rules = [
        f"| `{check.name}` | {check.zh} | `{check.table}` | {check.en} |" for check in checks if check.kind == "rule"
    ]
    bounded = [
        f"| `{check.name}` | {check.zh} | `{check.table}` | {check.en} | {_bound(check)} | {check.bound.reason} |"
        for check in checks
        if check.kind == "bound"
    ]
    largest = {
        key: [
            f"| `{name}` | {ceiling.most:,.15g} | {ceilings.implausible_above(ceiling):,.15g} | {ceiling.reason} |"
            for name, ceiling in entries.items()
        ]
        for key, entries in (("units", ceilings.units), ("indicators", ceilings.indicators))
    }
    parts = [
        "## Held against a bound\n",
        "| check | 名称 | shown at | expected | bound | reason |\n|---|---|---|---|---|---|",
        *bounded,
        "\n## Rules: each one blocks\n",
        "Those that end in `_key` and `_reference` follow from the descriptions of the tables.\n",
        "| rule | 名称 | table | what must hold |\n|---|---|---|---|",
        *rules,
        "\n## The largest figure of one township, by indicator\n",
        "| indicator | most | implausible above | reason |\n|---|---:|---:|---|",
        *largest["indicators"],
        "\n## By unit, for indicators without a bound of their own\n",
        "| unit | most | implausible above | reason |\n|---|---:|---:|---|",
        *largest["units"],
    ]
    return "\n".join(parts) + "\n"


def _bound(check: Check) -> str:
    is_share = bool(check.measure) and "NULL AS whole" not in check.measure
    parameters = [f"`{name}` {value:g}" for name, value in check.bound.parameters.items()]
    return "; ".join([f"{bound_in_words(check.bound, is_share)} ({check.unit.other})", *parameters])
