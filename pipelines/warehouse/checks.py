"""The checks of the tables: what each one asks, and which answers block a release.

A check is two files under `sql/checks`: NAME.sql asks for the rows that are wrong or odd, NAME.toml says what is
expected. There are two kinds. A **rule** must hold in every release: one row that breaks it blocks. A check that is
held against a **bound** measures something (the number of its rows, or what NAME.measure.sql asks): above one number it
warns, above another it blocks. Rules about keys and references have no file; they follow from the table descriptions.
`pipelines.warehouse.check_runner` runs the checks, `pipelines.warehouse.check_results` judges what they find.

The SQL reads the tables by plain name. It may also read the queries of `sql/checks/shared`, `ceiling` (metric_code,
unit, most, implausible_above: the numbers of ceilings.toml), `documented_reason` (reason_code: the codes of
pipelines/reasons.py) and `last_coverage` (report_year, reports, units: what the last release holds). With
getvariable('NAME') it may ask for a number of its bound, for 'today' and for 'sources_on'.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, Self

import duckdb
from pydantic import Field, model_validator

from pipelines.build.database import connect, one_line, quote
from pipelines.build.layouts import LAYOUTS, REPORTS
from pipelines.build.toml_file import Entry, Text, mistake, read_toml, wrong
from pipelines.reasons import ReasonCode
from pipelines.warehouse.ceilings import CEILING, CEILINGS, CHECKS_DIR, load_ceilings
from pipelines.warehouse.descriptions import TableText, tables

LAST_COVERAGE = "last_coverage"
TODAY, SOURCES_ON = "today", "sources_on"
MEASURE = ".measure"  # NAME.measure.sql


class Bound(Entry):
    """From where on an answer is odd (`warns`) and from where on it blocks (`blocks`), and why.

    A share blocks only where it is a share of `of_at_least` so many. `parameters` are numbers that the SQL asks for.
    """

    reason: Text
    warns: float | None = None
    blocks: float | None = None
    of_at_least: float = 0
    parameters: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _warns_before_it_blocks(self) -> Self:
        if self.warns is None and self.blocks is None:
            raise wrong("neither warns nor blocks", "at least one of them; add it")
        if self.warns is not None and self.blocks is not None and self.warns > self.blocks:
            raise wrong(f"{self.warns:g}", f"{self.blocks:g} at most, because a check warns before it blocks", "warns")
        return self


class UnitWords(Entry):
    """What a check counts, as it stands behind the number 1 and behind any other."""

    one: Text
    other: Text


_ROWS = UnitWords(one="row", other="rows")


class CheckText(Entry):
    """NAME.toml: what is expected, in both languages, at which table the check is shown, and how it is judged.

    `order` says which rows are shown first, `unit` what is counted. With `evidence` the rows have a fact_id, and each
    is shown with the sentence of that fact. With `by_part` the check is run on one part of its tables at a time.
    """

    kind: Literal["rule", "bound"]
    table: Text
    en: Text
    zh: Text
    order: Text = "ALL"
    unit: UnitWords = _ROWS
    evidence: bool = False
    by_part: bool = False
    bound: Bound | None = None

    @model_validator(mode="after")
    def _has_its_bound(self) -> Self:
        if self.kind == "bound" and self.bound is None:
            raise wrong("no such key", "a table with warns or blocks and a reason; add it", "bound")
        if self.kind == "rule" and self.bound is not None:
            raise wrong("a table", "no such key at a rule: one row that breaks it blocks; remove it", "bound")
        return self


_RULE = Bound(reason="No release may break a rule.", blocks=0)


@dataclass(frozen=True)
class Check:
    """A question to the tables, and what is expected of the answer.

    `rows` is SQL for the rows that are wrong or odd. Its first column names the row where a message lists examples.
    `measure` is SQL for rows (scope, value, whole): a share where `whole` is not null. Without it the rows are counted.
    `reads` are the tables that it needs, the one where it is shown first. `views` are the shared queries that it reads
    (name -> SQL, each after those that it reads itself), `asked` the variables of its SQL. `group` is the name under
    which generated rules are shown together.
    """

    name: str
    kind: Literal["rule", "bound"]
    table: str
    en: str
    zh: str
    rows: str
    reads: tuple[str, ...]
    measure: str = ""
    order: str = "ALL"
    unit: UnitWords = _ROWS
    evidence: bool = False
    by_part: bool = False
    bound: Bound = _RULE
    views: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    group: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The built tables among what it reads."""
        return tuple(name for name in self.reads if name != LAST_COVERAGE)


@cache
def load_checks(folder: Path = CHECKS_DIR) -> tuple[Check, ...]:
    """Every check of `folder` by name, after the rules of keys and references.

    Raises SchemaError with one line for a file that breaks its schema, SQL that cannot be parsed, a table that is not
    there, and a variable that the SQL asks for and the bound does not give, or the other way round.
    """
    texts = {path.name.removesuffix(".sql"): path for path in sorted(folder.glob("*.sql"))}
    names = sorted({*(name.removesuffix(MEASURE) for name in texts), *(path.stem for path in folder.glob("*.toml"))})
    shared = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "shared").glob("*.sql"))}
    shared[CEILING] = load_ceilings(folder).sql
    codes = ", ".join(quote(code.value) for code in ReasonCode)
    shared["documented_reason"] = f"SELECT unnest([{codes}]) AS reason_code"
    checks = [*key_rules(), *reference_rules()]
    taken = {check.name for check in checks}
    with closing(connect()) as con:
        for name in names:
            if name == CEILINGS:
                continue
            toml = folder / f"{name}.toml"
            if name in taken:
                raise mistake(toml, "", "the name of a rule that follows from a table description", "another name")
            if name not in texts:
                raise mistake(folder / f"{name}.sql", "", "no such file", f"a query beside {name}.toml; write it")
            checks.append(_check(con, name, read_toml(toml, CheckText), folder, shared))
    return tuple(checks)


def rules_of(names: Collection[str]) -> list[Check]:
    """The rules of the project that read no other table than those of `names`."""
    return [check for check in load_checks() if check.kind == "rule" and set(check.reads) <= set(names)]


def bound_checks() -> list[Check]:
    """The checks of the project that are held against a bound."""
    return [check for check in load_checks() if check.kind == "bound"]


def _check(
    con: duckdb.DuckDBPyConnection, name: str, text: CheckText, folder: Path, shared: Mapping[str, str]
) -> Check:
    """The check `name` of `folder`; `text` is its TOML. Holds the SQL against the TOML and the tables."""
    toml = folder / f"{name}.toml"
    files = [folder / f"{name}.sql", folder / f"{name}{MEASURE}.sql"]
    sql = {path: path.read_text(encoding="utf-8") for path in files if path.is_file()}
    views: dict[str, str] = {}
    reads: set[str] = {"fact_indicator"} if text.evidence else set()

    def follow(path: Path, query: str) -> None:
        """Add what `query` reads, shared queries before those that read them."""
        try:
            found = con.get_table_names(query)
        except duckdb.Error as error:
            raise mistake(path, "", f"SQL that DuckDB refuses ({one_line(error)})", "one SELECT") from error
        for other in sorted(found):
            if other in shared:
                follow(folder / "shared" / f"{other}.sql", shared[other])
                views[other] = shared[other]
            elif other in tables() or other == LAST_COVERAGE:
                reads.add(other)
            else:
                known = ", ".join([*tables(), *shared, LAST_COVERAGE])
                raise mistake(path, "", f"a query that reads {other}", f"one that reads some of {known}")

    for path, query in sql.items():
        follow(path, query)
    asked = set(re.findall(r"getvariable\('(\w+)'\)", "\n".join([*sql.values(), *views.values()])))
    if text.table not in reads:
        raise mistake(toml, "table", f"{text.table!r}", f"a table that {name}.sql reads: {', '.join(sorted(reads))}")
    if text.kind == "rule" and (asked or LAST_COVERAGE in reads or len(sql) > 1):
        cause = f"{name}{MEASURE}.sql" if len(sql) > 1 else ", ".join(sorted(asked)) or LAST_COVERAGE
        raise mistake(toml, "kind", f"'rule' and SQL with {cause}", "'bound': a rule depends on the tables alone")
    given = set(text.bound.parameters) if text.bound else set()
    for one in sorted((asked - {TODAY, SOURCES_ON}) ^ given):
        found, allowed = ("a number that the SQL does not ask for", "those in getvariable('NAME')")
        if one in asked:
            found, allowed = ("no such key", "a number, because the SQL asks for it; add it")
        raise mistake(toml, f"bound, parameters, {one}", found, allowed)
    return Check(
        name=name,
        rows=sql[files[0]],
        measure=sql.get(files[1], ""),
        reads=(text.table, *sorted(reads - {text.table})),
        views=views,
        asked=frozenset(asked),
        bound=text.bound or _RULE,
        unit=text.unit,
        **text.model_dump(exclude={"bound", "unit"}),
    )


def key_rules() -> Iterator[Check]:
    """For each table the rule that its key is filled and unique."""
    for table, text in tables().items():
        key = ", ".join(text.key)
        named = "concat_ws(' ', " + ", ".join(f"coalesce({column}::VARCHAR, 'null')" for column in text.key) + ")"
        missing = " OR ".join(f"{column} IS NULL" for column in text.key)
        # Where the key lacks the code by which parts are told apart, one key could stand in two of them.
        layout = LAYOUTS.get(text.parts or "")
        yield Check(
            name=f"{table}_key",
            kind="rule",
            table=table,
            en=f"{key} is filled and unique in {table}",
            zh=f"{table} 的主键 {key} 须填写且不重复",
            rows=f"SELECT {named} AS row_key FROM {table} GROUP BY {key} HAVING count(*) > 1 "
            f"UNION ALL SELECT {named} FROM {table} WHERE {missing}",
            reads=(table,),
            by_part=layout is None or layout.column(text.key) is not None,
            group="keys",
        )


def reference_rules() -> Iterator[Check]:
    """For each column that refers to a column of another table the rule that its values stand there.

    Where both tables have the code by which parts are told apart, a row is looked for among those with the same
    beginning of that code: the rows of other parts change nothing, whether or not they are read.
    """
    for table, text in tables().items():
        columns = [(column, column, target) for column, target in text.references.items()]
        columns += [(column, f"unnest({column})", target) for column, target in text.list_references.items()]
        layout = LAYOUTS.get(text.parts or "")
        own_code = layout.column(_named(text)) if layout else None
        for column, expression, target in columns:
            other, key = target.split(".")
            code = layout.column(_named(tables()[other])) if layout else None
            # A table whose parts are others must have the code of these, or it would be read whole again for each part.
            # A report may name another one, which lies in any bucket.
            has_own_parts = len({tables()[name].parts for name in (table, other)} - {None}) == 1
            names_another = layout is REPORTS and key == code and expression != own_code
            by_part = (has_own_parts or bool(code and own_code)) and not names_another
            by_part = by_part and not (code and own_code is None)  # what cannot be tied is asked of whole tables
            selected, tie = f"{expression} AS v", ""
            if by_part and layout and code and own_code and (expression, key) != (own_code, code):
                selected += f", {layout.beginning(own_code)} AS part"
                tie = f" AND {layout.beginning(f'o.{code}')} IS NOT DISTINCT FROM own.part"
            yield Check(
                name=f"{table}_{column}_reference",
                kind="rule",
                table=table,
                en=f"each {table}.{column} is a {target}",
                zh=f"{table}.{column} 须见于 {target}",
                rows=f"SELECT DISTINCT v::VARCHAR AS value FROM (SELECT {selected} FROM {table}) AS own "
                f"WHERE v IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} AS o WHERE o.{key} = own.v{tie})",
                reads=tuple(dict.fromkeys((table, other))),
                by_part=by_part,
                group="references",
            )


def _named(text: TableText) -> list[str]:
    """The columns that a table's own file names."""
    return [*text.key, *text.references, *text.columns]
