"""From staged Parquet to a published release: metadata, lineage, building, audit, publishing, querying.

What a table holds is written in `sql/`, what it means in `metadata/`; Python only runs the one and carries the other.
"""
