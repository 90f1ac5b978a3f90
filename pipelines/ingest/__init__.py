"""How raw reports come in: sites and their lists, polite HTTP, the archive of raw bytes, the inventory of `raw/`.

What the bytes say is read by `read`.
"""
