"""Pages with status 200 that are failures: nothing there, a firewall, an error; and pages that only lead on."""

import pytest
from fake_site import Bench, Reply, listing, page

from pipelines.ingest.soft_answers import ERROR, GONE, WALL, leads_on_to, soft_failure

pytest_plugins = ("site_fixture",)

NAVIGATION = '<div class="nav">' + '<a href="/">首页，要闻，政务公开</a>' * 60 + "</div>"
SOFT = {
    GONE: (
        page("<h1>404</h1><p>抱歉，您访问的页面不存在！</p>", "404错误"),
        page(f"{NAVIGATION}<div>对不起，您要查看的信息已被删除。</div>"),
        page("<p>The requested page was not found.</p>", "Error"),
        page("<p>3秒后返回首页</p>", "404 - 石浦镇人民政府"),
    ),
    WALL: (
        page("<p>您的请求可能存在威胁，已被拦截！事件编号：77</p>", "访问被阻断"),
        page("<p>Request blocked by the Web Application Firewall.</p>", ""),
        page("<p>您提交的内容包含非法参数，已经被网站管理员设置拦截</p>", "网站防火墙"),
    ),
    ERROR: (
        page("<p>系统繁忙，请稍后再试</p>"),
        page("<h1>Whitelabel Error Page</h1>"),
        page("<p>服务器内部错误</p>"),
        page("<p>网站正在维护</p>"),
        page("<p>系统升级维护，请稍后再来</p>"),
        page("<p>系统维护中</p>"),
    ),
}
REPORT = "<p>全镇处置恶意访问7次，已拦截网络攻击12次；网站防火墙升级，删除的信息不存在遗漏。</p>" * 9
LEADING = (
    '<meta http-equiv="refresh" content="0;url=/new/a.html">',
    "<meta http-equiv='Refresh' content='0; URL=../new/a.html'>",
    '<meta http-equiv="refresh" content="3, \'/new/a.html\'"><a href="/new/a.html">点击这里</a>',
    '<script>window.location.href = "/new/a.html";</script>',
    "<script><!--\nlocation.replace('/new/a.html')\n//--></script>",
)


@pytest.mark.parametrize(("why", "body"), [(why, body) for why, bodies in SOFT.items() for body in bodies])
def test_a_soft_failure_is_one_failure_and_no_document(bench: Bench, why: str, body: bytes) -> None:
    tally = bench.one(Reply(body))
    assert [problem.reason for problem in tally.problems] == [f"{why}, with status 200"]
    assert bench.files() == {} and not tally.stopped


@pytest.mark.parametrize(
    "body",
    [
        page(REPORT),
        page(f"{REPORT}<div>404</div>", "404号文件"),
        page(f'{NAVIGATION}<p>文号：石政〔2024〕404号，阅读404</p><a href="/a.pdf">附件：页面不存在.pdf</a>'),
        page('<ul><li><a href="/a.html">关于网站系统维护的公告</a></li></ul>'),
        page('<h1>年度报告</h1><a href="/a.pdf">附件</a><div>网站维护：石浦镇党政办 系统维护单位：大数据中心</div>'),
        page('<p>文号：石政〔2024〕4号 文件失效日期： 信息失效时间：无</p><a href="/a.pdf">附件</a>'),
    ],
)
def test_a_report_may_speak_of_attacks_and_of_numbers(body: bytes) -> None:
    assert soft_failure(body.decode()) is None


def test_a_soft_404_ends_numbered_lists_as_a_404_does(bench: Bench) -> None:
    bench.site.routes = {
        "/list/": Reply(listing(("/a.html", "年度报告", ""))),
        "/list/index_1.html": Reply(SOFT[GONE][0]),
        "/a.html": Reply(page(REPORT)),
    }
    (tally,) = bench.fetch(bench.source(pages="index_{n}.html"))
    assert tally.outcomes == {"new": 1} and tally.reasons() == []


@pytest.mark.parametrize("head", LEADING)
def test_a_page_that_leads_on_is_followed_on_its_host(bench: Bench, head: str) -> None:
    bench.site.routes = {"/new/a.html": Reply(page(REPORT))}
    tally = bench.one(Reply(f"<html><head>{head}</head><body></body></html>".encode()))
    assert tally.outcomes == {"new": 1} and tally.reasons() == []
    assert list(bench.files().values()) == [page(REPORT)]


def test_a_page_that_leads_to_another_host_or_in_a_circle_is_a_failure(bench: Bench) -> None:
    tally = bench.one(Reply(b'<html><meta http-equiv="refresh" content="0;url=http://other.example/a"></html>'))
    assert "leads on to another host: http://other.example/a" in tally.problems[0].reason
    circle = b'<html><meta http-equiv="refresh" content="0;url=/b.html"></html>'
    bench.site.routes["/b.html"] = Reply(circle.replace(b"b.html", b"a.html"))
    tally = bench.one(Reply(circle))
    assert "more than 5 redirects" in tally.problems[0].reason
    assert bench.files() == {}


@pytest.mark.parametrize(
    "text",
    [
        f'<html><meta http-equiv="refresh" content="0;url=/b"><body>{REPORT}</body></html>',
        '<html><meta http-equiv="refresh" content="300"><body></body></html>',
        '<html><meta http-equiv="refresh" content="300;url=/a"><body></body></html>',
        '<html><script>if (isPhone()) { location.href = "/m"; }</script><iframe src="/a"></iframe></html>',
        "<html><script>var a = 1; location.href = '/b';</script></html>",
        "<html><script>location.href = 'javascript:7';</script></html>",
    ],
)
def test_a_page_that_stays_is_not_left(text: str) -> None:
    assert leads_on_to(text, "http://x.example/a") is None
