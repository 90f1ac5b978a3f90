"""Old Word documents: what a style of characters or of paragraphs strikes or hides is no text."""

import random
import struct

import document_fixtures as make
import pytest
from test_read_formats import content

from pipelines.read.document import ReadError
from pipelines.read.formats.doc_styles import blank_hidden
from pipelines.read.reader import read_bytes

STRIKE, TWICE, HIDDEN, BOLD = 0x0837, 0x2A53, 0x083C, 0x0835
NONE = 4095
LINE = "调解纠纷1250件1350件。"


def sprm(code: int, value: int = 1) -> bytes:
    return struct.pack("<HB", code, value)


def styled(number: int) -> bytes:
    return struct.pack("<HH", 0x4A30, number)


# 0 and 1 are paragraphs, 2 to 6 characters; long operands stand before the mark
SHEET = make.doc_sheet(
    (1, NONE, b""),
    (1, 0, sprm(HIDDEN)),
    (2, NONE, struct.pack("<HH", 0x4A43, 24) + sprm(STRIKE)),
    (2, 2, sprm(BOLD)),
    (2, 2, sprm(STRIKE, 0)),
    (2, NONE, sprm(TWICE) + struct.pack("<HI", 0x6870, 255)),
    (2, 1, sprm(BOLD)),
)


def document(**more: object) -> bytes:
    lines = (make.TITLE, make.OPENING, LINE, "删去87件。", *make.SIGNATURE)
    return make.doc("".join(f"{line}\r" for line in lines), SHEET, **more)


@pytest.mark.parametrize(
    ("run", "is_text"),
    [
        (styled(2), False),
        (styled(3), False),
        (styled(5), False),
        (styled(6), False),
        (struct.pack("<HH", 0x4A43, 32) + styled(2) + sprm(BOLD), False),
        (sprm(HIDDEN), False),
        (styled(4), True),
        (styled(2) + sprm(STRIKE, 0), True),
        (styled(2) + sprm(STRIKE, 0x80), False),
        (sprm(BOLD), True),
        (styled(400), True),
    ],
)
def test_styles_of_characters(run: bytes, is_text: bool) -> None:
    shown = LINE if is_text else LINE.replace("1250件", "")
    lines = (make.TITLE, make.OPENING, shown, "删去87件。", *make.SIGNATURE)
    assert content(document(runs={"1250件": run})).splitlines() == list(lines)


def test_styles_of_paragraphs() -> None:
    assert content(document(styled={"删去87件。": 1})).splitlines() == [make.TITLE, make.OPENING, LINE, *make.SIGNATURE]
    shown = document(styled={"删去87件。": 1}, runs={"87": sprm(HIDDEN, 0)})
    assert content(shown).splitlines()[3] == "87"


def test_text_of_one_byte_a_character() -> None:
    data = make.doc("Report 12\rHandled 340 cases.\r", SHEET, runs={"34": styled(2)}, wide=False)
    assert content(data) == "Report 12\nHandled 0 cases.\n"


def test_a_document_without_such_styles_stays_as_it_is() -> None:
    for data in (make.doc(), make.doc("标题\r", make.doc_sheet((1, NONE, b""), (2, NONE, sprm(BOLD))))):
        assert blank_hidden(data) == data


def test_damage_is_left_to_the_reader() -> None:
    whole, rng = document(runs={"1250件": styled(2)}), random.Random(5)
    for _ in range(300):
        data = make.damaged(bytearray(whole), rng, make.docx())
        blank_hidden(data)
    with pytest.raises(ReadError):
        read_bytes(whole[:3000], "a.doc")
