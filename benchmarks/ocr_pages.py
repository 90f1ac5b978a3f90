"""Pages for the benchmark of character recognition: reports of the corpus, set in a Chinese font, as pictures.

A page holds a title, paragraphs full of numbers and, every other time, a ruled table; it is signed, and two of three
have a red seal over the signature. What was drawn is kept as text, line by line, to compare with what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFont

from benchmarks.corpus import generate

DRAWN_DPI = 200  # pages are drawn at this resolution; benchmarks.ocr_conditions makes coarser ones of them
_A4 = (1654, 2339)  # pixels at 200 dpi
_POINT = DRAWN_DPI / 72
FONTS = {  # package of Debian: the file, and the number of the face in it
    "fonts-noto-cjk": ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    "fonts-arphic-uming": ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    "fonts-arphic-ukai": ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
}
_UNBREAKABLE = re.compile(r"[0-9][0-9.,]*%?|.")
_NOT_FIRST = "，。、；：？！）》”’%,.;:?!)"
_ITEMS = (
    "法治讲座 普法活动 行政处罚案件 行政检查 矛盾纠纷调解 信访办理 热线工单 合同审查 培训人次 宣传资料 执法人员"
).split()
_UNITS = "场 次 件 人 份 名 个 户".split()


class FontMissingError(Exception):
    """A font of the benchmark is not installed; the message names the packages."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page as picture (RGB, 200 dpi), and the lines that stand on it, cells with ` | ` between them."""

    picture: Image.Image
    lines: tuple[str, ...]
    font: str


def font_files() -> list[tuple[str, str, int]]:
    """Package, file and face of each font. Raises FontMissingError."""
    missing = [package for package, (file, _) in FONTS.items() if not Path(file).exists()]
    if missing:
        packages = " ".join(missing)
        raise FontMissingError(f"found no font of {packages}, expected all three; run `apt-get install {packages}`")
    return [(package, file, face) for package, (file, face) in FONTS.items()]


def draw_pages(count: int, seed: int, first: int = 0) -> Iterator[DrawnPage]:
    """Pages number `first` to `first + count` of a seed, each of a report of its own; the fonts take turns."""
    fonts = font_files()
    for number, report in zip(range(first, first + count), generate(count, seed, first), strict=True):
        package, file, face = fonts[number % len(fonts)]
        rng = Random(f"{seed}:{number}:page")
        sheet = _Sheet(rng, file, face)
        turn = number // 18  # fonts and conditions repeat every 18 pages, and each shall come with and without
        sheet.draw(report.text, with_table=(number + turn) % 2 == 0, with_seal=(number // 3 + turn) % 3 != 2)
        yield DrawnPage(sheet.picture, tuple(sheet.lines), package)


class _Sheet:
    """One page while it is drawn."""

    def __init__(self, rng: Random, file: str, face: int) -> None:
        self.rng = rng
        self.picture = Image.new("RGB", _A4, "white")
        self.pen = ImageDraw.Draw(self.picture)
        points = rng.choice((12, 14, 15, 16))
        self.size = round(points * _POINT)
        self.pitch = round(points * rng.choice((1.6, 1.75, 1.9)) * _POINT)
        self.font = ImageFont.truetype(file, self.size, index=face)
        self.large = ImageFont.truetype(file, round(self.size * 1.4), index=face)
        self.margin = round(_A4[0] * rng.uniform(0.1, 0.14))
        self.width = _A4[0] - 2 * self.margin
        self.y = round(_A4[1] * rng.uniform(0.08, 0.11))
        self.lines: list[str] = []

    def draw(self, text: str, with_table: bool, with_seal: bool) -> None:
        """Fill the page: a title, paragraphs from a place of the report, a table, a signature."""
        paragraphs = text.split("\n")
        place = next(i for i, line in enumerate(paragraphs) if "报告" in line and len(line) < 60)
        self._centred(paragraphs[place])
        self.y += self.pitch // 2
        bottom = _A4[1] - self.margin - 5 * self.pitch
        table_at = self.y + (bottom - self.y) * self.rng.uniform(0.2, 0.5)
        stating = sorted(paragraphs[place + 1 :], key=lambda line: -len(re.findall("[0-9]+", line)) / (len(line) + 40))
        for paragraph in self.rng.sample(stating[:14], len(stating[:14])):
            if with_table and self.y > table_at and self.y + 10 * self.pitch < bottom:
                self._table()
                with_table = False
            if self.y + self.pitch * (len(paragraph) * self.size / self.width + 1) < bottom:
                self._paragraph(paragraph)
        self._sign(text, with_seal)

    def _line(self, x: float, text: str, font: ImageFont.FreeTypeFont | None = None) -> None:
        self.pen.text((x, self.y), text, fill=(25, 25, 28), font=font or self.font)

    def _centred(self, text: str) -> None:
        for part in self._wrapped(text, self.large, 0):
            self._line(self.margin + (self.width - self.large.getlength(part)) / 2, part, self.large)
            self.lines.append(part)
            self.y += round(self.pitch * 1.25)

    def _wrapped(self, text: str, font: ImageFont.FreeTypeFont, indent: float) -> list[str]:
        lines, room = [""], self.width - indent
        for token in _UNBREAKABLE.findall(text):
            if font.getlength(lines[-1] + token) > room and token not in _NOT_FIRST:
                lines.append("")
                room = self.width
            lines[-1] += token
        return lines

    def _paragraph(self, text: str) -> None:
        indent = 2 * self.size
        for number, part in enumerate(self._wrapped(text, self.font, indent)):
            self._line(self.margin + (0 if number else indent), part)
            self.lines.append(part)
            self.y += self.pitch

    def _table(self) -> None:
        rows = [("序号", "项目", "上年", "本年", "单位")]
        for number, item in enumerate(self.rng.sample(_ITEMS, self.rng.randint(4, 7)), 1):
            figures = [str(round(10 ** self.rng.uniform(0, 4.5))) if self.rng.random() > 0.12 else "" for _ in "12"]
            rows.append((str(number), item, *figures, self.rng.choice(_UNITS)))
        edges = [self.margin + round(self.width * share) for share in (0, 0.12, 0.46, 0.66, 0.86, 1)]
        height = round(self.pitch * 1.05)
        top = self.y + self.pitch // 4
        for at in range(len(rows) + 1):
            self.pen.line((edges[0], top + at * height, edges[-1], top + at * height), fill=(40, 40, 40), width=2)
        for edge in edges:
            self.pen.line((edge, top, edge, top + len(rows) * height), fill=(40, 40, 40), width=2)
        for at, row in enumerate(rows):
            self.y = top + at * height + (height - self.size) // 2
            for cell, left, right in zip(row, edges, edges[1:], strict=False):
                self._line((left + right - self.font.getlength(cell)) / 2, cell)
            self.lines.append(" | ".join(row))
        self.y = top + len(rows) * height + self.pitch // 3

    def _sign(self, text: str, with_seal: bool) -> None:
        town = next(re.finditer(r"[\u4e00-\u9fff]{2,9}(?:镇|乡|街道)", text))[0][-6:]
        year, month, day = self.rng.randint(2020, 2025), self.rng.randint(1, 12), self.rng.randint(1, 28)
        self.y += self.pitch
        top = self.y
        for part in (f"{town}人民政府", f"{year}年{month}月{day}日"):
            self._line(self.margin + self.width - self.font.getlength(part) - 2 * self.size, part)
            self.lines.append(part)
            self.y += self.pitch
        if with_seal:
            self._seal(self.margin + self.width - 5 * self.size, top + self.size / 3, f"{town}人民政府")

    def _seal(self, x: float, y: float, words: str) -> None:
        """Draw a round seal of 42 mm: a ring, a star, and words along the ring; ink hides nothing that is black."""
        radius = round(21 / 25.4 * DRAWN_DPI)
        seal = Image.new("RGB", (2 * radius, 2 * radius), "white")
        pen, red = ImageDraw.Draw(seal), (214, 32, 40)
        pen.ellipse((4, 4, 2 * radius - 4, 2 * radius - 4), outline=red, width=8)
        star = ImageFont.truetype(self.font.path, radius // 2, index=self.font.index)
        pen.text((radius, radius), "★", fill=red, font=star, anchor="mm")
        for glyph, angle in _around(words):
            stamp = Image.new("RGB", seal.size, "white")
            ImageDraw.Draw(stamp).text((radius, radius * 0.3), glyph, fill=red, font=self.font, anchor="mm")
            seal = ImageChops.darker(seal, stamp.rotate(angle, fillcolor="white", resample=Image.Resampling.BICUBIC))
        place = (round(x) - radius, round(y) - radius)
        under = self.picture.crop((*place, place[0] + 2 * radius, place[1] + 2 * radius))
        self.picture.paste(ImageChops.darker(under, seal), place)


def _around(words: str) -> Iterator[tuple[str, float]]:
    step = min(30, 240 / len(words))
    for at, glyph in enumerate(words):
        yield glyph, (len(words) - 1) * step / 2 - at * step
