"""Figures of invented facts, bad ones among them: the marts make of them what the rules in plain Python make.

Here the facts need not come of a text, so that they can contradict themselves in every way. Each year has a case: its
facts in one unit, and for some years the same in another with the sentences in another order, and in a third with a
sentence said twice.
"""

from collections.abc import Sequence
from contextlib import closing
from itertools import count
from random import Random
from typing import Any

import duckdb
import pytest
from warehouse_fixtures import ANHAI, CHIDIAN, TIANFU, Clause, Report, Warehouse, say

from benchmarks.recompute import compare
from pipelines.warehouse.table_parts import table_files

YEARS = range(1640, 2000)
ORDERED = range(1880, 2000)  # the years of which the other units have the facts too
FAMILIES = (
    ("publicity_events", "publicity_school_events", "publicity_talks"),
    ("training_sessions", "study_center_group_sessions", "training_law_literate_sessions", "study_staff_sessions"),
    ("petitions_and_hotline_received", "petitions_received", "hotline_received"),
    ("enforcement_staff", "enforcement_staff_certified"),
    ("exam_pass_rate", "exam_sessions"),
    ("laws_studied",),
)
SCOPES = ((), (), (), ("agency_officials", "officials"), ("officials_and_workers", "officials"), ("residents",))
APART = ((), ("officials",), ("residents",), ("students",), ("villagers",))  # none of them is related to another
MONTHS = ((1, 12), (1, 12), (1, 12), (1, 6), (7, 12), (1, 9), (4, 10), (3, 3), (12, 12), (12, 3))
EDITIONS: tuple[dict[str, Any], ...] = (
    *({}, {"doc_type": "work_summary"}, {"doc_type": "enforcement_report"}),
    *({"edition": "part_of_year"}, {"edition": "part_of_year"}, {"edition": "multi_year"}),
    {"status": "quarantined", "reason_code": "news", "reason": "news", "status_reason": "news: news"},
)
READINGS = (
    {"confidence": 0.9, "read_as": "clause"},
    {"confidence": 0.8, "read_as": "clause"},
    {"confidence": 0.6, "read_as": "tie"},
    {"confidence": 0.6, "read_as": "tie", "tied_with": ["publicity_talks", "training_sessions"]},
)
LENGTH = 200  # characters of a report
FOUND = "value, value_low, value_high, qualifier, has_conflict, n_versions_disagree"

Sentences = list[list[Clause]]


def fact(rng: Random, metrics: Sequence[str]) -> Clause:
    """A fact of a small number, so that equal ones, sums and contradictions are frequent."""
    value = float(rng.randint(0, 12))
    said = rng.choice(("exact", "exact", "exact", "at_least", "at_most", "approx"))
    low, high = {"exact": (value, value), "at_least": (value, None), "at_most": (None, value)}.get(said, (None, None))
    if said == "approx" and rng.random() < 0.7:
        low, high = max(value - 1, 0.0), value + 1
    if rng.random() < 0.05:
        low, high = value + 3, rng.choice((None, value + 5, value - 2))
    scope = rng.choice(SCOPES)
    start, end = rng.choice(MONTHS)
    return say(
        *(rng.choice(metrics), f"{{{value:.0f}}}", value),
        **{"qualifier": said, "value_low": low, "value_high": high, "period_start": start, "period_end": end},
        **{"scope_key": f"{scope[0]}||" if scope else "", "scope_group": f"{scope[-1]}||" if scope else ""},
        **{"is_substitute": rng.random() < 0.1, **rng.choice(READINGS)},
        **({"role": "repeat"} if rng.random() < 0.15 else {}),
    )


def text_of(rng: Random, metrics: Sequence[str]) -> Sentences:
    """Sentences of facts. Some are parts of another fact of the text, in a circle of one or two now and then."""
    sentences = [[fact(rng, metrics) for _ in range(rng.choice((1, 1, 2, 3)))] for _ in range(rng.randint(1, 5))]
    facts = [clause for sentence in sentences for clause in sentence]
    for clause in facts:
        if "role" not in clause.fields and rng.random() < 0.2:
            totals = [one for one in facts if one is clause or one.fields.get("part_of", clause) is clause]
            clause.fields["part_of"] = rng.choice(totals)
    return sentences


def plain(rng: Random, metric: str, value: int, scope: Sequence[str], months: tuple[int, int] = (1, 12)) -> Clause:
    """An exact fact, with nothing that could be held against it."""
    key = {"scope_key": f"{scope[0]}||" if scope else "", "scope_group": f"{scope[0]}||" if scope else ""}
    months_of = {"period_start": months[0], "period_end": months[1]}
    return say(metric, f"{{{value}}}", float(value), **key, **months_of, confidence=rng.choice((0.7, 0.8, 0.9)))


def sums(rng: Random, metrics: Sequence[str]) -> Sentences:
    """A total and figures that add up to it, or nearly: in sentences of one or of several, and beside others or not."""
    of = [rng.choice((metrics[0], metrics[0], rng.choice(metrics))) for _ in range(rng.choice((2, 2, 3)))]
    values = [rng.choice((1, 2, 3, 4, 6, 8, 0)) for _ in of]
    parts = [
        plain(rng, metric, value, scope)
        for metric, value, scope in zip(of, values, rng.sample(APART[1:], len(of)), strict=True)
    ]
    if rng.random() < 0.15:
        parts[0].fields |= {"qualifier": "at_least", "value_high": None}
    total = plain(rng, metrics[0], sum(values) + rng.choice((0, 0, 0, 0, 1)), rng.choice(((), (), (), APART[2])))
    sentences = [[total], parts] if rng.random() < 0.6 else [[total], *([part] for part in parts)]
    for _ in range(rng.choice((0, 0, 1, 2))):
        other = plain(rng, rng.choice(metrics), rng.randint(0, 4), rng.choice(APART))
        if rng.random() < 0.4:
            other.fields["part_of"] = rng.choice((total, parts[-1]))
        at = rng.randint(0, len(sentences))
        sentences[at : at + 1] = [[*sentences[at], other]] if at < len(sentences) else [[other]]
    return sentences


def one_of_each(rng: Random, metrics: Sequence[str]) -> Sentences:
    """One or two facts of each indicator, so that nothing hides which of them is chosen, or what weighs it."""
    sentences = []
    for metric in metrics:
        for scope in rng.sample(APART, rng.choice((1, 1, 2))) if rng.random() < 0.9 else ():
            said = plain(rng, metric, rng.randint(0, 9), scope, rng.choice(MONTHS[:6]))
            if rng.random() < 0.3:
                said.fields |= rng.choice(({"qualifier": "at_least", "value_high": None}, {"is_substitute": True}))
            if rng.random() < 0.15:
                said.fields |= rng.choice(READINGS)
            sentences.append([said])
    return sentences or text_of(rng, metrics)


def parts(rng: Random, metrics: Sequence[str]) -> Sentences:
    """Totals with a part each, and figures that state such a part again, or only seem to."""
    sentences = []
    for metric in rng.sample(metrics, rng.randint(1, min(2, len(metrics)))):
        scope, months = rng.choice(APART), rng.choice(MONTHS[:5])
        total = plain(rng, metric, rng.randint(4, 9), (), months)
        part = plain(rng, rng.choice((metric, metric, rng.choice(metrics))), rng.randint(1, 6), scope, months)
        part.fields["part_of"] = total
        sentences += [[total, part]]
        for _ in range(rng.choice((1, 1, 2))):
            same = rng.random() < 0.7
            value, place = (part.value, scope) if same else (rng.randint(0, 6), rng.choice(APART))
            again = plain(rng, rng.choice((metric, rng.choice(metrics))), int(value or 0), place, months)
            if rng.random() < 0.3:
                again.fields |= {"role": "repeat"}
            if rng.random() < 0.3:
                again.fields |= rng.choice(({"qualifier": "at_least", "value_high": None}, {"is_substitute": True}))
            sentences.append([again])
    return sentences


def weighed(rng: Random, metrics: Sequence[str]) -> Sentences:
    """Rates of several scopes, each with the number of exams that it is a share of, or nearly."""
    sentences = []
    for scope in rng.sample(APART, rng.choice((2, 2, 3))):
        months = rng.choice(MONTHS[:5])
        rate = plain(rng, "exam_pass_rate", rng.randint(80, 100), scope, months)
        exams = plain(rng, "exam_sessions", rng.choice((0, 1, 1, 2, 3, 4)), scope, months)
        chance = rng.random()
        if chance < 0.1:
            exams.fields["period_end"] = 11
        elif chance < 0.2:
            exams.fields |= {"qualifier": "at_least", "value_high": None}
        elif chance < 0.3:
            rate.fields |= {"qualifier": "at_least", "value_high": None}
        elif chance < 0.4:
            rate.fields |= {"qualifier": "at_most", "value_low": None}
        sentences += [[rate], [exams]]
    return sentences


def report(sentences: Sentences, order: Sequence[int], number: int, code: str, year: int) -> Report:
    """A report with its sentences in an order. The total of a part is that of its own sentence, else the first one.

    Which version counts must not depend on the unit: all texts are of one length, and report_id begins with `number`.
    """
    said = [(entry, clause) for entry, at in enumerate(order) for clause in sentences[at]]
    first = {id(clause): position for position, (_, clause) in reversed([*enumerate(said)])}
    own = {(entry, id(clause)): position for position, (entry, clause) in enumerate(said)}
    clauses = []
    for entry, clause in said:
        fields = dict(clause.fields)
        total = fields.pop("part_of", None)
        position = None if total is None else own.get((entry, id(total)), first[id(total)])
        stop = "。" if clause is sentences[order[entry]][-1] else ","
        clauses.append(Clause(clause.metric, clause.text + stop, clause.value, position, fields))
    made = (Report(f"{code} {year} {number} {salt}", code, year, clauses) for salt in count())
    found = next(one for one in made if one.report_id.startswith(str(number)))
    found.clauses = [*clauses, Clause(None, "无" * (LENGTH - len(found.text())))]
    return found


def case(year: int) -> list[Report]:
    """The reports of a year: as they are, in another order, and with a sentence said twice."""
    rng = Random(f"figures:{year}")
    metrics = rng.choice(FAMILIES)
    metrics = metrics if rng.random() < 0.7 else metrics[:1]
    reports = []
    for at in range(rng.choice((1, 1, 2, 3))):
        writers = (weighed, one_of_each) if "exam_pass_rate" in metrics else (sums, parts, one_of_each)
        sentences, edition = rng.choice((text_of, text_of, *writers))(rng, metrics), rng.choice(EDITIONS)
        order = range(len(sentences))
        orders = {CHIDIAN: order, ANHAI: rng.sample(order, len(order)), TIANFU: [*order, rng.choice(order)]}
        for code, each in orders.items() if year in ORDERED else ((CHIDIAN, order),):
            reports.append(report(sentences, each, at, code, year))
            reports[-1].identity = edition
    return reports


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("random"), [one for year in YEARS for one in case(year)])
    for indicator in made.rows["ref_indicators"]:
        if indicator["metric_code"] == "exam_pass_rate":
            indicator["weight"] = "exam_sessions"
    made.build()
    return made


def test_the_marts_and_the_plain_rules_make_the_same_figures(warehouse: Warehouse) -> None:
    with closing(duckdb.connect()) as con:
        for name in warehouse.specs:
            files = [str(path) for path in table_files(warehouse.tables_dir, name)]
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
        found = compare(con)
    assert found.n_rows["township_metric"] > 2 * len(YEARS)
    assert not found.differences, "\n\n".join(map(str, found.differences[:5]))


@pytest.mark.parametrize("other", [ANHAI, TIANFU])
def test_order_and_repetition_of_sentences_change_nothing(warehouse: Warehouse, other: str) -> None:
    first, second = (
        warehouse.sql(
            f"SELECT report_year, metric_code, {FOUND} FROM township_metric "
            f"WHERE township_code = '{code}' AND report_year >= {ORDERED.start} ORDER BY ALL"
        )
        for code in (CHIDIAN, other)
    )
    assert len(first) > len(ORDERED)
    assert sorted(set(first) ^ set(second), key=str) == []


def test_values_lie_within_their_bounds_and_bad_facts_are_marked(warehouse: Warehouse) -> None:
    assert warehouse.sql("SELECT * FROM township_metric WHERE value_low > value OR value > value_high") == []
    unmarked = """
        SELECT m.* FROM township_metric AS m
        WHERE m.qualifier = 'exact' AND NOT m.has_conflict AND EXISTS (
            FROM fact_indicator AS f
            WHERE list_contains(m.fact_ids, f.fact_id)
                AND (f.value_low > f.value OR f.value > f.value_high OR f.period_start > f.period_end
                    OR f.subset_of = f.fact_id)
        )
    """
    assert warehouse.sql(unmarked) == []
