"""OFD: text by its place on the page, whoever wrote the file, and a reason where there is none."""

import io

import document_fixtures as make
import ofd_fixture as ofd
import pytest
from PIL import Image
from test_read_formats import content

from pipelines.read.document import ReadError, ScansWantedError
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
