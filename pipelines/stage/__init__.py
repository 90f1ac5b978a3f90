"""The stage: texts, identities, facts and numbers as they are kept from run to run, in hash buckets of Parquet.

What decides which rows are computed again belongs here (`refresh`), and the three steps that call the library for
those rows: `documents` calls `pipelines.read`, `identities` calls `pipelines.identify`, `facts` calls
`pipelines.extract`. Tables and marts are built from the stage by `pipelines.warehouse`. Nothing here knows Dagster.

A bucket holds the report_ids that begin alike: 64 files of a table, of which a night rewrites those that changed.
"""
