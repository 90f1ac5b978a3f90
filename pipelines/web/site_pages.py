"""Which pages a static site has: those of the workbench that need no server, with the parameters of each."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.web.links import static_path
from pipelines.web.open_release import OpenRelease
from pipelines.web.page_list import PAGES
from pipelines.web.page_queries import page_queries
from pipelines.web.page_view import WebPage

#: Pages that have no static form, and why. Parts of pages (`is_document=False`) have none either.
LEFT_OUT: Mapping[str, str] = {
    "review": "it is for writing corrections",
    "map": "to publish a map of China has legal requirements",
}
_PLACE = re.compile(r"\{([a-z_]+)\}")
# Files of such names exist on every file system and need no quoting in an address.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class SitePage(NamedTuple):
    """A page with the parameters that it is made with, and its file below the folder of the site."""

    name: str
    parameters: Mapping[str, str]
    path: str


def site_pages(release: OpenRelease, provinces: Collection[str] | None) -> list[SitePage]:
    """All pages of a site of these provinces (the first two digits of their codes; None for all)."""
    asked = {"provinces": sorted(provinces) if provinces is not None else None}
    queries = page_queries("site")
    found: list[SitePage] = []
    for page in static_forms():
        if not _PLACE.search(page.path):
            found.append(_page(page, {}))
        if page.name in queries:
            found += [
                _page(page, parameters)
                for row in release.ask(queries[page.name], asked)
                if (parameters := _plain(list(row.items()))) is not None
            ]
    return found


def static_forms() -> Iterator[WebPage]:
    """The pages that a static site can have."""
    yield from (page for page in PAGES if page.is_document and page.name not in LEFT_OUT)


def _plain(given: Sequence[tuple[str, object]]) -> dict[str, str] | None:
    """The parameters as text, without those that are NULL; None where one of them cannot be the name of a file."""
    parameters = {name: str(value) for name, value in given if value is not None}
    return parameters if all(_PLAIN.fullmatch(value) for value in parameters.values()) else None


def _page(page: WebPage, parameters: Mapping[str, str]) -> SitePage:
    places = _PLACE.findall(page.path)
    path = page.path.strip("/").format(**{place: parameters[place] for place in places})
    others = {name: value for name, value in parameters.items() if name not in places}
    return SitePage(page.name, parameters, static_path(path, others))
