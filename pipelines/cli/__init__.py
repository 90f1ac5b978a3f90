"""The command `fazhi`: its commands, and how their output looks.

A command parses arguments and calls the library; it computes nothing.
"""
