"""The forms of list pages, and the presets: what `presets.toml` says of the usual site systems of governments.

A preset is data. What a site's own entry in `sources.toml` says goes before it.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from pipelines.build.toml_file import Entry, ListOf, Text, among, read_toml, shown, wrong

PRESETS = Path(__file__).with_name("presets.toml")
_FIELD = re.compile(r"\{(\w+)\}")


def _is_selector(value: str) -> str:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # not needed to load the asset graph

    try:
        if value:
            LexborHTMLParser("<p>").css(value)
    except SelectolaxError:
        raise wrong(shown(value), "a CSS selector") from None
    return value


def _is_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise wrong(f"{shown(value)} ({error})", "a regular expression") from None
    return value


Selector = Annotated[str, AfterValidator(_is_selector)]
Pattern = Annotated[str, AfterValidator(_is_pattern)]


class ListForm(Entry):
    """How a list is written: the keys that an entry of `sources.toml` and a preset have in common."""

    kind: Literal["html", "json", "sitemap"] = "html"
    pages: str = Field(
        default="",
        pattern=r"^$|\{n\}",
        description="an address in which {n} stands for the number of the page",
    )
    first_page: int = Field(default=1, ge=0, description="a whole number that is not negative")
    page_script: Pattern = ""
    next: Selector = ""
    link: Selector = "a[href]"
    records: Selector = ""
    html_at: str = ""
    items: str = ""
    item_url: str = "url"
    item_title: str = "title"
    item_date: str = "date"
    body: Selector = ""

    @model_validator(mode="after")
    def _a_script_says_what_pages_needs(self) -> Self:
        if self.page_script:
            groups = set(re.compile(self.page_script).groupindex)
            if "count" not in groups:
                allowed = "a regular expression with a group (?P<count>...), the number of list pages"
                raise wrong(shown(self.page_script), allowed, "page_script")
            unknown = set(_FIELD.findall(self.pages)) - groups - {"n"}
            if not self.pages or unknown:
                raise wrong(shown(self.pages), f"an address with {{n}} and groups of page_script: {groups}", "pages")
        return self


class Preset(ListForm):
    """One site system. `signs` are regular expressions; a list page of the system matches one of them."""

    name: str = Field(pattern="^[a-z0-9-]+$", description="small letters, digits and hyphens")
    system: Text
    signs: ListOf[Pattern] = ()

    def is_of(self, text: str) -> bool:
        """Whether the source of a list page shows a sign of the system."""
        return any(re.search(sign, text) for sign in self.signs)


class PresetList(Entry):
    """The whole of `presets.toml`."""

    preset: ListOf[Preset]


@cache
def presets() -> dict[str, Preset]:
    """All presets by name, in the order of the file: the first whose signs are seen is the likeliest."""
    return {preset.name: preset for preset in read_toml(PRESETS, PresetList).preset}


def with_preset(entry: Any) -> Any:
    """An entry of `sources.toml` with what its preset says of the keys that it leaves out."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("preset", ""), str) or not entry.get("preset"):
        return entry
    known = presets()
    if entry["preset"] not in known:
        raise wrong(shown(entry["preset"]), among(entry["preset"], list(known), "preset"), "preset")
    preset = known[entry["preset"]]
    said = {name: getattr(preset, name) for name in ListForm.model_fields if name in preset.model_fields_set}
    return {**said, **entry}
