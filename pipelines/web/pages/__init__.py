"""The views of the workbench, one module a page.

A view takes what the queries of its page return and puts it into the shape that its template shows. It returns plain
data, which is also the JSON of the page.
"""
