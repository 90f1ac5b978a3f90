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
from pipelines.read.formats.page_glyphs import Char, Glyph, is_pale, quarter, upright_text
from pipelines.read.formats.page_lines import rows_of
from pipelines.read.formats.page_rows import Row, count_shown, has_meaning, is_page_number, parts_of
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


def rows(*lines: str | tuple[str, float, float], size: float = 10, **other: object) -> list[Row]:
    """Rows below each other from 0 to 240; a line may have its own left and right."""
    placed = [line if isinstance(line, tuple) else (line, 0.0, 240.0) for line in lines]
    return [
        Row((text,), left, right, 700.0 - 15 * at, size)._replace(**other)  # type: ignore[arg-type]
        for at, (text, left, right) in enumerate(placed)
    ]


def texts(*pages: list[Row], **other: object) -> list[str]:
    return [part.text for part in parts_of(pages, **other)]  # type: ignore[arg-type]


OPEN = "全年共开展法治宣传活动，覆盖村居十二个，发放资料"
FIVE = [FULL] * 5


def page_of(number: int) -> list[Row]:
    """Five rows that no other page has."""
    return rows(*[FULL.replace("村居", 2 * "东南西北"[number % 4])] * 5)


@pytest.mark.parametrize(("right", "joined"), [(215.0, True), (214.0, False)])
def test_a_line_that_ends_before_the_margin_ends_its_paragraph(right: float, joined: bool) -> None:
    assert len(texts(rows(*FIVE, ("开展宣传活动", 20.0, right), "覆盖村居"))) == (2 if joined else 3)


@pytest.mark.parametrize(("right", "joined"), [(150.0, True), (144.0, False)])
def test_a_sentence_goes_on_behind_a_line_that_is_not_full_but_long(right: float, joined: bool) -> None:
    page = rows(*FIVE, (OPEN, 0.0, right), "共三千份。")
    assert len(texts(page)) == (1 if joined else 2)
    assert len(texts(rows(*FIVE, ("开展宣传活动", 20.0, right), "共三千份。"))) == 3  # no sentence has begun
    assert len(texts(rows(*FIVE, (OPEN, 0.0, right), "一、共三千份"))) == 2


@pytest.mark.parametrize(("left", "joined"), [(12.0, True), (12.5, False)])
def test_an_indented_line_begins_a_paragraph(left: float, joined: bool) -> None:
    assert len(texts(rows(*FIVE, (FULL, left, 240.0)))) == (1 if joined else 2)


@pytest.mark.parametrize(("size", "joined"), [(8, True), (12, True), (12.1, False), (7.9, False)])
@pytest.mark.parametrize("scanned", [False, True])
def test_lines_of_one_paragraph_are_of_like_size(size: float, joined: bool, scanned: bool) -> None:
    own = (0.9,) * len(FULL) if scanned else None
    page = rows(*FIVE, confidences=own)
    assert len(texts([*page, page[-1]._replace(size=size, middle=500.0)])) == (1 if joined or scanned else 2)


@pytest.mark.parametrize(("size", "joined"), [(13.5, True), (6.5, True), (13.6, False), (6.4, False)])
def test_lines_of_a_scan_differ_more(size: float, joined: bool) -> None:
    page = rows(*FIVE, confidences=(0.9,) * len(FULL))
    assert len(texts([*page, page[-1]._replace(size=size, middle=500.0)])) == (1 if joined else 2)


def test_rows_of_cells_stand_alone() -> None:
    cells = Row(("项目", "数量"), 0, 240, 500, 10)
    page = [*rows(*FIVE), cells, cells._replace(cells=("", "86")), *rows(*FIVE)]
    assert texts(page) == [FULL * 5, "项目 | 数量", "|  | 86", FULL * 5]


def test_latin_words_of_two_lines_stay_apart() -> None:
    assert texts(rows(*FIVE, "全年办理OFD", "PDF文件，共三份。"))[0].endswith("OFD PDF文件，共三份。")


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        *(("- 12 -", True), ("第3页", True), ("第 3 页 共 12 页", True), ("3/12", True), ("第三页", True)),
        *(("1234", False), ("12件", False), ("－12－", True), ("共3页", False)),
    ],
)
def test_the_number_of_a_page(text: str, is_number: bool) -> None:
    assert is_page_number(Row((text,), 0, 10, 0, 10)) is is_number
    assert not is_page_number(Row((text, text), 0, 10, 0, 10))
    assert count_shown([Row((text,), 0, 10, 0, 10), Row(("甲", "乙"), 0, 10, 0, 10)]) == 5 + len(text) * (not is_number)


def test_a_number_is_that_of_the_page_only_at_its_edges() -> None:
    for at, kind in ((0, "page_number"), (1, None), (3, None), (5, None), (6, "page_number")):
        page = rows(*FIVE, FULL)
        page.insert(at, Row(("7",), 100, 110, 650, 10))
        kinds = {part.text: part.furniture for part in parts_of([page])}
        assert kinds.get("7") == kind
        assert any("7" in text for text in kinds)


def test_what_runs_over_the_end_of_a_page_is_one_paragraph_before_the_number_of_the_page() -> None:
    first, second = (
        rows(*FIVE, OPEN, ("- 1 -", 100.0, 120.0)),
        rows("三千份。", *FIVE[:4], "以上是全部工作，现予公布，请各村监督。"),
    )
    parts = list(parts_of([first, second], first=4))
    assert [part.furniture for part in parts] == [None, "page_number"]
    assert parts[0].text == FULL * 5 + OPEN + "三千份。" + FULL * 4 + "以上是全部工作，现予公布，请各村监督。"
    assert [origin.page for origin in parts[0].origins] == [4] * 6 + [5] * 6
    assert parts[1].origins[0].page == 4


@pytest.mark.parametrize(("pages", "with_head", "is_head"), [(2, 2, True), (4, 3, True), (4, 2, False), (2, 1, False)])
@pytest.mark.parametrize("last", [False, True])
def test_what_stands_at_the_edge_of_most_pages_is_no_text(
    pages: int, with_head: int, is_head: bool, last: bool
) -> None:
    def page(number: int) -> list[Row]:
        head = rows((f"河口镇年报第{number}期", 100.0, 140.0))
        body = page_of(number)
        return (body + head if last else head + body) if number <= with_head else body

    found = list(parts_of([page(number) for number in range(1, pages + 1)]))
    heads = [part.furniture for part in found if part.text.startswith("河口镇年报")]
    assert heads == ["running_head" if is_head else None] * with_head


def test_a_head_of_another_size_or_with_cells_and_those_of_short_pages_are_text() -> None:
    head = rows(("河口镇年报", 100.0, 140.0))
    other = [head[0]._replace(size=12)]
    assert not any(part.furniture for part in parts_of([head + page_of(1), other + page_of(2)]))
    cells = [head[0]._replace(cells=("河口镇", "年报"))]
    assert not any(part.furniture for part in parts_of([cells + page_of(1), cells + page_of(2)]))
    for many, is_head in ((1, False), (2, True)):
        found = parts_of([head + page_of(1)[:many], head + page_of(2)[:many]])
        assert any(part.furniture for part in found) is is_head


def test_the_head_stands_below_another_line_at_most() -> None:
    head, over = rows(("河口镇年报", 100.0, 140.0)), rows(("机密", 200.0, 220.0))
    for many, heads in ((0, 3), (1, 3), (2, 2)):
        pages = [head + page_of(1), over * many + head + page_of(2), head + page_of(3)]
        assert [part.furniture for part in parts_of(pages)].count("running_head") == heads


def test_rows_that_their_place_shows_to_be_an_edge_are_a_running_head() -> None:
    page = rows(("内部资料", 0.0, 40.0), *FIVE, ("- 3 -", 100.0, 110.0))
    kinds = [part.furniture for part in parts_of([page], edges=[{0, 6}])]
    assert kinds == ["running_head", None, "page_number"]
    assert [part.furniture for part in parts_of([page, page_of(2)], edges=[{0, 6}])].count("running_head") == 1


def test_a_wide_title_does_not_widen_the_margin() -> None:
    title = Row(("河口镇人民政府法治政府建设工作情况报告全文",), -40, 300, 750, 16)
    assert texts([title, *rows(*FIVE)]) == [title.text, FULL * 5]


def test_second_lines_further_left_than_wide_first_ones_show_the_margin() -> None:
    pair = [(OPEN, 20.0, 240.0), ("共三千份，全部完成。", 0.0, 100.0)]
    assert texts(rows(*pair * 4)) == [OPEN + "共三千份，全部完成。"] * 4
    near = [(OPEN, 9.0, 240.0), ("共三千份，全部完成。", 0.0, 100.0)]
    assert texts(rows(*near * 4)) == [OPEN + "共三千份，全部完成。"] * 4


def test_a_number_of_a_scan_that_goes_on_in_the_next_line_is_in_doubt() -> None:
    def ends(before: str, after: str, sure: tuple[float, ...] | None) -> list[float | None]:
        page = rows(*FIVE, before, after)
        page = [row._replace(confidences=sure and (1.0,) * len(row.text)) for row in page]
        (part,) = parts_of([page])
        one, other = part.origins[-2:]
        return [one.confidences and one.confidences[-1], other.confidences and other.confidences[0]]

    doubtful = ends("全年办理案件，合计12", "5件。", (1.0,))
    assert all(value is not None and value < 1 for value in doubtful)
    assert ends("全年办理案件，合计", "5件。", (1.0,)) == [1.0, 1.0]
    assert ends("全年办理案件，合计12", "件。", (1.0,)) == [1.0, 1.0]
    assert ends("全年办理案件，合计12", "5件。", None) == [None, None]


def test_half_of_the_characters_of_a_text_are_known() -> None:
    assert has_meaning("法治\ue001\ue002")
    assert not has_meaning("法\ue001\ue002")
    assert has_meaning("")


def chars(text: str, left: float, bottom: float, size: float = 10, step: float = 10) -> list[Char]:
    return [
        Char(char, left + step * at, left + step * at + size, bottom, bottom + size) for at, char in enumerate(text)
    ]


def cells_of(*lines: list[Char]) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of([char for line in lines for char in line])]


def test_a_page_without_characters_has_no_rows() -> None:
    assert rows_of([]) == rows_of(chars("   ", 0, 0)) == []


@pytest.mark.parametrize(("higher", "rows_found"), [(4.9, 1), (5.1, 2), (-4.9, 1), (-5.1, 2)])
def test_characters_within_half_a_size_stand_in_one_row(higher: float, rows_found: int) -> None:
    assert len(cells_of(chars("法治", 0, 100), chars("讲座", 20, 100 + higher))) == rows_found


@pytest.mark.parametrize(("gap", "cells"), [(12.0, ("法治讲座",)), (12.5, ("法治", "讲座"))])
def test_characters_further_apart_than_their_size_are_cells(gap: float, cells: tuple[str, ...]) -> None:
    assert cells_of(chars("法治", 0, 100), chars("讲座", 20 + gap, 100)) == [cells]


@pytest.mark.parametrize(("gap", "text"), [(2.9, "OFD3"), (3.1, "OFD 3")])
def test_a_gap_behind_a_latin_word_is_a_space(gap: float, text: str) -> None:
    assert cells_of(chars("OFD", 0, 100), chars("3", 30 + gap, 100)) == [(text,)]
    assert cells_of(chars("法治", 0, 100), chars("3", 20 + gap, 100)) == [("法治3",)]


def test_a_space_that_is_drawn_is_kept_where_it_stands() -> None:
    assert cells_of(chars("法 治", 0, 100)) == [("法 治",)]
    assert cells_of(chars("法治", 0, 100), [Char(" ", 30, 40, 100, 110)]) == [("法治",)]


def test_a_row_has_its_place_and_bullets_of_symbol_fonts_are_left_out() -> None:
    (row,) = rows_of([*chars("法治", 20, 100), Char("\ue00a", 0, 5, 100, 110)])
    assert (row.left, row.right, row.middle, row.size, row.column) == (0, 40, 105, 10, 0)
    assert cells_of(chars("\ue00a", 0, 100), chars("法治", 40, 100)) == [("法治",)]
    assert cells_of(chars("\ue00a", 0, 100)) == []


@pytest.mark.parametrize(
    ("mark", "cells"),
    [("一、", ("一、 法治讲座",)), ("•", ("• 法治讲座",)), ("3", ("3", "法治讲座")), ("3.", ("3. 法治讲座",))],
)
def test_a_mark_far_before_its_item_is_no_cell(mark: str, cells: tuple[str, ...]) -> None:
    assert cells_of(chars(mark, 0, 100), chars("法治讲座", 60, 100)) == [cells]


LEFT, RIGHT = "左栏的文字满满一行字不少", "右栏的文字满满一行字不少"


def two_columns(
    many: int = 8, right: float = 140, left_text: str = LEFT, right_text: str = RIGHT, short: int = 0, whole: int = 0
) -> list[int]:
    """The columns of the rows of a page with lines beside each other; `short` left ones are short, `whole` go over."""
    page = []
    for at in range(many):
        page += chars(left_text[: 6 if at < short else None], 0, 800 - 15 * at)
        page += chars(right_text, right, 800 - 15 * at)
    for at in range(whole):
        page += chars("横跨两栏的文字" * 4, 0, 800 - 15 * (many + at), step=9.6)
    return [row.column for row in rows_of(page)]


def test_lines_beside_each_other_are_columns_from_six_on() -> None:
    assert two_columns(6) == [1] * 6 + [2] * 6
    assert set(two_columns(5)) == {0}


def test_columns_of_text_are_full_and_hold_prose() -> None:
    assert two_columns(short=3) == [1] * 8 + [2] * 8
    assert set(two_columns(short=4)) == {0}
    assert set(two_columns(left_text=LEFT[:8])) == {0}
    assert set(two_columns(right_text=RIGHT[:8])) == {0}
    assert set(two_columns(left_text=LEFT[:9], right=110)) == {1, 2}


def test_most_lines_of_a_page_of_columns_are_parted() -> None:
    assert two_columns(whole=5) == [1] * 8 + [2] * 8 + [0] * 5
    assert set(two_columns(whole=6)) == {0}


@pytest.mark.parametrize(("gap", "columns"), [(7.5, {0}), (8.5, {1, 2})])
def test_a_gutter_is_nearly_as_wide_as_a_character(gap: float, columns: set[int]) -> None:
    assert set(two_columns(right=120 + gap)) == columns


def drawn(text: str, left: float, bottom: float, angle: int = 0, pale: bool = False) -> list[Glyph]:
    """What a page draws: a line of text, turned by a right angle."""
    found = []
    for at, char in enumerate(text):
        x, y = {0: (10 * at, 0), 90: (0, 10 * at), 180: (-10 * at, 0), 270: (0, -10 * at)}[round(angle / 90) * 90 % 360]
        wide = 10 if angle == 0 else 0
        box = Char(char, left + x, left + x + wide, bottom + y, bottom + y + wide)
        found.append(Glyph(box, angle, 10, pale))
    return found


def read(glyphs: list[Glyph]) -> list[str]:
    return ["".join(row.cells) for row in rows_of(upright_text(glyphs))]


MANY = "全年共开展法治宣传活动三十场次覆盖村居十二"


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_turned_page_is_read_upright(angle: int) -> None:
    dx, dy = {0: (0, -20), 90: (20, 0), 180: (0, 20), 270: (-20, 0)}[angle]
    glyphs = drawn(MANY, 300, 300, angle) + drawn("发放资料", 300 + dx, 300 + dy, angle)
    assert read(glyphs) == [MANY, "发放资料"]


def test_a_turned_line_turns_no_page() -> None:
    assert read(drawn(MANY[:19], 0, 0, 90)) == []
    assert read(drawn(MANY[:20], 0, 0, 90)) == [MANY[:20]]
    assert read(drawn(MANY[:20], 0, 0, 90) + drawn(MANY[:5], 300, 300)) == [MANY[:20]]
    assert read(drawn(MANY[:20], 0, 0, 90) + drawn(MANY[:6], 300, 300)) == [MANY[:6]]


@pytest.mark.parametrize(("angle", "is_text"), [(20, True), (21, False), (340, True), (339, False)])
def test_slanting_characters_are_no_text(angle: int, is_text: bool) -> None:
    slanting = [glyph._replace(angle=angle) for glyph in drawn("样张", 0, 500)]
    assert read(drawn(MANY, 0, 300) + slanting) == (["样张", MANY] if is_text else [MANY])


def test_right_angles_and_pale_colours() -> None:
    assert [quarter(angle) for angle in (44, 46, 134, 136, 316, 314, 0)] == [0, 90, 90, 180, 0, 270, 0]
    assert [is_pale(light, 0) for light in (169, 170, 250, 251, 0)] == [False, True, True, False, False]
    assert [is_pale(0, opacity) for opacity in (1, 150, 151, 255)] == [True, True, False, False]


def test_pale_characters_are_left_out_unless_half_of_the_page_is_pale() -> None:
    assert read(drawn("正文四字", 0, 300) + drawn("水印三", 0, 200, pale=True)) == ["正文四字"]
    assert read(drawn("正文四字", 0, 300) + drawn("水印四字", 0, 200, pale=True)) == ["正文四字", "水印四字"]


def lines_of_a_page(many: int) -> list[Glyph]:
    """Lines from 0 to 210, 60 apart, of which none is like another."""
    return [glyph for at in range(many) for glyph in drawn(MANY[at:] + MANY[:at], 0, 300 - 60 * at)]


def tiled(words: str, times: int, left: float, bottom: float, apart: float = 60) -> list[Glyph]:
    """Words that are drawn below each other."""
    return [glyph for at in range(times) for glyph in drawn(words, left, bottom - apart * at)]


@pytest.mark.parametrize(
    ("words", "times", "is_mark"), [("样张样张", 3, True), ("样张样张", 2, False), ("样张样", 3, False)]
)
def test_words_drawn_over_others_in_several_places_are_a_watermark(words: str, times: int, is_mark: bool) -> None:
    found = upright_text(lines_of_a_page(3) + tiled(words, times, 45, 296))
    assert len(found) == 3 * len(MANY) + (0 if is_mark else times * len(words))
    beside = upright_text(lines_of_a_page(3) + tiled(words, times, 400, 300))
    assert len(beside) == 3 * len(MANY) + times * len(words)


def test_characters_below_each_other_are_columns_from_right_to_left() -> None:
    def column(text: str, left: float, step: float = 11) -> list[Glyph]:
        return [glyph for at, char in enumerate(text) for glyph in drawn(char, left, 500 - step * at)]

    assert read(column(MANY, 100) + column("发放资料三千份", 80)) == [MANY, "发放资料三千份"]
    for step, is_vertical in ((21.0, True), (23.0, False)):
        assert (read(column(MANY, 100, step=step)) == [MANY]) is is_vertical
    assert read(column(MANY[:19], 100)) == list(MANY[:19])
    assert read(column(MANY[:20], 100)) == [MANY[:20]]


@pytest.mark.parametrize(("shift", "is_mark"), [(0, True), (6.5, True), (7.5, False), (-6.5, True), (-7.5, False)])
def test_a_watermark_is_drawn_over_the_height_of_other_words(shift: float, is_mark: bool) -> None:
    found = upright_text(lines_of_a_page(3) + tiled("样张样张", 3, 45, 300 + shift))
    assert (len(found) == 3 * len(MANY)) is is_mark


@pytest.mark.parametrize(("left", "is_mark"), [(205, True), (207, True), (209, False), (215, False)])
def test_a_watermark_is_drawn_over_the_width_of_other_words(left: float, is_mark: bool) -> None:
    """The words end at 210; a fifth of a character must lie over the other."""
    found = upright_text(lines_of_a_page(3) + tiled("样张样张", 3, left, 303))
    assert (len(found) == 3 * len(MANY)) is is_mark


def test_cells_that_a_table_repeats_are_no_watermark() -> None:
    page = tiled("行政执法检查情况", 5, 0, 300, 20) + tiled("全部完成", 5, 100, 300, 20)
    assert len(upright_text(page)) == 5 * 12
    spaced = drawn(MANY[:10], 0, 300) + tiled("  样张  ", 3, 0, 300)
    assert len(upright_text(spaced)) == 10 + 3 * 6  # words that are too short


def test_digits_of_vertical_text_stand_in_the_middle_of_their_column() -> None:
    found = [glyph for at, char in enumerate(MANY) for glyph in drawn(char, 100, 500 - 11 * at)]
    narrow = found[5]
    found[5] = narrow._replace(char=Char("5", 102, 107, narrow.char.bottom, narrow.char.top))
    (row,) = rows_of(upright_text(found))
    assert row.cells == (MANY[:5] + "5" + MANY[6:],)
    assert row.size == 10
