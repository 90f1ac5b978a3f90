"""datapackage.json (Frictionless Data Package 1.0): every file with its hash, and the schema of every table.

It also holds, under `fazhi`, what the export was made of and which files it has, by which the next export knows
whether to do anything.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.warehouse.export import about
from pipelines.warehouse.export.copies import TIME_FORMAT
from pipelines.warehouse.export.export_files import File
from pipelines.warehouse.export.export_folder import STAMP
from pipelines.warehouse.export.release_reader import Column, Source, Table

MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "dta": "application/x-stata-dta",
}
_TYPES = {"text": "string", "list": "array"}
WITH_SCHEMA = ("parquet", "csv")


def render(source: Source, files: Sequence[File], stamp: Mapping[str, Any]) -> str:
    """The file's text."""
    package = {
        "profile": "data-package",
        "name": about.NAME,
        "title": about.TITLE,
        "description": f"{about.DESCRIPTION}\n\n{about.TITLE_ZH}。{about.DESCRIPTION_ZH}",
        "version": source.release_id,
        "created": f"{source.built_at:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": list(about.KEYWORDS),
        "licenses": [{"name": "notspecified", "title": about.LICENCE}],
        "contributors": [{"title": about.AUTHORS, "role": "author"}],
        STAMP: dict(stamp),
        "resources": [_resource(source, file, files) for file in files],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _resource(source: Source, file: File, files: Sequence[File]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": file.name,
        # whoever checks the package without a reader for Parquet, Excel or Stata can still check size and hash
        "type": "table" if file.form == "csv" else "file",
        "path": file.path,
        "format": file.form,
        "mediatype": MEDIA_TYPES[file.form],
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.form == "csv":
        described["encoding"] = "utf-8-sig"
    if file.form in WITH_SCHEMA:
        table = source.tables[file.tables[0]]
        described |= {"title": table.text.zh, "description": table.text.en}
        described["schema"] = _schema(source, table, file, files)
    return described


def _schema(source: Source, table: Table, file: File, files: Sequence[File]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.text.key:
        schema["primaryKey"] = list(table.text.key)
    # a part of the rows may lack what they point to
    if source.where is None and (keys := list(_foreign_keys(table, file, files))):
        schema["foreignKeys"] = keys
    return schema


def _field(column: Column) -> dict[str, Any]:
    described = {
        "name": column.name,
        "title": column.text.zh,
        "type": _TYPES.get(column.kind, column.kind),
        "description": column.text.en,
    }
    return {**described, "format": TIME_FORMAT} if column.kind == "datetime" else described


def _foreign_keys(table: Table, file: File, files: Sequence[File]) -> list[dict[str, Any]]:
    """The references of `table` to tables that are exported in the same format."""
    there = {other.tables[0]: other.name for other in files if other.form == file.form and other.whole == other.path}
    keys = []
    for column, target in table.text.references.items():
        other, _, field = target.partition(".")
        if other in there:
            resource = "" if other == table.name else there[other]
            keys.append({"fields": [column], "reference": {"resource": resource, "fields": [field]}})
    return keys
