"""Scanned pages wait, are read once within a limit, and stay known; facts know their page and how sure it is."""

import base64
import io
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import document_fixtures as make
import docx as word
import polars as pl
import pytest
from make_scanned_page import PAGE
from PIL import Image

from pipelines.build.buckets import scan
from pipelines.build.progress import listening
from pipelines.codebook.load import load_codebook
from pipelines.read.document import ReadError
from pipelines.read.scans.scanned_page import UNSURE, ScannedPage, ScannedRow
from pipelines.reasons import ReasonCode
from pipelines.settings import Settings
from pipelines.stage import documents, scan_queue
from pipelines.stage.documents import DOCUMENTS
from pipelines.stage.one_file import examine
from pipelines.stage.raw_inventory import read_files, refresh_files
from pipelines.stage.scan_queue import ScanCounts, read_documents
from pipelines.warehouse.from_raw import build_from_raw

LINES = (
    "池店镇2023年法治政府建设工作报告",
    "全年开展法治培训12场次，参训人员1350人次，排查矛盾纠纷318",
    "件，调解成功311件。",
    "晋江市池店镇人民政府",
    "2024年1月15日",
)


def page_of(lines: Sequence[str] = LINES, unsure: str = "") -> ScannedPage:
    """A page of 900 x 1200 pixels with these lines of 20 pixels a character; the characters `unsure` are."""
    rows = []
    for at, line in enumerate(lines):
        sure = tuple(0.6 if character in unsure else 0.999 for character in line)
        place = (100, 100 + 20 * len(line), 100 + 40 * at, 120 + 40 * at)
        rows.append(ScannedRow((line,), (sure,), *place, 20))
    return ScannedPage(tuple(rows), 900, 1200)


class Recogniser:
    """Counts the pictures that it is asked to read, and gives each the same page."""

    def __init__(self, page: ScannedPage | ReadError | None = None) -> None:
        self.asked = 0
        self.page = page_of() if page is None else page

    def __call__(self, picture: bytes) -> ScannedPage:
        self.asked += 1
        assert picture.startswith(b"\x89PNG")
        if isinstance(self.page, ReadError):
            raise self.page
        return self.page


def picture(shade: int = 255, form: str = "PNG", pages: int = 1) -> bytes:
    """A picture file of empty pages; each shade gives other pages."""
    images = [Image.new("L", (400, 600), shade - page) for page in range(pages)]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if pages > 1 else {}
    images[0].save(file, form, **more)
    return file.getvalue()


def docx_of(*pictures: bytes) -> bytes:
    document = word.Document()
    document.add_paragraph("池店镇2023年法治政府建设工作报告")
    for content in pictures:
        document.add_picture(io.BytesIO(content))
    return make.saved(document)


def html_of(*pictures: bytes) -> bytes:
    shown = "".join(f"<img src='data:image/png;base64,{base64.b64encode(content).decode()}'>" for content in pictures)
    return f"<!DOCTYPE html><html><body><h1>池店镇2023年法治政府建设工作报告</h1>{shown}</body></html>".encode()


def noisy(seed: int) -> bytes:
    """A picture that does not pack small, so that a page does not take it for an icon."""
    file = io.BytesIO()
    Image.effect_noise((400, 600), 40 + seed).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def setting(tmp_path: Path) -> Callable[..., Settings]:
    (tmp_path / "raw").mkdir()

    def make_settings(pages: int = 2000) -> Settings:
        env = {"FAZHI_PROCESSES": "1", "FAZHI_OCR_PAGES": str(pages)}
        return Settings.load(tmp_path / "raw", tmp_path / "wh", env)

    return make_settings


def read(settings: Settings, recogniser: Recogniser | None = None) -> tuple[ScanCounts, dict[str, dict[str, object]]]:
    refresh_files(settings)
    counts, scans = read_documents(read_files(settings), settings, recogniser)
    assert counts.errors == ()
    rows = scan(settings.stage_dir, DOCUMENTS).collect().iter_rows(named=True)
    return scans, {row["raw_path"]: row for row in rows}


FILES = {
    "page.bmp": lambda: picture(form="BMP"),
    "page.gif": lambda: picture(form="GIF"),
    "page.jpg": lambda: picture(form="JPEG"),
    "page.png": picture,
    "page.webp": lambda: picture(form="WEBP"),
    "scan.pdf": lambda: make.pdf([[]], numbers=False, picture=True),
    "pictures.docx": lambda: docx_of(picture()),
    "pictures.html": lambda: html_of(noisy(1)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_scan_of_each_format_is_read(setting: Callable[..., Settings], name: str) -> None:
    settings = setting()
    (settings.raw_dir / name).write_bytes(FILES[name]())
    scans, found = read(settings, Recogniser())
    row = found[name]
    assert scans == ScanCounts(1, 0) and row["read_status"] == "ok"
    assert "排查矛盾纠纷318件，调解成功311件。" in row["text"]
    assert row["text_source"] == ("mixed" if name.startswith("pictures") else "ocr")
    assert [(span["page"], span["is_scanned"]) for span in row["pages"]] == [(1, True)]
    text = row["text"]
    shown = "".join(text[numeral["at"]] for numeral in row["numerals"])
    assert shown == "202312135031831120241" + "15"
    span = row["pages"][0]
    assert text[span["start"] : span["end"]].startswith("池店镇") and text[: span["end"]].endswith("15日")


def test_pages_of_one_file_go_on_in_each_other(setting: Callable[..., Settings]) -> None:
    settings = setting()
    (settings.raw_dir / "a.tif").write_bytes(picture(form="TIFF", pages=3))
    (settings.raw_dir / "b.docx").write_bytes(docx_of(picture(200), picture(190)))
    scans, found = read(settings, Recogniser())
    assert scans == ScanCounts(5, 0)
    assert [span["page"] for span in found["a.tif"]["pages"]] == [1, 2, 3]
    assert [span["page"] for span in found["b.docx"]["pages"]] == [1, 2]


def test_a_page_among_pages_of_text_is_read_and_the_text_stays(setting: Callable[..., Settings]) -> None:
    settings = setting()
    lines = [["　　全年开展普法宣传活动9场次，发放宣传资料1200份。"], []]
    data = make.pdf(lines, picture=True, numbers=False)
    (settings.raw_dir / "a.pdf").write_bytes(data)
    scans, found = read(settings, Recogniser())
    row = found["a.pdf"]
    assert scans.read == 1 and row["text_source"] == "mixed"
    assert [(span["page"], span["is_scanned"]) for span in row["pages"]] == [(1, False), (2, True)]
    assert row["text"].index("9场次") < row["text"].index("12场次")


def test_no_page_is_read_twice(setting: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = setting()
    (settings.raw_dir / "a.png").write_bytes(picture())
    (settings.raw_dir / "b.docx").write_bytes(docx_of(picture()))
    recogniser = Recogniser()
    scans, before = read(settings, recogniser)
    assert recogniser.asked == 1 and scans == ScanCounts(2, 0)  # the same picture in two files
    assert read(settings, Recogniser(ReadError(ReasonCode.CRASHED, "asked again")))[1] == before
    monkeypatch.setattr(documents, "READER_VERSION", "another")
    scans, after = read(settings, Recogniser(ReadError(ReasonCode.CRASHED, "asked again")))
    assert scans == ScanCounts(0, 0)
    assert [row["text"] for row in after.values()] == [row["text"] for row in before.values()]


def test_a_run_reads_so_many_pages_and_the_next_goes_on(setting: Callable[..., Settings]) -> None:
    settings = setting(pages=2)
    (settings.raw_dir / "a.tif").write_bytes(picture(form="TIFF", pages=3))
    (settings.raw_dir / "b.png").write_bytes(picture(100))
    seen: list[tuple[str, int, int]] = []
    with listening(lambda *progress: seen.append(progress)):
        scans, found = read(settings, Recogniser())
    assert scans == ScanCounts(2, 2)
    assert [progress for progress in seen if progress[0] == "scans"][-1] == ("scans", 2, 2)
    assert {row["reason_code"] for row in found.values()} == {"needs_ocr"}
    assert found["a.tif"]["pages_waiting"] == [3] and "page 3 to be read" in found["a.tif"]["reason"]
    rows = waiting(settings)
    assert rows == [("a.tif", "needs_ocr", 1, 1), ("b.png", "needs_ocr", 1, 2)]
    scans, found = read(settings, Recogniser())
    assert scans == ScanCounts(2, 0)
    assert {row["read_status"] for row in found.values()} == {"ok"}
    assert read(setting(pages=0), Recogniser())[0] == ScanCounts(0, 0)


def test_no_page_is_read_where_the_limit_is_nought(setting: Callable[..., Settings]) -> None:
    settings = setting(pages=0)
    (settings.raw_dir / "a.png").write_bytes(picture())
    assert read(settings, Recogniser())[0] == ScanCounts(0, 1)


def waiting(settings: Settings) -> list[tuple[object, ...]]:
    paths = build_from_raw(setting_without_pages(settings), ["dim_report"])["dim_report"].paths
    report = pl.concat([pl.read_parquet(path) for path in paths]).sort("raw_path")
    return report.select("raw_path", "reason_code", "n_pages_waiting", "place_in_queue").rows()


def setting_without_pages(settings: Settings) -> Settings:
    env = {"FAZHI_PROCESSES": "1", "FAZHI_OCR_PAGES": "0"}
    return Settings.load(settings.raw_dir, settings.warehouse_dir, env)


def test_a_page_that_fails_is_a_reason_and_is_not_tried_again(setting: Callable[..., Settings]) -> None:
    settings = setting()
    (settings.raw_dir / "a.png").write_bytes(picture())
    scans, found = read(settings, Recogniser(ReadError(ReasonCode.TOO_SLOW, "found a page that is not read")))
    assert scans == ScanCounts(1, 0)
    assert found["a.png"]["reason_code"] == "needs_ocr" and "too_slow" in found["a.png"]["reason"]
    assert read(settings, Recogniser())[1]["a.png"]["reason"] == found["a.png"]["reason"]


@pytest.mark.parametrize("name", ["a.png", "b.docx", "c.html", "d.pdf"])
def test_a_page_on_which_nothing_can_be_read_is_no_report(setting: Callable[..., Settings], name: str) -> None:
    settings = setting()
    content = {"a.png": picture(), "b.docx": docx_of(picture()), "c.html": html_of(noisy(2))}
    (settings.raw_dir / name).write_bytes(content.get(name) or make.pdf([[]], numbers=False, picture=True))
    found = read(settings, Recogniser(ScannedPage((), 400, 600)))[1]
    assert found[name]["reason_code"] == "needs_ocr" and found[name]["pages_waiting"] == []


def test_a_damaged_picture_is_a_reason(setting: Callable[..., Settings]) -> None:
    settings = setting()
    (settings.raw_dir / "a.png").write_bytes(picture()[:60])
    (settings.raw_dir / "b.html").write_bytes(html_of(b"\x89PNG" + bytes(4000)))
    found = read(settings, Recogniser())[1]
    assert [found[name]["reason_code"] for name in ("a.png", "b.html")] == ["needs_ocr", "needs_ocr"]
    assert "broken" in found["a.png"]["reason"] and "broken" in found["b.html"]["reason"]


def test_logos_are_no_pages(setting: Callable[..., Settings]) -> None:
    settings = setting()
    file = io.BytesIO()
    Image.new("L", (120, 60)).save(file, "PNG")
    (settings.raw_dir / "logo.png").write_bytes(file.getvalue())
    scans, found = read(settings, Recogniser())
    assert scans == ScanCounts() and found["logo.png"]["reason_code"] == "unsupported"


def test_without_the_extra_scans_wait(
    setting: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scan_queue, "is_installed", lambda: False)
    settings = setting()
    (settings.raw_dir / "a.png").write_bytes(picture())
    with caplog.at_level(logging.WARNING):
        scans, found = read(settings)
    assert scans == ScanCounts(0, 1) and found["a.png"]["reason_code"] == "needs_ocr"
    assert "fazhi[ocr]" in caplog.text


def test_a_damaged_cache_is_set_aside(setting: Callable[..., Settings], caplog: pytest.LogCaptureFixture) -> None:
    settings = setting()
    (settings.raw_dir / "a.png").write_bytes(picture())
    read(settings, Recogniser())
    settings.scanned_pages_path.write_bytes(b"no database, but long enough to be one" * 100)
    scans, found = read(settings, Recogniser())
    assert scans.read == 1 and found["a.png"]["read_status"] == "ok"
    assert list(settings.warehouse_dir.glob("scanned_pages.sqlite.damaged-*")) and "read anew" in caplog.text


def test_facts_know_their_page_and_how_sure_their_digits_are(setting: Callable[..., Settings]) -> None:
    settings = setting()
    (settings.raw_dir / "a.png").write_bytes(picture())
    (settings.raw_dir / "b.txt").write_text(
        "\n".join(LINES).replace("池店", "安海").replace("\n件", "件"), encoding="utf-8"
    )
    read(settings, Recogniser(page_of(unsure="8")))
    tables = build_from_raw(settings, ["review_queue"])
    report, fact, queue = (
        pl.concat([pl.read_parquet(path) for path in tables[name].paths])
        for name in ("dim_report", "fact_indicator", "review_queue")
    )
    assert dict(report.select("raw_path", "text_source").iter_rows()) == {"a.png": "ocr", "b.txt": "text"}
    scanned = fact.join(report.select("report_id", "raw_path"), on="report_id").sort("raw_path", "number_start")
    sure = load_codebook().confidence["clause"]
    assert scanned.select("raw_path", "value", "page", "is_ocr", "digit_confidence", "confidence").rows() == [
        *(("a.png", value, 1, True, 0.999, sure) for value in (12.0, 1350.0)),
        ("a.png", 318.0, 1, True, 0.6, 0.6),
        ("a.png", 311.0, 1, True, 0.999, sure),
        *(("b.txt", value, None, False, None, sure) for value in (12.0, 1350.0, 318.0, 311.0)),
    ]
    asked = queue.filter(pl.col("kind") == "unsure_digits")
    assert asked["evidence"].to_list() == ["排查矛盾纠纷318件"] and "page 1 of the scan; 318" in asked["expected"][0]
    assert queue.filter(pl.col("kind") == "low_confidence").is_empty()


def test_a_number_that_goes_on_in_the_next_line_is_unsure(setting: Callable[..., Settings]) -> None:
    settings = setting()
    lines = [
        LINES[0],
        "全年开展法治培训12场次，参训人员350人次，发放宣传资料1",
        "200份，排查矛盾纠纷318件。",
        *LINES[3:],
    ]
    (settings.raw_dir / "a.png").write_bytes(picture())
    read(settings, Recogniser(page_of(lines)))
    tables = build_from_raw(settings, ["fact_indicator"])["fact_indicator"].paths
    fact = pl.concat([pl.read_parquet(path) for path in tables]).sort("number_start")
    sure = fact.select("value", pl.col("digit_confidence") < UNSURE).rows()
    assert sure == [(12.0, False), (350.0, False), (1200.0, True), (318.0, False)]


def test_an_unsure_year_in_the_title_is_asked_about(setting: Callable[..., Settings]) -> None:
    settings = setting()
    for name, unsure in (("a.png", "3"), ("b.png", "8")):
        (settings.raw_dir / name).write_bytes(picture(ord(name[0])))
        read(settings, Recogniser(page_of(unsure=unsure)))
    queue = pl.concat(
        [pl.read_parquet(path) for path in build_from_raw(settings, ["review_queue"])["review_queue"].paths]
    )
    titles = queue.filter(pl.col("expected").str.contains("year in the title of the scan; 2023 was read"))
    assert titles.select("kind", "evidence").rows() == [("unsure_digits", LINES[0])]


def test_the_threshold_of_the_tables_is_that_of_the_reader() -> None:
    macro = (Settings.load().sql_dir / "macros" / "scan.sql").read_text(encoding="utf-8")
    assert f"digit_confidence < {UNSURE}" in macro


def test_a_page_is_read_by_the_recogniser_itself(setting: Callable[..., Settings]) -> None:
    settings = setting()
    (settings.raw_dir / "柳林镇.png").write_bytes(PAGE.read_bytes())
    seen: list[tuple[str, int, int]] = []
    with listening(lambda *progress: seen.append(progress)):
        scans, found = read(settings)
    assert ("scans", 1, 1) in seen
    assert scans == ScanCounts(1, 0)
    row = found["柳林镇.png"]
    assert "发放宣传资料12" in row["text"] and "行政检查 | 418 | 530" in row["text"]
    alone = examine(settings.raw_dir / "柳林镇.png", None, settings)
    assert {fact["value"] for fact in alone.facts} >= {12840.0, 107.0, 98.6, 25.0}


def test_processes_that_read_pages_end_after_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    class Ending:
        def __init__(self, memory: int, environment: object) -> None:
            self.memory = memory

        def run(self, *_arguments: object, **_options: object) -> ScannedPage:
            raise RuntimeError("no page")

        def stop(self) -> None:
            ended.append(self.memory)

    monkeypatch.setattr(scan_queue, "HelperProcess", Ending)
    monkeypatch.setattr(scan_queue, "is_installed", lambda: True)
    with pytest.raises(RuntimeError, match="no page"):
        scan_queue.read_with_scans(picture(), "柳林镇.png", 5)
    assert ended == [scan_queue.MEMORY]
