"""Scopes: what sets a figure apart from another of its indicator: who, where, or what for.

The words and their meaning stand in the lexicon of the codebook (section `scope`). Villages and other places are known
by their form (在东村, 在第一小学) and not by their names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.codebook.compiled import Codebook, Rule, ScopeConcept
from pipelines.extract.sentence.candidates import Match
from pipelines.extract.sentence.context import PrecedingContext
from pipelines.extract.sentence.tokens import TokenizedSentence, Window
from pipelines.numerals.fold import fold

#: Words that names of places end in.
PLACE_KIND = (
    "村民小组|村|社区|小学|中学|学校|幼儿园|居委会|嘎查|广场|集市|大集|市场|公园|景区|产业园|工业园|园区|敬老院|公司|寺"
)
_PLACE = re.compile(
    rf"(?:在|于|到|赴|走进|来到)(?P<place>和?[^在于到赴和及与,，。;；:：、()（）“”《》0-9]{{1,10}}?(?:{PLACE_KIND}))(?![干两级委民支内庄矫服戒])"
)
_ITEM_PLACE = re.compile(rf"^(?:在|于|到|赴)?(?P<place>[^0-9]{{1,10}}?(?:{PLACE_KIND}))")
# 在各村, 在辖区学校: all of a kind, which is no place.
_NO_NAME = re.compile(
    r"各|全|辖|本|每|所|等|多|部分|有关|相关|联系|包[村联保]|重点|试点|示范|行政村|自然村|城市|农村|基层|中小学|进|[一二三四五六七八九十百两几]个"
    r"|开展|组织|举办|依托|利用|深入"
)


class Scope(NamedTuple):
    """The scope of a fact. Concepts are sorted and joined by +, '' where there are none."""

    text: str | None = None  # the words, joined by +
    who: str = ""
    where: str = ""
    what: str = ""
    group: str = ""  # like `key`, with each concept replaced by its group of related ones

    @property
    def key(self) -> str:
        """who|where|what, or '' for the scope of a figure that nothing sets apart."""
        return "|".join(self[1:4]) if any(self[1:4]) else ""


NO_SCOPE = Scope()


def find_scope(sentence: TokenizedSentence, window: Window, match: Match) -> Scope:
    """The scope of the figure of a window: by the item that it belongs to (各), else by the words near it.

    Words that the rule says itself set nothing apart: 培训 of trainings, 执法人员 of enforcement staff.
    """
    if match.scope:
        start, end = match.scope_span
        return _scope_of_item(sentence, start, end, match)
    stretches = [(window.left, window.right)]
    if match.read_as == "carried":
        stretches.append((match.start, window.left))
    found = NO_SCOPE
    for start, end in stretches:
        found = _scope_in(sentence, start, end, match.rule)
        if found.text:
            break
    places = list(_PLACE.finditer(sentence.text, window.clause, window.figure.start))
    named = [place["place"] for place in places if not _NO_NAME.search(place["place"])]
    return _at_place(found, named[-1]) if named else found


def scope_of_words(words: str, codebook: Codebook) -> Scope:
    """The scope that a person names in a few words (面向村干部, 在东村); '' is no scope.

    Words that mean nothing to the lexicon are a scope of their own: figures with the same words count the same thing.
    """
    if not words:
        return NO_SCOPE
    sentence = TokenizedSentence(fold(words), (), codebook, PrecedingContext(), None)
    found = _scope_in(sentence, 0, len(words), None)._replace(text=words)
    place = _PLACE.search(f"在{sentence.text}")
    if place and not _NO_NAME.search(place["place"]):
        found = _at_place(found, place["place"])
    return found if found.key else Scope(words, what=sentence.text, group=f"||{sentence.text}")


def _scope_of_item(sentence: TokenizedSentence, start: int, end: int, match: Match) -> Scope:
    """The scope of one of several things that share a number (面向机关干部和执法人员各4场): the words of the item."""
    words = sentence.text[start:end]
    found = _scope_in(sentence, start, end, match.rule)._replace(text=match.scope)
    place = _ITEM_PLACE.match(words)
    if place and not _NO_NAME.search(place["place"]):
        return _at_place(found, place["place"])
    return found


def _scope_in(sentence: TokenizedSentence, start: int, end: int, rule: Rule | None) -> Scope:
    """The scope by the terms of a stretch of words. Of a term within a term (机关 in 机关干部) the outer one counts.

    Terms that the rule of the figure says itself do not count.
    """
    terms = [(token, term) for token in sentence.between(start, end) if (term := sentence.term(token)).scope]
    if not terms:
        return NO_SCOPE
    concepts: dict[str, set[ScopeConcept]] = {"who": set(), "where": set(), "what": set()}
    for token, term in terms:
        concept = term.scope
        inner = any(a <= token[0] and token[1] <= b and (a, b) != token[:2] for (a, b, _), _ in terms)
        if concept is None or not concept.kind or inner:
            continue
        by_head = rule and term.text in rule.own_words
        by_subject = rule and rule.subjects and not rule.subjects & ~concept.subjects
        if not by_head and not by_subject:
            concepts[concept.kind].add(concept)
    names = {kind: "+".join(sorted({one.name for one in found})) for kind, found in concepts.items()}
    groups = ["+".join(sorted({one.group for one in found})) for found in concepts.values()]
    text = "+".join(sorted({term.text for _, term in terms}))
    return Scope(text, **names, group="|".join(groups) if any(groups) else "")


def _at_place(scope: Scope, place: str) -> Scope:
    """The scope with a named place instead of a kind of place."""
    who, _, what = scope.group.split("|") if scope.group else ("", "", "")
    return scope._replace(where=place, group=f"{who}|{place}|{what}")
