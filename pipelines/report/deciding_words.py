"""Which words of the `without` lists of the codebook ever decide anything on given texts.

A word decides if some text has other facts without it. Each text is read once, and it is noted where a single word of a
list barred a rule: only there can its removal change anything, and only there the text is read again without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipelines.codebook.compile import compile_codebook, expand, folded
from pipelines.codebook.compiled import Rule
from pipelines.codebook.schema import CodebookFiles
from pipelines.extract.report.engine import Extractor
from pipelines.identify.identity import identify
from pipelines.read.document import ReadError
from pipelines.read.reader import read_bytes
from pipelines.settings import Settings
from pipelines.stage.kept_gazetteer import load_gazetteer

Text = tuple[str, int | None]  # and the year it reports on


class WithoutWord(NamedTuple):
    """A word of a `without` list, or a @concept of it, and on how many texts it decides; `example` is one of them."""

    rule_id: str
    word: str
    decides: int
    example: str


class _Watched(int):
    """The mask of a `without` list that notes the bits by which it bars its rule."""

    barred: set[int]

    def __rand__(self, words: int) -> int:
        found = words & int(self)
        # Where two words bar a rule, neither decides.
        if found and not found & (found - 1):
            self.barred.add(found)
        return found


def texts_below(folders: Iterable[Path], settings: Settings) -> Iterator[Text]:
    """Each report (*.txt) below some folders as it is extracted; what cannot be read is left out."""
    gazetteer = load_gazetteer(settings.divisions_path)
    for path in sorted(path for folder in folders for path in folder.rglob("*.txt")):
        try:
            document = read_bytes(path.read_bytes(), path.name)
        except ReadError:
            continue
        found = identify(document.text, document.furniture, document.fields, None, None, gazetteer)
        yield document.text, found.report_year


def example_texts(files: CodebookFiles) -> Iterator[Text]:
    """The examples and counter-examples of a codebook."""
    for entry in files.indicators:
        yield from ((example.text, example.year) for example in entry.example)
        yield from ((example.text, example.year) for example in entry.counter_example)


def without_words(files: CodebookFiles, texts: Iterable[Text]) -> list[WithoutWord]:
    """Every word of every `without` list in the order of the codebook, with what it decides on some texts."""
    codebook = compile_codebook(files, bit_a_word=True)
    extractor = Extractor(codebook, remember=False)
    decides: Counter[tuple[int, int]] = Counter()  # by rank of the rule and bit of the word
    examples: dict[tuple[int, int], str] = {}
    for text, year in texts:
        with _watched(codebook.rules) as watched:
            facts = _facts(extractor, text, year)
        for rule, bits in watched:
            for bit in bits:
                with _without(rule, bit):
                    decided = _facts(extractor, text, year) != facts
                if decided:
                    decides[rule.rank, bit] += 1
                    examples.setdefault((rule.rank, bit), text.strip().splitlines()[0][:60])
    found = []
    lists = (table.without for _, _, entry in files.entries() for table in entry.rule)
    for rule, words in zip(codebook.rules, lists, strict=True):
        for word in words:
            key = rule.rank, codebook.bits[folded(expand((word,), files.lexicon.concept))]
            found.append(WithoutWord(rule.rule_id, word, decides[key], examples.get(key, "")))
    return found


def _facts(extractor: Extractor, text: str, year: int | None) -> list[tuple[object, ...]]:
    return [
        (f.metric_code, f.value, f.qualifier, f.role, f.is_substitute, f.scope_key, f.number_start)
        for f in extractor.extract(text, (), year).facts
    ]


@contextmanager
def _watched(rules: Sequence[Rule]) -> Iterator[list[tuple[Rule, set[int]]]]:
    """Collect, for each rule with a `without` list, the single bits that bar it."""
    watched: list[tuple[Rule, set[int]]] = []
    masks = {rule.rank: rule.without for rule in rules if rule.without}
    for rule in rules:
        if rule.without:
            mask = _Watched(rule.without)
            mask.barred = set()
            object.__setattr__(rule, "without", mask)
            watched.append((rule, mask.barred))
    try:
        yield watched
    finally:
        for rule, _ in watched:
            object.__setattr__(rule, "without", masks[rule.rank])


@contextmanager
def _without(rule: Rule, bit: int) -> Iterator[None]:
    mask = rule.without
    object.__setattr__(rule, "without", mask & ~bit)
    try:
        yield
    finally:
        object.__setattr__(rule, "without", mask)
