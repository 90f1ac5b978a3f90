"""What is struck out, deleted or hidden is no text; what stands in boxes, notes and formulas is."""

import document_fixtures as make
import docx as word
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from test_read_formats import content
from word_xml_fixture import word_2003

from pipelines.read.formats.rtf_groups import plain_groups
from pipelines.read.reader import read_bytes

M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def in_docx(*runs: str, style: str = "") -> str:
    document = word.Document()
    if style:
        styles = document.styles.element
        styles.append(parse_xml(f'<w:style {nsdecls("w")} w:type="character" w:styleId="Old">{style}</w:style>'))
        styles.append(
            parse_xml(f'<w:style {nsdecls("w")} w:type="character" w:styleId="New"><w:basedOn w:val="Old"/></w:style>')
        )
    paragraph = document.add_paragraph("参训")._p
    for run in runs:
        paragraph.append(parse_xml(run.replace(">", f" {nsdecls('w')} {M} {MC}>", 1)))
    document.add_paragraph("完。")
    return content(make.saved(document))


def run(text: str, marks: str = "") -> str:
    return f"<w:r><w:rPr>{marks}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("mark", "is_text"),
    [("strike", False), ("dstrike", False), ("vanish", False), ("b", True)],
)
@pytest.mark.parametrize("value", ["", ' w:val="true"', ' w:val="0"', ' w:val="false"', ' w:val="off"'])
def test_marks_of_word_hide_unless_they_are_off(mark: str, is_text: bool, value: str) -> None:
    shown = is_text or value not in ("", ' w:val="true"')
    text = in_docx(run("1250", f"<w:{mark}{value}/>"), run("1350人次。"))
    assert text == f"参训{'1250' if shown else ''}1350人次。\n完。\n"


def test_a_style_hides_and_a_run_may_say_otherwise() -> None:
    style = "<w:rPr><w:strike/></w:rPr>"
    named = '<w:rStyle w:val="New"/>'
    assert in_docx(run("12", named), run("50人。"), style=style) == "参训50人。\n完。\n"
    assert in_docx(run("12", named + '<w:strike w:val="0"/>'), run("50人。"), style=style) == "参训1250人。\n完。\n"


def test_a_soft_break_in_a_number_is_none() -> None:
    broken = "<w:r><w:t>{}</w:t><w:br/><w:t>{}</w:t></w:r>"
    assert in_docx(broken.format("人员13", "50人次。")) == "参训人员1350人次。\n完。\n"
    assert in_docx(broken.format("率97.", "8%。")) == "参训率97.8%。\n完。\n"
    assert in_docx(broken.format("电话123", "2024年1月")) == "参训电话123\n2024年1月\n完。\n"
    assert in_docx(broken.format("共12", "3.普法")) == "参训共12\n3.普法\n完。\n"
    page = broken.replace("<w:br/>", '<w:br w:type="page"/>')
    assert in_docx(page.format("人员13", "50人次。")) == "参训人员13\n50人次。\n完。\n"


def test_formulas_are_text() -> None:
    assert in_docx("<m:oMath><m:r><m:t>97.8%</m:t></m:r></m:oMath>", run("。")) == "参训97.8%。\n完。\n"
    parts = "<m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den>"
    assert in_docx(f"<m:oMath><m:f>{parts}</m:f></m:oMath>") == "参训3/4\n完。\n"


@pytest.mark.parametrize("where", ["both", "choice", "fallback"])
def test_a_text_box_is_read_once(where: str) -> None:
    around = "<w:pict><w:txbxContent><w:p><w:r><w:t>{}次。</w:t></w:r></w:p>{}</w:txbxContent></w:pict>"
    box = around.format("框里9", f"<w:p><w:r>{around.format('内框7', '')}</w:r></w:p>")
    choice, fallback = (box if where in ("both", name) else "" for name in ("choice", "fallback"))
    text = in_docx(
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{choice}</mc:Choice>"
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert text == "参训\n框里9次。\n内框7次。\n完。\n"


@pytest.mark.parametrize(
    "old",
    [
        "<del>1250</del>",
        "<s>1250</s>",
        "<strike><b>1250</b></strike>",
        "<span style='color:red;text-decoration: line-through'>1250</span>",
        "<span style='display:none'>1250</span>",
        "<span style='visibility: hidden'>1250</span>",
        "<span hidden>1250<i style='display:none'>3</i></span>",
        "<span class='old'>1250</span>",
        "<span class='draft'>1250</span>",
    ],
)
def test_struck_text_of_a_page_is_no_text(old: str) -> None:
    body = make.report_html().replace("学法6次", f"学法{old}<ins>6</ins>次")
    head = (
        "<meta charset='utf-8'><style>@media print { p {color: red} .main {display: none} }"
        "span.old {text-decoration: line-through} .draft, .1st, .稿, a:hover .x, .note {display: none}</style>"
    )
    assert content(make.html(body, head)) == make.TEXT


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{\\deleted 1250}1350", "1350"),
        ("\\v 1250\\v0 1350", "1350"),
        ("\\strike 12{\\b 50}\\strike0 1350", "1350"),
        ("{\\striked1 1250}1350", "1350"),
        ("{\\v \\u26187?\\'b7\\tab x}1350", "1350"),
        ("\\v 1\\plain 1350", "1350"),
        ("{\\revised 1350}", "1350"),
        ("1{\\*\\bkmkstart a}350", "1350"),
    ],
)
def test_hidden_rich_text_is_no_text(written: str, read: str) -> None:
    data = make.rtf().decode().replace("6\\'b4\\'ce", written + "\\'b4\\'ce", 1)
    assert content(data.encode()) == make.TEXT.replace("6次", f"{read}次", 1)


def test_a_number_that_a_line_break_parts_is_whole() -> None:
    rich = make.rtf().decode().replace("6\\'b4\\'ce", "13\\line 50\\'b4\\'ce", 1).encode()
    old = make.doc(f"{make.OPENING}\r参训人员13\x0b50人次。\r第二段，内容\x0b续行3次。\r")
    assert content(rich) == make.TEXT.replace("6次", "1350次", 1)
    assert content(old) == f"{make.OPENING}\n参训人员1350人次。\n第二段，内容\n续行3次。\n"
    apart = make.rtf().decode().replace("6\\'b4\\'ce\\'a3\\'ac", "6\\'b4\\'ce\\'a3\\'ac\\line ", 1).encode()
    assert content(apart) == make.TEXT.replace("6次，", "6次，\n", 1)


def test_styles_that_hide_make_no_rich_text() -> None:
    sheet = (
        "{\\stylesheet{\\s0 Normal;}{\\*\\cs15\\additive\\v Hidden;}{\\*\\cs16\\sbasedon15 Below;}"
        "{\\*\\cs17\\strike Struck;}{\\*\\cs18\\v0 Shown;}{\\*\\cs19\\viewkind Other;}}"
    )
    data = make.rtf().decode().replace("{\\fonttbl", sheet + "{\\fonttbl", 1)
    written = "{\\cs15 1}{\\cs16 2}{\\cs17 3}{\\cs18 4}{\\cs19 5}{\\cs15 9\\plain 6}{\\cs15 9\\cs18 7}"
    data = data.replace("6\\'b4\\'ce", written + "\\'b4\\'ce", 1)
    assert content(data.encode()) == make.TEXT.replace("6次", "4567次", 1)


def test_boxes_and_notes_of_rich_text_are_read_once() -> None:
    old = "{\\shprslt{\\*\\do{\\dptxbxtext Box 9\\par}}}"
    box = "{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv 1}}{\\shptxt \\pard Box 9\\par}}" + old + "}"
    note = "{\\super 1}{\\footnote \\pard Note 7}"
    data = f"{{\\rtf1\\ansi{{\\header {box}}}First{note} line{box} ends\\par Second\\par}}"
    assert (
        content(data.encode()) == "First1 line ends\nBox 9\nSecond\nNote 7\n"
    )  # a note of the title waits for a sentence


NOTED = [
    make.TITLE,
    make.OPENING,
    "一、成效",
    "共有办件3件。",
    "乙注5件。",
    "信访 | 112",
    "表注7件。",
    "二、打算",
    make.PLAN,
]


def rtf_of(body: str) -> bytes:
    return f"{{\\rtf1\\ansi {body}}}".encode("ascii")


def in_rtf(text: str) -> str:
    return "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in text)


@pytest.mark.parametrize("title_note", [(), ("题注共9份。",), ("题注共9份。", "又一段。")])
def test_notes_of_rich_text_stand_behind_the_paragraph_that_cites_them(title_note: tuple[str, ...]) -> None:
    def note(*lines: str) -> str:
        return "{\\footnote\\pard\\plain \\chftn " + "\\par ".join(map(in_rtf, lines)) + "}" if lines else ""

    body = in_rtf(NOTED[0]) + note(*title_note) + "\\par "
    body += "".join(in_rtf(line) + "\\par " for line in NOTED[1:3])
    body += in_rtf("共有") + note(NOTED[4]) + in_rtf("办件3件。") + "\\par "
    body += (
        "\\trowd\\cellx900\\cellx1800\\pard\\intbl " + in_rtf("信访") + note(NOTED[6]) + "\\cell 112\\cell\\row\\pard "
    )
    body += "".join(in_rtf(line) + "\\par " for line in NOTED[7:])
    lines = content(rtf_of(body)).splitlines()
    assert lines == [*NOTED[:2], *title_note, *NOTED[2:]]


def test_notes_of_word_stand_behind_the_paragraph_or_table_that_cites_them() -> None:
    def note(text: str, more: str = "") -> str:
        return f"<w:r><w:footnote>{paragraph(text, more)}</w:footnote></w:r>"

    def paragraph(text: str, more: str = "") -> str:
        return f"<w:p>{more}<w:r><w:t>{text}</w:t></w:r></w:p>"

    table = (
        f"<w:tbl><w:tr><w:tc>{paragraph('信访', note(NOTED[6]))}</w:tc><w:tc>{paragraph('112')}</w:tc></w:tr></w:tbl>"
    )
    body = (
        paragraph(NOTED[0], note("题注共9份。"))
        + "".join(map(paragraph, NOTED[1:3]))
        + paragraph(NOTED[3], note(NOTED[4], note("注的注8条。")))
        + table
        + "".join(map(paragraph, NOTED[7:]))
    )
    assert content(word_2003(body)).splitlines() == [*NOTED[:2], "题注共9份。", *NOTED[2:5], "注的注8条。", *NOTED[5:]]


@pytest.mark.parametrize(
    ("note", "explains"),
    [
        ("其中食品案件15件。", True),
        ("注：包括上年2件。", True),
        ("① 该数据截至11月。", True),
        ("全年检查276次。", False),
        ("[1] 全年检查276次。", False),
        ("注：开展检查276次。", False),
    ],
)
def test_a_note_that_explains_a_figure_gives_none_of_its_own(note: str, explains: bool) -> None:
    lines = [in_rtf(line) for line in (make.TITLE, make.OPENING, "办理案件87件", "明年继续。")]
    body = "\\par ".join([*lines[:2], lines[2] + "{\\footnote\\pard " + in_rtf(note) + "}", lines[3]])
    document = read_bytes(rtf_of(body), "a.rtf")
    assert document.text.splitlines() == [make.TITLE, make.OPENING, "办理案件87件", note, "明年继续。"]
    assert [document.text[span.start : span.end] for span in document.furniture] == [note] * explains


@pytest.mark.parametrize(("deep", "is_text"), [(1, False), (10, False), (11, True)])
def test_a_style_of_rich_text_hides_so_far_from_the_one_that_does(deep: int, is_text: bool) -> None:
    based = "".join(f"{{\\*\\cs{20 + at}\\sbasedon{19 + at} S;}}" for at in range(1, deep + 1))
    sheet = f"{{\\stylesheet{{\\*\\cs20\\v Hidden;}}{based}}}"
    shown = plain_groups(f"{{\\rtf1{sheet}a{{\\cs{20 + deep} 97}}b}}")
    assert ("97" in shown) is is_text
