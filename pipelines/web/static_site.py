"""Write the pages of the workbench as files that any web server serves: no server of ours, no query strings.

The templates are the same. An address that is no file of the site is taken out of its link, so that no link leads
nowhere. The folder is written beside its place and takes it when it is whole.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from pipelines.build.workers import WorkerSettings, workers
from pipelines.errors import FazhiError
from pipelines.settings import Settings
from pipelines.warehouse.export.export_folder import locked, replacing
from pipelines.web.app import STATIC_DIR
from pipelines.web.links import NOWHERE, Links
from pipelines.web.open_release import CurrentRelease, OpenRelease
from pipelines.web.page_list import PAGES
from pipelines.web.page_queries import page_queries
from pipelines.web.page_view import Asked
from pipelines.web.pages.search import search_index
from pipelines.web.search_index import Findable
from pipelines.web.site_pages import SitePage, site_pages
from pipelines.web.templates import Templates

STAMP_FILE = "fazhi-site.json"
PART = 3_000  # entries of the search index in one file: about 300 KB
SITEMAP_MOST = 50_000  # addresses in one file, by the protocol of sitemaps.org
_BATCH = 100  # pages that a worker makes at a time
# Jinja escapes quotation marks, so that no text of a report can look like this.
_DEAD = re.compile(rf' (?:href|src|action|hx-get|hx-post)="{re.escape(NOWHERE)}"')


class StaticSiteError(FazhiError):
    """The site cannot be written as it was asked for. The message says what was found and what to do."""


@dataclass(frozen=True)
class WrittenSite:
    """What was written: the folder, its release, how many pages."""

    folder: Path
    release_id: str
    pages: int


def write_site(
    settings: Settings, folder: Path, provinces: Sequence[str] = (), base_url: str | None = None
) -> WrittenSite:
    """Write the site of the current release, of all provinces or of those with these codes (`330000` or `33`).

    `base_url` is where the site will stand; only the sitemap needs it. Raises StaticSiteError for a province that the
    release does not know or an address that is none, ExportError where `folder` holds something else than a site,
    NoReleaseError where there is no release.
    """
    folder = folder.resolve()
    address = _checked_address(base_url)
    with closing(CurrentRelease(settings)) as reader, reader.using() as release:
        chosen = _chosen_provinces(release, provinces)
        pages = site_pages(release, chosen)
        with locked(folder, "site"), replacing(folder, is_site, "site") as building:
            shutil.copytree(STATIC_DIR, building / "static")
            paths = frozenset(page.path for page in pages)
            _write_search(building / "static", release, paths)
            if address:
                _write_sitemap(building, address, [page.path for page in pages])
            with workers(WorkerSettings(settings.processes), len(pages)) as each:
                make = partial(_make_pages, settings, release.path, building, chosen)
                written = sum(each(make, _batches(pages)))
            stamp = {"release_id": release.release_id, "provinces": sorted(chosen or ()), "pages": written}
            (building / STAMP_FILE).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
        return WrittenSite(folder, release.release_id, written)


def is_site(folder: Path) -> bool:
    """Whether `folder` is a site that this program wrote."""
    try:
        return "release_id" in json.loads((folder / STAMP_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _chosen_provinces(release: OpenRelease, provinces: Sequence[str]) -> frozenset[str] | None:
    """The first two digits of each province; None for all of them."""
    known = {row["province_code"] for row in release.ask(page_queries("site")["provinces"], {})}
    for code in provinces:
        if code.ljust(6, "0") not in known or len(code) < 2:
            some = ", ".join(sorted(known))
            raise StaticSiteError(f"--province {code[:40]!r} is no province of this release; expected one of {some}")
    return frozenset(code[:2] for code in provinces) or None


def _checked_address(base_url: str | None) -> str | None:
    if base_url is None:
        return None
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise StaticSiteError(f"--base-url {base_url[:80]!r} is no address of a folder; expected https://HOST/PATH/")
    return base_url.rstrip("/") + "/"


def _batches(pages: Iterable[SitePage]) -> Iterator[list[SitePage]]:
    waiting = iter(pages)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


class _Maker:
    """Makes pages in one process: the release, the pages that there are, and the templates for each depth of folder."""

    def __init__(self, settings: Settings, file: Path, provinces: frozenset[str] | None) -> None:
        self._settings, self._release = settings, OpenRelease.at(file)
        self._paths = frozenset(page.path for page in site_pages(self._release, provinces))
        self._views = {page.name: page.view for page in PAGES}
        self._templates: dict[int, Templates] = {}
        self._folders: set[Path] = set()

    def write(self, page: SitePage, folder: Path) -> None:
        """Write one page below `folder`. Raises StaticSiteError where its view cannot make it."""
        asked = Asked(page.name, self._release, self._settings, page.parameters)
        try:
            content = {"page": page.name, "release_id": self._release.release_id, **self._views[page.name](asked)}
        except FazhiError as error:
            raise StaticSiteError(f"{page.path} cannot be made: {error}") from error
        depth = page.path.count("/")
        if depth not in self._templates:
            self._templates[depth] = Templates(Links("../" * depth, self._paths))
        path = folder / page.path
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        path.write_text(_DEAD.sub("", self._templates[depth].render(page.name, content)), encoding="utf-8")


_maker = lru_cache(1)(_Maker)


def _make_pages(
    settings: Settings, file: Path, folder: Path, provinces: frozenset[str] | None, pages: Sequence[SitePage]
) -> int:
    """Write a batch of pages; returns how many."""
    maker = _maker(settings, file, provinces)
    for page in pages:
        maker.write(page, folder)
    return len(pages)


def _write_search(folder: Path, release: OpenRelease, paths: frozenset[str]) -> None:
    """The search index of what has a page, in parts that a browser loads one after the other: see site.js."""
    found = [
        [path, one.name, one.code, one.where, one.weight if one.kind == "unit" else 0, *one.names[2:]]
        for one in search_index(release).entries
        if (path := _path_of(one)) in paths
    ]
    parts = [found[first : first + PART] for first in range(0, len(found), PART)]
    names = [f"search-{number}.json" for number in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        (folder / name).write_text(json.dumps(part, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    (folder / "search.json").write_text(json.dumps(names), encoding="utf-8")


def _path_of(entry: Findable) -> str:
    """Where `answers.html` leads for an entry."""
    if entry.kind == "area":
        return f"missing/area-{entry.code}.html"
    return f"{entry.kind}/{entry.code}.html"


def _write_sitemap(folder: Path, address: str, paths: Sequence[str]) -> None:
    """`sitemap.xml`; one that lists others where there are more addresses than one file may hold."""
    parts = [paths[first : first + SITEMAP_MOST] for first in range(0, len(paths), SITEMAP_MOST)]
    if len(parts) == 1:
        _write_addresses(folder / "sitemap.xml", "urlset", "url", [address + path for path in parts[0]])
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        _write_addresses(folder / name, "urlset", "url", [address + path for path in part])
    _write_addresses(folder / "sitemap.xml", "sitemapindex", "sitemap", [address + name for name in names])


def _write_addresses(path: Path, root: str, element: str, addresses: Iterable[str]) -> None:
    lines = [f"<{element}><loc>{escape(one)}</loc></{element}>" for one in addresses]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    body = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    path.write_text("\n".join([head, body, *lines, f"</{root}>", ""]), encoding="utf-8")
