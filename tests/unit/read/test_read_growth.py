"""Whatever a file repeats, reading it takes a time that grows with its length."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from grown_fixture import GROWN

from pipelines.read import isolation, reader
from pipelines.read.document import Document, ReadError, Span
from pipelines.read.layout import LayoutPart, compose, spread

SMALL, TIMES = 500, 8
_SPARE = 0.6  # seconds of the processor, for what is done once and for a busy machine
# What took the square of its length or worse, and some that did not and may come to.
SQUARE = [
    *("html: container nested", "html: container siblings", "html: container siblings deep"),
    *("html: tools nested, all heavy", "html: hidden nested, all heavy", "html: one long style of overflow"),
    *("html: one long style of decorations", "html: lists nested with text", "html: list items"),
    *("html: table of row spans", "html: headings nested", "html: fonts never closed", "html: attributes"),
    *("text: markup", "text: keys", "text: signers", "markdown: numbered", "markdown: quotes", "markdown: brackets"),
    *("json: in strings", "docx: text boxes side by side", "docx: styles", "docx: footnotes", "docx: table of spans"),
    *("odt: list items", "xlsx: merged far", "xlsx: cells far apart", "excel 2003: merged"),
    *("rtf: boxes side by side", "rtf: footnotes", "mail: parts", "mail: header lines"),
]
# XML is read to a depth of 256, so that what doubles with each level shows by then.
NESTED = [name for name in GROWN if "nested" in name and not name.startswith(("html", "json", "markdown", "rtf"))]


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, whose time is counted."""

    def here(function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)

    monkeypatch.setattr(isolation, "run", here)


def seconds(data: bytes) -> float:
    began = time.process_time()
    try:
        reader.read_bytes(data, "a")
    except ReadError as error:
        assert error.message
    return time.process_time() - began


@pytest.mark.parametrize("name", SQUARE)
def test_eight_times_the_length_is_no_sixty_four_times_the_work(name: str) -> None:
    small, large = GROWN[name](SMALL), GROWN[name](SMALL * TIMES)
    seconds(small)  # imports and caches
    assert seconds(large) < 3 * TIMES * seconds(small) + _SPARE


@pytest.mark.parametrize("name", NESTED)
def test_a_level_more_does_not_double_the_work(name: str) -> None:
    seconds(GROWN[name](4))
    for depth in (12, 24, 40):
        assert seconds(GROWN[name](depth)) < _SPARE * 5


def test_large_pages_and_texts_are_read_where_the_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(function: Callable[..., Document], *arguments: Any) -> Document:
        asked.append(function.__module__.rpartition(".")[2])
        return function(*arguments)

    monkeypatch.setattr(isolation, "run", noted)
    for name in ("html: list items", "text: lines of prose", "markdown: paragraphs", "json: strings"):
        for size in (4, 2000):
            reader.read_bytes(GROWN[name](size), "a")
    assert asked == ["html", "plain_text", "markdown", "json_page"]


def test_a_table_of_spans_grows_no_further_than_many_times_itself() -> None:
    label = "甲" * 100
    rows = [[(label, 1, 999)] * 50, *([("1", 1, 1)] for _ in range(998))]
    repeated = sum(cell == label for line in spread(rows) for cell in line)
    assert 50 < repeated < 5000
    assert [line[0] for line in spread([[("甲", 1, 3), ("1", 1, 1)], [("2", 1, 1)], [("3", 1, 1)]])] == ["甲"] * 3


def test_what_the_format_knows_goes_before_what_the_wording_shows() -> None:
    lines = [
        "索引号：1",
        "来源：甲镇",
        "发布日期：2024年1月12日",
        "全年开展法治培训12次，参训1350人。",
        "首页 > 政务公开 > 甲",
    ]
    for known in range(len(lines)):
        parts = [LayoutPart(line, "note" if at == known else None) for at, line in enumerate(lines)]
        furniture = compose(parts, "text/plain", None).furniture
        assert [span for span in furniture if span.kind == "note"] == [
            Span(
                sum(len(line) + 1 for line in lines[:known]),
                sum(len(line) + 1 for line in lines[: known + 1]) - 1,
                "note",
            )
        ]
        assert all(one.end <= other.start for one, other in pairwise(furniture))
