"""Reads one report: its lines, sections and tables, and the rows of facts and numbers that come out.

Sentences are read by `pipelines.extract.sentence`.
"""
