"""Bytes in, clean text out.

It chooses the format by content and marks page furniture; who reports and what the figures are is for other rooms.
"""
