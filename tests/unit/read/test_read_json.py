"""Pages that hold their text as JSON: answers of programs, the state of a script, a text area."""

import html
import json
import re

import pytest

from pipelines.read.document import ReadError
from pipelines.read.embedded import page_of_json
from pipelines.read.reader import read_bytes

TITLE = "河口镇2023年法治政府建设情况报告"
LINES = [
    "2023年，河口镇深入推进法治政府建设，现将有关情况报告如下：",
    "全年开展普法讲座26场，参加培训人员1350人次，排查矛盾纠纷318件，调解成功311件，群众满意度不断提高。",
]
MARKED = "".join(f"<p>{line}</p>" for line in LINES)
TEXT = "".join(f"{line}\n" for line in (TITLE, *LINES))
DETAIL = {"title": TITLE, "pubDate": 1705284000000, "content": MARKED, "id": 7}


def page(body: str) -> bytes:
    head = f"<!DOCTYPE html><html><head><title>{TITLE}</title></head>"
    return f"{head}<body><div id='app'></div>{body}</body></html>".encode()


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("content", [MARKED, html.escape(MARKED), "\n".join(LINES), LINES])
def test_an_answer_of_a_program(content: object, escaped: bool) -> None:
    answer = json.dumps({"code": 200, "data": {**DETAIL, "content": content}}, ensure_ascii=escaped)
    for written in (answer, f"callback({answer});", json.dumps({"code": 0, "data": answer})):
        document = read_bytes(written.encode(), "a.json")
        assert document.text == TEXT
        assert dict(document.fields) == {"标题": TITLE, "发布日期": "2024-01-15"}


@pytest.mark.parametrize(
    "body",
    [
        f"<script>window.__INITIAL_STATE__={json.dumps({'detail': DETAIL})};(function(){{}})()</script>",
        f"<script type='application/json'>{json.dumps(DETAIL, ensure_ascii=False)}</script>",
        f"<script>var state = JSON.parse({json.dumps(json.dumps(DETAIL))});</script>",
        f"<script>var a = {{content: '{MARKED}', n: 1}}</script>",
        f"<textarea style='display:none'>{html.escape(MARKED)}</textarea>",
    ],
)
def test_a_page_whose_text_is_in_a_script_or_a_text_area(body: str) -> None:
    assert read_bytes(page(body), "a.html").text == TEXT


def inline(line: str) -> list[dict[str, object]]:
    return [{"text": line[:9]}, {"text": line[9:20], "bold": True}, {"text": line[20:]}]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "text", "text": line} for line in LINES],
        [{"type": "image", "src": "/a.png"}, *({"html": f"<p>{line}</p>"} for line in LINES)],
        [{"id": "x1", "type": "paragraph", "data": {"text": line}} for line in LINES],
        [{"type": "paragraph", "children": inline(line)} for line in LINES],
        [{"type": "paragraph", "content": [{"type": "text", **part} for part in inline(line)]} for line in LINES],
        [[line] for line in LINES],
        [{"insert": LINES[0]}, {"insert": "\n", "attributes": {"align": "left"}}, {"insert": f"{LINES[1]}\n"}],
        {
            "type": "doc",
            "content": [{"type": "list", "content": [{"type": "item", "content": inline(LINES[0])}]}, LINES[1]],
        },
    ],
)
def test_a_text_in_pieces_is_joined_in_order(blocks: object) -> None:
    answer = {"code": 0, "data": {**DETAIL, "content": blocks}}
    assert read_bytes(json.dumps(answer).encode(), "a.json").text == TEXT
    state = f"<script>window.__STATE__={json.dumps(answer)}</script>"
    assert read_bytes(page(state), "a.html").text == TEXT


def test_sections_with_headings_are_one_text_and_articles_are_not() -> None:
    sections = [{"title": "一、主要做法", "content": LINES[0]}, {"title": "（二）成效", "content": LINES[1]}]
    text = read_bytes(json.dumps({**DETAIL, "content": sections}).encode(), "a.json").text
    assert text == "\n".join((TITLE, "一、主要做法", LINES[0], "（二）成效", LINES[1], ""))
    for more in ({"title": "河口镇2022年法治政府建设情况报告"}, {"publishTime": "2023-01-12"}, {"source": "河口镇"}):
        articles = [{**more, "content": f"{LINES[1]}{LINES[0]}"}, {**more, "content": "短文，不是报告。"}]
        document = read_bytes(json.dumps({"rows": articles}).encode(), "a.json")
        assert "短文" not in document.text and LINES[1] in document.text
    deep: object = LINES[0] + LINES[1]
    for _ in range(200):
        deep = [deep]
    assert (
        read_bytes(json.dumps({**DETAIL, "content": deep}).encode(), "a.json").text
        == f"{TITLE}\n{LINES[0]}{LINES[1]}\n"
    )


def test_json_without_a_report_is_empty() -> None:
    for data in (b'{"code": 500, "data": null}', b"[[1, 2], [3, 4]]"):
        with pytest.raises(ReadError) as refusal:
            read_bytes(data, "a.json")
        assert refusal.value.code == "empty"


@pytest.mark.parametrize(
    ("title", "is_title"),
    [("题" * 120, True), ("题" * 121, False), (2023, True), (True, False), (["题"], False), (None, False)],
)
def test_what_stands_beside_a_text_is_a_short_string_or_a_number(title: object, is_title: bool) -> None:
    page = page_of_json({"title": title, "content": MARKED, "other": "别的"})
    assert page is not None and MARKED in page
    assert re.findall("<meta name=[^>]*>", page) == [f'<meta name="articletitle" content="{title}">'] * is_title
