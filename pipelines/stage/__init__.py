"""The steps from raw files to facts, kept as Parquet from run to run.

Each step calls one library room for the rows that are new.
"""
