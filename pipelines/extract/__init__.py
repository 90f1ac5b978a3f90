"""Extraction: from the stored text of a report to facts with evidence and an account of every number.

Here belong pure functions over text and codebook. Nothing of Dagster, DuckDB or the file system.
"""

from pipelines.extract.codebook import Codebook, CodebookError, Indicator
from pipelines.extract.engine import ENGINE_VERSION, extract
from pipelines.extract.facts import Extraction, Fact, Number

__all__ = ["ENGINE_VERSION", "Codebook", "CodebookError", "Extraction", "Fact", "Indicator", "Number", "extract"]
