"""Which charset bytes are read in, at the edges of each rule: marks, labels, shares of damage and of control bytes."""

import codecs

import pytest

from pipelines.read.charset import decode, decode_page
from pipelines.read.document import ReadError

PROSE = (
    "2023年，清溪镇坚持依法行政，推进法治政府建设，健全工作机制，压实各级责任，全年组织学法12次，调解纠纷35件。\n"
    "镇党委把法治建设摆在重要位置，开展法治宣传教育，受理群众来信来访46件，按期办结率达到百分之九十八。\n"
)
_PLAIN, _FULL = "清镇坚进设体机压实级责组织习调纠党开传来办结", "清鎮堅進設體機壓實級責組織習調糾黨開傳來辦結"
TRADITIONAL = PROSE.translate(str.maketrans(_PLAIN, _FULL))


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (PROSE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PROSE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PROSE.encode("gb18030"), "gb18030"),  # a program that sets the mark before any charset
        (codecs.BOM_UTF16_LE + PROSE.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + PROSE.encode("utf-32-le"), "utf-32-le"),  # begins with the mark of UTF-16
        (codecs.BOM_UTF32_BE + PROSE.encode("utf-32-be"), "utf-32-be"),
        (PROSE.encode("utf-16-le"), "utf-16-le"),
        (PROSE.encode("utf-16-be"), "utf-16-be"),
        (PROSE.encode("gb18030"), "gb18030"),
        (PROSE.encode("hz"), "hz"),
    ],
)
def test_the_charset_of_plain_text(data: bytes, charset: str) -> None:
    assert decode(data) == (PROSE, charset)


def test_big5_is_not_taken_for_gb18030() -> None:
    text = TRADITIONAL.replace("员", "員")
    data = text.encode("big5hkscs", "ignore")
    assert decode(data) == (data.decode("big5hkscs"), "big5")


@pytest.mark.parametrize("zeros", [2, 3, 4, 9])
def test_zero_bytes_behind_a_text_are_no_part_of_it_from_three_on(zeros: int) -> None:
    text, charset = decode(PROSE.encode() + b"\0" * zeros)
    assert (text, charset) == (PROSE + "\0" * (zeros if zeros < 3 else 0), "utf-8")
    wide = PROSE.encode("utf-16-le") + b"\0" * (2 * zeros)
    assert decode(wide)[0].rstrip("\0") == PROSE


HEAD = '<html><head><meta charset="{}"></head><body>'


@pytest.mark.parametrize(
    ("label", "written", "charset"),
    [
        ("gb2312", "gb18030", "gb18030"),
        ("GBK", "gb18030", "gb18030"),
        ("gb2312", "utf-8", "utf-8"),  # what is UTF-8 is that, whatever the page says
        ("big5", "big5hkscs", "big5"),
        ("big5", "gb18030", "gb18030"),  # nonsense in the charset that is declared
        ("utf-8", "gb18030", "gb18030"),
        ("iso-8859-1", "gb18030", "gb18030"),
        ("windows-1252", "gb18030", "gb18030"),
        ("utf-16", "gb18030", "gb18030"),
        ("no-such", "gb18030", "gb18030"),
        ("shift_jis", "gb18030", "gb18030"),
    ],
)
def test_the_charset_of_a_page(label: str, written: str, charset: str) -> None:
    prose = TRADITIONAL if written == "big5hkscs" else PROSE
    data = (HEAD.format(label) + prose).encode(written, "ignore")
    text, found = decode_page(data)
    assert found == charset and text == data.decode(written)
    assert decode_page(codecs.BOM_UTF8 + data) == (text, found)


@pytest.mark.parametrize(("before", "charset"), [(0, "big5"), (4000, "big5"), (4096, "gb18030")])
def test_a_label_stands_in_the_first_4096_bytes(before: int, charset: str) -> None:
    """The text is too short to show by itself in what it is."""
    data = b" " * before + b"<meta charset=big5>" + "依法行政".encode("big5")
    assert decode_page(data)[1] == charset


@pytest.mark.parametrize(("places", "is_read"), [(1, True), (2, True), (3, False)])
def test_a_few_damaged_places_are_counted_and_more_are_refused(places: int, is_read: bool) -> None:
    data = PROSE.encode()
    for character in "治工学"[:places]:
        data = data.replace(character.encode(), character.encode()[:2] + b"\xff", 1)
    if not is_read:
        with pytest.raises(ReadError):
            decode(data)
        return
    text, charset = decode(data)
    assert charset == f"utf-8 ({places} damaged)" and text.count("\ufffd") >= places


def test_a_number_that_touches_damage_is_lost_with_it() -> None:
    text, charset = decode(PROSE.encode().replace("12次".encode(), b"12\xff"))
    assert charset == "utf-8 (1 damaged)" and "组织学法\ufffd\ufffd\ufffd，" in text
    assert "35件" in text


@pytest.mark.parametrize(("share", "is_text"), [(4, True), (5, True), (6, False)])
def test_a_text_has_control_bytes_up_to_a_twentieth(share: int, is_text: bool) -> None:
    data = b"\x01" * share + b"a" * (100 - share)
    if is_text:
        assert decode(data)[1] == "utf-8"
    else:
        with pytest.raises(ReadError) as failed:
            decode(data)
        assert failed.value.code == "binary"


def test_breaks_and_tabs_are_no_control_bytes() -> None:
    assert decode(b"\t\n\v\f\r" * 20 + b"a")[1] == "utf-8"


def test_a_page_of_files_in_two_charsets_is_read_part_by_part() -> None:
    lines = PROSE.splitlines(keepends=True)
    mixed = lines[0].encode("gb18030") * 8 + lines[1].encode() + lines[0].encode("gb18030")
    assert decode(mixed) == (lines[0] * 8 + lines[1] + lines[0], "utf-8+gb18030")
    many = PROSE.encode() + lines[1].encode("gb18030") + PROSE.encode()
    assert decode(many) == (PROSE + lines[1] + PROSE, "utf-8+gb18030")
