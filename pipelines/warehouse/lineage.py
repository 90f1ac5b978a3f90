"""Where the columns of a table come from, read out of its SQL with sqlglot. Worked out only when somebody asks."""

from pipelines.errors import FazhiError
from pipelines.warehouse.model import TableSpec

Source = tuple[str, str]  # (table, column)


class LineageError(FazhiError):
    """The sources of a table's columns cannot be found; the message names the table and the reason."""


def column_sources(spec: TableSpec) -> dict[str, tuple[Source, ...]]:
    """For each column of the table the (table, column) pairs whose values go into it, sorted.

    Columns that only decide which rows there are (WHERE, JOIN, ORDER BY of the query itself) are no sources. Raises
    LineageError.
    """
    from sqlglot import exp  # a fifth of a second, which a start of the program need not pay
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage

    schema = {table: dict.fromkeys(columns, "unknown") for table, columns in spec.reads.items()}
    try:
        nodes = lineage(None, spec.query, schema, dialect="duckdb", trim_selects=False, quote_identifiers=False)
    except (SqlglotError, ValueError) as error:
        raise LineageError(f"{spec.name}: the sources of its columns cannot be found: {error}") from error
    if list(nodes) != [column.name for column in spec.columns]:
        raise LineageError(f"{spec.name}: the sources of its columns cannot be found; write the columns out")
    sources: dict[str, tuple[Source, ...]] = {}
    for column, node in nodes.items():
        leaves = [leaf for leaf in node.walk() if isinstance(leaf.expression, exp.Table)]
        sources[column] = tuple(sorted({(leaf.expression.name, leaf.name.rpartition(".")[2]) for leaf in leaves}))
    return sources
