"""The generated part of `docs/tables.md`, from the files under `sql/`. `cog` puts it into the page."""

from collections.abc import Mapping, Sequence

from pipelines.warehouse.descriptions import TableText, describe_column, describe_table
from pipelines.warehouse.lineage import Source, column_sources
from pipelines.warehouse.model import Column, TableSpec
from pipelines.warehouse.release import release_columns

Sources = Mapping[str, Sequence[Source]]  # column -> the (table, column) pairs that it comes from


def table_sections(specs: Mapping[str, TableSpec]) -> str:
    """Contents, then a section a table, as Markdown. Tables that are not published come last."""
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
    return "\n".join([*contents, *sections]) + "\n"
