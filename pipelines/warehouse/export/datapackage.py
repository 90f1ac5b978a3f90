"""datapackage.json (Frictionless Data Package 1.0): every file with its hash, and the schema of every table.

Its key `fazhi` holds what the export was made of and which files it has. The next export reads that to find what it can
reuse.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.warehouse.export import about
from pipelines.warehouse.export.copies import TIME_FORMAT
from pipelines.warehouse.export.export_files import ExportFile
from pipelines.warehouse.export.export_folder import STAMP
from pipelines.warehouse.export.release_reader import ExportColumn, ExportTable, ReleaseReader

MEDIA_TYPES = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "dta": "application/x-stata-dta",
}
_TYPES = {"text": "string", "list": "array"}
WITH_SCHEMA = ("parquet", "csv")


def render(release: ReleaseReader, files: Sequence[ExportFile], stamp: Mapping[str, Any]) -> str:
    """The text of the file. `stamp` goes under the key `fazhi`."""
    package = {
        "profile": "data-package",
        "name": about.NAME,
        "title": about.TITLE,
        "description": f"{about.DESCRIPTION}\n\n{about.TITLE_ZH}。{about.DESCRIPTION_ZH}",
        "version": release.release_id,
        "created": f"{release.built_at:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": list(about.KEYWORDS),
        "licenses": [{"name": "notspecified", "title": about.LICENCE}],
        "contributors": [{"title": about.AUTHORS, "role": "author"}],
        STAMP: dict(stamp),
        "resources": [_resource(release, file, files) for file in files],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _resource(release: ReleaseReader, file: ExportFile, files: Sequence[ExportFile]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": file.name,
        # without a reader for Parquet, Excel or Stata a person can still check the size and the hash
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
        table = release.tables[file.tables[0]]
        described |= {"title": table.text.zh, "description": table.text.en}
        described["schema"] = _schema(release, table, file, files)
    return described


def _schema(
    release: ReleaseReader, table: ExportTable, file: ExportFile, files: Sequence[ExportFile]
) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.text.key:
        schema["primaryKey"] = list(table.text.key)
    # with a condition, rows that others refer to may be missing
    if release.where is None and (keys := list(_foreign_keys(table, file, files))):
        schema["foreignKeys"] = keys
    return schema


def _field(column: ExportColumn) -> dict[str, Any]:
    described = {
        "name": column.name,
        "title": column.text.zh,
        "type": _TYPES.get(column.kind, column.kind),
        "description": column.text.en,
    }
    return {**described, "format": TIME_FORMAT} if column.kind == "datetime" else described


def _foreign_keys(table: ExportTable, file: ExportFile, files: Sequence[ExportFile]) -> list[dict[str, Any]]:
    """The references of `table` to tables that are exported in the same format."""
    there = {other.tables[0]: other.name for other in files if other.form == file.form and other.whole == other.path}
    keys = []
    for column, target in table.text.references.items():
        other, _, field = target.partition(".")
        if other in there:
            resource = "" if other == table.name else there[other]
            keys.append({"fields": [column], "reference": {"resource": resource, "fields": [field]}})
    return keys
