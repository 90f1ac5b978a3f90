"""A release in the formats of other programs: Parquet, CSV, Excel and Stata, with metadata that describe the files.

No figure is changed on the way.
"""

from pipelines.warehouse.export.export_folder import make_way
from pipelines.warehouse.export.exporting import Exported, export
from pipelines.warehouse.export.release_reader import ExportError

__all__ = ["ExportError", "Exported", "export", "make_way"]
