"""Files that are large or twisted are read in a time that grows with their length, or are refused."""

import re
import time
from collections.abc import Iterator
from html import escape

import pytest

from pipelines.read.document import ReadError
from pipelines.read.formats.html_lines import classes_with
from pipelines.read.formats.page_glyphs import Char, _without_tiles
from pipelines.read.hard_breaks import join_cut_lines
from pipelines.read.reader import read_bytes

SECONDS = 15  # of the processor; each needs less than three, and needed more than twenty


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def test_comments_that_never_close() -> None:
    text = "河口镇开展法治培训12次，参训1350人。"
    assert read_bytes(f"<!-- a --><p>{text}</p>{'<!--' * 60_000}".encode(), "a").text == f"{text}\n"


def test_a_long_paragraph_of_cut_lines() -> None:
    line = "我镇坚持把依法办事贯穿各项工作健全制度压实责任强化监督各项任务有序推进"
    assert join_cut_lines([line] * 50_000) == [line * 50_000]


def test_a_style_sheet_with_a_font_in_it() -> None:
    css = f".logo {{background: url(data:{'A' * 5_000_000})}} .old {{display: none}}"
    assert classes_with(css, re.compile("display: none")) == ".old"


def test_a_table_with_the_same_figure_in_all_cells() -> None:
    cells = [(50.0 + 40 * column, 9.0 * row) for row in range(150) for column in range(10)]
    chars = [
        Char(char, left + 5 * at, left + 5 * at + 5, bottom, bottom + 8)
        for left, bottom in cells
        for at, char in enumerate("0.00")
    ]
    assert _without_tiles(chars) == chars


def test_a_mail_of_thousands_of_parts_in_parts() -> None:
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000))
    with pytest.raises(ReadError) as refusal:
        read_bytes(f"MIME-Version: 1.0\n{parts}Content-Type: text/plain\n\nText\n".encode(), "a.eml")
    assert refusal.value.code == "broken"


def test_a_page_of_text_areas_in_text_areas() -> None:
    page = "<p>" + "我镇认真学习，" * 12 + "</p>"
    for _ in range(400):
        page = f"<div></div><textarea>{escape(page, quote=False)}</textarea>"
    with pytest.raises(ReadError) as refusal:
        read_bytes(f"<html><body>{page}</body></html>".encode(), "a.html")
    assert refusal.value.code == "empty"
