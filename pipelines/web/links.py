"""The addresses of pages: those of the server, and those of files for the static site."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode, urlsplit

NOWHERE = "about:no-page"  # what a link to a page gets that the static site has not; the attribute is then taken out
_IN_PAGE = frozenset({"at"})  # parameters that only choose something within a page: a static one shows all of it


@dataclass(frozen=True)
class Links:
    """How pages are linked. `root` stands before each address; `pages` are the files of a static site, below it."""

    root: str = "/"
    pages: Container[str] | None = None

    @property
    def is_static(self) -> bool:
        """Whether addresses are those of files."""
        return self.pages is not None

    def page(self, *parts: object, anchor: str = "", **parameters: object) -> str:
        """The address of the page `parts` (`"unit", code`), with the parameters that are not None.

        `NOWHERE` for a page that the static site has not.
        """
        path = "/".join(map(_quoted, parts))
        given = {name: value for name, value in parameters.items() if value is not None and value != ""}
        if self.pages is not None:
            path, given = static_path(path, given), {}
            if path not in self.pages:
                return NOWHERE
        query = f"?{urlencode(given)}" if given else ""
        return f"{self.root}{path}{query}{'#' + anchor if anchor else ''}"

    def static(self, name: str) -> str:
        """The address of a file of the workbench: scripts, styles."""
        return f"{self.root}static/{name}"


@lru_cache(4096, typed=True)  # a page of a unit has a thousand links of the same few codes
def _quoted(part: object) -> str:
    return quote(str(part), safe="")


def static_path(path: str, parameters: Mapping[str, object]) -> str:
    """The file of a page in a static site: `missing` with an area of 330000 is `missing/area-330000.html`.

    A static site has no query strings, so that each parameter is a part of the path, in the order of the names.
    """
    named = [
        f"{name}-{quote(str(value), safe='')}" for name, value in sorted(parameters.items()) if name not in _IN_PAGE
    ]
    return "/".join([path or "index", *named]) + ".html"


def outside(address: str | None) -> str | None:
    """An address that came with a report, if a browser may follow it: http and https only."""
    try:
        parts = urlsplit((address or "").strip())
    except ValueError:
        return None
    return (address or "").strip() if parts.scheme in ("http", "https") and parts.hostname else None
