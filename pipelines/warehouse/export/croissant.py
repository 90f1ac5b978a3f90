"""croissant.json (Croissant 1.0, MLCommons): the files with their hashes, and a record set for each table.

A record set reads the table's Parquet file, which holds every value unchanged, or its CSV if only that was exported.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.warehouse.export import about
from pipelines.warehouse.export.export_files import ExportFile
from pipelines.warehouse.export.release_reader import ExportColumn, ExportTable, ReleaseReader

MEDIA_TYPES = {"parquet": "application/x-parquet", "csv": "text/csv"}
# If a table is exported in several formats, its record set reads the first of these.
PREFERRED = ("parquet", "csv")
_TYPES = {
    "text": "sc:Text",
    "list": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}
_OWN = (
    *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
# The context that the specification of Croissant 1.0 gives, term for term.
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "sc": "https://schema.org/",
    **{term: f"cr:{term}" for term in _OWN},
}


def render(release: ReleaseReader, files: Sequence[ExportFile], citation: str) -> str:
    """The text of the file. `citation` is the sentence by which the release is cited."""
    readable = [file for form in PREFERRED for file in files if file.form == form]
    first: Mapping[str, ExportFile] = {file.tables[0]: file for file in reversed(readable)}
    dataset = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about.NAME,
        "alternateName": about.TITLE_ZH,
        "description": f"{about.TITLE}. {about.DESCRIPTION}",
        "license": about.LICENCE,
        "creator": {"@type": "sc:Organization", "name": about.AUTHORS},
        "citeAs": citation,
        # three numbers, as the specification wants; behind the + stands which release of the day
        "version": f"{release.built_at.year}.{release.built_at.month}.{release.built_at.day}+{release.release_id}",
        "datePublished": f"{release.built_at:%Y-%m-%d}",
        "keywords": list(about.KEYWORDS),
        "isLiveDataset": False,
        "distribution": [*(_file(file) for file in readable), *_folders(readable)],
        "recordSet": [_record_set(release.tables[name], first[name]) for name in sorted(first)],
    }
    return json.dumps(dataset, ensure_ascii=False, indent=1) + "\n"


def _file(file: ExportFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.name,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": MEDIA_TYPES[file.form],
        "sha256": file.sha256,
    }


def _folders(files: Sequence[ExportFile]) -> list[dict[str, Any]]:
    """A file set for each table that is exported as several files."""
    parts = {file.whole: file for file in files if file.whole != file.path}
    return [
        {
            "@type": "cr:FileSet",
            "@id": whole,
            "name": whole.partition("/")[2],
            "encodingFormat": MEDIA_TYPES[file.form],
            "includes": f"{whole}/*.{file.form}",
        }
        for whole, file in parts.items()
    ]


def _record_set(table: ExportTable, file: ExportFile) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.text.comment,
        "field": [_field(table, column, file) for column in table.columns],
    }
    if table.text.key:
        described["key"] = [{"@id": f"{table.name}/{column}"} for column in table.text.key]
    return described


def _field(table: ExportTable, column: ExportColumn, file: ExportFile) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.text.comment,
        "dataType": _TYPES[column.kind],
        "source": {
            "fileObject" if file.whole == file.path else "fileSet": {"@id": file.whole},
            "extract": {"column": column.name},
        },
    }
    if column.kind == "list" and file.form == "parquet":  # in CSV a list is one text
        described["repeated"] = True
    return described
