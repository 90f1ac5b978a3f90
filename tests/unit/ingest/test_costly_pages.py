"""Pages that are made to take hours: reading them takes a time that is linear in their length, and no link is lost."""

import gc
import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from fake_site import Bench, Reply, page

from pipelines.ingest.challenge import is_challenge
from pipelines.ingest.client import FetchResponse
from pipelines.ingest.found_links import Link
from pipelines.ingest.list_signs import likely_presets
from pipelines.ingest.listing import parse_list
from pipelines.ingest.markup import is_costly, parse_page, words_of
from pipelines.ingest.page_parts import LITTLE, parts_of_page
from pipelines.ingest.soft_answers import leads_on_to, soft_failure
from pipelines.ingest.sources import Source

pytest_plugins = ("site_fixture",)

PLACE = "http://x.example/list/"
FEW, MANY, MOST_TIMES = 2000, 8000, 10  # four times as much takes about four times as long, and 16 if it is quadratic
FILE = '<a href="/a.pdf">附件</a>'


def source(**fields: object) -> Source:
    return Source(**({"id": "a", "name": "石浦镇", "division": "330225", "start": PLACE} | fields))  # type: ignore[arg-type]


def listed(body: str, **fields: object) -> tuple[Link, ...]:
    answer = FetchResponse(PLACE, PLACE, 200, {}, body.encode(), datetime.now(UTC))
    return parse_list(answer, source(**fields)).links


def attached(html: str, **fields: object) -> list[Link]:
    return parts_of_page(page(html), PLACE, source(**fields))


def seconds(work: Callable[[], object]) -> float:
    """The time of the processor that the work takes, without that of collecting garbage of others."""
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    finally:
        gc.enable()


def growth(make: Callable[[int], str], read: Callable[[str], object], few: int = FEW, many: int = MANY) -> float:
    """How many times as long `many` takes as `few`, the best of two runs of each.

    When the first run of `many` is short of MOST_TIMES, there is no second: it would say nothing more.
    """
    short, long = make(few), make(many)
    least = max(min(seconds(lambda: read(short)) for _ in range(2)), 0.02)
    times = seconds(lambda: read(long)) / least
    return times if times < MOST_TIMES else min(times, seconds(lambda: read(long)) / least)


LISTS = {
    "flat": lambda n: "<div>" + "".join(f'<a href="/{i}">报告</a>2024-01-31 ' for i in range(n)) + "</div>",
    "one address": lambda n: "<div>2024-13-31" + '<a href="/1">报告</a>' * n + "</div>",
    "rows": lambda n: "".join(f'<li><a href="/{i}">报告</a><i>2024-01-31</i></li>' for i in range(n)),
    "deep": lambda n: "".join(f'<div><a href="/{i}">报告</a>' for i in range(n)) + "</div>" * n,
    "links within links": lambda n: "".join(f'<a href="/{i}"><object>报告' for i in range(n)),
    "one address, deep": lambda n: '<a href="/1"><object>报告' * n,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_a_time_that_is_linear_in_its_links(name: str) -> None:
    assert growth(LISTS[name], lambda text: listed(text, link="a")) < MOST_TIMES


def test_a_long_list_is_read_whole_with_its_dates() -> None:
    found = listed(LISTS["rows"](MANY))
    assert len(found) == MANY
    assert {link.listed_on for link in found} == {date(2024, 1, 31)}


# each has a link in it, or behind it
COSTLY: dict[str, Callable[[int], str]] = {
    "divisions": lambda n: "<div>" * n + FILE + "</div>" * n,
    "one in each": lambda n: f"<div>{FILE}" * n,
    "never closed": lambda n: "<ul><li>" * n + FILE,
    "closed and not open": lambda n: "<span>" * n + "</i>" * n + FILE,
    "definitions": lambda n: "<dl><dd>" * n + FILE,
    "options": lambda n: "<select>" + "<option>" * n + "</select>" + FILE,
    "formatting": lambda n: "<p>" + "".join(f"<b id={i}>" for i in range(n)) + "</p>" + "<p>x</p>" * n + FILE,
    "fonts": lambda n: "".join(f"<font color={i}><div>" for i in range(n)) + FILE,
    "attributes": lambda n: '<a href="/a.pdf" ' + "".join(f"a{i}=1 " for i in range(n)) + ">附件</a>",
    "bare attributes": lambda n: '<a href="/a.pdf" ' + "".join(f"a{i} " for i in range(n)) + ">附件</a>",
    "attributes side by side": lambda n: '<a href="/a.pdf"' + "".join(f'a{i}="x"' for i in range(n)) + ">附件</a>",
    "drawing": lambda n: "<svg>" + "<td>" * n + "</x>" * n + FILE,
    "links in a drawing": lambda n: "<svg>" + '<a href="/a.pdf">' * n + "</x>" * n,
    "links with divisions": lambda n: '<a href="/a.pdf"><div>' * n + "</a>" * n,
    "bodies": lambda n: "".join(f"<body a{i}=1>" for i in range(n)) + FILE,
    "objects": lambda n: '<a href="/a.pdf"><object>附件' * n,
    "no end of a tag": lambda n: FILE + '<a href="/a' * n,
    "no end of a comment": lambda n: FILE + "<!--" * n,
    "quotes": lambda n: FILE + "<a href='" * n + ">",
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_page_takes_a_time_that_is_linear_in_its_nesting(name: str) -> None:
    def read(text: str) -> None:
        assert "http://x.example/a.pdf" in {link.url for link in attached(text)}

    # long ones: a short page is parsed as it is, whatever it holds
    assert growth(COSTLY[name], read, 4 * FEW, 16 * FEW) < MOST_TIMES


# texts that a careless pattern reads again and again
WORDY: dict[str, Callable[[int], str]] = {
    "a call of nothing": lambda n: f'<a href="javascript:void{" " * min(n, 1500)}x">附件</a>' * (n // 100),
    "a call that never ends": lambda n: f"""<a href="javascript:f({"'" * 1500}">附件</a>""" * (n // 100),
    "a refresh": lambda n: f'<meta http-equiv="refresh" content="{" " * n}">',
    "a refresh later": lambda n: f'<meta http-equiv="refresh" content="0{" " * n}">',
    "a move": lambda n: f'<script>location="/a"{" " * min(n, 400)}x</script>' * (n // 100),
    "downloads": lambda n: f'<a href="/{"down" * (n // 8)}?">附件</a>' * 90,
    "viewers": lambda n: f'<a href="/{"view/" * (n // 10)}">附件</a>' * 90,
    "pages": lambda n: "<script>" + "createPageHTML(" * n + "1" * n + "</script>",
    "scripts": lambda n: "<script" * n,
    "frames": lambda n: "<iframe></iframe>" * n + "字" * 9 * n + "，" * (LITTLE - 1),
    "quotes in a script": lambda n: "<script>" + "'" * n + '"' * n + "</script>",
    "requests": lambda n: "请求" * n + "location",
}


@pytest.mark.parametrize("name", WORDY)
def test_words_take_a_time_that_is_linear_in_their_length(name: str) -> None:
    def read(text: str) -> None:
        attached(text)
        listed(text)
        soft_failure(text)
        leads_on_to(text, PLACE)
        likely_presets(text)

    assert growth(WORDY[name], read) < MOST_TIMES


def test_no_link_of_a_deep_page_is_lost() -> None:
    names = [f"/{n}.pdf" for n in range(20_000)]
    body = "".join(f'<div><p><a title="t" href="{name}">附件<b>{name}</b></a></p>' for name in names)
    assert is_costly(body)
    found = attached(body)
    assert [link.url for link in found] == [f"http://x.example{name}" for name in names]
    assert found[7].title.replace(" ", "") == "附件/7.pdf"
    assert len(attached(body, body="#zoom")) == len(names)


@pytest.mark.parametrize(
    "usual",
    [
        "".join(f"<tr><td><font color=red><b>{n}</font></td><td><span>文</span></td>" for n in range(600)),
        "<p>文字" * 20_000,
        "<font>" * 200 + "<p>文字</p>" * 500,
        "<div>" * 300 + "文字" + "</div>" * 300 + "<li>" * 5000,
        f'<img src="data:image/png;base64,{"ab/d+=" * 200_000}">' + FILE,
        "<select>" + "<option>乡镇" * 3000 + "</select>" + "<br>" * 50_000,
    ],
)
def test_pages_as_offices_write_them_are_parsed_with_their_structure(usual: str) -> None:
    assert not is_costly(usual)


def test_a_costly_page_keeps_its_base_its_frames_and_the_titles_of_links() -> None:
    body = (
        '<base href="/files/"><IFRAME SRC="a.pdf"></IFRAME><a TITLE=年度报告.zip href=b?id=1>见</a>' + "<div>" * 30_000
    )
    assert is_costly(body)
    assert sorted(link.url for link in attached(body.replace("见", ""))) == [
        "http://x.example/files/a.pdf",
        "http://x.example/files/b?id=1",
    ]


def test_what_a_script_says_is_no_link_in_a_costly_page_either() -> None:
    body = "<script>document.write('<a href=/evil.pdf>')</script><!-- <a href=/old.pdf>x</a> -->" + FILE
    assert [link.url for link in attached(body + "<div>" * 30_000)] == ["http://x.example/a.pdf"]


def test_a_title_of_megabytes_is_cut() -> None:
    for text in ("长" * 3_000_000, "<i>长</i>" * 500_000):
        (link,) = listed(f'<a href="/1">{text}</a>')
        assert 0 < len(link.title) <= 2100
    (link,) = listed(f'<a href="/1" title="{"长" * 3_000_000}">短</a>')
    assert len(link.title) == 2000
    assert listed(f'<a href="/{"长" * 3_000_000}">短</a>') == ()


SITEMAP = "<url><loc>http://x.example/{}</loc><lastmod>2024-01-31</lastmod></url>"


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "".join(SITEMAP.format(i) for i in range(n)),
        lambda n: "<url>" * n + SITEMAP.format(1),
        lambda n: "<url>" + "<loc>http://x.example/" * n,
        lambda n: "<loc>" * n + "<![CDATA[" * n + SITEMAP.format(1),
        lambda n: "<url " * n + "<url>" + "<lastmod>" * n + SITEMAP.format(1),
    ],
)
def test_a_sitemap_takes_a_time_that_is_linear_in_its_entries(make: Callable[[int], str]) -> None:
    assert growth(make, lambda text: listed(text, kind="sitemap")) < MOST_TIMES
    assert listed(make(9), kind="sitemap")


def test_a_sitemap_may_quote_its_addresses_and_name_pictures() -> None:
    picture = "<image:image><image:loc>http://x.example/a.png</image:loc></image:image>"
    text = f"<urlset><url>{picture}<loc> <![CDATA[http://x.example/?a=1&b=2]]> </loc></url></urlset>"
    assert [link.url for link in listed(text, kind="sitemap")] == ["http://x.example/?a=1&b=2"]


ODD = ["\ud800", "a\udc00b", "\x00", "\u202e", "x" * 100_000, 7, 1e308, True, None, [["/1"]], {"a": "/1"}, -(10**400)]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("key", ["url", "title", "date"])
def test_no_value_of_a_json_list_costs_the_others(bench: Bench, key: str, value: object) -> None:
    good = {"url": "/good.html", "title": "报告", "date": "2024-01-31"}
    bench.site.routes = {
        "/list/": Reply(json.dumps({"rows": [good | {"url": "/odd.html", key: value}, good]}).encode())
    }
    bench.site.routes |= {"/good.html": Reply(page("好")), "/odd.html": Reply(page("怪"))}
    (tally,) = bench.fetch(bench.source(kind="json", items="rows"))
    assert tally.stopped is None
    assert page("好") in bench.files().values()
    assert (page("怪") in bench.files().values()) == (key != "url")


def test_a_challenge_of_a_hundred_thousand_levels_is_one_and_takes_no_hours() -> None:
    assert is_challenge("<div>" * 100_000 + "请输入验证码")


def test_the_text_of_a_node_is_read_as_far_as_it_is_needed() -> None:
    assert words_of(parse_page("<p>  一 <b>二</b>\n三</p>").root) == "一 二 三"
    assert len(words_of(parse_page("<p>" + "<i>一</i>" * 100_000).root)) <= 2000
