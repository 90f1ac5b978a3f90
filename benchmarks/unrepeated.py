"""Whole reports in which wordings hardly repeat: paragraphs of the real reports below raw/, each sentence made anew.

Generated reports of benchmarks.corpus say the same things in the same words. Real ones repeat less, and the engine
needs much longer for a wording that it does not know. So here a report is put together of paragraphs of real ones, and
each sentence gets other numbers, and words that hardly any other report has: the name of a village or of a scheme. What
such a report states is not known.

Report number i of a seed depends on the seed and i alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.corpus import LENGTH, units_by_province
from pipelines.extract.sentence.template import make_template

ROOT = Path(__file__).parents[1]
_STOCK = ROOT / "raw" / "reports"
_PARAGRAPH = 40  # characters; a shorter line is a heading or a part of the page
_YEARS = range(2019, 2025)
_HEADINGS = ("主要工作开展情况", "党政主要负责人履行推进法治建设职责情况", "存在的问题", "下一步工作打算")
_RESULTS = 0.8  # share of a report before it comes to its problems and plans
_NAMES = (
    "安宝昌长成春大德东丰福高光广贵海和河恒红华吉佳建江金锦景康兰乐莲良林龙隆梅明南宁平青"
    "清荣瑞山胜石双顺松泰天旺文西溪祥新兴秀阳义银永玉元云泽正志中竹"
)
#: What is put before a clause; {} is a name that hardly any other sentence has.
_ADDED = (
    *("在{}村", "在{}大集", "在{}小学", "以{}村为示范", "依托{}社区", "结合{}片区实际", "通过{}议事厅"),
    *("联合{}派出所", "会同{}司法所", "由{}同志牵头", "围绕“{}”品牌", "借助“{}”平台"),
)
_SENTENCE = re.compile(r"[^。；]+[。；]?")
_NUMERAL = re.compile(
    r"(?<![0-9.,\-—〕号第年])[1-9][0-9]{0,3}(?=[余多]?万?[余多]?(?:场次|人次|[场次件份名人个起期条处户支篇部]))"
)
_DIGIT = re.compile("[0-9]")


class Unrepeated(NamedTuple):
    """One report."""

    report_id: str
    text: str
    report_year: int


def generate_unrepeated(n: int, seed: int, first: int = 0) -> Iterator[Unrepeated]:
    """Reports number `first` to `first + n` of a seed, each of about as many characters as those of the corpus."""
    provinces = units_by_province()
    for number in range(first, first + n):
        rng = Random(f"unrepeated:{seed}:{number}")
        unit, year = rng.choice(provinces[number % len(provinces)]), rng.choice(_YEARS)
        lines = [f"{unit['county']}{unit['town']}{year}年度法治政府建设情况报告"]
        length, parts = 0, list(_HEADINGS)
        ends = (_RESULTS * LENGTH / 2, _RESULTS * LENGTH, (1 + _RESULTS) * LENGTH / 2, LENGTH)
        for mark, heading, end in zip("一二三四", parts, ends, strict=True):
            lines.append(f"{mark}、{heading}")
            while length < end:
                lines.append(_anew(rng, rng.choice(paragraphs())))
                length += len(lines[-1])
        yield Unrepeated(f"{number:016x}", "\n".join(lines), year)


@cache
def paragraphs() -> list[str]:
    """The paragraphs of the real reports, without tables."""
    lines = [line.strip() for path in sorted(_STOCK.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return [line for line in dict.fromkeys(lines) if len(line) >= _PARAGRAPH and "|" not in line]


def _anew(rng: Random, paragraph: str) -> str:
    """A paragraph with other numerals, and with words of its own in each sentence."""
    sentences = []
    for sentence in _SENTENCE.findall(paragraph):
        words = _NUMERAL.sub(lambda numeral: str(rng.randint(1, 10 ** len(numeral[0]))), sentence)
        starts = [0, *(comma.end() for comma in re.finditer("[，,]", words) if comma.end() < len(words))]
        at = rng.choice(starts)
        added = rng.choice(_ADDED).format("".join(rng.choices(_NAMES, k=rng.randint(2, 3))))
        sentences.append(f"{words[:at]}{added}，{words[at:]}" if at else f"{added}，{words}")
    return "".join(sentences)


def repeated(texts: list[tuple[str, int]]) -> float:
    """The share of sentences with digits, in some texts of a year each, whose template an earlier one has."""
    seen: set[str] = set()
    count = 0
    for text, year in texts:
        for sentence in _SENTENCE.findall(text.replace("\n", "。")):
            if _DIGIT.search(sentence):
                count += 1
                seen.add(make_template(sentence, year)[0])
    return 1 - len(seen) / max(count, 1)
