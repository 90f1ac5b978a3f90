"""One report: its lines, sections and tables, and the rows of facts and numbers that come out.

Each sentence is read by `pipelines.extract.sentence`, through the cache in `pipelines.extract.cache`.
"""
