"""The search page, and the list below the search box: units, areas and indicators by name, code or pinyin."""

from typing import Any

from pipelines.web.open_release import OpenRelease
from pipelines.web.page_queries import page_queries
from pipelines.web.page_view import Asked, Content
from pipelines.web.search_index import SearchIndex


def view(asked: Asked) -> Content:
    """What is found for `q`, the closest first."""
    text = asked.parameters.get("q", "")[:100]
    found: list[dict[str, Any]] = [
        {"kind": one.kind, "code": one.code, "name": one.name, "where": one.where, "n_reports": one.weight}
        for one in search_index(asked.release).find(text)
    ]
    return {"q": text, "found": found}


def search_index(release: OpenRelease) -> SearchIndex:
    """Everything that can be found in a release; made once."""
    queries = page_queries("search")
    return release.kept(
        "search", lambda: SearchIndex.of(release.ask(queries["units"], {}), release.ask(queries["indicators"], {}))
    )


def places_view(asked: Asked) -> Content:
    """The units among what is found, as choices for the place of a report."""
    content = view(asked)
    return {"q": content["q"], "found": [one for one in content["found"] if one["kind"] == "unit"]}
