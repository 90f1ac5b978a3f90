"""Text files of every charset come out as the same clean text, and what is no text is refused with its reason."""

import pytest

from pipelines.read.document import Document, PageSpan, ReadError, ReadNumeral, Span
from pipelines.read.layout import LayoutPart, compose, one_line, spread, table_lines, text_parts
from pipelines.read.notes import NOTE, CitedNotes, with_notes
from pipelines.read.paragraphs import seam, whole_numbers
from pipelines.read.provenance import Origin, count_characters, trace
from pipelines.read.reader import read_bytes

REPORT = "河口镇2023年法治政府建设情况报告\n2023年，河口镇开展普法讲座6场。\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (REPORT.encode(), "utf-8"),
        (REPORT.encode("utf-8-sig"), "utf-8"),
        (REPORT.encode("gb18030"), "gb18030"),
        (REPORT.encode("gbk"), "gb18030"),
        (REPORT.encode("utf-16"), "utf-16-le"),
        (REPORT.replace("\n", "\r\n").encode(), "utf-8"),
    ],
)
def test_charsets(data: bytes, encoding: str) -> None:
    document = read_bytes(data, "a.txt")
    assert document.text == REPORT
    assert document.encoding == encoding
    assert document.media_type == "text/plain"


def test_normalises_once_and_keeps_words() -> None:
    raw = "\ufeff全年\u00a0受理\u3000诉求 42\u200b 起，\x00辦結41起。\r第二行\u2028第三行"
    assert read_bytes(raw.encode(), "a.txt").text == "全年 受理 诉求 42 起，辦結41起。\n第二行\n第三行"


def test_a_character_cut_at_the_end_is_dropped() -> None:
    assert read_bytes("普法讲座".encode()[:-1], "a.txt").text == "普法讲"
    assert read_bytes("全镇普法讲座".encode("gb18030")[:-1], "a.txt").text == "全镇普法讲"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\xe3\x80\x80\n", "empty"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b'<?xml version="1.0"?>\n<data/>', "unsupported"),
        (bytes(range(256)) * 8, "binary"),
        (b"\x00\x01\x02\x03" * 100, "binary"),
        ("㐀㐁㐂".encode("gb18030") * 20, "undecodable"),
        (b"\xff\xff\xff\xff\xfa" * 50, "undecodable"),
    ],
)
def test_refuses_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as refusal:
        read_bytes(data, "a.txt")
    assert refusal.value.code == code
    assert refusal.value.message


@pytest.mark.parametrize(
    ("ending", "complete"),
    [
        ("各项工作取得新进展。", True),
        ("特此报告\n河口镇人民政府\n2024年1月9日", True),
        ("河口街道办事处\n二〇二四年一月九日", True),
        ("事项 | 受理 | 办结\n信访 | 12 | 12", True),
        ("组织干部到村里开展", False),
        ("一是建立台账,", False),
        ("二、存在的不足", False),
        ("取得成效。\n......试读结束......\n下载全文请加会员", False),
        ("（开头省略320字）各项工作取得进展。", False),
    ],
)
def test_knows_a_text_that_is_cut_off(ending: str, complete: bool) -> None:
    body = "2023年，河口镇坚持依法办事，扎实推进法治政府建设，全年工作平稳有序，群众满意度持续提升。\n"
    assert read_bytes((body + ending).encode(), "a.txt").is_complete is complete


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_tenth_of_control_characters_is_noise_and_more_is_no_text(charset: str) -> None:
    """Bytes below a space are counted before; what a charset makes of other bytes is counted here."""
    words = "全镇开展普法讲座"
    noisy = words * 10 + "\x80" * 8
    assert read_bytes(noisy.encode(charset), "a.txt").text == words * 10
    with pytest.raises(ReadError, match=r"binary: decodes as .* full of control characters"):
        read_bytes((noisy + "\x80" * 8).encode(charset), "a.txt")


def test_a_line_break_between_chinese_characters_is_no_space() -> None:
    assert one_line("全年\n  开展， \n讲座") == "全年开展，讲座"
    assert one_line(" 全年\tOFD\n 12  件\n") == "全年 OFD 12 件"
    assert one_line("全年\n12件") == "全年 12件"


def test_rows_of_a_table_are_lines() -> None:
    rows = [("项目", "数量", ""), ("", ""), ("", "12"), ("甲|乙", "", "3"), ("", "", ""), ("单",)]
    assert table_lines(rows) == ["项目 | 数量", "|  | 12", "甲／乙 |  | 3", "单"]


def test_labels_that_span_rows_are_repeated_and_figures_are_not() -> None:
    rows = [
        [("村名", 1, 3), ("全年", 2, 1), ("12", 1, 2)],
        [("上", 1, 1), ("下", 1, 1)],
        [("3", 1, 1), ("4", 1, 1), ("5", 1, 1)],
    ]
    assert spread(rows) == [["村名", "全年", "", "12"], ["村名", "上", "下", ""], ["村名", "3", "4", "5"]]
    assert spread([[("甲", 2, 2)], [("乙", 1, 1)]]) == [["甲", ""], ["甲", "", "乙"]]
    assert spread([[("甲", 1, 1), ("乙", 1, 2)], [("丙", 1, 1)]]) == [["甲", "乙"], ["丙", "乙"]]


@pytest.mark.parametrize(("columns", "width"), [(49, 49), (50, 50), (51, 50)])
def test_a_cell_spans_fifty_columns_at_most(columns: int, width: int) -> None:
    assert len(spread([[("甲", columns, 1)]])[0]) == width


def test_a_table_whose_spans_make_it_many_times_as_large_has_no_more_of_them() -> None:
    label = "字" * 999
    rows = [[(label, 1, 1000)], *[[("乙", 1, 1)]] * 300]
    repeated = sum(line[0] == label for line in spread(rows))
    assert 100 <= repeated <= 140  # 100,000 characters, and what the cells themselves allow
    assert sum(line[0] == "甲" for line in spread([[("甲", 1, 1000)], *[[("乙", 1, 1)]] * 300])) == 301


def test_what_a_format_knows_goes_before_what_the_wording_shows() -> None:
    parts = [
        LayoutPart("河口镇报告\n\n 打印  关闭 "),
        LayoutPart("打印 本页", "page_number"),
        LayoutPart("全年办结12件。"),
    ]
    document = compose(parts, "text/plain", None, [("标题", "河口镇")], pictures=2, points_to="a.pdf")
    assert document.text == "河口镇报告\n打印 关闭\n打印 本页\n全年办结12件。\n"
    assert document.furniture == (Span(6, 11, "page_tools"), Span(12, 17, "page_number"))
    assert (document.fields, document.pictures, document.points_to) == ((("标题", "河口镇"),), 2, "a.pdf")
    assert document.is_complete
    assert not compose(parts, "text/plain", None, whole=False).is_complete
    assert document.content == "河口镇报告\n\n\n全年办结12件。\n"


@pytest.mark.parametrize("parts", [[], [LayoutPart("  \n")], [LayoutPart("第1页", "page_number")]])
def test_a_document_without_text_is_empty(parts: list[LayoutPart]) -> None:
    with pytest.raises(ReadError, match="empty: found a document without text"):
        compose(parts, "text/plain", None)


def test_characters_have_the_page_that_they_stand_on() -> None:
    first, second = Origin(4, 1), Origin(3, 2, (0.9, 0.8, 0.7))
    parts = [
        LayoutPart("封面"),
        LayoutPart("全 年办结12件", None, (first, second)),
        LayoutPart("完", None, (Origin(1, 2),)),
    ]
    document = compose(parts, "application/pdf", None)
    assert document.text == "封面\n全 年办结12件\n完\n"
    assert document.pages == (PageSpan(3, 8, 1, False), PageSpan(8, 11, 2, True), PageSpan(12, 13, 2, False))
    assert document.numerals == (ReadNumeral(8, 0.9), ReadNumeral(9, 0.8))
    assert document.text_source == "mixed"
    assert trace("甲乙丙", [(0, 3, (Origin(2, 5),))])[0] == (PageSpan(0, 2, 5, False),)  # no more is known


def test_where_the_text_of_a_document_comes_from() -> None:
    for spans, source in (
        ((), "text"),
        ((PageSpan(0, 3, 1, False),), "text"),
        ((PageSpan(0, 3, 1, True),), "mixed"),
        ((PageSpan(0, 4, 1, True),), "ocr"),
    ):
        assert Document("甲乙\n丙丁\n", "a", None, (), (), True, spans).text_source == source


def test_a_doubtful_character_is_never_surer() -> None:
    assert Origin(2, 1, (0.9, 0.2)).with_doubt(0).confidences == (0.5, 0.2)
    assert Origin(2, 1, (0.9, 0.2)).with_doubt(-1).confidences == (0.9, 0.2)
    assert Origin(2, 1).with_doubt(0) == Origin(2, 1)
    assert count_characters(" 全 年\u200b\n12") == 4


def test_notes_stand_behind_what_cites_them() -> None:
    notes = CitedNotes(lambda note: iter([note, note * 2]))
    notes.cite("甲")
    with notes.held():
        assert list(notes.lines()) == []
        with notes.held():
            assert list(notes.lines()) == []
        assert list(notes.lines()) == []
    assert list(notes.lines()) == [NOTE + "甲", NOTE + "甲甲"]
    assert list(notes.lines()) == []


def test_a_note_of_the_title_waits_for_the_first_sentence() -> None:
    lines = ["标题", NOTE + "本文所称全年。", "抬头", "全年办结，共12件。", NOTE + "其中3件为上年", "末行"]
    assert list(with_notes(lines)) == [
        "标题",
        "抬头",
        "全年办结，共12件。",
        "本文所称全年。",
        NOTE + "其中3件为上年",
        "末行",
    ]
    assert list(with_notes(["标题", NOTE + "注"])) == ["标题", "注"]
    assert [part.furniture for part in text_parts(["甲", NOTE + "乙"])] == [None, "note"]
    assert [part.text for part in text_parts(["甲", NOTE + "乙"])] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [("OFD", "PDF", " "), ("全年", "PDF", ""), ("OFD", "文件", ""), ("OFD", "12", ""), ("", "PDF", "")],
)
def test_a_space_stands_between_latin_words_only(before: str, after: str, between: str) -> None:
    assert seam(before, after) == between


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("共办理1\n2件", "共办理12件"),
        ("成功率97.\n8%", "成功率97.8%"),
        ("共办理1\n2023年", "共办理1\n2023年"),
        ("共办理1\n2、检查", "共办理1\n2、检查"),
        ("第1\n2", "第1\n2"),
        ("1\n2件", "1\n2件"),
    ],
)
def test_no_break_parts_a_number(text: str, whole: str) -> None:
    assert whole_numbers(text) == whole
