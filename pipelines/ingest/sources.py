"""The sites to read: `sources.toml` as objects, and what is wrong with it.

Only the description of a site belongs here; reading by it is `pipelines.ingest.listing` and `fetch`. The page
`docs/fetching.md` explains each field to whoever adds a site.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_args

from pipelines.errors import FazhiError
from pipelines.ingest.urls import absolute, host_of

FILE_NAME = "sources.toml"
KINDS = ("html", "json", "sitemap")
ATTACHMENT_TYPES = ("pdf", "doc", "docx", "wps", "zip", "rar", "txt")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_DIVISION = re.compile(r"[0-9]{6}|[0-9]{9}")


class SourcesError(FazhiError):
    """`sources.toml` or a name given for one of its sites cannot be used; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One site, or one column of it. Fields are those of a `[[site]]` in `sources.toml`; `delay` is in seconds."""

    id: str
    name: str
    division: str
    start: str
    kind: str = "html"
    enabled: bool = True
    hosts: tuple[str, ...] = ()
    attachment_hosts: tuple[str, ...] = ()
    pages: str = ""
    first_page: int = 1
    next: str = ""
    max_pages: int = 50
    link: str = "a[href]"
    title_words: tuple[str, ...] = ()
    title_without: tuple[str, ...] = ()
    url_pattern: str = ""
    items: str = ""
    item_url: str = "url"
    item_title: str = "title"
    item_date: str = "date"
    body: str = ""
    attachments: tuple[str, ...] = ATTACHMENT_TYPES
    delay: float = 5.0
    min_documents: int = 0

    @property
    def page_hosts(self) -> frozenset[str]:
        """Hosts that lists and pages may lie on."""
        return frozenset({host_of(self.start), *self.hosts})

    @property
    def all_hosts(self) -> frozenset[str]:
        """Hosts that attachments may lie on."""
        return self.page_hosts | frozenset(self.attachment_hosts)

    def wants(self, title: str, url: str) -> bool:
        """Whether a link of the list is one to follow, by the words of its title and the pattern of its address."""
        words = "".join(title.split())
        return (
            (not self.title_words or any(word in words for word in self.title_words))
            and not any(word in words for word in self.title_without)
            and (not self.url_pattern or re.search(self.url_pattern, url) is not None)
        )


def load_sources(path: Path) -> list[Source]:
    """All sites of the file, in its order; none where there is no file. Raises SourcesError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourcesError(f"{path} cannot be read: {error}; correct the file") from error
    tables = content.pop("site", [])
    if content or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        found = ", ".join(sorted(content)) or "a site that is no table"
        raise SourcesError(f"{path} holds {found}, expected only [[site]] tables; correct the file")
    sources = [_source(table, f"{path}, site {number}") for number, table in enumerate(tables, start=1)]
    if twice := {source.id for source in sources if sum(other.id == source.id for other in sources) > 1}:
        raise SourcesError(f"{path}: the id {min(twice)!r} stands at more than one site; give each its own")
    return sources


def choose(sources: Sequence[Source], names: Iterable[str]) -> list[Source]:
    """The enabled sites, or those of them that are named by their id. Raises SourcesError for a name that is none."""
    by_id = {source.id: source for source in sources}
    chosen = []
    for name in dict.fromkeys(names):
        if name not in by_id:
            known = ", ".join(by_id) or "none"
            raise SourcesError(f"there is no source {name!r}; {FILE_NAME} knows: {known}")
        if not by_id[name].enabled:
            raise SourcesError(f"source {name!r} is switched off; set enabled = true at it in {FILE_NAME}")
        chosen.append(by_id[name])
    return chosen or [source for source in sources if source.enabled]


def _source(table: dict[str, Any], where: str) -> Source:
    known = {field.name: field for field in fields(Source)}
    if unknown := sorted(set(table) - set(known)):
        raise SourcesError(f"{where}: unknown field {unknown[0]!r}, expected one of: {', '.join(known)}")
    if missing := [name for name, field in known.items() if field.default is MISSING and name not in table]:
        raise SourcesError(f"{where}: the field {missing[0]!r} is missing; add it")
    values = {name: _value(value, known[name].type, f"{where}, {name}") for name, value in table.items()}
    source = Source(**values)
    for problem in _problems(source):
        raise SourcesError(f"{where}: {problem}")
    return source


def _value(value: Any, kind: Any, where: str) -> Any:
    """The value as the field's type, or SourcesError; `true` is no number, and a whole number will do for seconds."""
    if get_args(kind):
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise SourcesError(f"{where} is {value!r}, expected a list of texts")
        return tuple(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        if kind is float and is_number:
            return float(value)
        raise SourcesError(f"{where} is {value!r}, expected {_NAMES[kind]}")
    return value


_NAMES = {str: "a text", int: "a whole number", float: "a number of seconds", bool: "true or false"}


def _problems(source: Source) -> Iterable[str]:
    """What is wrong with the values of one site, in words."""
    if not _ID.fullmatch(source.id):
        yield f"id is {source.id!r}, expected small letters, digits and hyphens"
    if not _DIVISION.fullmatch(source.division):
        yield f"division is {source.division!r}, expected the 6 digits of a county or the 9 of a township"
    if absolute(source.start, "") is None:
        yield f"start is {source.start!r}, expected a web address with http:// or https://"
    if source.kind not in KINDS:
        yield f"kind is {source.kind!r}, expected one of: {', '.join(KINDS)}"
    for host in (*source.hosts, *source.attachment_hosts):
        if host_of(absolute(f"https://{host}", "") or "") != host:
            yield f"host {host!r} is none, expected a name such as files.example.org, without https:// and path"
    if source.pages and "{n}" not in source.pages:
        yield f"pages is {source.pages!r}, expected an address in which {{n}} stands for the number of the page"
    if source.kind == "json" and not source.items:
        yield "items is missing; name the path to the list in the JSON, such as data.list"
    if unknown := set(source.attachments) - set(ATTACHMENT_TYPES):
        yield f"attachments names {min(unknown)!r}, expected some of: {', '.join(ATTACHMENT_TYPES)}"
    if source.delay < 0 or source.min_documents < 0 or source.max_pages < 1 or source.first_page < 0:
        yield "delay, min_documents and first_page cannot be negative, and max_pages is at least 1"
    yield from _pattern_problems(source)


def _pattern_problems(source: Source) -> Iterable[str]:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # not needed to load the asset graph

    try:
        re.compile(source.url_pattern)
    except re.error as error:
        yield f"url_pattern is {source.url_pattern!r}, which is no regular expression: {error}"
    for name in ("link", "next", "body"):
        selector = getattr(source, name)
        try:
            if selector:
                LexborHTMLParser("<p>").css(selector)
        except SelectolaxError:
            yield f"{name} is {selector!r}, which is no CSS selector"
