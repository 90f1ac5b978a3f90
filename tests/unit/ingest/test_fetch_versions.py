"""What is a new version of a page, and which addresses are one page."""

import json

import pytest
from fake_site import Asked, Bench, Reply, listing, page
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest.page_key import page_key
from pipelines.ingest.urls import absolute

pytest_plugins = ("site_fixture",)

TEXT = "".join(f"<p>{n}、全镇组织干部学法{n}场,开展普法宣传{n + 3}场次,接待来访{n}批次。</p>" for n in range(3, 9))
TITLE = "石浦镇2023年法治政府建设年度报告"


def report(head: str = "", foot: str = "", text: str = TEXT) -> bytes:
    return page(f"<div id=zoom><h1>{TITLE}</h1>{head}{text}</div>{foot}", TITLE)


OF_NOW = {
    "counter in the head": lambda n: report(f"<p>发布时间:2024-01-31 浏览次数:{n}</p>"),
    "counter in a line of its own": lambda n: report(f"<p>本页已被访问 {n} 次</p>"),
    "clock": lambda n: report(f"<p>2026年11月{n}日 星期{'日一二三四五六'[n % 7]} 10:{n:02}:11</p>"),
    "visitors in the foot": lambda n: report(foot=f"<div>您是第 {n} 位访问者 版权所有</div>"),
    "token and script": lambda n: report(f"<input type=hidden value={n}><script>var at = {n}</script><!-- {n} -->"),
    "shell": lambda n: page(f"<h1>{TITLE}</h1><p>浏览次数:{n}</p>", TITLE),
    "link of an attachment": lambda n: report(foot=f'<a href="/a.pdf?t=0.77123{n}">附件</a>'),
}


@pytest.mark.parametrize("form", OF_NOW)
def test_a_page_that_counts_or_shows_the_time_is_one_version_in_three_nights(bench: Bench, form: str) -> None:
    bench.site.routes |= {f"/a.pdf?t=0.77123{n}": Reply(b"%PDF-1.4 report") for n in (11, 12, 13)}
    outcomes = [bench.one(Reply(OF_NOW[form](n))).outcomes for n in (11, 12, 13)]
    assert [set(outcome) for outcome in outcomes] == [{"new"}, {"unchanged"}, {"unchanged"}]
    pages = [data for path, data in bench.files().items() if path.endswith(".html")]
    assert pages == [OF_NOW[form](11)]  # what came first stays
    assert len(bench.files()) == 1 + (form == "link of an attachment")


@pytest.mark.parametrize(
    "later",
    [
        report(text=TEXT.replace("学法3场", "学法4场")),
        report(text=TEXT + "<p>访问 120 次</p>" + TEXT),
        report(text=TEXT + "<p>(本报告于2024年2月1日更正,原报告有误。)</p>"),
        page(f"<div id=zoom><h1>{TITLE.replace('3', '4')}</h1>{TEXT}</div>", TITLE.replace("3", "4")),
    ],
    ids=["figure", "line in the midst", "correction", "title"],
)
def test_another_text_is_a_new_version(bench: Bench, later: bytes) -> None:
    bench.one(Reply(report()))
    assert bench.one(Reply(later)).outcomes == {"changed": 1}
    assert sorted(bench.files().values()) == sorted([report(), later])


def test_a_file_that_nobody_reads_is_compared_by_its_bytes(bench: Bench) -> None:
    for data in (b"\0\1", b"\0\2"):
        bench.one(Reply(data))
    assert sorted(bench.files().values()) == [b"\0\1", b"\0\2"]


def test_an_attachment_that_a_page_gets_without_another_text_is_fetched(bench: Bench) -> None:
    bench.site.routes["/new.pdf"] = Reply(b"%PDF-1.4 report")
    bench.one(Reply(report()))
    tally = bench.one(Reply(report(foot='<a href="/new.pdf"><img src="/icon.png"></a>')))
    assert tally.outcomes == {"unchanged": 1, "new": 1} and tally.attachments == 1


def test_a_page_with_another_session_in_its_address_each_night_is_one_page(bench: Bench) -> None:
    for night in ("A1", "B2", "C3"):
        path = f"/a.html;jsessionid={night}?_=17000000{ord(night[0])}&id=7"
        bench.site.routes = {"/list/": Reply(listing((path, "年度报告", "2024-01-31"))), path: Reply(report())}
        (tally,) = bench.fetch(bench.source())
        assert bench.site.paths()[-1] == path  # it is asked for as the site names it
    assert tally.outcomes == {"unchanged": 1}
    (sidecar,) = (bench.raw / "fetched").glob("*/[!.]*.meta.json")
    assert "jsessionid=A1" in json.loads(sidecar.read_bytes())["url"]


def test_a_list_that_names_a_page_twice_costs_one_request(bench: Bench) -> None:
    def with_session(asked: Asked) -> Reply:
        return Reply(report())

    paths = [f"/a.html?id=7&sessionid={n}" for n in (1, 2)]
    bench.site.routes = {"/list/": Reply(listing(*((path, "年度报告", "") for path in paths)))}
    bench.site.routes |= dict.fromkeys(paths, with_session)
    (tally,) = bench.fetch(bench.source())
    assert bench.site.paths() == ["/list/", paths[0]] and tally.outcomes == {"new": 1}


ONE = "http://a.example/b/c.html?a=1&b=%E4%B8%AD"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/b/c.html;jsessionid=0A1B.node2?a=1&b=%e4%b8%ad",
        "http://a.example/b/c.html?b=%E4%B8%AD&a=1&_=1700000000123",
        "http://a.example/(S(lit3py55t21z5v55vlm25s55))/b/c.html?a=1&b=%E4%B8%AD&PHPSESSID=9",
        "http://a.example/b/./x/../c.html?timestamp=1700000000&a=1&b=%E4%B8%AD&r=0.8123456789",
    ],
)
def test_sessions_moments_and_spellings_make_no_other_page(url: str) -> None:
    assert page_key(url) == ONE


@pytest.mark.parametrize(
    "query",
    [
        *("a=1", "a=2&b=中", "a=1&b=中&t=20240131", "a=1&b=中&id=1700000000", "a=1&b=中&v=2", "a=1&b=中&session=3"),
        *("a=1&b=中&t=2024013101", "a=1&b=中&v=2024013100001"),
    ],
)
def test_what_may_name_another_page_stays(query: str) -> None:
    assert page_key(absolute("http://a.example/b/c.html", f"?{query}") or "") != ONE


@settings(max_examples=300)
@given(st.text("abc:/?#[]@!$&'()*+,;=%.-~_ 中\\é0123456789", max_size=60))
def test_any_address_has_one_key_that_stays_the_same(link: str) -> None:
    url = absolute("http://a.example/x/", link)
    if url:
        assert page_key(page_key(url)) == page_key(url)
