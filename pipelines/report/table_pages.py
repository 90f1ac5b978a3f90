"""The data dictionary `docs/tables.md`, written by `python -m pipelines.report.table_pages`.

Nothing in the page is typed by hand; a test fails when it no longer matches.
"""

from collections.abc import Mapping
from pathlib import Path

from pipelines.paths import PROJECT_ROOT, SQL_DIR
from pipelines.warehouse import lineages
from pipelines.warehouse.descriptions import describe_column, describe_table
from pipelines.warehouse.lineages import KEPT
from pipelines.warehouse.model import Column, TableSpec, load_specs, output_types
from pipelines.warehouse.release import release_columns

DOCS_PATH = PROJECT_ROOT / "docs" / "tables.md"

HEADER = """\
# Tables

Written by `python -m pipelines.report.table_pages` from NAME.sql and NAME.toml under `sql/`; do not edit by hand.
"From" names the columns whose values go into a column, found in the SQL; `stage_*` and `ref_*` are what the pipeline
has read before any SQL runs. The same descriptions stand in the DuckDB file as comments:
`SELECT * FROM duckdb_columns() WHERE table_name = 'township_year'`.
"""


def render(specs: Mapping[str, TableSpec]) -> str:
    """The whole page as Markdown: contents, then a section a table, tables before marts before `release`."""
    types = output_types(specs)
    ordered = sorted(specs.values(), key=lambda spec: (spec.group != "tables", spec.name))
    written = release_columns(specs)
    names = [*(spec.name for spec in ordered), *written]
    contents = "\n".join(f"- [`{name}`](#{name}): {_first_sentence(describe_table(name).en)}" for name in names)
    sections = [_section(spec.name, spec.columns, dict(types[spec.name]), _made_by(spec)) for spec in ordered]
    for name, kinds in written.items():
        columns = tuple(Column(column, describe_column(name, column), ()) for column, _ in kinds)
        sections.append(_section(name, columns, dict(kinds), "Written when a release is published."))
    return "\n".join([HEADER, contents, *sections])


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".") + "."


def _made_by(spec: TableSpec) -> str:
    return f"Made by `sql/{spec.group}/{spec.name}.sql` from {', '.join(f'`{name}`' for name in spec.depends_on)}."


def _section(table: str, columns: tuple[Column, ...], types: Mapping[str, str], made_by: str) -> str:
    text = describe_table(table)
    key = ", ".join(f"`{column}`" for column in text.key)
    lines = [f"\n## {table}\n", text.en, "", text.zh, "", f"A row is {text.grain}. Key: {key}. {made_by}", ""]
    lines += ["| column | 名称 | type | meaning | from |", "|---|---|---|---|---|"]
    for column in columns:
        sources = ", ".join(f"`{source}.{name}`" for source, name in column.lineage)
        lines.append(f"| `{column.name}` | {column.text.zh} | {types[column.name]} | {column.text.en} | {sources} |")
    return "\n".join(lines) + "\n"


def main(path: Path = DOCS_PATH) -> None:
    """Write the page to `path`, and the lineage that it is made from beside the metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    specs = load_specs(SQL_DIR)
    path.write_text(render(specs), encoding="utf-8")
    KEPT.write_text(lineages.render({name: spec.sql for name, spec in specs.items()}), encoding="utf-8")


if __name__ == "__main__":
    main()
