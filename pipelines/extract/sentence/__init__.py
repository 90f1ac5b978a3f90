"""Reads one sentence: which word each number counts, what is shared between numbers, which figures are zero.

It knows nothing of other sentences but what `context` passes on.
"""
