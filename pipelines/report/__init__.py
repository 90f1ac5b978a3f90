"""All wording for people: charts, the summary of a run, alerts, release notes, generated pages.

It reads tables and releases and changes none.
"""
