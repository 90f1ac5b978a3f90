"""Which figures exist, what counts and how it is worded: the schema of the rules, their loading and compiling.

The rules themselves are `rules/*.toml`.
"""
