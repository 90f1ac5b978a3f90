"""Pictures of the warehouse: a few small charts, each a query, and a drawing of what the query gives as SVG.

What a chart shows and how it is drawn belongs here; where it is shown (Dagster's asset pages, the notebook) does not.
A query takes a DuckDB connection that knows the tables by their names, so that the Parquet tables and the release serve
alike. Missing is never drawn as zero: each chart says of how many it tells.
"""
