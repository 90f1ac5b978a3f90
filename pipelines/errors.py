"""The base of the errors that fazhi explains to a person.

Each room defines its own errors beside the code that raises them, and each of them derives from `FazhiError`.
So the command line needs one rule: print the message, without a traceback, and exit with code 2.
"""


class FazhiError(Exception):
    """Something that a person can put right.

    The message says what was found, what was expected and what to do next. It stands in one line wherever it can.
    """
