"""What a table is computed from, read out of its SQL with sqlglot: the tables it reads and the sources of each column.

Nothing here is typed by hand, and nothing here runs SQL. A source of a column is a column whose value goes into it;
columns that only decide which rows there are (WHERE, JOIN, ORDER BY of the query itself) are not sources.
"""

from collections.abc import Mapping, Sequence

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope, traverse_scope

from pipelines.warehouse.lineages import Lineage, LineageError, Source


def parse(name: str, sql: str) -> exp.Query:
    """The parsed query of table `name`; raises LineageError unless `sql` is one SELECT that can be followed."""
    try:
        query = parse_one(sql, dialect="duckdb")
    except SqlglotError as error:
        raise LineageError(f"{name}: the SQL cannot be parsed: {error}") from error
    if not isinstance(query, exp.Query):
        raise LineageError(f"{name}: expected one SELECT, found {query.key.upper()}")
    for star in query.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            raise LineageError(f"{name}: SELECT * hides the columns; write their names")
    for construct in (exp.Pivot, exp.Columns):
        if query.find(construct):
            raise LineageError(f"{name}: {construct.__name__.upper()} cannot be followed; write the columns out")
    return query


def dependencies(query: exp.Query) -> tuple[str, ...]:
    """Names of the tables that `query` reads, its own CTEs left out, sorted."""
    return tuple(
        sorted(
            {
                source.name
                for scope in traverse_scope(query)
                for source in scope.sources.values()
                if isinstance(source, exp.Table)
            }
        )
    )


def trace(name: str, query: exp.Query, schema: Mapping[str, Sequence[str]]) -> Lineage:
    """Dependencies and column sources of `query`; `schema` gives the columns of every table that it reads.

    Raises LineageError for a table or column that is not there.
    """
    depends_on = dependencies(query)
    if unknown := [table for table in depends_on if table not in schema]:
        raise LineageError(f"{name}: reads {', '.join(unknown)}, which no SQL file makes and inputs.toml does not list")
    types: dict[str, object] = {table: dict.fromkeys(schema[table], "unknown") for table in depends_on}
    try:
        qualified = qualify(query.copy(), dialect="duckdb", schema=types, identify=False, quote_identifiers=False)
    except SqlglotError as error:
        raise LineageError(f"{name}: {error}") from error
    root = build_scope(qualified)
    if root is None or not isinstance(qualified, exp.Query):
        raise LineageError(f"{name}: the query has no scope to follow")
    walker = _Walker(name)
    return Lineage(
        depends_on, {column: walker.sources(root, position) for position, column in enumerate(qualified.named_selects)}
    )


class _Walker:
    """Follows output columns down through CTEs, subqueries and unions; each is followed once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: dict[tuple[int, int], tuple[Source, ...]] = {}

    def sources(self, scope: Scope, position: int) -> tuple[Source, ...]:
        """Sorted sources of the output column at `position` of `scope`."""
        key = (id(scope), position)
        if key not in self.known:
            if scope.set_operation_scopes:
                found = {source for leg in scope.set_operation_scopes for source in self.sources(leg, position)}
            else:
                projection = _query(scope).selects[position]
                found = {source for column in projection.find_all(exp.Column) for source in self._of(scope, column)}
            self.known[key] = tuple(sorted(found))
        return self.known[key]

    def _of(self, scope: Scope, column: exp.Column) -> tuple[Source, ...]:
        if not column.table:  # the variable of a lambda
            return ()
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            return ((source.name, column.name),)
        if isinstance(source, Scope):
            if isinstance(source.expression, exp.Values | exp.UDTF):
                return ()  # constants written in the query
            return self.sources(source, _query(source).named_selects.index(column.name))
        found = column.sql("duckdb")
        raise LineageError(f"{self.name}: cannot follow {found}; use a CTE in place of a nested subquery")


def _query(scope: Scope) -> exp.Query:
    assert isinstance(scope.expression, exp.Query)  # every other kind of scope has been dealt with
    return scope.expression
