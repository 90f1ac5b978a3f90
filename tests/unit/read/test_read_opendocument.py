"""OpenDocument: what people see is the text, whether packed or in one file."""

import io
import zipfile

import document_fixtures as make
import opendocument_fixture as odf
import pytest
from test_read_formats import content

from pipelines.read.document import ReadError
from pipelines.read.reader import read_bytes

ROWS = f"<table:table table:name='报告'>{odf.table(make.TABLE)[len('<table:table>') :]}"


def code(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, "a.odt")
    return caught.value.code


@pytest.mark.parametrize(("data", "end"), [(odf.odt(), "text"), (odf.fodt(), "text")], ids=["odt", "fodt"])
def test_a_text_is_read(data: bytes, end: str) -> None:
    assert content(data) == make.TEXT
    assert read_bytes(data, "a").media_type.endswith(end)


def test_deleted_hidden_and_struck_text_is_none() -> None:
    styles = "".join(
        f"<style:style style:name='{name}' style:family='{family}' style:parent-style-name='{parent}'>"
        f"<style:text-properties {how}/></style:style>"
        for name, family, parent, how in (
            ("H", "text", "", "text:display='none'"),
            ("S", "text", "", "style:text-line-through-style='solid'"),
            ("D", "text", "", "style:text-line-through-type='double'"),
            ("N", "text", "S", "style:text-line-through-style='none'"),
            ("C", "text", "Struck", "fo:color='#000000'"),
            ("PH", "paragraph", "", "text:display='none'"),
        )
    )
    named = (
        "<style:style style:name='Struck' style:family='text'>"
        "<style:text-properties style:text-line-through-style='solid'/></style:style>"
    )
    inner = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>删1250</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>共<text:span text:style-name='H'>1</text:span><text:span text:style-name='S'>2</text:span>"
        "<text:span text:style-name='D'>3</text:span><text:span text:style-name='C'>4</text:span>"
        "<text:change text:change-id='1'/><text:span text:style-name='N'>56</text:span>次。</text:p>"
        "<text:p text:style-name='PH'>隐藏段落</text:p>"
        "<text:p><text:hidden-paragraph text:is-hidden='true'/>隐藏段落</text:p>"
        "<text:p>甲<text:hidden-text text:is-hidden='true'>乙</text:hidden-text>"
        "<office:annotation><text:p>批注9</text:p></office:annotation>丙</text:p>"
        "<text:section text:display='none'><text:p>隐藏节</text:p></text:section>"
        "<text:section><text:p>显示节</text:p></text:section>"
        "<text:table-of-content><text:index-body><text:p>目录</text:p></text:index-body></text:table-of-content>"
    )
    assert content(odf.odt(inner, styles, named=named)) == "共56次。\n甲丙\n显示节\n"


def test_a_number_that_a_line_break_parts_is_whole_and_files_without_a_type_are_read() -> None:
    assert content(odf.odt("<text:p>参训人员13<text:line-break/>50人次。</text:p>")) == "参训人员1350人次。\n"
    with zipfile.ZipFile(io.BytesIO(odf.odt())) as package:
        files = {info.filename: package.read(info) for info in package.infolist() if info.filename != "mimetype"}
    assert content(make.packed(files)) == make.TEXT
    assert content(make.packed({name.replace("/", "\\"): data for name, data in files.items()})) == make.TEXT


def test_formulas_are_text_where_they_stand() -> None:
    words = (
        "<math xmlns='http://www.w3.org/1998/Math/MathML'><semantics><mrow><mn>318</mn><mo>=</mo>"
        "<mfrac><mn>1</mn><mn>2</mn></mfrac><msup><mi>x</mi><mn>2</mn></msup></mrow>"
        "<annotation encoding='StarMath 5.0'>99</annotation></semantics></math>"
    )
    frame = (
        "<text:p>纠纷<draw:frame><draw:object xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='./Object 1'>{}"
        "</draw:object><draw:image/></draw:frame>件。</text:p>"
    )
    with zipfile.ZipFile(io.BytesIO(odf.odt(frame.format("")))) as package:
        files = {info.filename: package.read(info) for info in package.infolist()}
    assert content(make.packed({**files, "Object 1/content.xml": words.encode()})) == "纠纷318=1/2x^2件。\n"
    assert content(odf.fodt(frame.format(words))) == "纠纷318=1/2x^2件。\n"
    chart = {**files, "Object 1/content.xml": b"<chart/>"}
    with pytest.raises(ReadError, match="needs_ocr"):  # a chart is a picture
        read_bytes(make.packed(chart), "a.odt")


def test_spaces_breaks_notes_frames_and_ruby() -> None:
    inner = (
        "<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>新行"
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>脚注12件。</text:p></text:note-body>"
        "</text:note><text:ruby><text:ruby-base>字</text:ruby-base><text:ruby-text>zi</text:ruby-text></text:ruby>"
        "<draw:frame><draw:text-box><text:p>框内5次。</text:p></draw:text-box></draw:frame>"
        "<draw:custom-shape><text:p>图形6次。</text:p></draw:custom-shape>后</text:p><text:p>末段</text:p>"
    )
    assert content(odf.odt(inner)) == "a b c\n新行字后\n框内5次。\n脚注12件。\n图形6次。\n末段\n"
    noted = inner.replace("新行", "新，行")
    assert content(odf.odt(noted)) == "a b c\n新，行字后\n脚注12件。\n框内5次。\n图形6次。\n末段\n"


def test_numbers_of_lists_and_headings_are_written_out() -> None:
    def level(at: int, form: str, more: str) -> str:
        return f"<text:list-level-style-number text:level='{at}' style:num-format='{form}' {more}/>"

    styles = (
        "<text:list-style style:name='L'>"
        + level(1, "一, 二, 三, ...", "style:num-suffix='、'")
        + level(2, "1", "style:num-prefix='（' style:num-suffix='）'")
        + "</text:list-style>"
        + "<text:list-style style:name='B'><text:list-level-style-bullet text:level='1'/></text:list-style>"
    )
    outline = "<text:outline-style>" + "".join(
        f"<text:outline-level-style text:level='{at}' style:num-format='1' text:display-levels='{at}'/>"
        for at in (1, 2)
    )

    def item(text: str, inner: str = "") -> str:
        return f"<text:list-item><text:p>{text}</text:p>{inner}</text:list-item>"

    inner = (
        "<text:list text:style-name='L'>"
        + item("甲", f"<text:list>{item('子')}{item('丑')}</text:list>")
        + item("乙")
        + "</text:list><text:p>间</text:p>"
        + f"<text:list text:style-name='L' text:continue-numbering='true'>{item('丙')}</text:list>"
        + f"<text:list text:style-name='L'>{item('丁')}</text:list>"
        + f"<text:list text:style-name='B'>{item('点')}</text:list>"
        + "<text:h text:outline-level='1'>章</text:h><text:h text:outline-level='2'>节</text:h>"
    )
    assert content(odf.odt(inner, styles, named=f"{outline}</text:outline-style>")) == (
        "一、甲\n（1）子\n（2）丑\n二、乙\n间\n三、丙\n一、丁\n点\n1章\n1.1节\n"
    )


def test_merged_repeated_and_hidden_cells() -> None:
    def cell(text: str, how: str = "") -> str:
        return f"<table:table-cell {how}><text:p>{text}</text:p></table:table-cell>"

    rows = (
        cell("执法", "table:number-rows-spanned='2'") + cell("检查") + cell("512"),
        "<table:covered-table-cell/>" + cell("案件") + cell("87"),
        cell("合计", "table:number-columns-spanned='2'") + "<table:covered-table-cell/>" + cell("599"),
        cell("0", "table:number-columns-repeated='3'"),
    )
    hidden = f"<table:table-row table:visibility='collapse'>{cell('隐')}{cell('9')}</table:table-row>"
    blank = "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>"
    inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    shown = "执法 | 检查 | 512\n执法 | 案件 | 87\n合计 | | 599\n0 | 0 | 0\n"
    for kind in ("text", "spreadsheet"):
        assert content(odf.odt(f"<table:table>{hidden}{inner}{blank}</table:table>", kind=kind)) == shown
    frame = "<table:table><table:table-row>" + cell(make.OPENING) + "</table:table-row></table:table>"
    assert content(odf.odt(frame)) == f"{make.OPENING}\n"


def test_sheets_stand_in_order_and_hidden_ones_are_left_out() -> None:
    styles = (
        "<style:style style:name='T' style:family='table'><style:table-properties table:display='false'/></style:style>"
    )
    sheets = "".join(
        f"<table:table {how}><table:table-row><table:table-cell office:value='{value}'><text:p>{text}</text:p>"
        "</table:table-cell></table:table-row></table:table>"
        for how, value, text in (("", "", "甲表"), ("table:style-name='T'", "", "隐表"), ("", "0.978", "97.8%"))
    )
    data = odf.odt(sheets, styles, kind="spreadsheet")
    assert content(data) == "甲表\n97.8%\n"
    assert read_bytes(data, "a").media_type.endswith("spreadsheet")
    assert content(odf.fodt(sheets, kind="spreadsheet")) == "甲表\n隐表\n97.8%\n"


def test_what_cannot_be_read_says_why() -> None:
    assert code(odf.odt(locked=True)) == "encrypted"
    assert code(odf.odt("<text:p/>")) == "empty"
    assert code(odf.odt(kind="presentation")) == "unsupported"
    assert code(odf.odt()[:-60]) == "broken"
    assert code(odf.fodt()[:-60]) == "broken"
    assert code(make.packed({"mimetype": b"x", "content.xml": b"<a"})) == "broken"
    picture = f"<text:p>{make.TITLE}</text:p><text:p><draw:frame><draw:image/></draw:frame></text:p>"
    assert code(odf.odt(picture)) == "needs_ocr"
    assert code(odf.odt("\n" * 51_000_000)) == "bomb"
    cells = "<table:table-cell table:number-columns-repeated='9999'><text:p>1</text:p></table:table-cell>" * 10
    rows = f"<table:table-row table:number-rows-repeated='9999'>{cells}</table:table-row>"
    assert code(odf.odt(f"<table:table>{rows}</table:table>", kind="spreadsheet")) == "too_large"
    assert code(odf.odt("<text:section>" * 5000 + "甲" + "</text:section>" * 5000)) == "broken"
