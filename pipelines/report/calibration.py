"""How often facts of a confidence are right, and the table in the codebook that gives facts their confidence.

The confidence of a fact depends on how it was read (`read_as`). For each way `calibrated` takes the share that is right
on labelled texts, and of that share the lower end of Wilson's 95 % interval: rules were tuned on these texts, and a few
labels prove little. Where a way that is trusted less has the larger share, the two are put together (isotonic
regression by pooling adjacent violators: Barlow et al., Statistical Inference under Order Restrictions, 1972).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipelines.build.atomic import atomic_write, leftovers
from pipelines.codebook.confidence import ConfidenceFile
from pipelines.paths import RULES_DIR
from pipelines.report.doc_blocks import APART, gold_scores, markdown_rows
from pipelines.report.evaluation import GoldError, Score
from pipelines.report.measurement import interval

COLUMNS = ("set", "confidence", "facts", "right", "precision", "error", "recall lost")
_TUNED = "tuned"
_HEAD = """\
# How much of what is read in each way (`read_as`) is right: the `confidence` of a fact.
# Written by `fazhi evaluate tests/gold/tuned --calibrate`; docs/codebook.md says how.
"""


def confidence_rows(scores: Iterable[Score]) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """The columns, and for each set a row for each confidence, the highest first, and one for all facts.

    `error` is the distance of precision and confidence; of all facts it is the expected calibration error.
    `recall lost` is the share of the labels that would not be found if facts of this confidence and of lower ones were
    left out.
    """
    rows: list[tuple[object, ...]] = []
    for score in scores:
        values = _by_confidence(score)
        labels = score.facts["right"] + score.facts["missed"]
        left = score.facts["right"]
        for confidence, count in sorted(values.items(), reverse=True):
            precision = count["right"] / count.total()
            error = abs(precision - confidence)
            shares = (f"{precision:.3f}", f"{error:.3f}", f"{left / max(1, labels):.3f}")
            rows.append((score.name, f"{confidence:.2f}", count.total(), count["right"], *shares))
            left -= count["right"]
        whole = sum((count.total() for count in values.values()), 0)
        shares = (f"{score.precision:.3f}", f"{calibration_error(score):.3f}", "")
        rows.append((score.name, "all", whole, score.facts["right"], *shares))
    return COLUMNS, rows


def calibration_error(score: Score) -> float:
    """The expected calibration error: the mean distance of confidence and precision, weighted by facts; 0 to 1."""
    values = _by_confidence(score)
    whole = sum(count.total() for count in values.values())
    off = (abs(count["right"] - confidence * count.total()) for confidence, count in values.items())
    return sum(off) / max(1, whole)


def calibrated(scores: Iterable[Score]) -> Mapping[str, float]:
    """The confidence of each way to read a figure, by the labels of some sets, with two decimals.

    Raises GoldError if the sets have no fact that was read in one of the ways.
    """
    ways: dict[str, Counter[str]] = {way: Counter() for way in ConfidenceFile.model_fields}
    for score in scores:
        for (way, _), count in score.readings.items():
            ways[way] += count
    pools: list[tuple[list[str], Counter[str]]] = []
    for way, count in ways.items():
        if not count:
            raise GoldError(
                f"no fact of the labelled texts was read as {way}; give more of them, such as tests/gold/tuned"
            )
        pools.append(([way], count))
        while len(pools) > 1 and _worth(pools[-1][1]) > _worth(pools[-2][1]):
            names, more = pools.pop()
            pools[-1] = (pools[-1][0] + names, pools[-1][1] + more)
    return {way: round(_worth(count), 2) for names, count in pools for way in names}


def write_confidence(scores: Iterable[Score]) -> Mapping[str, float]:
    """Write `confidence.toml` of the project's codebook by the labels of some sets, and return what it holds."""
    found = calibrated(scores)
    for left in leftovers(RULES_DIR):
        left.unlink(missing_ok=True)
    with atomic_write(RULES_DIR / "confidence.toml") as path:
        path.write_text(_HEAD + "".join(f"{way} = {share}\n" for way, share in found.items()), encoding="utf-8")
    return found


def confidence_table() -> str:
    """The rows of the set that confidences were made on and of the set that is kept apart, as Markdown."""
    return markdown_rows(*confidence_rows(score for score in gold_scores() if score.name in (APART, _TUNED)))


def _by_confidence(score: Score) -> Mapping[float, Counter[str]]:
    values: dict[float, Counter[str]] = {}
    for (_, confidence), count in score.readings.items():
        values[confidence] = values.get(confidence, Counter()) + count
    return values


def _worth(count: Counter[str]) -> float:
    return interval(count["right"], count.total())[0]
