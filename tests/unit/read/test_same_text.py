"""What of a file counts when it is held against another version of it."""

import ofd_fixture as ofd
import pytest

from pipelines.read.same_text import text_to_compare


def page(*lines: str) -> bytes:
    inner = "".join(f"<p>{line}</p>" for line in lines)
    return f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{inner}</body></html>".encode()


REPORT = ("石浦镇2023年法治政府建设年度报告", *(f"全镇组织干部学法{n}场,开展普法宣传{n + 1}场次。" for n in range(14)))


@pytest.mark.parametrize(
    "line",
    ["阅读量 {}", "点击:{}次", "本页已被访问 {} 次", "您是第{}位访问者", "今天是2026年11月{}日 星期四", "现在是10:{}"],
)
@pytest.mark.parametrize("at", [1, len(REPORT)])
def test_counters_and_clocks_at_the_ends_do_not_count(line: str, at: int) -> None:
    first, later = (page(*REPORT[:at], line.format(n), *REPORT[at:]) for n in (12, 27))
    assert text_to_compare(first) == text_to_compare(later) is not None


@pytest.mark.parametrize(
    "line",
    ["全年访问群众 {} 户", "网站访问量达{}人次", "公众号阅读量{}万次", "法律援助访客{}人", "11月{}日", "访问:{}户"],
)
def test_a_line_of_a_report_counts(line: str) -> None:
    first, later = (page(*REPORT[:1], line.format(n), *REPORT[1:]) for n in (12, 27))
    assert text_to_compare(first) != text_to_compare(later)


def test_in_the_midst_of_a_text_every_line_counts() -> None:
    first, later = (page(*REPORT[:8], f"阅读量 {n}", *REPORT[8:]) for n in (12, 27))
    assert text_to_compare(first) != text_to_compare(later)


def test_a_field_counts() -> None:
    first, later = (page(f"发布机构:{name} 发布日期:2024-01-31", *REPORT) for name in ("石浦镇", "石浦镇人民政府"))
    assert text_to_compare(first) != text_to_compare(later)


@pytest.mark.parametrize("data", [b"\0\1\2", b"%PDF-1.4", b"PK\x03\x04"])
def test_what_cannot_be_read_has_no_text_to_compare(data: bytes) -> None:
    assert text_to_compare(data) is None


def test_a_page_without_a_text_counts_by_its_reason() -> None:
    first, later = (page(REPORT[0], f"浏览次数:{n}", "<a href=/a.pdf>附件.pdf</a>") for n in (1, 2))
    assert text_to_compare(first) == text_to_compare(later) is not None
    assert text_to_compare(page(REPORT[0], "<a href=/b.pdf>另一附件.pdf</a>")) != text_to_compare(first)


def with_table(picture: bytes) -> bytes:
    """A file with a text and, below it, a picture that may be a table of figures."""
    pages = [ofd.page(ofd.lines_of_report()[:4], more=ofd.image(0.5, 150, 80))]
    return ofd.with_pictures(ofd.parts(pages), {"5": picture})


@pytest.mark.parametrize(
    "data",
    [ofd.ofd(["全年培训12场"], ofd.outlines), ofd.ofd(["全年培训12场"], ofd.glyphs_only), with_table(b"\x89PNG 12")],
    ids=["outlines", "glyphs", "picture beside a text"],
)
def test_a_file_in_which_a_figure_may_stand_that_cannot_be_read_is_compared_by_its_bytes(data: bytes) -> None:
    assert text_to_compare(data) is None


def test_a_file_whose_text_is_all_there_is_is_compared_by_it() -> None:
    first, later = ofd.lines_of_report(), [*ofd.lines_of_report(), "全年培训12场次。"]
    assert text_to_compare(ofd.ofd(first)) == text_to_compare(ofd.written(ofd.parts([ofd.page(first)]), ""))
    assert text_to_compare(ofd.ofd(first)) != text_to_compare(ofd.ofd(later))
