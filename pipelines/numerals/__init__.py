"""Numbers in Chinese prose: folding of characters, values of numerals, classifiers, and the mentions in a text.

This package knows no indicator.
"""
