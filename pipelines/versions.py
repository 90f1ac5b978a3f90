"""The versions of what reads, identifies and extracts: parts of the keys under which their results are kept.

Raise one with every change of what its room yields. They stand here because a run in which nothing is new needs the
versions, and not the rooms, which are slow to import.
"""

READER_VERSION = "8"
IDENTIFIER_VERSION = "7"
ENGINE_VERSION = "14"
