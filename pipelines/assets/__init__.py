"""Dagster's view of the pipeline: assets, checks, sensors, storage and one run.

Each asset calls the library and turns the answer into metadata; it computes nothing.
"""
