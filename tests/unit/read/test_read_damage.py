"""Text with damage: a bad byte, two charsets in one file, no label, and characters shown in a wrong charset."""

import pytest

from pipelines.read.document import ReadError
from pipelines.read.reader import read_bytes

LINES = [
    "河口镇2023年法治政府建设情况报告",
    "2023年，河口镇深入推进法治政府建设，现将有关情况报告如下：",
    "全年开展普法讲座26场，参加培训人员1350人次，群众满意度不断提高。",
    "排查矛盾纠纷318件，调解成功311件，办理行政处罚案件87件。",
    "河口镇人民政府",
]
TEXT = "\n".join(LINES) + "\n"
TRADITIONAL = (
    "河口鎮二零二三年法治政府建設情況報告如下，全年開展普法講座，群眾對政府工作的滿意度不斷提高，各項任務進展順利。\n"
)
PAGE = "<html><head><meta charset='{}'></head><body><div id='zoom'>{}</div>".format("utf-8", TEXT.replace("\n", "<p>"))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode() + b"\0" * 900, "utf-8"),
        (TEXT.encode("gbk") + b"\0" * 900, "gb18030"),
        (TEXT.encode("utf-16-le") + b"\0" * 901, "utf-16-le"),
        ("".join(f"{line}\n" for line in LINES).encode("hz"), "hz"),
        (TEXT.encode("gbk").decode("latin-1").encode(), "gb18030 shown as latin-1"),
        (TEXT.encode().decode("latin-1").encode(), "utf-8 shown as latin-1"),
        (TEXT.encode()[:-1].decode("latin-1").encode(), "utf-8 shown as latin-1"),
    ],
)
def test_the_text_comes_back_whole(data: bytes, encoding: str) -> None:
    document = read_bytes(data, "a.txt")
    assert document.text.strip() == TEXT.strip()
    assert document.encoding == encoding


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_one_bad_byte_is_counted(charset: str) -> None:
    data = TEXT.replace("满意", "满\x00意").encode(charset).replace(b"\x00", b"\xff")
    document = read_bytes(data, "a.txt")
    assert document.text.startswith(LINES[0])
    assert document.text.count("\ufffd") == 1
    assert document.encoding == f"{charset} (1 damaged)"


def test_a_number_that_touches_damage_is_lost_not_cut_short() -> None:
    data = TEXT.replace("1350", "1\x0050").encode().replace(b"\x00", b"\xff")
    document = read_bytes(data, "a.txt")
    assert "培训人员\ufffd\ufffd\ufffd\ufffd人次" in document.text


@pytest.mark.parametrize(("first", "last"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_two_charsets_in_one_file_are_read_line_by_line(first: str, last: str) -> None:
    document = read_bytes(TEXT.encode(first) + "版权所有：河口镇人民政府办公室\n".encode(last), "a.txt")
    assert document.text == TEXT + "版权所有：河口镇人民政府办公室\n"
    assert document.encoding == "utf-8+gb18030"


def test_a_page_with_a_footer_in_another_charset() -> None:
    data = PAGE.encode() + "<div class='footer'>主办：河口镇人民政府办公室 版权所有</div>".encode("gbk")
    document = read_bytes(data, "a.html")
    assert document.text.startswith(LINES[0])
    assert "1350人次" in document.text
    assert "\ufffd" not in document.text


def test_big5_without_a_label_is_big5() -> None:
    document = read_bytes((TRADITIONAL * 2).encode("big5"), "a.txt")
    assert document.text == TRADITIONAL * 2
    assert document.encoding == "big5"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode().decode("gb18030", "replace").encode(),  # the bytes that are no GBK are gone
        TEXT.encode().decode("gb18030", "replace").replace("\ufffd", "?").encode(),
        TEXT.encode("gbk").decode("latin-1").replace("\u00b7", "\ufffd").encode(),
        b"".join(bytes([0xE0 + i % 20, 0xA1 + i * 7 % 90]) for i in range(200)),  # characters that make no words
    ],
)
def test_what_cannot_be_restored_is_garbled(data: bytes) -> None:
    with pytest.raises(ReadError) as refusal:
        read_bytes(data, "a.txt")
    assert refusal.value.code == "garbled"


def test_a_text_that_only_speaks_of_such_things_stays() -> None:
    for text in ("Wörter wie Größe, Übung und Fußgänger. " * 9, "ratio ~{a~} and ~{b~} " * 5, "ཞབས་ཏོག " * 60):
        assert read_bytes(text.encode(), "a.txt").text == text


def test_euc_tw_is_named_and_never_read_as_another_charset() -> None:
    def written(char: str) -> bytes:
        """The order of the common characters is that of Big5; rows are of 94 and not of 157."""
        marks = {"，": b"\xa1\xa2", "。": b"\xa1\xa4", "、": b"\xa1\xa3", "：": b"\xa1\xa8"}
        if char.isascii() or char in marks:
            return marks.get(char) or char.encode()
        lead, trail = char.encode("big5")
        at = (lead - 0xA4) * 157 + (trail - 0x40 if trail < 0x7F else trail - 0xA1 + 63)
        return bytes([0xC4 + at // 94, 0xA1 + at % 94])

    text = "雙溪鎮全年舉辦普法講座，參加人員一千人，調解糾紛三百件，成效明顯。" * 3
    data = b"".join(map(written, text))
    for content in (data, b"<html><head><meta charset='euc-tw'></head><body><p>" + data + b"</p></body></html>"):
        with pytest.raises(ReadError) as refusal:
            read_bytes(content, "a")
        assert refusal.value.code == "garbled"
