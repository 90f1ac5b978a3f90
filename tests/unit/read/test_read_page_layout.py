"""Where a page shows what belongs together: uneven columns, narrow text under a wide title, heads and feet, columns of
vertical text."""

import io
import re
from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from pipelines.read.document import Document
from pipelines.read.formats.page_edges import edge_rows
from pipelines.read.formats.page_rows import Row, parts_of
from pipelines.read.reader import read_bytes

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
TITLE = "双溪县河口镇人民政府2023年度法治政府建设工作情况报告"
BODY = [
    "2023年，河口镇坚持把依法办事贯穿各项工作，健全制度、压实责任、强化监督。现将有关情况报告如下：",
    "一、主要做法",
    "（一）组织学习。全年召开党委会议专题学习法治26次，开展法治培训12场次，参训人员1350人次，覆盖全部村居。",
    "（二）化解纠纷。全年排查矛盾纠纷3180件，调解成功3110件，调解成功率97.8%。受理信访事项465件，办结459件。",
    "（三）规范执法。开展执法检查512次，制作执法文书204份，罚没款43.6万元，没有一起案件被纠错。",
    "二、下一步打算",
    "下一年，我镇将继续推进法治政府建设，持续提升依法行政水平。",
    "河口镇人民政府",
    "2024年1月15日",
]
PROSE = [TITLE, *BODY]
OTHER = "江北镇2019年依法行政工作报告"


def paper(*draw: Callable[[canvas.Canvas], None], size: tuple[float, float] = (595, 842)) -> bytes:
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=size)
    for page in draw:
        page(sheet)
        sheet.showPage()
    sheet.save()
    return stream.getvalue()


def flow(lines: Sequence[str], width: float, size: float) -> list[str]:
    """Lines cut as Word cuts them: no number is parted, and no mark begins a line."""
    out = []
    for line in lines:
        row = ""
        for token in re.findall(r"[0-9.%]+[。，；：]?|.[，。；：）]?", "　　" + line):
            if row and pdfmetrics.stringWidth(row + token, FONT, size) > width:
                out.append(row)
                row = ""
            row += token
        out.append(row)
    return out


def put(sheet: canvas.Canvas, lines: Sequence[str], left: float, top: float, size: float, lead: float) -> None:
    sheet.setFont(FONT, size)
    for at, line in enumerate(lines):
        sheet.drawString(left, top - lead * at, line)


def lines_of(document: Document) -> list[str]:
    """The lines of a document without its furniture."""
    text = document.text
    for span in reversed(document.furniture):
        text = text[: span.start] + text[span.end :]
    return [line for line in text.split("\n") if line]


def furniture(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.furniture]


@pytest.mark.parametrize("gutter", [14, 24, 40])
@pytest.mark.parametrize("share", [0.88, 0.8, 0.7])
@pytest.mark.parametrize("drop", [0, 5])
def test_a_short_right_column(gutter: float, share: float, drop: float) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, 15)
        sheet.drawCentredString(297, 790, TITLE)
        rows = flow(BODY, 220, 11)
        left = round(len(rows) * share)
        put(sheet, rows[:left], 60, 750, 11, 17)
        put(sheet, rows[left:], 280 + gutter, 750 - drop, 11, 17)

    assert lines_of(read_bytes(paper(draw), "a")) == PROSE


def test_a_last_page_that_fills_only_its_left_column() -> None:
    rows = flow(BODY * 2, 210, 11)

    def first(sheet: canvas.Canvas) -> None:
        put(sheet, rows[:15], 60, 750, 11, 17)
        put(sheet, rows[15:30], 310, 750, 11, 17)

    def last(sheet: canvas.Canvas) -> None:
        put(sheet, rows[30:], 60, 750, 11, 17)

    assert lines_of(read_bytes(paper(first, last), "a")) == BODY * 2


def test_tables_beside_running_text_stay_tables() -> None:
    labels = [
        "行政处罚案件",
        "行政执法检查",
        "排查矛盾纠纷数量",
        "调解成功",
        "信访事项",
        "法治宣传活动",
        "执法人员培训",
        "村居法律顾问",
        "行政复议",
    ]

    def draw(sheet: canvas.Canvas) -> None:
        put(sheet, flow(BODY[:4], 435, 12), 80, 770, 12, 20)
        put(sheet, labels, 80, 500, 12, 20)
        put(sheet, [f"全年共计{at}25件" for at in range(1, 10)], 320, 500, 12, 20)

    text = read_bytes(paper(draw), "a").text
    assert text.count(" | ") == 9 and "行政处罚案件 | 全年共计125件" in text


@pytest.mark.parametrize(
    ("title", "size"), [(TITLE, 17), (TITLE, 11), (TITLE.replace("报告", "的报告（征求意见稿）"), 14)]
)
@pytest.mark.parametrize("width", [180, 231, 300])
def test_narrow_text_under_a_wide_title(title: str, size: float, width: float) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, size)
        sheet.drawCentredString(297, 776, title)
        put(sheet, flow(BODY, width, 11), 80, 734, 11, 16)

    assert lines_of(read_bytes(paper(draw), "a")) == [title, *BODY]


def test_a_head_at_the_margin_above_a_wide_title_is_no_line_of_the_text() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, 12)
        sheet.drawRightString(515, 812, "江北镇2019年文件汇编")
        sheet.setFont(FONT, 20)
        sheet.drawCentredString(297, 765, TITLE)
        put(sheet, flow(BODY, 435, 16), 80, 730, 16, 24)

    assert lines_of(read_bytes(paper(draw), "a")) == PROSE


def test_a_signature_at_the_top_of_a_column_ends_no_sentence() -> None:
    rows = flow(BODY, 200, 12)
    left = rows.index("　　河口镇人民政府")

    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, 16)
        sheet.drawCentredString(297, 790, TITLE)
        put(sheet, rows[:left], 50, 750, 12, 18)
        put(sheet, rows[left:], 270, 750, 12, 18)

    assert lines_of(read_bytes(paper(draw), "a")) == PROSE


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("length", [40, 53, 62])
def test_a_number_over_two_columns_of_vertical_text_is_whole(length: int, narrow: bool) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, 12)
        column = 0
        for line in [TITLE, *("　　" + line for line in BODY[:-2]), *BODY[-2:]]:
            for start in range(0, len(line), length):
                for at, char in enumerate(line[start : start + length]):
                    shift = 3 if narrow and char.isascii() else 0
                    sheet.drawString(560 - 18 * column + shift, 812 - 12.4 * at, char)
                column += 1

    assert lines_of(read_bytes(paper(draw), "a")) == PROSE


def body(
    sheet: canvas.Canvas, top: float = 735, size: float = 14, title: float = 17, left: float | None = None
) -> None:
    sheet.setFont(FONT, title)
    if left is None:
        sheet.drawCentredString(297, top + 35, TITLE)
    else:
        sheet.drawString(left, top + 35, TITLE)
    put(sheet, flow(BODY, 435, size), 80, top, size, 1.7 * size)


@pytest.mark.parametrize(
    ("words", "size", "where"),
    [
        (OTHER, 10.5, "left"),
        (OTHER, 9, "centre"),
        (OTHER, 14, "right"),
        ("江北镇文件汇编（2019年）", 12, "right"),
        ("双溪县2019年工作要点选编", 10.5, "centre"),
        ("2024/1/15 10:22", 8, "left"),
    ],
)
def test_the_head_of_one_page_is_furniture(words: str, size: float, where: str) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, size)
        {"left": sheet.drawString, "centre": sheet.drawCentredString, "right": sheet.drawRightString}[where](
            {"left": 80, "centre": 297, "right": 515}[where], 806, words
        )
        body(sheet)

    document = read_bytes(paper(draw), "a")
    assert furniture(document)[0] == words and lines_of(document) == PROSE


def test_a_head_of_the_size_and_place_of_the_title_is_told_by_what_it_says() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        put(sheet, [OTHER], 80, 745, 10.5, 0)
        body(sheet, top=675, size=10.5, title=10.5, left=80)

    document = read_bytes(paper(draw, size=(612, 792)), "a")
    assert furniture(document) == [OTHER] and lines_of(document) == PROSE


def test_a_small_head_may_stand_close_above_the_title() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        put(sheet, [OTHER], 80, 798, 9, 0)
        body(sheet, top=738)

    document = read_bytes(paper(draw), "a")
    assert furniture(document) == [OTHER] and lines_of(document) == PROSE


def test_a_collection_named_close_above_the_title_is_furniture() -> None:
    def draw(sheet: canvas.Canvas) -> None:
        put(sheet, ["双溪县江北镇2019年文件汇编"], 80, 721, 10.5, 0)
        body(sheet, top=673, size=10.5, title=10.5, left=80)

    document = read_bytes(paper(draw, size=(612, 792)), "a")
    assert furniture(document) == ["双溪县江北镇2019年文件汇编"] and lines_of(document) == PROSE


@pytest.mark.parametrize(
    ("above", "size", "title"),
    [
        ("双溪县河口镇人民政府文件", 26, TITLE),  # the head of official paper
        ("双溪县河口镇人民政府", 17, "2023年度法治政府建设工作情况报告"),  # a title of two lines, far apart
        ("双溪县河口镇人民政府", 10.5, "法治政府建设工作情况报告"),  # nothing else at the top says who reports
        ("附件", 17, TITLE),
    ],
)
def test_what_belongs_to_the_title_is_no_head(above: str, size: float, title: str) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(FONT, size)
        sheet.drawCentredString(297, 806, above)
        sheet.setFont(FONT, 17)
        sheet.drawCentredString(297, 766, title)
        put(sheet, flow(BODY, 435, 14), 80, 726, 14, 24)

    document = read_bytes(paper(draw), "a")
    assert not furniture(document) and lines_of(document) == [above, title, *BODY]


@pytest.mark.parametrize(
    "foot", ["2019年印发 共印50份", "全年办理案件999件", "双溪县门户网站 https://example.org/1.htm 1/1"]
)
def test_the_foot_of_one_page_is_furniture(foot: str) -> None:
    def draw(sheet: canvas.Canvas) -> None:
        body(sheet)
        put(sheet, [foot], 90, 40, 10.5, 0)

    document = read_bytes(paper(draw), "a")
    assert lines_of(document) == PROSE


@pytest.mark.parametrize("last", ["2024年1月15日", "河口镇人民政府", "群众满意，没有投诉。", "二、下一步打算"])
def test_the_end_of_the_text_low_on_the_page_is_no_foot(last: str) -> None:
    rows = [Row((line,), 80, 500, 780 - 30 * at, 14) for at, line in enumerate([TITLE, *BODY])]
    assert not edge_rows([*rows, Row((last,), 80, 200, 45, 14)], 0, 842, True)
    assert edge_rows([*rows, Row(("内部资料",), 80, 200, 45, 14)], 0, 842, True) == {len(rows)}


def test_a_smaller_head_of_a_later_page_and_lines_without_a_gap() -> None:
    rows = [Row((line,), 80, 500, 760 - 24 * at, 14) for at, line in enumerate(BODY)]
    head = Row(("第二章 2019年工作",), 80, 200, 810, 9)
    assert edge_rows([head, *rows], 0, 842, False) == {0}
    assert not edge_rows([head._replace(size=14), *rows], 0, 842, False)
    assert not edge_rows([head._replace(middle=782), *rows], 0, 842, False)
    assert not edge_rows([head._replace(confidences=(0.9,)), *rows], 0, 842, False)


FULL = "全年共开展法治宣传活动三十场次，覆盖村居十二个。"


@pytest.mark.parametrize(
    ("following", "joined"),
    [
        ("一、主要做法", False),
        ("（二）强化监督", False),
        ("3.普法宣传", False),
        ("河口镇人民政府", False),
        ("我镇认真总结。", True),
    ],
)
def test_behind_a_full_line_that_ends_a_sentence_a_mark_begins_a_paragraph(following: str, joined: bool) -> None:
    """A line as wide as the page goes on in the next one unless that is a heading, an item or a signature."""
    wide = Row((FULL,), 0.0, 240.0, 0.0, 10.0)
    rows = [wide._replace(middle=100 - 15 * at) for at in range(5)]
    rows.append(Row((following,), 0.0, 70.0, 25.0, 10.0))
    parts = [part.text for part in parts_of([rows])]
    assert (parts[-1] == following) is not joined and parts[-1].endswith(following)
