"""One module a format, each with `read(data, name) -> Document`.

A new format is a module here and a line in `pipelines.read.reader`.
"""
