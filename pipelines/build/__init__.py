"""What must be computed again: the ledger, parts, atomic files, the lock, workers, DuckDB connections.

It knows no table and no report.
"""
