"""The data dictionary `docs/tables.md`, written by `python -m pipelines.report.table_pages`.

The page is generated from the files under `sql/`; a test fails if it no longer matches them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.paths import PROJECT_ROOT, SQL_DIR
from pipelines.warehouse.descriptions import TableText, describe_column, describe_table
from pipelines.warehouse.lineage import Source, column_sources
from pipelines.warehouse.model import Column, TableSpec, load_specs
from pipelines.warehouse.release import release_columns

Sources = Mapping[str, Sequence[Source]]  # column -> the (table, column) pairs that it comes from

DOCS_PATH = PROJECT_ROOT / "docs" / "tables.md"

HEADER = """\
# Tables

Written by `python -m pipelines.report.table_pages` from NAME.sql and NAME.toml under `sql/`; do not edit by hand.
"From" names the columns whose values go into a column, found in the SQL; `stage_*` and `ref_*` are what the pipeline
has read before any SQL runs. The same descriptions stand in the DuckDB file as comments:
`SELECT comment FROM duckdb_columns() WHERE table_name = 'dim_report'`. The last
tables are built for others and are not in the release.
"""


def render(specs: Mapping[str, TableSpec]) -> str:
    """The whole page as Markdown: contents, then a section a table; tables that are not published come last."""
    contents, sections = [], []

    def add(name: str, text: TableText, made_by: str, columns: Sequence[Column], sources: Sources) -> None:
        first_sentence = text.en.split(". ")[0].rstrip(".")
        contents.append(f"- [`{name}`](#{name}): {first_sentence}.")
        key = ", ".join(f"`{column}`" for column in text.key)
        sections.append(f"\n## {name}\n\n{text.en}\n\n{text.zh}\n")
        sections.append(f"A row is {text.grain}. Key: {key}. {made_by}\n")
        sections.append("| column | 名称 | type | meaning | from |\n|---|---|---|---|---|")
        for column in columns:
            origin = ", ".join(f"`{table}.{source}`" for table, source in sources.get(column.name, ()))
            sections.append(f"| `{column.name}` | {column.text.zh} | {column.type} | {column.text.en} | {origin} |")
        sections.append("")

    def add_group(group: str) -> None:
        for spec in sorted(specs.values(), key=lambda spec: spec.name):
            if (spec.group if spec.text.publish else "unpublished") == group:
                made_by = (
                    f"Made by `sql/{spec.group}/{spec.name}.sql` from {', '.join(f'`{t}`' for t in spec.depends_on)}."
                )
                add(spec.name, spec.text, made_by, spec.columns, column_sources(spec))

    add_group("tables")
    add_group("marts")
    for name, kinds in release_columns(specs).items():
        columns = [Column(column, kind, describe_column(name, column)) for column, kind in kinds]
        add(name, describe_table(name), "Written when a release is published.", columns, {})
    add_group("unpublished")
    return "\n".join([HEADER, *contents, *sections])


def main(path: Path = DOCS_PATH) -> None:
    """Write the page to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(load_specs(SQL_DIR)), encoding="utf-8")


if __name__ == "__main__":
    main()
