"""From staged Parquet to a published release: the model of the tables, checks, release, diff, export.

What a table holds is written in `sql/`; Python only runs it.
"""
