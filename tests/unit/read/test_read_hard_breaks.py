"""Lines cut at one width are joined; headings, items, signatures and table rows are not, and other texts stay."""

import document_fixtures as make
import pytest

from pipelines.read.hard_breaks import join_cut_lines
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
