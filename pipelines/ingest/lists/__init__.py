"""Lists of a form that no preset describes: a module a site, named by `list_module` in its entry of `sources.toml`.

A module has one function, `links(answer, source)`: it makes no request, and takes what an address of the list gave
(`FetchResponse`) and the site's entry (`Source`). It returns a `ListPage` of `pipelines.ingest.found_links`, or raises
FetchFailed where the answer is not as expected.
"""
