"""A foreign page as a tree, in a time that grows with its length and no faster.

An HTML parser walks its open elements at each tag, compares each attribute of a tag with all before it, and opens
formatting elements again in each paragraph. A few kilobytes that nest, repeat or never close can so take hours and all
memory. The work is estimated by one scan; a page that is too costly is parsed without its structure, by its text and
links alone.
"""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.ingest.urls import absolute

MOST_WORK = 50_000_000  # steps over open elements and attributes that a page may cost, some tenths of a second
MOST_REOPENED = 1_000_000  # formatting elements that a page may make the parser open again; each takes memory
LONGEST_TEXT, _LONGEST, _MOST_NODES = 2000, 4000, 500  # of what is said of one link
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>?")
_FORMATTING = frozenset("b big code em font i nobr s small strike strong tt u".split())
# elements that the next of their kind closes, and those that hold nothing
_SHORT = frozenset(
    "area base br col colgroup dd dt embed hr img input li link meta optgroup option p param source tbody td tfoot th"
    " thead tr wbr".split()
)
_FOREIGN = frozenset(("svg", "math"))  # within them nothing closes by itself
_KEPT = frozenset(("a", "base", "embed", "frame", "iframe", "object", "script", "style"))
_QUOTED, _PARTING = re.compile(r""""[^"]*"|'[^']*'"""), re.compile(r"[\s/=]")
_ATTRIBUTE = re.compile(r"""\b(href|src|title|data|onclick)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)


def parse_page(text: str) -> LexborHTMLParser:
    """The tree of a page, or of its text and links where the tree would cost too much."""
    return LexborHTMLParser(_TAG.sub(_bare_tag, text) if is_costly(text) else text)


def is_costly(text: str) -> bool:
    """Whether a parser would need more than `MOST_WORK` steps for the page, or reopen more than `MOST_REOPENED`."""
    pieces = text.split("<")  # so few and so short that no order of them costs much: most pages
    if len(pieces) ** 2 < MOST_REOPENED and max(map(len, pieces)) ** 2 * len(pieces) < MOST_WORK:
        return False
    work = reopened = depth = formatting = options = 0
    is_foreign = False
    opened: dict[str, int] = {}
    for closing, name, attributes in _TAG.findall(text):
        name = name.lower()
        work += depth + formatting
        if closing:
            if opened.get(name):
                opened[name] -= 1
                if name in _FORMATTING:
                    formatting -= 1
                else:
                    depth -= 1
            continue
        if len(attributes) > 100:
            work += len(_PARTING.findall(_QUOTED.sub("", attributes))) ** 2
        if name == "option":
            options += 1
            work += options
        if name in _FORMATTING:
            formatting += 1
        elif name in _SHORT and not is_foreign:
            reopened += formatting
            continue
        else:
            reopened += formatting
            depth += 1
            is_foreign = is_foreign or name in _FOREIGN
        opened[name] = opened.get(name, 0) + 1
    return work > MOST_WORK or reopened > MOST_REOPENED


def words_of(node: LexborNode, separator: str = "") -> str:
    """The beginning of the text of a node, with single spaces; `LONGEST_TEXT` characters and some."""
    parts: list[str] = []
    length = 0
    for seen, part in enumerate(node.traverse(include_text=True)):
        if seen > _MOST_NODES or length > LONGEST_TEXT:
            break
        if part.tag == "-text":
            parts.append((part.text_content or "")[:LONGEST_TEXT])
            length += len(parts[-1])
    return plain_words(separator.join(parts))


def plain_words(text: str) -> str:
    """The text in one line, without characters that show nothing or turn the line around; cut where it is too long."""
    return "".join(filter(str.isprintable, " ".join(text[:_LONGEST].split())))


def short_words(text: str | None) -> str:
    """A text in one line, as `plain_words` has it; at most `LONGEST_TEXT` characters, none for None."""
    return plain_words((text or "")[:LONGEST_TEXT])


def base_of(page: LexborHTMLParser, url: str) -> str:
    """The address that relative links of the page belong to."""
    node = page.css_first("base[href]")
    return (absolute(url, node.attributes.get("href") or "") if node else None) or url


def _bare_tag(tag: re.Match[str]) -> str:
    closing, name, attributes = tag[1], tag[2].lower(), tag[3]
    if name not in _KEPT:
        return " "
    kept: dict[str, str] = {}
    for attribute, value in _ATTRIBUTE.findall(attributes):
        kept.setdefault(attribute.lower(), value)
    return f"<{closing}{name} {' '.join(f'{key}={value} ' for key, value in kept.items())}>"
