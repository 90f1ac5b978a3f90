"""Precision and recall by indicator, with what the number of labels leaves open, for docs/measurement.md."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from pipelines.report.doc_blocks import APART, gold_scores, markdown_rows
from pipelines.report.evaluation import Score

FEW = 10  # labels: below this a share says next to nothing, and the indicators are put together
_Z = 1.96  # of 95 %
_OTHERS = "all others"
COLUMNS = ("indicator", "labels", "right", "missed", "wrong", "precision", "95 %", "recall", "95 %")


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; 0 to 1 for a share of nothing."""
    if whole == 0:
        return 0.0, 1.0
    share, z = part / whole, _Z * _Z
    middle = (share + z / (2 * whole)) / (1 + z / whole)
    half = _Z * sqrt(share * (1 - share) / whole + z / (4 * whole * whole)) / (1 + z / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def indicator_rows(score: Score) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """The columns, and a row for each indicator of a set. Those with fewer than FEW labels are one row, the last."""
    few: Counter[str] = Counter()
    rows = []
    for code, count in sorted(score.indicators.items()):
        if count["right"] + count["missed"] < FEW:
            few += count
        else:
            rows.append(_row(code, count))
    return COLUMNS, [*rows, *([_row(_OTHERS, few)] if few else []), _row("all", score.facts)]


def _row(name: str, count: Counter[str]) -> tuple[object, ...]:
    right, missed, wrong = count["right"], count["missed"], count["wrong"]
    shares = [_share(right, right + wrong), _share(right, right + missed)]
    return (name, right + missed, right, missed, wrong, *(cell for share in shares for cell in share))


def _share(part: int, whole: int) -> tuple[str, str]:
    low, high = interval(part, whole)
    return f"{part / whole:.3f}" if whole else "", f"{low:.2f} to {high:.2f}"


def indicator_table() -> str:
    """The rows of the set that is kept apart, as Markdown."""
    return markdown_rows(*indicator_rows(_apart()))


def share_example(code: str, stated: float) -> str:
    """How a share of units that state an indicator is put right, in one sentence with figures of the set kept apart."""
    count = _apart().indicators[code]
    right, missed, wrong = count["right"], count["missed"], count["wrong"]
    precision, recall = right / (right + wrong), right / (right + missed)
    return (
        f"For `{code}` precision is {precision:.3f} and recall {recall:.3f}. If {stated:.0%} of the units show it, "
        f"then {stated:.3f} × {precision:.3f} / {recall:.3f} = {stated * precision / recall:.3f} of them state it.\n"
    )


def slope_example(code: str, slope: float) -> str:
    """How a slope is put right, in one sentence with figures of the set kept apart."""
    count = _apart().indicators[code]
    precision = count["right"] / (count["right"] + count["wrong"])
    low, high = interval(count["right"], count["right"] + count["wrong"])
    return (
        f"For `{code}` a slope of {slope:.2f} becomes {slope:.2f} / {precision:.3f} = {slope / precision:.3f}. The "
        f"interval of the precision alone puts it between {slope / high:.3f} and {slope / low:.3f}.\n"
    )


def _apart() -> Score:
    return next(score for score in gold_scores() if score.name == APART)
