"""How raw reports come in: sites and their lists, polite HTTP, the archive of raw bytes, the inventory of the raw
folder.

What the bytes say belongs to `read`.
"""
