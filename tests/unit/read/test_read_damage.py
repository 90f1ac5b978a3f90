"""Text with damage: a bad byte, two charsets in one file, no label, and characters shown in a wrong charset."""

import pytest

from pipelines.read.charset import decode
from pipelines.read.document import ReadError
from pipelines.read.mojibake import from_hz, is_nonsense, is_prose, repaired, share_of_common
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


@pytest.mark.parametrize(("many", "tells"), [(29, False), (30, True)])
def test_thirty_characters_tell_whether_a_text_is_chinese(many: int, tells: bool) -> None:
    assert (share_of_common("的" * many) == 1) is tells
    assert is_prose("的" * many) is tells
    assert is_nonsense("鑫" * many) is tells


def test_prose_is_a_quarter_of_common_characters_and_nonsense_next_to_none() -> None:
    for common, prose, nonsense in ((25, True, False), (24, False, False), (15, False, False), (14, False, True)):
        text = "的" * common + "鑫" * (100 - common)
        assert (is_prose(text), is_nonsense(text)) == (prose, nonsense)
    assert is_prose("的" * 30 + "a" * 1000)
    assert share_of_common("鑫" * 20_000 + "的" * 20_000) == 0  # the beginning tells


def test_a_text_shown_as_latin_is_repaired() -> None:
    long = "的法" * 15
    assert repaired(long.encode().decode("latin-1")) == (long, "utf-8 shown as latin-1")
    assert repaired(long.encode("gbk").decode("latin-1")) == (long, "gb18030 shown as latin-1")
    assert repaired(long) is None
    assert repaired(long.encode().decode("latin-1") + "鑫" * 30) is None  # as much Chinese beside it
    shown = ("的法" * 20).encode().decode("latin-1")  # 120 characters
    assert repaired(shown + "的" * 30) is None  # a quarter as many
    with pytest.raises(ReadError, match="garbled: found utf-8 text shown as latin-1 with characters lost"):
        repaired(shown + "的" * 29)


def test_what_is_lost_in_a_wrong_charset_is_said() -> None:
    shown = TEXT.encode().decode("gb18030", "replace")
    with pytest.raises(ReadError, match="garbled: found utf-8 text shown as gb18030 with characters lost"):
        repaired(shown)


def test_two_stretches_of_hz_show_it() -> None:
    data = "".join(f"{line}\n" for line in LINES).encode("hz")
    assert from_hz(data) == TEXT
    assert from_hz(data.replace(b"\n", b"\r\n")) == TEXT
    assert from_hz("河口镇法治政府建设报告的工作".encode("hz")) is None  # one stretch
    assert from_hz(data + "报".encode()) is None
    with pytest.raises(ReadError, match="HZ text that is damaged at byte"):
        from_hz(data + b"~{!")


@pytest.mark.parametrize(("bad", "is_text"), [(1, True), (2, True), (3, False)])
def test_two_places_of_damage_are_borne_in_a_short_text(bad: int, is_text: bool) -> None:
    data = b"\n".join(b"\xff" * (at < bad) + line.encode() for at, line in enumerate(LINES))
    if is_text:
        assert decode(data)[1] == f"utf-8 ({bad} damaged)"
    else:
        with pytest.raises(ReadError):
            decode(data)


def test_zeros_behind_a_text_are_no_text() -> None:
    assert decode(TEXT.encode() + b"\0" * 3) == (TEXT, "utf-8")
    wide = TEXT.encode("utf-16-le")
    assert decode(wide + b"\0" * 4)[0].rstrip("\0") == TEXT


@pytest.mark.parametrize(("control", "is_text"), [(5, True), (6, False)])
def test_a_twentieth_of_control_bytes_is_noise(control: int, is_text: bool) -> None:
    data = b"a" * (100 - control) + b"\x01" * control
    if is_text:
        assert decode(data)[1] == "utf-8"
    else:
        with pytest.raises(ReadError, match="full of control bytes"):
            decode(data)
