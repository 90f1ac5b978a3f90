"""Benchmarks: generated reports with known facts, and how fast and how rightly the engine reads them.

The generator is in corpus, patterns, amounts and wording.toml. The measurements are in measure. The command bench
prints them and writes docs/benchmarks.md. Nothing in the pipeline depends on this folder.
"""
