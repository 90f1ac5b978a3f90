"""Benchmarks: generated reports with known facts, and how fast and how rightly the engine reads them.

Here belong the generator (corpus, patterns, amounts, wording.toml), the measurements (measure) and the command that
prints them and writes docs/benchmarks.md (bench). Nothing of the pipeline depends on this folder.
"""
