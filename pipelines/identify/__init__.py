"""Identifying: which unit reports, on which year, in which kind of document, and whether it belongs in the marts.

Here belongs everything that is read off a document as a whole. Not here: the text itself (`read`) and its figures
(`extract`). Nothing is guessed: what cannot be told stays null and the document is quarantined with the reason.
"""

from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import IDENTIFIER_VERSION, Identity, identify

__all__ = ["IDENTIFIER_VERSION", "Gazetteer", "Identity", "identify"]
