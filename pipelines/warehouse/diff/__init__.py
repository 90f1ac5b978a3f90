"""The difference of two releases: which rows of which tables differ, and why.

`difference` gives it as plain data. Nothing here formats it for people.
"""

from pipelines.warehouse.diff.comparison import difference
from pipelines.warehouse.diff.differences import Difference, DiffError, Example, TableDifference

__all__ = ["DiffError", "Difference", "Example", "TableDifference", "difference"]
