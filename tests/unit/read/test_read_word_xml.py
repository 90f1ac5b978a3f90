"""Word and Excel of 2003 as one XML file, and Word documents that take in others."""

import base64
import io
import zipfile

import document_fixtures as make
import pytest
import workbook_fixture as books
from test_read_formats import content
from word_xml_fixture import excel_2003, paragraph, taking_in, word_2003

from pipelines.read.document import ReadError
from pipelines.read.formats.numbering import written
from pipelines.read.formats.spreadsheet_2003 import sheets_of_xml
from pipelines.read.reader import read_bytes

MERGED, SECOND = 'ss:MergeDown="1"', 'ss:Index="2"'
PERCENT, STRUCK = 'ss:StyleID="p"', 'ss:StyleID="s"'


def test_word_2003_xml_is_read() -> None:
    assert content(word_2003()) == make.TEXT
    gbk = word_2003().decode().replace("UTF-8", "gb2312").encode("gb18030")
    assert content(gbk) == make.TEXT


def test_changes_notes_numbers_and_styles_of_word_2003() -> None:
    def change(kind: str, inner: str) -> str:
        return f'<aml:annotation w:type="Word.{kind}"><aml:content>{inner}</aml:content></aml:annotation>'

    listed = (
        '<w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/><wx:t wx:val="{}"/></w:listPr></w:pPr>{}</w:p>'
    )
    run = "<w:r><w:t>{}</w:t></w:r>"
    note = f"<w:r><w:footnote>{paragraph('脚注7件。')}</w:footnote></w:r>"
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{paragraph('框内8次。')}</w:txbxContent></v:textbox></w:pict></w:r>"
    style = '<w:style w:type="character" w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = (
        listed.format("一、", run.format("宣传"))
        + listed.format("\uf0b7", run.format("培训"))
        + "<w:p>"
        + change("Deletion", "<w:r><w:delText>1250</w:delText></w:r>" + run.format("99"))
        + change("Insertion", run.format("13"))
        + '<w:r><w:rPr><w:rStyle w:val="h"/></w:rPr><w:t>0</w:t></w:r>'
        + f"<w:r><w:rPr><w:strike/></w:rPr><w:t>1</w:t></w:r>{run.format('50人次')}{note}{box}"
        + change("Comment", paragraph("批注"))
        + '<w:r><w:t>。</w:t><w:br w:type="text-wrapping"/><w:t>续行</w:t></w:r></w:p>'
        + f'<w:tbl><w:tr><w:tc><w:tcPr><w:vmerge w:val="restart"/></w:tcPr>{paragraph("执法")}</w:tc>'
        + f"<w:tc>{paragraph('512')}</w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vmerge/></w:tcPr><w:p/></w:tc>"
        + f"<w:tc>{paragraph('87')}</w:tc></w:tr></w:tbl>"
    )
    assert content(word_2003(body, style)) == (
        "一、宣传\n培训\n1350人次。\n续行\n脚注7件。\n框内8次。\n执法 | 512\n执法 | 87\n"
    )


def test_lists_of_word_2003_whose_numbers_are_not_stated() -> None:
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:nfc w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    levels = level.format(0, 39, "%1、") + level.format(1, 0, "（%2）")
    lists = (
        f'<w:lists><w:listDef w:listDefId="5">{levels}</w:listDef><w:listDef w:listDefId="6">'
        f'{level.format(0, 23, "·")}</w:listDef><w:list w:ilfo="1"><w:ilst w:val="5"/></w:list>'
        '<w:list w:ilfo="2"><w:ilst w:val="6"/></w:list></w:lists>'
    )

    def listed(text: str, number: int, depth: int = 0) -> str:
        properties = f'<w:listPr><w:ilvl w:val="{depth}"/><w:ilfo w:val="{number}"/></w:listPr>'
        return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    body = listed("宣传", 1) + listed("讲座", 1, 1) + listed("展板", 1, 1) + listed("执法", 1) + listed("点", 2)
    data = word_2003(body).replace(b"<w:styles>", f"{lists}<w:styles>".encode())
    assert content(data) == "一、宣传\n（1）讲座\n（2）展板\n二、执法\n点\n"


def test_word_2003_xml_without_a_text_says_why() -> None:
    for data, code in ((word_2003("<w:p/>"), "empty"), (word_2003()[:-40], "broken")):
        with pytest.raises(ReadError) as caught:
            read_bytes(data, "a.xml")
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "chunk"),
    [
        ("a.html", make.html(make.report_html())),
        ("a.docx", make.docx()),
        ("a.txt", make.TEXT.encode()),
        ("a.rtf", make.rtf()),
        (
            "a.mht",
            b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + make.html(make.report_html()),
        ),
        ("a.xml", word_2003()),
    ],
)
def test_a_document_that_is_taken_in_is_read_where_it_stands(name: str, chunk: bytes) -> None:
    assert content(taking_in(name, chunk)) == f"前言。\n{make.TEXT}结束。\n"


def test_what_is_taken_in_may_be_missing_empty_or_deep() -> None:
    def code(data: bytes) -> str:
        with pytest.raises(ReadError) as caught:
            read_bytes(data, "a.docx")
        return caught.value.code

    assert code(taking_in("a.html", None)) == "broken"
    assert code(taking_in("a.bin", b'<?xml version="1.0"?><data/>')) == "unsupported"
    assert content(taking_in("a.txt", b" ")) == "前言。\n结束。\n"
    deep = make.docx()
    for _ in range(3):
        deep = taking_in("a.docx", deep, around=False)
    assert content(deep) == make.TEXT
    assert code(taking_in("a.docx", deep)) == "too_deep"


def test_a_flat_document_takes_in_another() -> None:
    packed = taking_in("a.html", make.html(make.report_html()))
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        files = {info.filename: package.read(info) for info in package.infolist()}
    written = "".join(
        f'<pkg:part pkg:name="/{name}">'
        + (
            f"<pkg:binaryData>{base64.b64encode(data).decode()}</pkg:binaryData>"
            if name.endswith(".html")
            else f"<pkg:xmlData>{data.decode().partition('?>')[2]}</pkg:xmlData>"
        )
        + "</pkg:part>"
        for name, data in files.items()
        if name.endswith((".xml", ".rels", ".html")) and name.startswith(("word/", "_rels"))
    )
    namespace = 'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"'
    flat = f'<?xml version="1.0"?><pkg:package {namespace}>{written}</pkg:package>'
    assert content(flat.encode()) == f"前言。\n{make.TEXT}结束。\n"


def test_excel_2003_xml_is_read() -> None:
    def cell(value: str | float | None, how: str = "") -> str:
        kind = "String" if isinstance(value, str) else "Number"
        return f'<Cell {how}><Data ss:Type="{kind}">{value}</Data></Cell>'

    rows = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in books.cells())
    assert content(excel_2003(f"<Worksheet><Table>{rows}</Table></Worksheet>")) == make.TEXT
    odd = (
        f"<Row>{cell('执法', MERGED)}{cell('率')}{cell(0.978, PERCENT)}</Row>"
        f"<Row>{cell('件', SECOND)}{cell(1250, STRUCK)}{cell(87.0)}</Row>"
        f'<Row ss:Hidden="1">{cell("隐")}</Row>'
        '<Row><Cell><Data ss:Type="String">日期</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">2024-01-15T00:00:00.000</Data></Cell></Row>'
    )
    hidden = (
        f"<Worksheet><Table><Row>{cell('隐表')}</Row></Table>"
        "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
    )
    assert content(excel_2003(f"{hidden}<Worksheet><Table>{odd}</Table></Worksheet>")) == (
        "执法 | 率 | 97.8%\n执法 | 件 | | 87\n日期 | 2024年1月15日\n"
    )
    with pytest.raises(ReadError, match="broken"):
        read_bytes(excel_2003("<Worksheet>")[:-20], "a.xml")


def test_a_list_writes_its_numbers_in_each_kind_and_in_digits_beyond_it() -> None:
    chinese = {
        1: "一",
        9: "九",
        10: "十",
        11: "十一",
        19: "十九",
        20: "二十",
        21: "二十一",
        99: "九十九",
        100: "100",
        0: "0",
    }
    assert {number: written(number, "chineseCounting") for number in chinese} == chinese
    circled = {1: "①", 20: "⑳", 21: "21", 0: "0"}
    assert {number: written(number, "decimalEnclosedCircle") for number in circled} == circled
    letters = {1: ("A", "a"), 26: ("Z", "z"), 27: ("27", "27"), 0: ("0", "0")}
    assert {n: (written(n, "upperLetter"), written(n, "lowerLetter")) for n in letters} == letters
    assert written(7, "decimal") == "7"


@pytest.mark.parametrize(("columns", "is_read"), [(500, True), (501, False)])
def test_a_row_of_a_sheet_has_500_columns_at_most(columns: int, is_read: bool) -> None:
    """However many cells the rows above hold."""
    row = f"<Row>{'<Cell/>' * 300}</Row>"
    data = excel_2003(f"<Worksheet><Table>{row * 2}<Row>{'<Cell/>' * columns}</Row></Table></Worksheet>")
    if is_read:
        (sheet,) = sheets_of_xml(data)
        assert list(map(len, sheet.rows)) == [300, 300, 500]
        return
    with pytest.raises(ReadError, match="beyond 500 columns"):
        list(sheets_of_xml(data))
