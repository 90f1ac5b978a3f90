"""A release in the formats of other programs: Parquet, CSV, XLSX, Stata, with metadata that say what the files are.

Nothing here changes a figure.
"""

from pipelines.warehouse.export.exporting import Exported, export
from pipelines.warehouse.export.release_reader import ExportError

__all__ = ["ExportError", "Exported", "export"]
