"""The page `docs/checks.md`, written from the checks and their bounds: `python -m pipelines.report.check_pages`.

Only the page belongs here. Nothing of its tables is typed by hand; a test fails when the page no longer matches.
"""

from pipelines.paths import PROJECT_ROOT
from pipelines.warehouse.bounds import Bounds, load_bounds
from pipelines.warehouse.check_run import bounds_in_words
from pipelines.warehouse.checks import CHECKS, Check

PAGE = PROJECT_ROOT / "docs" / "checks.md"

HEADER = """\
# Checks

Written by `python -m pipelines.report.check_pages` from `pipelines/warehouse/checks.py` and `bounds.toml`; do not
edit by hand.

Two kinds of rules stand between the tables and a release. What no release may ever break (keys, references, evidence
equal to its span, every number accounted for) is the audit, `pipelines/warehouse/audit.py`: it blocks, without bounds.
What is plausible is on this page: each check measures something and holds it against a bound of
[`bounds.toml`](../pipelines/warehouse/bounds.toml), which gives a reason for each.

**What must hold blocks, what is odd warns.** A check that blocks fails the run before the release is built, and the
release before stays. A warning changes nothing: the figure stays as the report states it, because an error of the
source is the source's. Dagster's UI shows each check at its table with its history, what was found, the bound, and up
to ten examples with their sentences; [alerts](alerts.md) carry the line.

Rates are held against 0 to 100 twice. A rate above 100 that a *report* states warns. A rate above 100 in the *mart*
that no report states can only be ours, and blocks. A figure below zero blocks wherever it stands.

**When fewer reports are meant.** The check `coverage` compares with the release that stands, so that an emptied folder
does not replace it. If reports were taken out on purpose, run once with `FAZHI_ALLOW_SHRINKING=1 fazhi run`; the check
then warns. The next run compares with the smaller release.

An answer is kept until a table that the check reads, its bounds, or the check itself changes; the metadata says
`reused`.
"""


def render(bounds: Bounds) -> str:
    """The whole page: every check, every bound of a check, of an indicator and of a unit, each with its reason."""
    checks = [
        f"| `{check.name}` | {check.zh} | `{check.table}` | {check.description} | {_bound(check, bounds)} "
        f"| {bounds.limit(check.name).reason} |"
        for check in CHECKS
    ]
    ceilings = [
        f"| `{code}` | {ceiling.most:,.15g} | {ceiling.reason} |" for code, ceiling in bounds.indicators.items()
    ]
    units = [f"| {unit} | {ceiling.most:,.15g} | {ceiling.reason} |" for unit, ceiling in bounds.units.items()]
    parts = [
        HEADER,
        "## The checks\n",
        "| check | 名称 | shown at | expected | bound | reason |\n|---|---|---|---|---|---|",
        *checks,
        "\n## The largest figure of one township, by indicator\n",
        "| indicator | most | reason |\n|---|---:|---|",
        *ceilings,
        "\n## By unit, for indicators without a bound of their own\n",
        "| unit | most | reason |\n|---|---:|---|",
        *units,
    ]
    return "\n".join(parts) + "\n"


def _bound(check: Check, bounds: Bounds) -> str:
    limit = bounds.limit(check.name)
    is_share = bool(check.measure) and "NULL" not in check.measure
    parameters = [f"`{name}` {value:g}" for name, value in limit.parameters.items()]
    return "; ".join([f"{bounds_in_words(limit, is_share)} ({check.unit})", *parameters])


if __name__ == "__main__":
    PAGE.write_text(render(load_bounds()), encoding="utf-8")
