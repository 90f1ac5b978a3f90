"""A release in the formats of other programs: Parquet, CSV, XLSX, Stata, and metadata that say what the files are.

One module a format (`copies` for Parquet and CSV, `workbook`, `stata`), one a kind of metadata (`datapackage`,
`croissant`, `citation`); `source` reads the release, `folder` puts the finished folder in its place, and `exporting`
holds the one function `export` that callers need. Nothing here changes a figure, and nothing writes to a release.
"""

from pipelines.warehouse.export.exporting import Exported, export
from pipelines.warehouse.export.source import ExportError

__all__ = ["ExportError", "Exported", "export"]
