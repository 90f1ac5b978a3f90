"""OFD: text by its place on the page, whoever wrote the file, and a reason where there is none."""

import io

import document_fixtures as make
import ofd_fixture as ofd
import pytest
from lxml import etree
from PIL import Image
from test_read_formats import content

from pipelines.read.document import ReadError, ScansWantedError
from pipelines.read.formats import ofd as ofd_format
from pipelines.read.formats.ofd_glyphs import Drawn, drawn_in
from pipelines.read.formats.ofd_package import OfdPackage
from pipelines.read.reader import page_picture, read_bytes
from pipelines.read.scans.scanned_page import ScannedPage, ScannedRow


def code(data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, "a.ofd")
    return caught.value.code


@pytest.mark.parametrize("writer", [ofd.plain, ofd.listed, ofd.stepless, ofd.single, ofd.bold])
def test_shuffled_objects_are_put_in_order_whoever_wrote_them(writer) -> None:
    assert content(ofd.ofd(writer=writer)) == make.TEXT


def test_paragraphs_of_two_lines_are_told_by_their_indent() -> None:
    """First lines are wide and indented, second ones short: the margin is where these begin."""
    lines = ["双溪镇认真抓好各项工作，健全各项制度，压实各级各类责任，强化", "全程监督。"] * 3
    last = ["下一年双溪镇将继续推进法治建设各项工作，提升依法行政水平。", "双溪镇人民政府"]
    placed = [(line, 25 if at % 2 else 25 + 2 * ofd.SIZE) for at, line in enumerate(lines)]
    placed += [(line, 25 + 2 * ofd.SIZE) for line in last]
    objects = "".join(ofd.listed(line, x, 30 + 8 * at) for at, (line, x) in enumerate(placed))
    data = ofd.written(ofd.parts([f"<Page><Content><Layer>{objects}</Layer></Content></Page>"]))
    assert content(data) == "".join(f"{line}\n" for line in (*["".join(lines[:2])] * 3, *last))


def test_a_text_on_lines_of_its_own_keeps_its_places() -> None:
    def apart(text: str, x: float, y: float) -> str:
        return ofd.listed(text, x, y).replace(f">{text}<", f">\n            {text}\n        <")

    assert content(ofd.ofd(writer=apart)) == make.TEXT


def test_paths_and_names_of_parts_in_every_way() -> None:
    files = ofd.parts([ofd.page(ofd.lines_of_report())])
    rooted = {name: text.replace('BaseLoc="Pages', 'BaseLoc="/Doc_0/Pages') for name, text in files.items()}
    from_root = {name: text.replace('BaseLoc="Pages', 'BaseLoc="Doc_0/Pages') for name, text in files.items()}
    cases = (
        ofd.written(files, prefix=""),
        ofd.written(rooted, prefix="x:"),
        ofd.written(from_root),
        ofd.written({name.replace("/", "\\"): text for name, text in files.items()}),
        ofd.written({name.replace("/", "\\"): text.replace("Pages/P", "Pages\\P") for name, text in files.items()}),
        ofd.written({name.lower(): text for name, text in files.items()}),
        b"\xef\xbb\xbf" + ofd.written(files),
    )
    for data in cases:
        document = read_bytes(data, "a.ofd")
        assert document.media_type == "application/ofd"
        assert content(data) == make.TEXT


def test_paragraphs_go_on_across_pages_and_what_a_template_repeats_is_furniture() -> None:
    lines = ofd.lines_of_report()
    template = '<Template TemplateID="90" ZOrder="Background"/>'
    pages = [ofd.page(lines[:4], head=template), ofd.page(lines[4:], head=template)]
    head = ofd.page(["双溪镇人民政府文件第9号"], lambda text, x, y: ofd.plain(text, x, 280))
    files = ofd.parts(
        pages,
        '<TemplatePage ID="90" ZOrder="Background" BaseLoc="Tpls/Tpl_0/Content.xml"/>',
        {"Doc_0/Tpls/Tpl_0/Content.xml": head},
    )
    data = ofd.written(files)
    assert content(data) == make.TEXT
    document = read_bytes(data, "a.ofd")
    assert "第9号" in document.text and "running_head" in {span.kind for span in document.furniture}
    alone = ofd.parts(
        [ofd.page([], head=template)],
        '<TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/>',
        {"Doc_0/Tpls/Tpl_0/Content.xml": ofd.page(lines)},
    )
    assert content(ofd.written(alone)) == make.TEXT


def test_the_head_of_one_page_is_furniture() -> None:
    head = ofd.plain("河口镇2019年文件汇编", 130, 9)
    document = read_bytes(ofd.written(ofd.parts([ofd.page(ofd.lines_of_report(), more=head)])), "a.ofd")
    assert [document.text[span.start : span.end] for span in document.furniture] == ["河口镇2019年文件汇编"]


def test_slanted_pale_unseen_and_off_the_paper_is_no_text() -> None:
    def marked(how: str, boundary: str = "20 57 170 7") -> str:
        return (
            f'<TextObject ID="5" Boundary="{boundary}" Size="9" {how}<TextCode X="0" Y="6" DeltaX="g 5 9">'
            "88888888</TextCode></TextObject>"
        )

    for more in (
        marked('CTM="0.7 0.7 -0.7 0.7 0 0">'),
        marked('Alpha="60">'),
        marked('><FillColor Value="200 200 200"/>'),
        marked('><FillColor Value="#C8 #C8 #C8"/>'),
        marked('Visible="false">'),
        marked(">", "20 400 170 7"),
        f'<PageBlock Visible="false">{marked(">")}</PageBlock>',
    ):
        data = ofd.written(ofd.parts([ofd.page(ofd.lines_of_report(), more=more)]))
        assert content(data) == make.TEXT, more


def test_drawings_that_a_page_cites_are_read_and_a_circle_of_them_ends() -> None:
    unit = "".join(ofd.plain(line, 0, 8 * at) for at, line in enumerate(ofd.lines_of_report()))
    circle = '<CompositeObject ID="6" Boundary="25 25 170 250" ResourceID="50"/>'
    resources = (
        '<Res BaseLoc="Res"><CompositeGraphicUnits><CompositeGraphicUnit ID="50" Width="170" Height="250">'
        f"<Content>{unit}{circle.replace('25 25', '900 900')}</Content>"
        "</CompositeGraphicUnit></CompositeGraphicUnits></Res>"
    )
    files = ofd.parts(
        [ofd.page([], more=circle)], "<DocumentRes>DocumentRes.xml</DocumentRes>", {"Doc_0/DocumentRes.xml": resources}
    )
    assert content(ofd.written(files)) == make.TEXT


def test_a_turned_page_and_vertical_text_are_set_upright() -> None:
    def turned(text: str, x: float, y: float) -> str:
        return ofd.plain(text, 0, 0).replace(
            'Boundary="0 0 170 7"', f'Boundary="{200 - y} {x} 7 170" CTM="0 1 -1 0 7 0"'
        )

    assert content(ofd.ofd(writer=turned)) == make.TEXT

    def vertical(text: str, x: float, y: float) -> str:
        return ofd.plain(text, 200 - y, x).replace("DeltaX", 'DeltaX="" DeltaY')

    prose = [line for line in ofd.lines_of_report() if " | " not in line]
    assert content(ofd.written(ofd.parts([ofd.page(prose, vertical, seed=None)]))) == "".join(
        f"{line}\n" for line in make.LINES if " | " not in line
    )


def test_pages_without_characters_say_so() -> None:
    lines = ofd.lines_of_report()
    lost = ofd.written(ofd.parts([ofd.page(lines), ofd.page([], more=ofd.image())]))
    with pytest.raises(ReadError, match=r"needs_ocr: found pictures that are missing.* on page 2 of 2"):
        read_bytes(lost, "a.ofd")
    with pytest.raises(ReadError, match=r"needs_ocr: found characters drawn by number .* page 1 of 1"):
        read_bytes(ofd.ofd(writer=ofd.glyphs_only), "a.ofd")
    some = ofd.written(ofd.parts([ofd.page(lines, more=ofd.glyphs_only("一二三四五六七八九十", 25, 260))]))
    assert code(some) == "needs_ocr"
    assert code(ofd.ofd(writer=ofd.outlines)) == "needs_ocr"
    assert code(ofd.ofd(["□" * 30, "□" * 30])) == "needs_ocr"
    assert code(ofd.ofd(["\ue123\ue124\ue125\ue126" * 5])) == "needs_ocr"
    assert code(ofd.ofd([])) == "empty"
    logo = ofd.written(ofd.parts([ofd.page(lines, more=ofd.image(0.1))]))
    assert content(logo) == make.TEXT


def png(width: int, height: int, shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (width, height), shade).save(stream, "PNG")
    return stream.getvalue()


def test_scanned_pages_wait_for_character_recognition_and_are_read_with_it() -> None:
    lines = ofd.lines_of_report()
    pages = [ofd.page(lines[:4]), ofd.page([], more=ofd.image(1))]
    data = ofd.with_pictures(ofd.parts(pages), {"5": png(1654, 2339, 200)})
    with pytest.raises(ScansWantedError, match="scans without text on page 2 of 2") as wanted:
        read_bytes(data, "a.ofd")
    assert wanted.value.pages == (2,)
    assert Image.open(io.BytesIO(page_picture(data, "a.ofd", 2))).size == (1654, 2339)
    rows = tuple(
        ScannedRow((line,), ((0.99,) * len(line),), 200, 1400, 100 + 60 * at, 140 + 60 * at, 38)
        for at, line in enumerate(["全年举办普法讲座9场。", "调解纠纷318件。"])
    )
    document = read_bytes(data, "a.ofd", {2: ScannedPage(rows, 1654, 2339)})
    assert document.text.startswith(make.TITLE) and "调解纠纷318件。\n" in document.text
    assert document.text_source == "mixed"
    with pytest.raises(ReadError, match="hardly a character"):
        read_bytes(
            ofd.with_pictures(ofd.parts(pages[1:]), {"5": png(9, 9, 0)}), "a.ofd", {1: ScannedPage((), 1654, 2339)}
        )


def test_a_page_scanned_in_strips_is_put_together() -> None:
    strips = ofd.image(1, 0, 100, "5") + ofd.image(1, 100, 100, "6") + ofd.image(1, 200, 97, "7")
    pictures = {name: png(800, 400, shade) for name, shade in (("5", 10), ("6", 120), ("7", 240))}
    data = ofd.with_pictures(ofd.parts([ofd.page([], more=strips)]), pictures)
    image = Image.open(io.BytesIO(page_picture(data, "a.ofd", 1)))
    assert image.size == (1654, 2339)
    assert [image.getpixel((800, y)) for y in (300, 1100, 2000)] == [10, 120, 240]


def test_several_documents_attachments_and_encrypted_files_say_so() -> None:
    files = ofd.parts([ofd.page(ofd.lines_of_report())])
    second = {name.replace("Doc_0", "Doc_1"): text for name, text in files.items() if name != "OFD.xml"}
    both = files["OFD.xml"].replace("</DocBody>", "</DocBody><DocBody><DocRoot>Doc_1/Document.xml</DocRoot></DocBody>")
    assert code(ofd.written({**files, **second, "OFD.xml": both})) == "several"
    second["Doc_1/Pages/Page_0/Content.xml"] = ofd.page([])
    assert content(ofd.written({**files, **second, "OFD.xml": both})) == make.TEXT
    bare = ofd.parts([ofd.page([])])
    bare["Doc_0/Document.xml"] = bare["Doc_0/Document.xml"].replace(
        "</Document>", "<Attachments>Attachments.xml</Attachments></Document>"
    )
    bare["Doc_0/Attachments.xml"] = (
        '<Attachments ID="1"><Attachment ID="2" Name="报告.docx"><FileLoc>a.docx</FileLoc></Attachment></Attachments>'
    )
    with pytest.raises(ReadError, match=r"attachment: .*报告\.docx"):
        read_bytes(ofd.written(bare), "a.ofd")
    assert code(make.packed({"OFD.xml": b"\x8d\x01\x99", "Encryptions.xml": b"<a/>"})) == "encrypted"
    assert code(make.packed({"Encryptions.xml": b"<a/>", "1.dat": b"\x00"})) == "encrypted"
    locked = bytearray(ofd.ofd())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert code(bytes(locked)) == "encrypted"


def test_damage_and_bombs_are_refused() -> None:
    files = ofd.parts([ofd.page(ofd.lines_of_report())])
    assert code(ofd.written({name: text for name, text in files.items() if "Content" not in name})) == "broken"
    assert code(ofd.written({"OFD.xml": "<OFD/>"})) == "broken"
    assert code(make.packed({"OFD.xml": b"<OFD>"})) == "broken"
    assert code(ofd.ofd()[:-30]) == "broken"
    blank = " " * 31_000_000
    bomb = {**files, "Doc_0/Pages/Page_0/Content.xml": f"<Page>{blank}</Page>"}
    assert code(ofd.written(bomb)) == "bomb"
    far = ofd.page(
        [],
        more='<TextObject Boundary="0 0 9 9" Size="4">'
        '<TextCode X="1" Y="1" DeltaX="g 999999999999 1">甲乙</TextCode></TextObject>',
    )
    assert content(ofd.written(ofd.parts([far]))) == "甲乙\n"
    pages = ofd.parts([ofd.page(["甲"])])
    many = "".join('<Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>' for _ in range(1001))
    pages["Doc_0/Document.xml"] = f"<Document><Pages>{many}</Pages></Document>"
    assert code(ofd.written(pages)) == "too_large"


MILLIMETRE = 72 / 25.4
PAPER = (0.0, 0.0, 210.0, 297.0)


def drawn(objects: str, paper: tuple[float, ...] = PAPER, **units: str) -> Drawn:
    """What a page of these objects draws; `units` are drawings and styles that it may cite."""
    cited = {name.removeprefix("r"): etree.fromstring(text) for name, text in units.items()}
    return drawn_in(etree.fromstring(f"<Page><Content><Layer>{objects}</Layer></Content></Page>"), paper, cited)


def text(inside: str, how: str = "", boundary: str = "20 30 100 10") -> str:
    return f'<TextObject Boundary="{boundary}" Size="5" {how}>{inside}</TextObject>'


def places(objects: str, **units: str) -> list[tuple[str, float, float]]:
    """Each character with its left and its base line, in millimetres from the upper left of the paper."""
    return [
        (
            glyph.char.text,
            round(glyph.char.left / MILLIMETRE, 2),
            round(-(glyph.char.bottom + 0.12 * glyph.size) / MILLIMETRE, 2),
        )
        for glyph in drawn(objects, **units).glyphs
    ]


def test_a_character_has_its_place_its_size_and_its_width() -> None:
    (one, two) = drawn(text('<TextCode X="1" Y="4" DeltaX="5">法a</TextCode>')).glyphs
    assert (one.angle, one.is_pale, one.char.text) == (0, False, "法")
    assert one.size == pytest.approx(5 * MILLIMETRE)
    assert one.char.left == pytest.approx(21 * MILLIMETRE)
    assert one.char.right - one.char.left == pytest.approx(5 * MILLIMETRE) == one.width
    assert one.char.bottom == pytest.approx((-34 - 0.6) * MILLIMETRE)
    assert one.char.top == pytest.approx((-34 + 4.4) * MILLIMETRE)
    assert two.char.left == pytest.approx(26 * MILLIMETRE)
    assert two.char.right - two.char.left == pytest.approx(2.5 * MILLIMETRE)


@pytest.mark.parametrize(
    ("steps", "lefts"),
    [
        ('DeltaX="5 6 7"', [20, 25, 31, 38]),
        ('DeltaX="g 2 5 7"', [20, 25, 30, 37]),
        ('DeltaX="g 9 5"', [20, 25, 30, 35]),
        ('DeltaX="5"', [20, 25, 30, 35]),
        ('DeltaX="5 6 7 8 9"', [20, 25, 31, 38]),
        ("", [20, 25, 30, 32.5]),
        ('X="3" DeltaX="5 x 6"', [23, 28, 34, 40]),
    ],
)
def test_steps_give_the_places_of_the_next_characters(steps: str, lefts: list[float]) -> None:
    found = places(text(f'<TextCode Y="4" {steps}>法治a讲</TextCode>'))
    assert [left for _, left, _ in found] == lefts
    assert {base for _, _, base in found} == {34}


def test_steps_may_go_down_and_a_later_code_goes_on_from_the_place_before() -> None:
    down = places(text('<TextCode X="2" Y="4" DeltaY="5 6">法治讲</TextCode>'))
    assert down == [("法", 22, 34), ("治", 22, 39), ("讲", 22, 45)]
    assert places(text('<TextCode X="2" Y="4">法治</TextCode>', 'ReadDirection="90"')) == [
        ("法", 22, 34),
        ("治", 22, 39),
    ]
    codes = '<TextCode X="2" Y="4">法</TextCode><TextCode Y="12">治</TextCode><TextCode X="9">讲</TextCode>'
    assert places(text(codes)) == [("法", 22, 34), ("治", 22, 42), ("讲", 29, 42)]
    assert places(text("<TextCode>法</TextCode><TextCode X='1' Y='1'></TextCode>")) == [("法", 20, 30)]


def test_a_matrix_turns_and_stretches_what_lies_in_an_object() -> None:
    stretched = 'CTM="2 0 0 3 4 5"'
    assert places(text('<TextCode X="1" Y="2" DeltaX="5">法治</TextCode>', stretched)) == [
        ("法", 26, 41),
        ("治", 36, 41),
    ]
    (glyph,) = drawn(text('<TextCode X="1" Y="2">法</TextCode>', stretched, "20 30 5 10")).glyphs
    assert glyph.size == pytest.approx(15 * MILLIMETRE)
    assert glyph.width == pytest.approx(10 * MILLIMETRE)
    (narrow,) = drawn(text('<TextCode X="1" Y="2">法</TextCode>', 'HScale="0.5"', "20 30 1 1")).glyphs
    assert narrow.width == pytest.approx(2.5 * MILLIMETRE)
    for matrix, angle in (
        ("0 1 -1 0 9 9", 270),
        ("0 -1 1 0 9 9", 90),
        ("-1 0 0 -1 9 9", 180),
        ("1 0.1 -0.1 1 0 0", 354),
    ):
        (turned,) = drawn(text("<TextCode>法</TextCode>", f'CTM="{matrix}"')).glyphs
        assert turned.angle == angle
        assert (turned.char.left == turned.char.right) is (angle != 354)
    (turned,) = drawn(text("<TextCode>法</TextCode>", 'CharDirection="90"')).glyphs
    assert turned.angle == 270


@pytest.mark.parametrize(("step", "width"), [(2.4, 2.5), (4, 4), (6.4, 6.4), (6.6, 2.5)])
def test_a_figure_is_as_wide_as_its_step_unless_a_gap_follows(step: float, width: float) -> None:
    first, last = drawn(text(f'<TextCode Y="4" DeltaX="{step}">12</TextCode>')).glyphs
    assert first.width == pytest.approx(width * MILLIMETRE)
    assert last.width == pytest.approx(2.5 * MILLIMETRE)
    (alone,) = drawn(text('<TextCode Y="4">1</TextCode>', boundary=f"20 30 {step} 9")).glyphs
    assert alone.width == pytest.approx(width * MILLIMETRE)


@pytest.mark.parametrize(
    ("how", "inside", "pale"),
    [
        *(("", '<FillColor Value="200 210 220"/>', True), ("", '<FillColor Value="100 210 220"/>', False)),
        *(("", '<FillColor Value="#C8 #C8 #C8"/>', True), ("", '<FillColor Value="0 0 0 60"/>', True)),
        *(("", '<FillColor Value="0 0 0 100"/>', False), ("", '<FillColor Value="20 10 60 10"/>', True)),
        *(("", '<FillColor Value="0 0 0" Alpha="150"/>', True), ("", '<FillColor Value="0 0 0" Alpha="151"/>', False)),
        *(('Alpha="60"', "", True), ('Alpha="255"', "", False), ('Alpha="x"', "", False)),
        *(('DrawParam="9"', "", True), ('DrawParam="9"', '<FillColor Value="0 0 0"/>', False), ("", "", False)),
        *(('Alpha="255"', '<FillColor Value="0 0 0" Alpha="60"/>', True), ('DrawParam="8"', "", False)),
    ],
)
def test_pale_colours_are_those_of_watermarks(how: str, inside: str, pale: bool) -> None:
    style = '<DrawParam><FillColor Value="200 200 200"/></DrawParam>'
    (glyph,) = drawn(text(f"{inside}<TextCode>法</TextCode>", how), r9=style, r8="<DrawParam/>").glyphs
    assert glyph.is_pale is pale


@pytest.mark.parametrize(("apart", "many"), [(0.2, 1), (0.9, 1), (2.5, 2)])
def test_a_character_that_is_drawn_twice_at_one_place_is_one(apart: float, many: int) -> None:
    twice = text('<TextCode Y="4">法</TextCode>') + text(
        '<TextCode Y="4">法</TextCode>', boundary=f"{20 + apart} 30 9 9"
    )
    assert len(drawn(twice).glyphs) == many
    below = text('<TextCode Y="4">法</TextCode>') + text(
        '<TextCode Y="4">法</TextCode>', boundary=f"20 {30 - apart} 9 9"
    )
    assert len(drawn(below).glyphs) == many
    assert len(drawn(twice.replace("法", "治", 1)).glyphs) == 2


@pytest.mark.parametrize(("boundary", "is_on"), [("-3 30 9 9", True), ("-4 30 9 9", False), ("208 30 9 9", True)])
def test_a_character_off_the_paper_is_none(boundary: str, is_on: bool) -> None:
    assert len(drawn(text('<TextCode Y="4">法</TextCode>', boundary=boundary)).glyphs) == is_on
    turned = text("<TextCode>法</TextCode>", 'CTM="0 1 -1 0 0 0"', " ".join([*boundary.split()[1::-1], "9", "9"]))
    assert len(drawn(turned, (0, 0, 297, 210)).glyphs) == (boundary != "-4 30 9 9" and boundary != "-3 30 9 9")


def test_drawings_lie_in_what_cites_them() -> None:
    inner = text('<TextCode Y="4">法</TextCode>', boundary="1 2 9 9")
    unit = f"<Unit><Content>{inner}</Content></Unit>"
    cited = '<CompositeObject Boundary="20 30 9 9" CTM="2 0 0 2 0 0" ResourceID="50"/>'
    assert places(cited, r50=unit) == [("法", 22, 42)]
    assert places(cited) == []
    assert places(cited.replace("/>", ' Visible="0"/>'), r50=unit) == []
    assert places(f"<PageBlock>{cited}</PageBlock><Other>{cited}</Other>", r50=unit) == [("法", 22, 42)]


def test_pictures_and_paths_are_counted_where_they_lie_on_the_paper() -> None:
    picture = '<ImageObject Boundary="-10 20 60 300" ResourceID="7"/>'
    found = drawn(f'{picture}<PathObject Fill="true"/><PathObject Fill="false"/><PathObject/>')
    assert found.pictures == (("7", (0, 20, 50, 277)),)
    assert (found.outlines, found.nameless, found.glyphs) == (1, 0, ())
    turned = '<ImageObject Boundary="10 20 30 40" CTM="1 0 0 1 5 5" ResourceID="7"/>'
    assert drawn(turned).pictures == (("7", (10, 20, 30, 40)),)
    assert drawn('<ImageObject Boundary="300 20 30 40"/>').pictures == (("", (300, 20, 0, 40)),)
    assert drawn('<ImageObject Boundary="10 20 30 40"/>', (5, 5, 20, 20)).pictures[0][1] == (10, 20, 15, 5)


def test_glyphs_without_characters_are_counted() -> None:
    numbers = "<CGTransform><Glyphs>101 102 103</Glyphs></CGTransform>"
    assert drawn(text(numbers)).nameless == 3
    assert drawn(text(numbers) + text(f"{numbers}<TextCode> </TextCode>")).nameless == 6
    assert drawn(text(f"{numbers}<TextCode>法</TextCode>")).nameless == 0


def test_what_a_template_draws_stands_below_the_page() -> None:
    page = drawn(text("<TextCode>法</TextCode>") + '<PathObject Fill="true"/><ImageObject ResourceID="1"/>')
    below = drawn(text("<TextCode>治</TextCode>") + '<PathObject Fill="true"/><ImageObject ResourceID="2"/>')
    whole = page.with_more(below)
    assert [glyph.char.text for glyph in whole.glyphs] == ["治", "法"]
    assert [name for name, _ in whole.pictures] == ["2", "1"]
    assert (whole.outlines, whole.nameless) == (2, 0)


@pytest.mark.parametrize(
    ("boundary", "is_on"),
    [
        *(("-3.4 30 9 9", True), ("-3.6 30 9 9", False), ("208.4 30 9 9", True), ("208.6 30 9 9", False)),
        *(("20 -3 9 9", True), ("20 -3.2 9 9", False), ("20 295.8 9 9", True), ("20 296 9 9", False)),
    ],
)
def test_the_middle_of_a_character_lies_a_millimetre_off_the_paper_at_most(boundary: str, is_on: bool) -> None:
    """The middle of a character of 5 mm is 2.5 mm right of its place, and 1.9 mm above its base line."""
    assert len(drawn(text('<TextCode Y="4">法</TextCode>', boundary=boundary)).glyphs) == is_on


@pytest.mark.parametrize(("height", "is_whole"), [(237, False), (238.5, True)])
def test_a_picture_of_four_fifths_of_what_pictures_cover_is_the_page(height: float, is_whole: bool) -> None:
    strips = ofd.image(1, 0, height, "5") + ofd.image(1, height, 297 - height, "6")
    pages = ofd.parts([ofd.page([], more=strips)])
    data = ofd.with_pictures(pages, {"5": png(80, 40, 10), "6": png(80, 20, 120)})
    with Image.open(io.BytesIO(ofd_format.picture(data, 1))) as image:
        assert image.size == ((80, 40) if is_whole else (1654, 2339))


def test_an_attached_file_without_a_name_has_that_of_its_place() -> None:
    files = ofd.parts([ofd.page([])])
    files["Doc_0/Document.xml"] = files["Doc_0/Document.xml"].replace(
        "</Document>", "<Attachments>Attachments.xml</Attachments></Document>"
    )
    files["Doc_0/Attachments.xml"] = (
        '<Attachments><Attachment Name="报告.docx"><FileLoc>a.docx</FileLoc></Attachment>'
        "<Attachment><FileLoc> Res/表.xlsx </FileLoc></Attachment><Attachment/></Attachments>"
    )
    package = OfdPackage(ofd.written(files))
    assert package.attached(package.documents()[0]) == ["报告.docx", "表.xlsx", "without a name"]
