"""The workbench: the current release in a browser, each figure with its sentence, and what people write about it.

`app` puts the pages together, `guard` refuses what does not come from its own pages, `open_release` asks the release.
A page is `sql/pages/NAME.sql` (its queries), `NAME.html` beside it (how it looks) and a view in `pages/`.
"""
