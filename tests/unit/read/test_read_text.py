"""Text files of every charset come out as the same clean text, and what is no text is refused with its reason."""

import pytest

from pipelines.read.document import ReadError
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
