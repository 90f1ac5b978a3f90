"""Old Word documents: what a style strikes or hides is no text; footnotes stand behind what cites them."""

import random
import struct
from collections.abc import Sequence
from typing import Any

import document_fixtures as make
import pytest
from test_read_formats import content

from pipelines.read.document import ReadError
from pipelines.read.formats import doc
from pipelines.read.formats.doc import read
from pipelines.read.formats.doc_marks import notes_in_place, with_marks
from pipelines.read.notes import NOTE
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


def shown(text: str, sheet: bytes, **more: Any) -> str:
    """What is read of a document of `make.doc`, in this process."""
    return read(make.doc(text, sheet, **more), "a.doc").text


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


# one property of each size that an operand may have; 0xD608 states its length in two bytes, and 0xC615 in one
OPERANDS = (
    *((0x0835, b"\0"), (0x2A42, b"\7"), (0x4A43, b"\0\0"), (0x6870, b"\0\0\0\0"), (0x8840, b"\0\0"), (0xA413, b"\0\0")),
    *((0xEA3F, b"\0\0\0"), (0xCA31, b"\0"), (0xCA31, b"\5" + b"\0" * 5), (0xC615, b"\4" + b"\0" * 4)),
    *((0xD608, b"\1\0"), (0xD608, b"\4\0" + b"\0" * 3)),
)


@pytest.mark.parametrize(("code", "operand"), OPERANDS)
def test_a_mark_is_found_behind_each_kind_of_operand(code: int, operand: bytes) -> None:
    sheet = make.doc_sheet((1, NONE, b""), (2, NONE, struct.pack("<H", code) + operand + sprm(HIDDEN)))
    assert "1250件" not in shown(f"{make.TITLE}\r{LINE}\r", sheet, runs={"1250件": styled(1)})


def test_behind_tabs_of_unknown_length_nothing_is_read() -> None:
    tabs = struct.pack("<HB", 0xC615, 255) + b"\0" * 8
    for properties, is_text in ((tabs + sprm(HIDDEN), True), (sprm(HIDDEN) + tabs, False)):
        sheet = make.doc_sheet((1, NONE, b""), (2, NONE, properties), (2, NONE, sprm(HIDDEN)))
        assert ("1250件" in shown(f"{make.TITLE}\r{LINE}\r", sheet, runs={"1250件": styled(1)})) is is_text


@pytest.mark.parametrize("end", [b"", sprm(HIDDEN)[:1], sprm(HIDDEN)[:2]])
def test_a_property_without_its_operand_changes_nothing(end: bytes) -> None:
    for properties, is_text in ((sprm(BOLD) + end, True), (sprm(STRIKE) + end, False)):
        sheet = make.doc_sheet((1, NONE, b""), (2, NONE, properties), (2, NONE, sprm(HIDDEN)))
        assert ("1250件" in shown(f"{make.TITLE}\r{LINE}\r", sheet, runs={"1250件": styled(1)})) is is_text


@pytest.mark.parametrize(
    ("of_base", "own", "is_text"),
    [
        (1, None, False),
        (0, None, True),
        (2, None, True),  # neither on nor off
        (1, 0, True),
        (1, 0x80, False),  # as the style it is based on
        (1, 0x81, True),  # not as that
        (0, 0x80, True),
        (0, 0x81, False),
        (0, 1, False),
    ],
)
@pytest.mark.parametrize("code", [STRIKE, TWICE, HIDDEN])
def test_a_mark_repeats_or_turns_that_of_the_base(code: int, of_base: int, own: int | None, is_text: bool) -> None:
    text, words = f"{make.TITLE}\r{LINE}\r", b"" if own is None else sprm(code, own)
    kept = (2, NONE, sprm(STRIKE))  # another style has a mark, so that runs are looked at
    styles = make.doc_sheet((1, NONE, b""), (2, NONE, sprm(code, of_base)), (2, 1, words), kept)
    assert ("1250件" in shown(text, styles, runs={"1250件": styled(2)})) is is_text
    if own != 0x81:  # the library takes that for on
        run = make.doc_sheet((1, NONE, b""), (2, NONE, sprm(code, of_base)), kept)
        assert ("1250件" in shown(text, run, runs={"1250件": styled(1) + words})) is is_text


@pytest.mark.parametrize(("deep", "is_text"), [(1, False), (2, False), (20, False), (21, True), (40, True)])
def test_a_style_has_what_those_have_that_it_is_based_on(deep: int, is_text: bool) -> None:
    styles = [(1, NONE, b""), (2, NONE, sprm(HIDDEN)), *((2, at, sprm(BOLD)) for at in range(1, deep))]
    text = shown(f"{make.TITLE}\r{LINE}\r", make.doc_sheet(*styles), runs={"1250件": styled(deep)})
    assert ("1250件" in text) is is_text


def test_a_style_that_is_based_on_itself_ends() -> None:
    sheet = make.doc_sheet((1, NONE, b""), (2, 1, sprm(HIDDEN)), (2, 3, b""), (2, 2, sprm(STRIKE)))
    for number in (1, 2, 3):
        assert LINE not in shown(f"{make.TITLE}\r{LINE}\r", sheet, runs={"1250件": styled(number)})


TEXT = f"{make.TITLE}\r{make.OPENING}\r{LINE}\r删去87件。\r"


@pytest.mark.parametrize("at", [0, 1, 2, 3, 4])
def test_a_run_that_is_cut_into_pieces_is_hidden_to_its_last_character(at: int) -> None:
    cut = TEXT.index("1250件") + at
    for cuts in ((cut,), (cut, cut + 1), (1, cut), (cut, len(TEXT) - 1)):
        for changed in ((), (b"",), (b"\1\2\3", b"\2" * 300)):
            text = shown(TEXT, SHEET, runs={"1250件": styled(2)}, cuts=cuts, changed=changed)
            assert text.splitlines()[2] == LINE.replace("1250件", "")


def test_a_run_over_several_paragraphs_is_hidden_where_their_styles_say_so() -> None:
    """The run has no mark of its own; it begins within one paragraph and ends within another."""
    over = "1350件。\r删去87"
    lines = shown(TEXT, SHEET, runs={over: sprm(BOLD)}, styled={"删去87件。": 1}).splitlines()
    assert lines[2:] == [LINE]
    lines = shown(TEXT, SHEET, runs={over: sprm(STRIKE)}).splitlines()
    assert lines[2:] == [LINE.replace("1350件。", ""), "件。"]
    lines = shown(TEXT, SHEET, runs={over: sprm(HIDDEN, 0)}, styled={"删去87件。": 1}).splitlines()
    assert lines[2:] == [LINE, "删去87"]


def test_styles_of_paragraphs() -> None:
    assert content(document(styled={"删去87件。": 1})).splitlines() == [make.TITLE, make.OPENING, LINE, *make.SIGNATURE]
    shown = document(styled={"删去87件。": 1}, runs={"87": sprm(HIDDEN, 0)})
    assert content(shown).splitlines()[3] == "87"


def test_text_of_one_byte_a_character() -> None:
    data = make.doc("Report 12\rHandled 340 cases.\r", SHEET, runs={"34": styled(2)}, wide=False)
    assert content(data) == "Report 12\nHandled 0 cases.\n"


def test_a_document_without_such_styles_stays_as_it_is() -> None:
    for data in (make.doc(), make.doc("标题\r", make.doc_sheet((1, NONE, b""), (2, NONE, sprm(BOLD))))):
        assert with_marks(data) == data


def test_damage_is_left_to_the_reader() -> None:
    whole, rng = document(runs={"1250件": styled(2)}), random.Random(5)
    for _ in range(300):
        data = make.damaged(bytearray(whole), rng, make.docx())
        with_marks(data)
    with pytest.raises(ReadError):
        read_bytes(whole[:3000], "a.doc")


def noted(text: str, notes: str, cuts: Sequence[int] = ()) -> bytes:
    """A document with footnotes: `\x02` in the text cites one, and in `notes` begins one."""
    whole = text + notes
    cited = [at for at, char in enumerate(text) if char in "\x02①"]
    begins = [at for at, char in enumerate(notes) if char in "\x02①"]
    sizes = struct.pack("<II", len(text), len(notes))
    places = struct.pack(f"<{len(cited) + 1}I", *cited, len(text)) + b"\1\0" * len(cited)
    return make.doc(
        *(whole, SHEET),
        cuts=cuts,
        notes=(sizes, places, struct.pack(f"<{len(begins) + 2}I", *begins, len(notes), len(notes))),
    )


TITLED, NOTED = f"{make.TITLE}\r{make.OPENING}\r一、成效\r", "二、打算\r明年举办培训9次。\r"


def test_footnotes_stand_behind_the_paragraph_that_cites_them() -> None:
    text = TITLED.replace("\r", "\x02\r", 1) + "办件3件\x02，调解\x025件。\r" + NOTED
    data = noted(text, "\x02题注，共2份。\r\x02注一7件。\r续注8件。\r\x02注二9件。\r")
    opening = TITLED.splitlines()
    expected = [
        *opening[:2],
        "题注，共2份。",
        opening[2],
        "办件3件，调解5件。",
        "注一7件。",
        "续注8件。",
        "注二9件。",
        *NOTED.splitlines(),
    ]
    assert content(data).splitlines() == expected


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_mark_at_the_edge_of_a_piece_is_found(at: int) -> None:
    text, notes = f"\x02{TITLED}办件3件\x02，调解5件。\r{NOTED}", "\x02题注，共2份。\r\x02注一7件。\r"
    cited, begins = text.index("\x02，") + at, len(text) + notes.index("\x02注") + at
    lines = read(noted(text, notes, (1, cited, len(text) - 1, len(text) + 1, begins)), "a.doc").text.splitlines()
    assert lines[2:4] == ["题注，共2份。", "一、成效"]
    assert lines[4:6] == ["办件3件，调解5件。", "注一7件。"]


def test_footnotes_of_a_table_stand_behind_it() -> None:
    cells = "信访\x02\x07112\x07110\x07\x07热线\x07734\x07728\x07\x07"
    lines = content(noted(f"{TITLED}{cells}{NOTED}", "\x02表注6件。\r")).splitlines()
    assert lines[3:6] == ["信访 | 112 | 110", "热线 | 734 | 728", "表注6件。"]


def test_footnotes_with_marks_of_their_own_stay_behind_the_text() -> None:
    lines = content(noted(f"{TITLED}办件3件①。\r{NOTED}", "①注4件。\r")).splitlines()
    assert lines[3] == "办件3件①。" and lines[-1] == "①注4件。"


def lines_with_notes(*lines: str) -> list[str]:
    """The lines with their notes in place; § stands for the mark of a note."""
    return [line.replace(NOTE, "§") for line in notes_in_place([line.replace("§", NOTE) for line in lines])]


def test_a_note_stands_behind_the_line_that_cites_it() -> None:
    assert lines_with_notes("甲§", "乙", "§一", "框") == ["甲", "§一", "乙", "框"]
    assert lines_with_notes("甲§乙§", "丙", "§一", "§二") == ["甲乙", "§一", "§二", "丙"]
    assert lines_with_notes("甲§", "乙§", "§一", "续", "§二", "框内") == ["甲", "§一", "§续", "乙", "§二", "框内"]


def test_a_note_of_a_table_stands_behind_the_table() -> None:
    assert lines_with_notes("甲 | 1§", "乙 | 2", "丙", "§一") == ["甲 | 1", "乙 | 2", "§一", "丙"]
    assert lines_with_notes("甲 | 1§", "§一") == ["甲 | 1", "§一"]


def test_notes_that_do_not_fit_stay_where_they_are() -> None:
    assert lines_with_notes("甲§", "乙") == ["甲", "乙"]
    assert lines_with_notes("甲§", "乙§", "丙§", "§一") == ["甲", "乙", "丙", "一"]
    assert lines_with_notes("甲§乙§丙§", "§一") == ["甲乙丙", "一"]
    assert lines_with_notes("甲", "乙") == ["甲", "乙"]
    assert lines_with_notes() == []


def test_an_item_of_a_list_is_given_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library tells that there is a list, and not which numbers Word shows."""

    class Library:
        @staticmethod
        def from_bytes(data: bytes, kind: str) -> "Library":
            return Library()

        def to_html(self) -> str:
            return f"<h1>{make.TITLE}</h1><ol><li><p>讲座3场。</p></li><li><p>调解5件。</p></li></ol>"

    monkeypatch.setattr(doc, "OfficeDocument", Library)
    assert read(document(), "a.doc").text == f"{make.TITLE}\n讲座3场。\n调解5件。\n"
