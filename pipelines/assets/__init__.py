"""Dagster's view of the pipeline: assets, checks, the job, its schedule and sensor.

Thin on purpose: an asset takes its folders from `workspace`, calls the library, and turns what came back into
metadata. Nothing is computed here. `pipelines.definitions` puts the pieces together.
"""
