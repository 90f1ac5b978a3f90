"""Word 2003 XML (`w:wordDocument`): one XML file, whose words are those of docx in another namespace.

It is turned into the parts of a docx. What differs: deletions and comments are annotations, notes stand where they are
cited, and Word states the number that a list gives a paragraph; other programs leave it to the lists.
"""

from typing import Any

from lxml import etree

from pipelines.read.formats.numbering import qn

_AML, _WX = "{http://schemas.microsoft.com/aml/2001/core}", "{http://schemas.microsoft.com/office/word/2003/auxHint}"
# Codes of numbers (`w:nfc`) by the names that docx has for them.
_FORMS = {
    **{"3": "upperLetter", "4": "lowerLetter", "18": "decimalEnclosedCircle", "23": "bullet", "255": "none"},
    **dict.fromkeys(("10", "11", "33", "35", "36", "37", "38", "39"), "chineseCounting"),
}
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
    parts["word/numbering.xml"] = _numbering(root)
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


def _numbering(root: Any) -> Any:
    """Return the lists as a part of their own; paragraphs whose number is not stated refer to it."""
    part = etree.Element(qn("w:numbering"))
    for definition in root.iter(qn("w:listDef")):
        abstract = etree.SubElement(part, qn("w:abstractNum"))
        abstract.set(qn("w:abstractNumId"), definition.get(qn("w:listDefId")) or "")
        for level in list(definition.iterfind(qn("w:lvl"))):
            code = level.find(qn("w:nfc"))
            form = etree.SubElement(level, qn("w:numFmt"))
            form.set(qn("w:val"), _FORMS.get("0" if code is None else code.get(qn("w:val")) or "0", "decimal"))
            abstract.append(level)
    for used in root.iter(qn("w:list")):
        number, meant = etree.SubElement(part, qn("w:num")), used.find(qn("w:ilst"))
        number.set(qn("w:numId"), used.get(qn("w:ilfo")) or "")
        reference = etree.SubElement(number, qn("w:abstractNumId"))
        reference.set(qn("w:val"), "" if meant is None else meant.get(qn("w:val")) or "")
    for listed in root.iter(qn("w:listPr")):
        if listed.find(f"{_WX}t") is None:
            listed.tag = qn("w:numPr")
            for node in listed.iterfind(qn("w:ilfo")):
                node.tag = qn("w:numId")
    return part


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
