"""The sites to read: `sources.toml` and its schema.

Reading a site as it is described here is `pipelines.ingest.listing` and `fetch`. The page `docs/fetching.md` explains
each key to whoever adds a site.
"""

import pkgutil
import re
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pipelines.build.toml_file import Entry, ListOf, Text, among, mistake, read_toml, shown, wrong
from pipelines.errors import FazhiError
from pipelines.ingest import lists
from pipelines.ingest.presets import ListForm, Pattern, with_preset
from pipelines.ingest.urls import absolute, host_of
from pipelines.paths import SOURCES

AttachmentType = Literal[
    "pdf", "doc", "docx", "wps", "ofd", "odt", "rtf", "xls", "xlsx", "zip", "rar", "7z", "txt", "jpg", "jpeg", "png"
]


class SourcesError(FazhiError):
    """A name given for a site cannot be used; the message says which names there are."""


def _is_address(value: str) -> str:
    if absolute(value, "") is None:
        raise wrong(shown(value), "a web address with http:// or https://")
    return value


def is_host(value: str) -> bool:
    """Whether a text is the name of a host, with its port where that is not the usual one."""
    return bool(value) and host_of(absolute(f"https://{value}", "") or "") == value


def _is_host(value: str) -> str:
    if not is_host(value):
        raise wrong(shown(value), "a name such as files.example.org, without https:// and path")
    return value


def _is_list_module(value: str) -> str:
    known = [module.name for module in pkgutil.iter_modules(lists.__path__)]
    if value and value not in known:
        raise wrong(shown(value), among(value, known, "module of pipelines/ingest/lists"))
    return value


Host = Annotated[str, AfterValidator(_is_host)]


class Source(ListForm):
    """One site, or one column of it: the keys of a `[[site]]` in `sources.toml`. `delay` is in seconds."""

    id: str = Field(pattern="^[a-z0-9][a-z0-9-]{0,63}$", description="small letters, digits and hyphens")
    name: Text
    division: str = Field(
        pattern="^(?:[0-9]{6}|[0-9]{9})$", description="the 6 digits of a county or the 9 of a township, as a text"
    )
    start: Annotated[str, AfterValidator(_is_address)]
    preset: str = ""
    list_module: Annotated[str, AfterValidator(_is_list_module)] = ""
    enabled: bool = True
    hosts: ListOf[Host] = ()
    attachment_hosts: ListOf[Host] = ()
    max_pages: int = Field(default=50, ge=1, description="a whole number from 1 on")
    title_words: ListOf[Text] = Field(default=(), description="a list of texts")
    title_without: ListOf[Text] = Field(default=(), description="a list of texts")
    url_pattern: Pattern = ""
    attachments: ListOf[AttachmentType] = (
        *("pdf", "doc", "docx", "wps", "ofd", "odt", "rtf"),
        *("xls", "xlsx", "zip", "rar", "7z", "txt", "jpg", "jpeg", "png"),
    )
    tls: Literal["modern", "legacy"] = "modern"
    extra_ca: str = Field(default="", description="the path of a file of certificates in PEM, from this file's folder")
    delay: float = Field(default=5.0, ge=0, description="a number of seconds that is not negative")
    max_links: int = Field(default=10_000, ge=1, description="a whole number from 1 on")
    max_hours: float = Field(default=2.0, gt=0, description="a number of hours above 0")
    min_documents: int = Field(default=0, ge=0, description="a whole number that is not negative")

    @model_validator(mode="before")
    @classmethod
    def _take_what_the_preset_says(cls, entry: Any) -> Any:
        return with_preset(entry)

    @model_validator(mode="after")
    def _a_list_in_json_is_named(self) -> Self:
        if self.kind == "json" and not self.items:
            raise wrong("no such key", "the path to the list in the JSON, such as data.list; add the key", "items")
        return self

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


class SourceList(Entry):
    """The whole of `sources.toml`."""

    site: ListOf[Source] = ()


def load_sources(path: Path) -> list[Source]:
    """All sites of the file, in its order; none where there is no file. Raises SchemaError for a mistake in it."""
    if not path.exists():
        return []
    sources = read_toml(path, SourceList).site
    for number, source in enumerate(sources):
        if source.id in {earlier.id for earlier in sources[:number]}:
            raise mistake(path, f"site {source.id}, id", f"{source.id!r} at more than one site", "an id of its own")
    return [_with_certificates(source, path) for source in sources]


def _with_certificates(source: Source, path: Path) -> Source:
    """The source with the whole path of its `extra_ca`. Raises SchemaError where that holds no certificates."""
    if not source.extra_ca:
        return source
    certificates = path.parent / source.extra_ca
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certificates)
    except OSError as error:
        found = f"{shown(source.extra_ca)} ({error.strerror or error})"
        raise mistake(path, f"site {source.id}, extra_ca", found, "a file of certificates in PEM") from None
    return source.model_copy(update={"extra_ca": str(certificates)})


def choose(sources: Sequence[Source], names: Iterable[str], *, also_off: bool = False) -> list[Source]:
    """The enabled sites, or those of them that are named by their id (`also_off`: those of all).

    Raises SourcesError for a name that is none.
    """
    by_id = {source.id: source for source in sources}
    chosen = []
    for name in dict.fromkeys(names):
        if name not in by_id:
            known = ", ".join(by_id) or "none"
            raise SourcesError(f"there is no source {name!r}; {SOURCES} knows: {known}")
        if not by_id[name].enabled and not also_off:
            raise SourcesError(f"source {name!r} is switched off; set enabled = true at it in {SOURCES}")
        chosen.append(by_id[name])
    return chosen or [source for source in sources if source.enabled]
