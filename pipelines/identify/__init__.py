"""Which unit reports, on which year, in which kind of document.

What cannot be told stays null, and the document is quarantined with the reason.
"""
