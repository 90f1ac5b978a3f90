"""The page of lineage: the tables, the SQL of one, some of its rows, and where a chosen column comes from."""

from pipelines.warehouse.kept_tables import project_tables
from pipelines.web.lineage_graph import lineage_graph, sources_of
from pipelines.web.page_view import Asked, Content, NotFoundError


def view(asked: Asked) -> Content:
    """All tables; for a chosen `table` its columns, SQL and rows, for a chosen `column` the graph.

    Raises NotFoundError for a table or column that is not there.
    """
    table, column = asked.parameters.get("table", ""), asked.parameters.get("column", "")
    tables, specs = asked.kept_rows("tables"), project_tables().specs
    content: Content = {"tables": tables, "table": table, "column": column, "spec": None, "rows": [], "graph": None}
    if not table:
        return content
    is_released = any(one["table_name"] == table for one in tables)
    if table not in specs and not is_released:
        raise NotFoundError(f"no table is called {table[:60]!r}; the page without a table lists them all")
    if spec := specs.get(table):
        content["spec"] = {
            "sql": spec.query,
            "description": spec.description,
            "depends_on": list(spec.depends_on),
            "columns": [{"name": one.name, "description": one.description} for one in spec.columns],
        }
        if column:
            if column not in [one.name for one in spec.columns]:
                raise NotFoundError(f"{table} has no column {column[:60]!r}; the page of the table lists its columns")
            content["graph"] = lineage_graph(table, column)
            content["sources"] = [list(source) for source in sources_of(table).get(column, ())]
    if is_released:
        content["rows"] = asked.rows("rows", table=table)
    return content
