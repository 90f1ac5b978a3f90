"""The page `docs/checks.md`, written from `sql/checks`: `python -m pipelines.report.check_pages`.

Nobody types its tables by hand. A test fails when the page no longer matches the files.
"""

from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.check_runner import bound_in_words
from pipelines.warehouse.checks import Check, load_ceilings, load_checks

PAGE = PROJECT_ROOT / "docs" / "checks.md"

HEADER = """\
# Checks

Written by `python -m pipelines.report.check_pages` from [`sql/checks`](../sql/checks); do not edit by hand.

There are two kinds of checks. A **rule** must hold in every release: keys, references, evidence equal to its span,
every number accounted for. One row that breaks a rule blocks. A check that is held against a **bound** says what is
plausible: it measures something, warns above one number and blocks above another, and each bound has a reason.

**What must hold blocks, what is odd warns.** A check that blocks fails the run before the release is built, and the
last release stays. A warning changes nothing: the figure stays as the report states it, because an error of the
source is the source's. Dagster's UI shows each bounded check at its table with its history, what was found, the bound,
and up to ten examples with their sentences; [alerts](alerts.md) carry the line. A rule is shown twice: those that read
one table at that table (`keeps_its_rules`), and all of them at the release.

**To add a check, add its files** under `sql/checks`, and nothing else. `NAME.sql` asks for the rows that break the rule
or are worth a look. `NAME.toml` holds `kind` (`rule` or `bound`), `table` (where it is shown), `en` and `zh` (what is
expected), and where they are needed `order` (which rows come first), `unit`, `evidence` (the rows have a `fact_id`, and
the sentence of that fact is shown with each), `by_part`, and `[bound]` with `warns`, `blocks`, `of_at_least`,
`parameters` and `reason`. Where rows are not to be counted but something else is measured, `NAME.measure.sql` asks for
it: rows of `scope`, `value` and `whole`, which is null unless the value is a share. What several checks ask stands in
`sql/checks/shared`. Then run the command above. A mistake in a file stops the run before anything is built.

A rule with `by_part = true` is run on one part of its tables at a time, and only where rows have changed. It sees only
the rows of that part, so it must find what breaks it from these rows alone: it may ask whether a row that belongs to
the part is missing, not whether a row of another part exists.

Rates are checked twice. A rate above 100 that a *report* states warns. A rate above 100 in the *mart* that no report
states can only be ours, and blocks. A figure below zero blocks wherever it stands.

**When there are fewer reports on purpose.** The check `coverage` compares with the current release, so that an emptied
folder does not replace it. If reports were taken out on purpose, run once with `FAZHI_ALLOW_SHRINKING=1 fazhi run`; the
check then warns. The next run compares with the smaller release.

An answer is kept until a table that the check reads or the check itself changes; the metadata says `reused`.
"""


def render() -> str:
    """The whole page: every check, every bound of a check, of an indicator and of a unit, each with its reason."""
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
        key: [f"| `{name}` | {ceiling.most:,.15g} | {ceiling.reason} |" for name, ceiling in entries.items()]
        for key, entries in (("units", ceilings.units), ("indicators", ceilings.indicators))
    }
    parts = [
        HEADER,
        "## Held against a bound\n",
        "| check | 名称 | shown at | expected | bound | reason |\n|---|---|---|---|---|---|",
        *bounded,
        "\n## Rules: each one blocks\n",
        "Those that end in `_key` and `_reference` follow from the descriptions of the tables.\n",
        "| rule | 名称 | table | what must hold |\n|---|---|---|---|",
        *rules,
        "\n## The largest figure of one township, by indicator\n",
        "| indicator | most | reason |\n|---|---:|---|",
        *largest["indicators"],
        "\n## By unit, for indicators without a bound of their own\n",
        "| unit | most | reason |\n|---|---:|---|",
        *largest["units"],
    ]
    return "\n".join(parts) + "\n"


def _bound(check: Check) -> str:
    is_share = bool(check.measure) and "NULL AS whole" not in check.measure
    parameters = [f"`{name}` {value:g}" for name, value in check.bound.parameters.items()]
    return "; ".join([f"{bound_in_words(check.bound, is_share)} ({check.unit})", *parameters])


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
