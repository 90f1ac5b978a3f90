"""A site as such sites are, fetched whole: lists of every kind, pages, attachments, charsets, versions."""

import hashlib
import json
from datetime import date

import pytest
from fake_site import CONTACT, FILES, HOST, Asked, Bench, Reply, listing, page

from pipelines.ingest.inventory import inventory
from pipelines.ingest.sidecar import read_sidecar

pytest_plugins = ("site_fixture",)

METADATA = "<table><tr><td>索引号</td><td>shipu/2024-0007</td></tr><tr><td>发布机构</td><td>石浦镇</td></tr></table>"
REPORT = page(METADATA + METADATA + '<div id="zoom"><p>全镇组织干部学法12场。</p></div>')
# what old pages do: they say UTF-8 and are not
GB_PAGE = "<html><meta charset='utf-8'><body><p>镇村两级接待来访46批次。</p></body></html>".encode("gb18030")


def sidecars(bench: Bench) -> dict[str, dict]:
    """What the sidecars say, by address."""
    paths = sorted((bench.raw / "fetched").glob("*/*.meta.json"))
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return {entry["url"]: content | entry for content in contents for entry in (content, *content["seen_again"])}


def test_a_cms_list_with_numbered_pages_relative_links_and_title_words(bench: Bench) -> None:
    port = bench.site.port
    bench.site.routes = {
        "/zw/fz/index.html": Reply(
            listing(
                ("./202401/t20240131_1.html", "石浦镇2023年度法治政府建设情况报告", "2024-01-31"),
                ("../../zw/fz/2.html?a=1&amp;b=2#top", "2022年法治政府建设年度报告", "2023/2/1"),
                ("javascript:void(0)", "法治政府建设年度报告", ""),
            )
        ),
        "/zw/fz/index_1.html": Reply(
            listing(
                (f"//{HOST}:{port}/x/3.html", "2021年法治政府建设年度报告", "2022年1月5日"),
                ("/zw/4.html", "关于征求法治政府建设年度报告意见的公告", "2022-01-01"),
                ("/zw/5.html", "石浦镇渔港节通知", "2021-09-01"),
            )
        ),
        "/zw/fz/202401/t20240131_1.html": Reply(REPORT),
        "/zw/fz/2.html?a=1&b=2": Reply(GB_PAGE),
        "/x/3.html": Reply(page("<p>三</p>")),
    }
    source = bench.source(
        start=bench.site.url("/zw/fz/index.html"),
        pages="index_{n}.html",
        title_words=("法治政府建设",),
        title_without=("征求",),
    )
    (tally,) = bench.fetch(source)
    assert bench.site.paths() == [
        *("/zw/fz/index.html", "/zw/fz/index_1.html", "/zw/fz/index_2.html"),
        *("/zw/fz/202401/t20240131_1.html", "/zw/fz/2.html?a=1&b=2", "/x/3.html"),
    ]
    assert (tally.listed, tally.pages, tally.outcomes["new"], tally.problems) == (3, 3, 3, [])
    dates = {content["list_date"] for content in sidecars(bench).values()}
    assert dates == {"2024-01-31", "2023-02-01", "2022-01-05"}


def test_a_list_in_gb18030_that_declares_utf8_is_read_by_its_titles_and_pages_are_kept_raw(bench: Bench) -> None:
    rows = "<ul><li><a href='/a.html'>石浦镇法治政府建设年度报告</a> [2024-01-31]</li></ul>"
    start = Reply(f"<html><meta charset=utf-8><body>{rows}</body></html>".encode("gb18030"))
    bench.site.routes = {"/list/": start, "/a.html": Reply(GB_PAGE)}
    (tally,) = bench.fetch(bench.source(title_words=("法治政府",)))
    assert tally.outcomes["new"] == 1
    assert list(bench.files().values()) == [GB_PAGE]
    assert sidecars(bench)[bench.site.url("/a.html")]["link_title"] == "石浦镇法治政府建设年度报告"


def test_the_page_after_the_next_button_is_read_and_a_button_in_a_circle_ends(bench: Bench) -> None:
    first = listing(("/1.html", "一", "")).replace(b"</ul>", b'</ul><a class="next" href="?p=2">next</a>')
    second = listing(("/2.html", "二", "")).replace(b"</ul>", b'</ul><a class="next" href="?p=2">next</a>')
    bench.site.routes = {"/list/": Reply(first), "/list/?p=2": Reply(second)}
    (tally,) = bench.fetch(bench.source(link="ul.list a", next="a.next"), dry_run=True)
    assert [link.title for link in tally.links] == ["一", "二"]
    assert bench.site.paths() == ["/list/", "/list/?p=2"]


def test_a_json_list_with_pages(bench: Bench) -> None:
    item = {"title": "2023年<em>法治政府</em>建设年度报告 &amp; 附件", "id": 7, "day": 1706630400000}
    pages = {
        "/api/list?page=1": {"data": {"rows": [item, {"title": "无地址"}, "junk"]}},
        "/api/list?page=2": {"data": {"rows": [item | {"id": 8, "day": "2023-01-31 09:00:00"}]}},
        "/api/list?page=3": {"data": {"rows": []}},
    }
    bench.site.routes = {path: Reply(json.dumps(content).encode()) for path, content in pages.items()}
    source = bench.source(
        kind="json",
        start=bench.site.url("/api/list?page=1"),
        pages="?page={n}",
        first_page=2,
        items="data.rows",
        item_url="/art/{id}.html",
        item_date="day",
        title_words=("法治政府",),
    )
    (tally,) = bench.fetch(source, dry_run=True)
    assert [(link.url, link.listed_on) for link in tally.links] == [
        (bench.site.url("/art/7.html"), date(2024, 1, 31)),
        (bench.site.url("/art/8.html"), date(2023, 1, 31)),
    ]
    assert tally.links[0].title == "2023年法治政府建设年度报告 & 附件"
    (broken,) = bench.fetch(bench.source(kind="json", start=source.start, items="data.list"), dry_run=True)
    assert "data.list" in broken.problems[0].reason


def test_a_sitemap_of_sitemaps_chosen_by_address(bench: Bench) -> None:
    inner = bench.site.url("/fz.xml")
    report, other = bench.site.url("/fz/1.html"), bench.site.url("/news/1.html")
    entries = f"<url><loc>{report}</loc><lastmod>2024-02-01T08:00:00+08:00</lastmod></url><url><loc>{other}</loc></url>"
    index = f'<?xml version="1.0"?><sitemapindex><sitemap><loc>{inner}</loc></sitemap></sitemapindex>'
    bench.site.routes = {
        "/sitemap.xml": Reply(index.encode()),
        "/fz.xml": Reply(f'<?xml version="1.0"?><urlset>{entries}</urlset>'.encode()),
    }
    source = bench.source(kind="sitemap", start=bench.site.url("/sitemap.xml"), url_pattern="/fz/")
    (tally,) = bench.fetch(source, dry_run=True)
    assert [(link.url, link.listed_on) for link in tally.links] == [(report, date(2024, 2, 1))]


def test_more_list_pages_than_allowed_are_told_and_not_read(bench: Bench) -> None:
    bench.site.routes = {f"/list/{n}": Reply(listing((f"/{n}.html", str(n), ""))) for n in range(9)}
    (tally,) = bench.fetch(bench.source(start=bench.site.url("/list/0"), pages="{n}", max_pages=3), dry_run=True)
    assert len(tally.links) == 3 and len(bench.site.paths()) == 3
    assert "max_pages = 3" in tally.problems[0].reason


def test_a_page_that_holds_only_a_link_brings_its_attachments(bench: Bench) -> None:
    files = "files.example"
    links = "".join(f'<a href="/files/{name}">年度报告</a>' for name in list(FILES)[:3])
    attached = bench.site.url("/download?id=7", files)
    foot = '<div class="foot"><a href="/files/manual.pdf">网站手册</a></div>'
    body = page(f'<div id="zoom"><p>详见附件</p>{links}<a href="{attached}">年度报告.zip</a></div>{foot}')
    bench.site.routes = {f"/files/{name}": Reply(data) for name, data in FILES.items()}
    evil = {"Content-Disposition": 'attachment; filename="../../../evil.zip"'}
    bench.site.routes["/download?id=7"] = Reply(FILES["report.zip"], headers=evil)
    tally = bench.one(Reply(body), body="#zoom", attachment_hosts=(f"{files}:{bench.site.port}",))
    assert (tally.pages, tally.attachments, tally.outcomes["new"], tally.problems) == (1, 4, 5, [])
    kept = bench.files()
    assert sorted(kept.values()) == sorted([body, *FILES.values()])
    for path, data in kept.items():
        folder, host, name = path.split("/")
        expected = files if data == FILES["report.zip"] else HOST
        assert (folder, host) == ("fetched", f"{expected}_{bench.site.port}")
        assert name.partition(".")[0] == hashlib.sha256(data).hexdigest()
    assert {path.rpartition(".")[2] for path in kept} == {"html", "pdf", "docx", "doc", "zip"}
    sidecar = sidecars(bench)[attached]
    assert (sidecar["page_url"], sidecar["link_title"]) == (bench.site.url("/a.html"), "年度报告.zip")
    assert list(bench.raw.parent.rglob("evil*")) == []


def test_attachments_can_be_left_alone(bench: Bench) -> None:
    tally = bench.one(Reply(page('<a href="/a.pdf">附件</a><a href="/a.zip">附件</a>')), attachments=())
    assert tally.attachments == 0


def test_the_sidecar_says_where_when_and_what(bench: Bench) -> None:
    bench.site.routes["/b.html"] = Reply(
        REPORT, headers={"ETag": '"7"', "Last-Modified": "Wed, 31 Jan 2024 01:00:00 GMT", "Set-Cookie": "id=1"}
    )
    bench.one(Reply(status=302, headers={"Location": "/b.html"}))
    ((url, content),) = sidecars(bench).items()
    assert (url, content["final_url"]) == (bench.site.url("/a.html"), bench.site.url("/b.html"))
    assert (content["status"], content["source_id"], content["size_bytes"]) == (200, "shipu", len(REPORT))
    assert (content["link_title"], content["list_date"]) == ("年度报告", "2024-01-31")
    assert content["sha256"] == hashlib.sha256(REPORT).hexdigest()
    assert content["headers"]["etag"] == '"7"' and "set-cookie" not in content["headers"]


def test_what_was_fetched_is_in_the_inventory_as_any_report_is(bench: Bench) -> None:
    bench.one(Reply(REPORT))
    (row,) = inventory(bench.raw)[0].to_dicts()
    assert row["raw_path"].startswith("fetched/") and row["raw_path"].endswith(".html")
    assert (row["source_url"], row["source_id"]) == (bench.site.url("/a.html"), "shipu")
    assert row["fetched_at"] is not None and row["sidecar_error"] is None and row["reason_code"] is None
    sidecar = read_sidecar(bench.raw / row["raw_path"].replace(".html", ".meta.json"))
    assert sidecar.source_id == "shipu"


def test_unchanged_pages_are_asked_for_by_their_etag_or_date_and_leave_the_archive_alone(bench: Bench) -> None:
    def conditional(asked: Asked) -> Reply:
        is_known = asked.headers.get("If-None-Match") == '"1"'
        return Reply(b"" if is_known else REPORT, 304 if is_known else 200, {"ETag": '"1"'})

    assert bench.one(conditional).outcomes == {"new": 1}
    before = {path: path.stat().st_mtime_ns for path in bench.raw.glob("fetched/[!.]*/[!.]*")}
    assert bench.one(conditional).outcomes == {"unchanged": 1}
    assert bench.one(Reply(REPORT)).outcomes == {"unchanged": 1}
    assert {path: path.stat().st_mtime_ns for path in before} == before
    dated = Reply(page("二"), headers={"Last-Modified": "Wed, 31 Jan 2024 01:00:00 GMT"})
    bench.one(dated)
    bench.one(dated)
    assert bench.site.asked[-1].headers["If-Modified-Since"] == "Wed, 31 Jan 2024 01:00:00 GMT"


def test_a_changed_page_is_a_new_version_and_a_vanished_one_no_withdrawal(bench: Bench) -> None:
    first, second = page("<p>学法3场</p>"), page("<p>学法4场</p>")
    bench.one(Reply(first))
    assert bench.one(Reply(second)).outcomes == {"changed": 1}
    assert bench.one(Reply(status=404)).problems[0].reason == "status 404"
    assert sorted(bench.files().values()) == [first, second]
    assert bench.one(Reply(first)).outcomes == {"changed": 1}  # back to what it was, with a word on when
    assert bench.one(Reply(first)).outcomes == {"unchanged": 1}
    assert sorted(bench.files().values()) == [first, second]
    bench.site.routes["/list/"] = Reply(listing())
    bench.fetch(bench.source())
    assert sorted(bench.files().values()) == [first, second]


def test_the_same_bytes_at_two_addresses_are_one_file(bench: Bench) -> None:
    bench.site.routes = {"/list/": Reply(listing(("/a.html", "甲", ""), ("/b.html", "乙", "")))}
    bench.site.routes |= {"/a.html": Reply(REPORT), "/b.html": Reply(REPORT)}
    assert bench.fetch(bench.source())[0].outcomes == {"new": 2}
    assert list(bench.files().values()) == [REPORT]
    assert set(sidecars(bench)) == {bench.site.url("/a.html"), bench.site.url("/b.html")}
    assert bench.fetch(bench.source())[0].outcomes == {"unchanged": 2}


@pytest.mark.parametrize(
    ("options", "titles", "is_partial"),
    [
        ({}, ["新", "旧", "无日期", "更旧"], False),
        ({"since": date(2024, 1, 1)}, ["新", "无日期"], True),
        ({"limit": 1}, ["新"], True),
        ({"limit": 9}, ["新", "旧", "无日期", "更旧"], False),
    ],
)
def test_since_and_limit(bench: Bench, options: dict, titles: list[str], is_partial: bool) -> None:
    bench.site.routes = {
        "/list/": Reply(listing(("/1", "新", "2024-02-01"), ("/2", "旧", "2023-02-01"), ("/3", "无日期", ""))),
        "/list/?2": Reply(listing(("/4", "更旧", "2022-02-01"))),
    }
    (tally,) = bench.fetch(bench.source(pages="?{n}", first_page=2), dry_run=True, **options)
    assert [link.title for link in tally.links] == titles
    assert tally.is_partial == is_partial


def test_a_date_belongs_to_the_link_that_it_stands_beside(bench: Bench) -> None:
    beside = "<div><div><b>2024-02-01</b><p><a href='/1'>有</a></p></div><div><a href='/2'>无</a></div></div>"
    bench.site.routes = {"/list/": Reply(page(beside + "<p><a href='/t20230201_3.html'>址</a> 2023-13-45</p>"))}
    (tally,) = bench.fetch(bench.source(link="a"), dry_run=True)
    assert [link.listed_on for link in tally.links] == [date(2024, 2, 1), None, date(2023, 2, 1)]


def test_a_dry_run_asks_for_lists_only_and_writes_nothing(bench: Bench) -> None:
    bench.site.routes = {"/list/": Reply(listing(("/a.html", "甲", "")))}
    (tally,) = bench.fetch(bench.source(), dry_run=True)
    assert [link.url for link in tally.links] == [bench.site.url("/a.html")]
    assert bench.site.paths() == ["/list/"]
    assert list(bench.raw.iterdir()) == []


def test_every_request_names_the_project_and_the_contact(bench: Bench) -> None:
    bench.one(Reply(REPORT))
    assert [asked.path for asked in bench.site.asked] == ["/robots.txt", "/list/", "/a.html"]
    for asked in bench.site.asked:
        agent = asked.headers["User-Agent"]
        assert agent.startswith("fazhi/") and CONTACT in agent


def test_a_source_that_found_nothing_or_too_little(bench: Bench) -> None:
    bench.site.routes = {"/list/": Reply(listing(("/a.html", "甲", "")))}
    nothing, little = bench.fetch(
        bench.source(title_words=("没有",)), bench.source(id="other", min_documents=2), dry_run=True
    )
    assert nothing.found_nothing and not nothing.is_failed
    assert little.is_below_minimum and little.is_failed and "min_documents = 2" in little.verdicts()[0]
    (partial,) = bench.fetch(bench.source(min_documents=2), dry_run=True, limit=1)
    assert not partial.is_below_minimum


def test_files_of_the_archive_cannot_be_written_to(bench: Bench) -> None:
    bench.one(Reply(REPORT))
    (path,) = bench.files()
    assert (bench.raw / path).stat().st_mode & 0o222 == 0
