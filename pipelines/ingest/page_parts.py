"""What belongs to a page and lies elsewhere: its files, the frame that holds its text, and its next pages.

A page that says much has its text; what it shows in frames is ornament then. Of a page that says little, the frames
and what its scripts name are taken for the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.ingest.content import page_text
from pipelines.ingest.found_links import Link
from pipelines.ingest.markup import base_of, parse_page, short_words, words_of
from pipelines.ingest.presets import presets
from pipelines.ingest.script_links import SCRIPT_ALONE, address_in, is_plain, scripts_of
from pipelines.ingest.sources import Source
from pipelines.ingest.urls import absolute, host_of

MOST_PAGES = 50  # frames and next pages of one page
LITTLE = 10  # commas and full stops that a page without text may have around its frame
_PROSE = re.compile(r"[。；，]")
_SHOWN = "iframe, frame, embed, object"
# addresses that give a file without its ending, as `downfile.jsp?id=7` does, and those of pages that show a file
_DOWNLOAD = re.compile(r"(?:file|get|do)?_?(?:down|attach)", re.IGNORECASE)
_NEXT = re.compile(r"下一?页[\s>»›]*")
_NUMBER, _PAGE_KEY = (
    re.compile(r"[_-]\d{1,2}$"),
    re.compile(r"p|page|pageno|pagenum|pageindex|currentpage", re.IGNORECASE),
)
_NO_TEXT = "hardly any text, and nothing that leads to it: a script may show it"
_LEAST = 50  # characters; a page of fewer, links and all, has no text


def parts_of_page(data: bytes, url: str, source: Source) -> list[Link]:
    """What the page at `url` leads to in its body, each once; what cannot be followed has its reason in `lost`.

    Files are chosen by the extensions that the source allows, in the address or in what the link says. Frames and next
    pages are pages themselves (`is_page`), and may have parts of their own.
    """
    page = _Page(page_text(data), url, source)
    found: dict[str, Link] = {}
    try:
        for link in (*page.linked(), *page.framed(), *page.following()):
            found.setdefault(link.url if not link.lost else f"{link.title} {link.lost}", link)
    except Exception as error:  # nobody can list what hostile bytes raise
        return [Link(url, lost=f"its links cannot be read: {type(error).__name__}: {error}")]
    if not found and page.is_bare:
        return [Link(url, lost=_NO_TEXT)]
    found.pop(url, None)
    return list(found.values())


@dataclass(frozen=True)
class _Page:
    text: str
    url: str
    source: Source

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return parse_page(self.text)

    @cached_property
    def base(self) -> str:
        return base_of(self.tree, self.url)

    @cached_property
    def ending(self) -> re.Pattern[str]:
        return re.compile(rf"\.(?:{'|'.join(self.source.attachments) or '(?!)'})(?=$|[?#&\"'\s])", re.IGNORECASE)

    @cached_property
    def whole(self) -> list[LexborNode]:
        return [self.tree.root] if self.tree.root else []

    @cached_property
    def body(self) -> list[LexborNode]:
        """The parts in which files and frames are looked for."""
        return (self.tree.css(self.source.body) if self.source.body else []) or self.whole

    @cached_property
    def said(self) -> str:
        """What the page says outside of its links."""
        bare = parse_page(self.text)
        bare.strip_tags(["head", "script", "style", "noscript", "a"])
        return "".join(bare.text().split())

    @cached_property
    def says_little(self) -> bool:
        return len(_PROSE.findall(self.said)) < LITTLE

    @property
    def is_bare(self) -> bool:
        """Whether nothing can be read on the page: no text, no picture, and scripts."""
        shows = self.tree.css_matches("script") and not self.tree.css_matches("img, textarea")
        return (
            shows and len(self.said) < _LEAST and len("".join(words_of(node) for node in self.tree.css("a"))) < _LEAST
        )

    def linked(self) -> Iterator[Link]:
        """The files that links lead to, and the pictures of a body that has no text.

        Where the body has no file and the page speaks of one, they are looked for in the whole page.
        """
        found = [*self._files(self.body)]
        if not found and "附件" in self.text and self.body is not self.whole:
            found = [*self._files(self.whole)]
        yield from found
        if self.source.body and self.says_little:
            for node in (node for part in self.body for node in part.css("img[src]")):
                target = absolute(self.base, node.attributes.get("src") or "")
                if target and self.ending.search(target):
                    yield Link(target, short_words(node.attributes.get("alt")))

    def _files(self, parts: list[LexborNode]) -> Iterator[Link]:
        for node in (node for part in parts for node in part.css("a[href], [onclick]")):
            title = words_of(node) or short_words(node.attributes.get("title"))
            target = self._target(node, "href")
            if target and self._is_file(target, title):
                yield Link(target, title)
            elif not target and scripts_of(node) and self.ending.search(title):
                yield Link(self.url, title, lost=SCRIPT_ALONE)

    def framed(self) -> Iterator[Link]:
        """What frames show: a file always, a page where this one says little. So it is with what a script names."""
        shown = [node for part in self.body for node in part.css(_SHOWN)]
        if not shown and self.says_little:
            shown = [node for part in self.whole for node in part.css(_SHOWN)]
        for node in shown:
            title = short_words(node.attributes.get("title"))
            target = self._target(node, "data" if node.tag == "object" else "src")
            if target and self.ending.search(target):
                yield Link(target, title)
            elif self.says_little and target:
                yield Link(target, title, is_page=True)
            elif self.says_little and node.tag in ("iframe", "frame"):
                yield Link(self.url, title, lost="a frame without an address, which a script fills")
        if self.says_little:
            for script in self.tree.css("script:not([src])"):
                for quoted in re.findall(r"""["']([^"'\s<>]{1,2000})["']""", script.text()):
                    target = absolute(self.base, quoted) if self.ending.search(quoted) else None
                    if target:
                        yield Link(target)

    def following(self) -> Iterator[Link]:
        """The next pages of the same text: the one that is linked, or as many as a script says."""
        for node in self.tree.css("a"):
            if _NEXT.fullmatch(words_of(node)):
                target = self._target(node, "href")
                if target and _continues(self.url, target):
                    yield Link(target, is_page=True)
        name = urlsplit(self.url).path.rpartition("/")[2].rpartition(".")[0]
        for preset in presets().values():
            said = re.search(preset.page_script, self.text) if preset.page_script else None
            if said and said["name"] == name:
                for number in range(preset.first_page, preset.first_page + min(int(said["count"]), MOST_PAGES) - 1):
                    target = absolute(self.base, preset.pages.format_map({**said.groupdict(), "n": number}))
                    if target:
                        yield Link(target, is_page=True)

    def _target(self, node: LexborNode, key: str) -> str | None:
        """Where an element leads: its address, the one in its script, or the file that a viewer there shows."""
        said = (node.attributes.get(key) or "").strip()
        if key == "href" and not is_plain(node):
            return address_in(scripts_of(node), self.base)
        is_address = bool(said) and not said.lower().startswith(("about:", "javascript:", "#"))
        target = absolute(self.base, said) if is_address else None
        if target and "view" in urlsplit(target).path.lower():
            for _, value in parse_qsl(urlsplit(target).query):
                if self.ending.search(value):
                    return absolute(target, value)
        return target

    def _is_file(self, target: str, title: str) -> bool:
        if not self.source.attachments:
            return False
        address = urlsplit(target)
        return bool(
            self.ending.search(target)
            or self.ending.search(title)
            or ("=" in address.query and _DOWNLOAD.match(address.path.rpartition("/")[2]))
        )


def _continues(url: str, target: str) -> bool:
    """Whether `target` is a further page of the text at `url`: its address differs by a number at the end alone."""
    here, there = urlsplit(url), urlsplit(target)
    if host_of(url) != host_of(target) or url == target:
        return False
    if here.path == there.path:
        kept = [
            [pair for pair in parse_qsl(parts.query) if not _PAGE_KEY.fullmatch(pair[0])] for parts in (here, there)
        ]
        return kept[0] == kept[1]
    stem, _, suffix = here.path.rpartition(".")
    further, _, other = there.path.rpartition(".")
    return (
        suffix == other and bool(_NUMBER.search(further)) and _NUMBER.sub("", further) in (stem, _NUMBER.sub("", stem))
    )
