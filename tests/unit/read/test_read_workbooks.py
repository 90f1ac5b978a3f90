"""Workbooks: what people see in the visible sheets, and nothing of what is hidden."""

import io
import struct
import zipfile
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta

import document_fixtures as make
import openpyxl
import pytest
import workbook_fixture as books
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from PIL import Image as PillowImage
from test_read_formats import content

from pipelines.read.document import ReadError
from pipelines.read.formats import spreadsheet, spreadsheet_cells
from pipelines.read.formats.spreadsheet_cells import number_shown, sheets_of, text_of
from pipelines.read.reader import read_bytes


def code(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, "a.xlsx")
    return caught.value.code


@pytest.mark.parametrize("data", [books.xlsx(), books.xls()], ids=["xlsx", "xls"])
def test_a_report_in_a_sheet_is_read(data: bytes) -> None:
    assert content(data) == make.TEXT


def test_sheets_in_order_without_hidden_ones() -> None:
    rows = books.cells()
    parts = {"甲": rows[:3], "隐藏": [["其他数字999次。"]], "乙": rows[3:]}
    assert content(books.xls(parts, hidden="隐藏")) == make.TEXT
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, part in parts.items():
        sheet = book.create_sheet(name)
        for row in part:
            sheet.append(row)
    book["隐藏"].sheet_state = "hidden"
    assert content(books.saved(book)) == make.TEXT


def test_numbers_percentages_and_dates_are_shown_as_people_see_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row, (value, form) in enumerate(
        (
            (0.978, "0.0%"),
            (1, "0%"),
            (12.0, "General"),
            (0.1 + 0.2, "General"),
            (1350, '#,##0"人次"'),
            (43.64, "0.0"),
            (0.5, "# ?/?"),
            (date(2024, 1, 15), "yyyy-mm-dd"),
            (datetime(2024, 1, 15, 9, 30), "yyyy-mm-dd h:mm"),
            (True, "General"),
        ),
        start=1,
    ):
        sheet.cell(row, 1, f"第{row}项").number_format = "@"
        sheet.cell(row, 2, value).number_format = form
    assert [line.split(" | ")[1] for line in content(books.saved(book)).splitlines()] == [
        *("97.8%", "100%", "12", "0.3", "1350人次", "43.6", "0.5", "2024年1月15日", "2024年1月15日 09:30", "是"),
    ]


def test_a_share_under_the_label_of_a_rate_is_a_percentage_where_formats_are_unknown() -> None:
    rows = [["事项", "件数", "调解成功率"], ["纠纷", 318.0, 0.978], ["信访", 1.0, 1.0], ["参训率", 0.95, None]]
    assert content(books.xls({"表": rows})) == (
        "事项 | 件数 | 调解成功率\n纠纷 | 318 | 97.8%\n信访 | 1 | 100%\n参训率 | 95%\n"
    )


def test_merged_hidden_and_struck_cells_and_breaks_in_cells() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B1"] = make.TITLE
    sheet.merge_cells("B1:D1")
    for row in (
        (None, "执法", "检查", 512),
        (None, None, "案件", 87),
        (None, "隐藏", "数", 999),
        (None, "删", 1250, 1350),
    ):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    sheet.row_dimensions[4].hidden = True
    sheet["C5"].font = Font(strike=True)
    sheet["E2"] = "隐列"
    sheet.column_dimensions["E"].hidden = True
    sheet["B6"] = "开展讲座3次。\n走访群众5次。"
    sheet["B7"] = CellRichText("培训", TextBlock(InlineFont(strike=True), "1250"), "1350人次。")
    assert content(books.saved(book)) == (
        f"{make.TITLE}\n执法 | 检查 | 512\n执法 | 案件 | 87\n删 | | 1350\n"
        "开展讲座3次。\n走访群众5次。\n培训1350人次。\n"
    )


def test_long_cells_beside_each_other_are_no_table() -> None:
    text = "本年度开展法治宣传活动，覆盖全部村居，群众满意。" * 12
    assert content(books.xlsx({"表": [["一、宣传", text]]})) == f"一、宣传\n{text}\n"


def test_a_workbook_that_the_first_library_does_not_open_is_read_by_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet_cells, "_LARGEST_STYLED", 0)
    assert spreadsheet_cells.sheets_of(books.xlsx())[0].rows[0][0] == make.TITLE


def test_workbooks_however_they_are_packed() -> None:
    with zipfile.ZipFile(io.BytesIO(books.xlsx())) as package:
        files = {info.filename: package.read(info) for info in package.infolist()}
    usual, strict = "http://schemas.openxmlformats.org/{}/2006/{}", "http://purl.oclc.org/ooxml/{}/{}"
    other = {}
    for name, data in files.items():
        for words in (("spreadsheetml", "main"), ("officeDocument", "")):
            data = data.replace(usual.format(*words).encode(), strict.format(*words).encode())
        other[name] = data
    assert other["xl/workbook.xml"] != files["xl/workbook.xml"]
    backslashes = {name.replace("/", "\\"): data for name, data in files.items()}
    for packed in (other, backslashes, {name: data for name, data in files.items() if "styles" not in name}):
        assert content(make.packed(packed)) == make.TEXT
    assert content(b"\r\n" + books.xlsx()) == make.TEXT


def test_what_cannot_be_read_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(books.xlsx({"表": []})) == "empty"
    assert code(books.xlsx()[:-100]) == "broken"
    assert code(books.xls()[:700]) == "broken"
    assert code(make.compound({"EncryptedPackage": b"x"})) == "encrypted"
    head = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0x0DBB, 0x07CC, 0, 6)
    assert code(make.compound({"Workbook": head + struct.pack("<HHHHH", 0x2F, 6, 1, 1, 1)})) == "encrypted"
    assert code(make.packed({"[Content_Types].xml": b"", "xl/workbook.xml": b"\0" * 101_000_000})) == "bomb"
    book = openpyxl.Workbook()
    book.active["A1048576"] = "远"
    assert content(books.saved(book)) == "远\n"
    book.active["A1"] = "近"
    assert code(books.saved(book)) == "too_large"


def test_a_workbook_of_a_title_is_a_shell() -> None:
    assert code(books.xlsx({"表": [[make.TITLE], [make.SIGNATURE[0]]]})) == "shell"
    assert code(books.xls({"表": [[make.TITLE]]})) == "shell"
    book = openpyxl.Workbook()
    book.active["A1"] = make.TITLE
    stream = io.BytesIO()
    PillowImage.new("L", (40, 40)).save(stream, "PNG")
    book.active.add_image(Image(stream), "A3")
    assert code(books.saved(book)) == "needs_ocr"
    assert content(books.xlsx({"表": [[make.TITLE], ["信访", 112]]})) == f"{make.TITLE}\n信访 | 112\n"


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        *((0.978, "0.0%", "97.8%"), (0.978, "0%", "98%"), (0.978, "General", "0.978"), (0.5, "# ?/?", "0.5")),
        *((12.5, "0", "12"), (12.345, "0.00", "12.35"), (12, "0.0", "12.0"), (1350, '#,##0"人次"', "1350人次")),
        *((43.64, '0.0"万元"', "43.6万元"), (5, '"共"0', "5"), (-3, "0.0;[Red]0", "-3.0"), (7, "", "7")),
        *((0.5, "0.00%;0%", "50.00%"), (1.5, "@", "1.5"), (1 / 3, "0.000000000000", "0.3333333333")),
    ],
)
def test_a_number_is_shown_as_its_format_says(value: float, form: str, shown: str) -> None:
    assert number_shown(value, form) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((datetime(2024, 1, 15), "2024年1月15日"), (datetime(2024, 1, 15, 0, 5), "2024年1月15日 00:05")),
        *(
            (datetime(2024, 1, 15, 9), "2024年1月15日 09:00"),
            (date(2024, 1, 15), "2024年1月15日"),
            (time(9, 5), "09:05"),
        ),
        *((True, "是"), (False, "否"), (12.0, "12"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (100, "100"), (0, "0")),
        *((timedelta(hours=2), "2:00:00"), (None, ""), (" 甲\r\n乙_x000D_ ", "甲\n乙")),
    ],
)
def test_values_without_a_format_as_text(value: object, text: str) -> None:
    assert text_of(value) == text


def bare(*rows: list[object]) -> list[list[str]]:
    """The cells of a sheet whose values have no formats."""
    return [list(row) for row in sheets_of(books.xls({"一": list(rows)}))[0].rows]


@pytest.mark.parametrize(("value", "shown"), [(0.978, "97.8%"), (1, "100%"), (1.5, "1.5"), (0, "0"), (-0.5, "-0.5")])
def test_a_bare_share_is_a_percentage_under_or_behind_a_label_that_says_so(value: float, shown: str) -> None:
    assert bare(["调解成功率", value], ["合计", 12])[0][1] == shown
    assert bare(["项目", "占比"], ["调解", value])[1][1] == shown
    assert bare(["项目", "单位", "占比"], ["调解", "件", value])[1][2] == shown


def test_a_bare_share_under_other_labels_is_a_number() -> None:
    assert bare(["项目", "效率"], ["调解", 0.5])[1][1] == "0.5"
    assert bare(["项目", "数量"], ["调解", 0.5])[1][1] == "0.5"
    for length, shown in ((29, "50%"), (30, "0.5")):
        assert bare(["项目", "字" * (length - 2) + "占比"], ["调解", 0.5])[1][1] == shown
    assert bare(["成功率", "数量"], ["占比", 0.5])[1][1] == "50%"  # the label beside it
    assert bare(["项目", "占比"], ["调解", ""], ["信访", 0.5])[2][1] == "50%"
    assert bare(["项目", "占比"], ["调解", "无"], ["信访", 0.5])[2][1] == "0.5"  # the nearest label counts


@pytest.mark.parametrize(
    ("rows", "columns", "fits"),
    [(50_000, 20, True), (50_001, 1, False), (2_000, 500, True), (2_001, 500, False), (2_000, 900, True)],
)
def test_a_sheet_has_a_million_cells_at_most(rows: int, columns: int, fits: bool) -> None:
    expected = (
        nullcontext() if fits else pytest.raises(ReadError, match=f"a sheet of {rows} rows and {columns} columns")
    )
    with expected:
        spreadsheet_cells._refuse_large(rows, columns)


def test_the_media_type_is_that_of_the_form() -> None:
    modern, old = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-excel"
    book = openpyxl.Workbook()
    book.active.append(["清溪镇2023年法治政府建设工作报告，全年学法12次。"])
    stream = io.BytesIO()
    book.save(stream)
    assert spreadsheet.read(stream.getvalue(), "a.xlsx").media_type == modern
    cell = "<Cell><Data ss:Type='String'>学法12次，调解35件。</Data></Cell>"
    sheet = f"<Worksheet><Table><Row>{cell}</Row></Table></Worksheet>"
    space = "'urn:schemas-microsoft-com:office:spreadsheet'"
    names = f"xmlns={space} xmlns:ss={space}"
    assert (
        spreadsheet.read(f"<?xml version='1.0'?><Workbook {names}>{sheet}</Workbook>".encode(), "a").media_type == old
    )
