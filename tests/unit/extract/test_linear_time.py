"""A text of any length costs no more than its length: to read, to identify and to extract.

Four times the text may take less than nine times the time, the best of three runs: a quadratic step takes sixteen.
"""

import random
import re
from collections.abc import Callable
from time import process_time

import pytest

from pipelines.codebook.load import load_codebook
from pipelines.extract.report.engine import extract
from pipelines.read.reader import read_bytes

MOST = 9
HEAD = """象山县石浦镇人民政府关于2024年度法治政府建设情况的报告
2024年,石浦镇扎实推进法治政府建设各项工作,取得积极成效。
全年调解矛盾纠纷36件,办结信访件12件,开展普法宣传活动15场次。
"""
# What a long text may be made of; its numbers differ from piece to piece, so that no answer is remembered.
PIECES = {
    "numbers": "12,",
    "Chinese numerals": "十二件",
    "a list": "调解纠纷36件、",
    "words without a stop": "调解矛盾纠纷",
    "one word": "的",
    "brackets": "调解36件(其中办结3件)",
    "brackets that open": "(调解纠纷36件",
    "titles in titles": "《关于《办法》的通知》36件",
    "titles that open": "《",
    "quotation marks": "“调解36件",
    "parts": "其中调解3件,",
    "zeros": "未发生行政复议、",
    "a row of a table": "调解纠纷 | 36件 | ",
    "rows of a table": "调解纠纷 | 36件 | 45件\n",
    "columns of spaces": "调解纠纷   36   45\n",
    "spaces": " ",
    "wide spaces": "\u3000",
    "dashes": "—",
    "empty lines": "\n",
}
# Tables of many columns: as one row, above rows of few cells, as heads that span.
WIDE = {
    "a row of heads": lambda n: "甲 | " * n + "乙",
    "heads above short rows": lambda n: "甲|" * n + "\n" + "乙|丙\n" * n,
    "heads above short rows with a figure": lambda n: "事项|数量|" + "甲|" * n + "\n" + "调解纠纷|6件\n" * (n // 20),
    "heads that span": lambda n: "甲|" + "|" * n + "\n" + "次数|" * n + "\n" + "6|" * (n // 20),
    "heads of sums": lambda n: "合计|" * n + "\n乙|丙\n",
    "heads of periods": lambda n: "累计|" * n + "\n乙|丙\n",
}


def long_text(piece: str, length: int) -> str:
    rng = random.Random(length)
    pieces = [re.sub("[0-9]+", lambda _: str(rng.randrange(1, 999)), piece) for _ in range(length // len(piece) + 1)]
    return f"{HEAD}{''.join(pieces)[:length]}。\n"


def growth(work: Callable[[str], object], piece: str | Callable[[int], str], length: int) -> float:
    """How much longer four times the text takes, the best of three runs of each; a function makes it by its size.

    A run of the longer text that takes less than MOST times as long is the last: a better one says nothing more.
    """
    make = piece if callable(piece) else lambda size: long_text(piece, size)

    def seconds(text: str) -> float:
        start = process_time()
        work(text)
        return process_time() - start

    text = make(length)
    short = min(seconds(text) for _ in range(3)) + 0.002
    longer, best = make(4 * length), float("inf")
    for _ in range(3):
        best = min(best, seconds(longer) / short)
        if best < MOST:
            break
    return best


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_a_longer_text_takes_as_much_longer_to_read(piece: str) -> None:
    assert growth(lambda text: read_bytes(text.encode(), "a.txt"), piece, 3000) < MOST


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_a_longer_text_takes_as_much_longer_to_extract(piece: str) -> None:
    codebook = load_codebook()
    assert growth(lambda text: extract(text, (), 2024, codebook), piece, 4000) < MOST


@pytest.mark.parametrize("table", WIDE.values(), ids=WIDE)
def test_a_wider_table_takes_as_much_longer_to_extract(table: Callable[[int], str]) -> None:
    codebook = load_codebook()
    assert growth(lambda text: extract(text, (), 2024, codebook), table, 3000) < MOST


def test_a_fact_of_a_row_without_end_shows_its_cell_and_not_the_row() -> None:
    cells = "调解纠纷 | 36件 | "
    text = HEAD + cells * 2 + "\n\n" + cells * (100_000 // len(cells))
    facts = [fact for fact in extract(text, (), 2024, load_codebook()).facts if fact.metric_code == "disputes_mediated"]
    assert {fact.evidence for fact in facts} == {"全年调解矛盾纠纷36件", (cells * 2).strip(), "36件"}
    assert all(text[fact.char_start : fact.char_end] == fact.evidence for fact in facts)
    assert sum(len(fact.evidence) for fact in facts) < len(text)
