"""A number in Chinese prose: folding of characters, values, classifiers, mentions.

It knows no indicator.
"""
