"""From the text of a report to facts with evidence, and an account of every number.

Pure functions: nothing of Dagster, DuckDB or the file system.
"""
