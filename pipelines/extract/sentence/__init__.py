"""One sentence: its numbers, the rules that match each figure, and the statement that comes out.

A sentence is read by itself. `context` says what it takes over from the sentences before it.
"""
