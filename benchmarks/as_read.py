"""Everything that is read from the labelled texts, written down: tests/gold/as_read.tsv.

    python -m benchmarks.as_read          write the file anew (part of `make docs`)

A test holds what is read against the file, so that any change of it is seen, and shows in the diff of the commit that
makes it. That is not what is right: `fazhi evaluate tests/gold` holds it against the labels. The sets that are kept
apart are left out, because whoever writes rules would look at them here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import Extractor
from pipelines.extract.report.records import Fact
from pipelines.identify.gazetteer import Gazetteer
from pipelines.identify.identity import identify
from pipelines.paths import PROJECT_ROOT
from pipelines.read.reader import read_bytes
from pipelines.settings import Settings

GOLD = PROJECT_ROOT / "tests" / "gold"
FILE = GOLD / "as_read.tsv"
SETS = ("dev", "fresh", "full", "openings", "tuned")
# passages of the text, which stand in the text, and what follows from the other fields
_LEFT_OUT = ("metric_code", "evidence", "section", "sentence", "char_end", "number_end", "confidence", "unit_raw")
_LEFT_OUT += ("scope", "scope_who", "scope_where", "scope_what")
_USUAL = {"qualifier": "exact", "role": "total", "period": "year", "months": 12, "period_start": 1, "period_end": 12}
_USUAL |= {"read_as": "clause"}


@cache
def _readers() -> tuple[Gazetteer, Extractor]:
    return Gazetteer.load(Settings.load(environ={}).divisions_path), Extractor(load_codebook())


def lines(folder: str) -> Iterator[str]:
    """Yield a line for the identity of each text of a set, one for all its numbers, and one for each fact, in tabs."""
    gazetteer, extractor = _readers()
    for path in sorted((GOLD / folder).glob("*.txt")):
        name = path.relative_to(GOLD).with_suffix("").as_posix()
        document = read_bytes(path.read_bytes(), path.name)
        found = identify(document.text, document.furniture, document.fields, None, None, gazetteer)
        yield f"{name}\tidentity\t{_values(found, ('opening', 'closing'))}"
        spans = [(span.start, span.end) for span in document.furniture]
        result = extractor.extract(document.text, spans, found.report_year)
        numbers = " ".join(f"{number.char_start}-{number.char_end}:{number.disposition}" for number in result.numbers)
        yield f"{name}\tnumbers\t{numbers}"
        for fact in result.facts:
            exact = ("value_low", "value_high") if fact.value_low == fact.value == fact.value_high else ()
            yield f"{name}\t{fact.metric_code}\t{_values(fact, (*_LEFT_OUT, *exact))}"


def _values(record: Any, left_out: tuple[str, ...]) -> str:
    """The fields of a record that say anything, as name=value."""
    found = ((field.name, getattr(record, field.name)) for field in fields(record) if field.name not in left_out)
    usual = _USUAL if isinstance(record, Fact) else {}
    said = ((name, value) for name, value in found if value not in (None, "", [], False) and usual.get(name) != value)
    return " ".join(f"{name}={f'{value:g}' if isinstance(value, float) else value}" for name, value in said)


def main() -> int:
    """Write the file."""
    FILE.write_text("".join(f"{line}\n" for name in SETS for line in lines(name)), encoding="utf-8")
    print(f"written: {FILE.relative_to(PROJECT_ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
