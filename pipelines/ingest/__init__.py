"""How raw reports come into the project and are known to it: the archive of raw bytes and their sidecars.

Bytes and where they came from belong here; what the bytes say belongs to `pipelines.read`.
"""
