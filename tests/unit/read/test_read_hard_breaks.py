"""Lines cut at one width are joined; headings, items, signatures and table rows are not, and other texts stay."""

import unicodedata

import document_fixtures as make
import pytest

from pipelines.read.hard_breaks import join_cut_lines, paragraphs_of
from pipelines.read.reader import read_bytes

WHOLE = [
    "双溪县河口镇人民政府2023年度法治政府建设工作情况的报告及下一步打算",
    "2023年，河口镇坚持把依法办事贯穿各项工作，健全制度、压实责任、强化监督，各项任务有序推进。现将有关情况报告如下：",
    "一、主要做法",
    "（一）组织学习。全年召开党委会议专题学习法治26次，开展法治培训12场次，参训人员1350人次，覆盖全部村居和站所。",
    "（二）化解纠纷。全年排查矛盾纠纷318件，调解成功311件，调解成功率97.8%。受理信访事项465件，办结459件，群众满意。",
    "（三）规范执法。开展执法检查512次，制作执法文书204份，罚没款43.6万元，没有一起行政复议和行政诉讼案件被纠错。",
    "二、下一步打算",
    "下一年，我镇将继续推进法治政府建设，持续提升依法行政水平，加强执法队伍培训，扩大普法宣传的覆盖面。",
    "河口镇人民政府",
    "2024年1月15日",
]


def cut(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)]


def cut_by_columns(line: str, columns: int) -> list[str]:
    parts = [""]
    for char in line:
        if sum(1 + (unicodedata.east_asian_width(other) in "WF") for other in parts[-1] + char) > columns:
            parts.append("")
        parts[-1] += char
    return parts


def whole(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


@pytest.mark.parametrize("width", [18, 24, 30, 36, 43])
def test_lines_of_one_width_are_joined(width: int) -> None:
    lines = [part for line in WHOLE for part in cut(line, width)]
    assert "".join(f"{line}\n" for line in WHOLE) == read_bytes("\n".join([*lines, ""]).encode(), "a").text


@pytest.mark.parametrize("separator", ["<br>", "</p><p>"])
def test_web_pages_of_cut_lines_too(separator: str) -> None:
    lines = [part for line in WHOLE for part in cut(line, 24)]
    page = make.html(f"<div id='zoom'><p>{separator.join(lines)}</p></div>")
    text = read_bytes(page, "a").text
    assert all(f"{line}\n" in text for line in WHOLE)


def test_a_number_with_its_sign_ends_a_line_early() -> None:
    lines = cut(WHOLE[4], 24)
    early = [
        *cut(WHOLE[1], 24),
        lines[0],
        *cut("调解成功率很高，件数多，占全部纠纷案件的比例为", 24),
        "97.8%，办结459件。",
        *cut(WHOLE[3], 24),
    ]
    assert "调解成功率很高，件数多，占全部纠纷案件的比例为97.8%，办结459件。" in "\n".join(join_cut_lines(early))


def test_table_rows_and_texts_without_one_width_stay() -> None:
    cut_lines = [part for line in WHOLE for part in cut(line, 24)]
    rows = ["信访事项受理和办结情况合计 | 112 | 110件", "热线工单受理和办结情况合计 | 734 | 728件"]
    assert join_cut_lines([*cut_lines, *rows])[-2:] == rows
    assert join_cut_lines(WHOLE) == WHOLE
    items = [
        "甲村开展普法讲座三场，效果明显",
        "乙村开展普法讲座十二场，群众欢迎，覆盖面广",
        "丙村没有",
        "丁村开展讲座一场",
    ] * 4
    assert join_cut_lines(items) == items


@pytest.mark.parametrize("tag", ["div", "p", "section"])
@pytest.mark.parametrize("columns", [44, 56, 70])
def test_lines_of_a_page_that_lost_the_indents_before_paragraphs(tag: str, columns: int) -> None:
    lines = [part for line in WHOLE[1:] for part in cut_by_columns("　　" + line, columns)]
    page = make.html(f"<h1>{WHOLE[0]}</h1>" + "".join(f"<{tag}>{line}</{tag}>" for line in lines))
    text = read_bytes(page, "a").text
    assert all(f"{line}\n" in text for line in WHOLE)


@pytest.mark.parametrize("indent", ["", "　　", "    "])
@pytest.mark.parametrize("width", [20, 28, 36])
@pytest.mark.parametrize("page", ["<pre>{}</pre>", "<div style='white-space: pre-wrap'>{}</div>", "<p>{}</p>"])
def test_line_breaks_that_a_page_shows_are_ends_of_lines(page: str, width: int, indent: str) -> None:
    lines = [part for line in WHOLE[1:-2] for part in cut(indent + line, width)]
    between = "<br>" if "<p>" in page else "\n"
    text = read_bytes(make.html(f"<h1>{WHOLE[0]}</h1>" + page.format(between.join([*lines, *WHOLE[-2:]]))), "a").text
    assert [line for line in whole(text) if line in WHOLE] == WHOLE


def test_a_short_text_is_cut_if_all_its_unfinished_lines_are() -> None:
    lines = [part for line in [*WHOLE[:2], WHOLE[2], WHOLE[3], WHOLE[6], WHOLE[4]] for part in cut(line, 43)]
    assert join_cut_lines(lines) == [*WHOLE[:2], WHOLE[2], WHOLE[3], WHOLE[6], WHOLE[4]]


@pytest.mark.parametrize("between", ["\n\n", "\r\n\r\n", "\n \n", "\n\n\n"])
@pytest.mark.parametrize("width", [20, 26, 34])
def test_double_spaced_lines_are_joined(between: str, width: int) -> None:
    lines = [part for line in WHOLE for part in cut(line, width)]
    assert whole(read_bytes(between.join(lines).encode(), "a").text) == WHOLE


def test_a_wider_gap_ends_a_paragraph_of_double_spaced_lines() -> None:
    paragraphs = [line.replace("。", "，").rstrip("，") for line in WHOLE[3:6]] * 2
    text = "\n\n\n".join("\n\n".join(cut(line, 26)) for line in paragraphs)
    assert whole("\n".join(join_cut_lines(text.split("\n")))) == paragraphs


def test_double_spaced_paragraphs_and_lists_stay() -> None:
    items = [f"（{mark}）甲村开展普法讲座{mark}场" for mark in "一二三四五六七八九"]
    lists = [
        "行政处罚案件五十三件已经全部办结",
        "行政执法检查二百次已经全部完成了",
        "排查矛盾纠纷六百件已经全部化解",
    ] * 4
    for lines in (WHOLE, items, lists):
        assert whole("\n".join(join_cut_lines("\n\n".join(lines).split("\n")))) == lines


@pytest.mark.parametrize("margin", [1, 4, 11])
@pytest.mark.parametrize("indent", ["", "    "])
def test_a_margin_that_all_lines_share_is_no_indent(margin: int, indent: str) -> None:
    lines = [part for line in WHOLE[1:-2] for part in cut_by_columns(indent + line, 64)]
    text = "\n".join(
        " " * margin + line for line in [" " * 6 + WHOLE[0], *lines, " " * 40 + WHOLE[-2], " " * 44 + WHOLE[-1]]
    )
    assert [line.strip() for line in whole(read_bytes(text.encode(), "a").text)] == WHOLE


def test_each_page_has_a_margin_of_its_own() -> None:
    lines = [part for line in WHOLE for part in cut_by_columns(line, 64)]
    text = "\n".join(" " * 3 + line for line in lines[:8]) + "\n\f" + "\n".join(" " * 9 + line for line in lines[8:])
    assert whole(read_bytes(text.encode(), "a").text) == WHOLE


@pytest.mark.parametrize(
    "between",
    ["\n\f", "\n\n- 1 -\n\f", "\n        1\n\f\n", "\n— 1 —\n", "\n\n\n第 1 页 共 2 页\n\n", "\n\f- 2 -\n", "\n1/2\f"],
)
@pytest.mark.parametrize("width", [24, 31, 400])
def test_a_sentence_goes_on_over_the_end_of_a_page(between: str, width: int) -> None:
    within = WHOLE[4].index("465")
    pieces = WHOLE[4][: within + 1], WHOLE[4][within + 1 :]
    before = [part for line in (*WHOLE[:4], pieces[0]) for part in cut(line, width)]
    if width < 400:
        before = [part for line in (*WHOLE[:4], WHOLE[4]) for part in cut(line, width)][:-1]
        pieces = "", WHOLE[4][-(len(WHOLE[4]) % width) :]
    after = [part for line in (pieces[1], *WHOLE[5:]) for part in cut(line, width)]
    document = read_bytes(("\n".join(before) + between + "\n".join(after) + "\n").encode(), "a")
    aside = [document.text[span.start : span.end] for span in document.furniture if span.kind == "page_number"]
    number = between.strip()
    assert [line.strip() for line in aside] == ([number] if number else [])
    assert [line for line in whole(document.text) if line not in aside] == WHOLE


@pytest.mark.parametrize("number", ["{}/2", " {} / 2", "Page {} of 2", "第{}页/共2页", "·{}·"])
def test_page_numbers_that_count_are_told_without_a_form_feed(number: str) -> None:
    within = WHOLE[4].index("465") + 1
    pages = [[*WHOLE[:4], WHOLE[4][:within]], [WHOLE[4][within:], *WHOLE[5:]]]
    text = "".join("\n".join([*page, "", number.format(at), "", ""]) for at, page in enumerate(pages, 1))
    document = read_bytes(text.encode(), "a")
    aside = [document.text[span.start : span.end] for span in document.furniture]
    assert aside == [number.format(1), number.format(2)]
    assert [line for line in whole(document.text) if line not in aside] == WHOLE


def test_fractions_and_numbers_on_lines_of_their_own_are_no_page_numbers() -> None:
    for numbers in (("1/3", "1/2"), ("2/3", "3/3"), ("1/2", "2/3"), ("1", "2")):
        lines = [WHOLE[0], "占比，", numbers[0], "全年", numbers[1], WHOLE[1]]
        document = read_bytes("\n".join(lines).encode(), "a")
        assert whole(document.text) == lines and not any(span.kind == "page_number" for span in document.furniture)


def test_heads_of_the_pages_of_a_text_are_furniture() -> None:
    pages = ["\n".join(["江北镇2019年文件汇编", *lines]) for lines in (WHOLE[:4], WHOLE[4:6], WHOLE[6:])]
    document = read_bytes("\n\f".join(pages).encode(), "a")
    heads = [document.text[span.start : span.end] for span in document.furniture if span.kind == "running_head"]
    assert heads == ["江北镇2019年文件汇编"] * 3
    titled = ["\n".join([WHOLE[0], *lines]) for lines in (WHOLE[1:4], WHOLE[4:6], WHOLE[6:])]
    document = read_bytes("\n\f".join(titled).encode(), "a")
    assert document.text.startswith(WHOLE[0]) and document.furniture[0].start > 0
    assert sum(span.kind == "running_head" for span in document.furniture) == 2


def test_the_end_of_a_page_ends_what_is_whole() -> None:
    for last, first in (
        ("全年办结信访事项，共计318件。", "群众满意。"),
        ("二、下一步打算", "继续推进。"),
        ("开展培训，共12场", "（二）检查。"),
    ):
        lines = f"{WHOLE[0]}\n{last}\n\f{first}\n".encode()
        assert whole(read_bytes(lines, "a").text)[1:] == [last, first]


def test_a_text_of_page_numbers_alone_is_read() -> None:
    assert read_bytes("- 1 -\n\f- 2 -\n\f第3页".encode(), "a").text.split("\n") == ["- 1 -", "- 2 -", "第3页"]


LONG_LINE = (
    "全年开展法治宣传活动和普法讲座，参加的群众和干部人数比上年增加，发放的各种资料也比上年多了不少，覆盖面明显扩大了"
)


def joined(width: int, many: int = 6, *, last: str = "") -> bool:
    """Whether so many full lines of a width are put together."""
    text = (LONG_LINE * 8)[: width * many]
    return len(join_cut_lines([*cut(text, width), *([last] if last else [])])) < many


@pytest.mark.parametrize(("width", "is_cut"), [(17, False), (18, True), (43, True), (44, False)])
def test_a_width_has_18_to_43_characters(width: int, is_cut: bool) -> None:
    assert joined(width) is is_cut


@pytest.mark.parametrize(("lines", "is_cut"), [(4, False), (5, True)])
def test_a_text_of_a_few_lines_shows_no_width(lines: int, is_cut: bool) -> None:
    assert joined(24, lines) is is_cut


def test_a_width_shows_where_most_unfinished_lines_are_full() -> None:
    full, short = cut((LONG_LINE * 4)[: 24 * 6], 24), ["开展培训三场", "调解纠纷八件", "发放资料九份", "检查企业六家"]
    assert len(join_cut_lines([*full, *short, *short[:1]])) == 5  # six of ten
    assert len(join_cut_lines([*full, *short, *short[:2]])) == 12


def test_empty_lines_and_nothing_stay() -> None:
    assert paragraphs_of([]) == []
    assert join_cut_lines([""]) == [""]
    assert join_cut_lines(["甲", "", "乙"]) == ["甲", "", "乙"]


def test_a_paragraph_knows_its_last_line() -> None:
    lines = [*cut(WHOLE[3], 24), *cut(WHOLE[4], 24), *cut(WHOLE[5], 24)]
    found = paragraphs_of(lines)
    assert [paragraph.text for paragraph in found] == WHOLE[3:6]
    assert [paragraph.last for paragraph in found] == [2, 5, 8]
    assert [paragraph.last for paragraph in paragraphs_of(["甲", "乙", "丙"])] == [0, 1, 2]


@pytest.mark.parametrize(
    ("line", "following", "is_one"),
    [
        ("全年开展培训，共12场", "参训六百人。", True),
        ("全年开展培训共12场", "参训六百人。", False),  # no sentence has begun
        ("全年开展培训，共12场。", "参训六百人。", False),
        ("全年开展培训，共12场", "二、下一步打算", False),
        ("全年开展培训，共12场", "  参训六百人。", False),
        ("全年开展培训，共12场", "河口镇人民政府", False),
        ("全年开展培训，共12场", "2024年1月15日", False),
        ("培训，| 12场", "参训六百人。", False),
    ],
)
def test_over_the_end_of_a_page_only_a_sentence_goes_on(line: str, following: str, is_one: bool) -> None:
    found = [paragraph.text for paragraph in paragraphs_of(["标题", line, following, "末行"], {2})]
    assert found == (["标题", line + following.strip(), "末行"] if is_one else ["标题", line, following, "末行"])
    assert len(paragraphs_of(["标题", line, following, "末行"])) == 4


BODY_LINES = [part for line in WHOLE[3:6] for part in cut(line, 24)]


@pytest.mark.parametrize(
    "line",
    ["（四）其他工作", "1.其他工作", "2024年1月15日", "二〇二四年一月十五日", "项目\t12", "项目   12", "项目 | 12"],
)
def test_a_line_with_a_mark_of_its_own_begins_anew(line: str) -> None:
    full = cut((LONG_LINE * 3)[:96], 24)  # its last line is full and ends within a sentence
    assert join_cut_lines([*BODY_LINES, *full, line])[-1] == line
    assert join_cut_lines([*BODY_LINES, *full, "资料九份。"])[-1].endswith("资料九份。")
    assert join_cut_lines([*BODY_LINES, *full, "资料九份。"])[-1] != "资料九份。"


def test_a_signer_above_the_day_ends_the_text_and_another_name_does_not() -> None:
    full = cut((LONG_LINE * 3)[:96], 24)
    signed = join_cut_lines([*BODY_LINES, *full, "河口镇人民政府", "2024年1月15日"])
    assert signed[-2:] == ["河口镇人民政府", "2024年1月15日"]
    spaced = join_cut_lines([*BODY_LINES, *full, "河口镇人民政府", "", "2024年1月15日"])
    assert spaced[-3:] == ["河口镇人民政府", "", "2024年1月15日"]
    assert join_cut_lines([*BODY_LINES, *full, "河口镇人民政府", "以上。"])[-2].endswith("河口镇人民政府")


def test_the_title_ends_where_the_first_sentence_opens() -> None:
    title = "河口镇人民政府二〇二三年法治政府建设工作情况报告"
    assert len(title) == 24
    assert join_cut_lines([title, *BODY_LINES])[0] == title
    other = "河口镇人民政府二〇二三年法治政府建设工作情况说明"
    opening = cut("2023年，河口镇坚持依法办事，健全制度，压实责任，强化监督，推进各项任务。", 24)
    assert join_cut_lines([other, *opening, *BODY_LINES])[:2] == [other, "".join(opening)]


def test_indents_of_three_paragraphs_show_where_each_begins() -> None:
    def lines(paragraphs: list[str]) -> list[str]:
        return [part for line in paragraphs for part in cut("    " + line, 24)]

    whole_stop = [LONG_LINE[:23] + "。" + LONG_LINE[23:44] + "。"] * 4  # a full line ends a sentence
    assert [line.strip() for line in join_cut_lines(lines(whole_stop))] == whole_stop


@pytest.mark.parametrize(("filled", "is_spaced"), [(8, True), (7, False)])
def test_eight_lines_show_that_a_text_is_double_spaced(filled: int, is_spaced: bool) -> None:
    text = (LONG_LINE * 6)[: 24 * filled]
    spaced = "\n\n".join(cut(text, 24)).split("\n")
    assert (join_cut_lines(spaced) == [text]) is is_spaced


@pytest.mark.parametrize(("close", "is_spaced"), [(2, True), (3, False)])
def test_nearly_all_lines_of_a_double_spaced_text_are_apart(close: int, is_spaced: bool) -> None:
    text = (LONG_LINE * 8)[: 24 * 12]  # eleven gaps
    pieces = cut(text, 24)
    lines = [pieces[0]]
    for at, piece in enumerate(pieces[1:]):
        lines += [piece] if at < close else ["", piece]
    assert (join_cut_lines(lines) == [text]) is is_spaced


def test_an_empty_line_ends_a_paragraph_also_behind_a_full_line() -> None:
    full = cut((LONG_LINE * 3)[:96], 24)
    assert join_cut_lines([*BODY_LINES, *full, "", "资料九份。"])[-2:] == ["", "资料九份。"]
    assert join_cut_lines([*BODY_LINES, *full, "", *cut(WHOLE[3], 24)])[-2:] == ["", WHOLE[3]]
