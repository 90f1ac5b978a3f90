"""Word 2003 XML (`w:wordDocument`): one XML file, whose words are those of docx in another namespace.

It is turned into the parts of a docx. What differs: deletions and comments are annotations, notes stand where they are
cited, and the number that a list gives a paragraph is stated.
"""

from typing import Any

from lxml import etree

from pipelines.read.formats.numbering import qn

_AML, _WX = "{http://schemas.microsoft.com/aml/2001/core}", "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_REMOVED = frozenset({"Word.Deletion", "Word.Comment"})


def is_word_2003(root: Any) -> bool:
    """Return whether this root, its namespace already that of docx, is one of Word 2003."""
    return bool(root.tag == qn("w:wordDocument"))


def parts_of_2003(root: Any) -> dict[str, Any]:
    """Return the roots of the parts of a docx by their names; `root` is taken apart."""
    for node in list(root.iter(f"{_AML}annotation")):
        if node.get(qn("w:type")) in _REMOVED and node.getparent() is not None:
            _remove(node)
    for node in root.iter(qn("w:vmerge")):
        node.tag = qn("w:vMerge")
    for node in root.iter(qn("w:br")):
        if node.get(qn("w:type")) == "text-wrapping":
            del node.attrib[qn("w:type")]
    for paragraph in root.iter(qn("w:p")):
        _number(paragraph)
    parts = {"word/document.xml": root.find(qn("w:body")), "word/styles.xml": root.find(qn("w:styles"))}
    for kind in ("footnote", "endnote"):
        parts[f"word/{kind}s.xml"] = _notes(root, kind)
    return {name: part for name, part in parts.items() if part is not None}


def _number(paragraph: Any) -> None:
    """Put the stated number of a list before the words of its paragraph; a bullet is no number."""
    stated = paragraph.find(f"{qn('w:pPr')}/{qn('w:listPr')}/{_WX}t")
    text = "" if stated is None else stated.get(f"{_WX}val") or ""
    if any(char.isalnum() or char in "①②③④⑤⑥⑦⑧⑨⑩" for char in text):
        run = etree.Element(qn("w:r"))
        etree.SubElement(run, qn("w:t")).text = text
        paragraph.insert(1, run)


def _notes(root: Any, kind: str) -> Any:
    """Return the notes of one kind as a part of their own; a reference is left where each stood."""
    notes = etree.Element(qn(f"w:{kind}s"))
    found = [node for node in root.iter(qn(f"w:{kind}")) if node.getparent().tag == qn("w:r")]
    for number, node in enumerate(found):
        reference = etree.Element(qn(f"w:{kind}Reference"))
        reference.set(qn("w:id"), str(number))
        node.addprevious(reference)
        _remove(node)
        node.set(qn("w:id"), str(number))
        notes.append(node)
    return notes


def _remove(node: Any) -> None:
    """Take an element out of its tree."""
    node.tail = None
    node.getparent().remove(node)
