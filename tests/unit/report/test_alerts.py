"""What a run came to, posted to bots: a real server on this machine stands in for each kind of them."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest

from pipelines.assets.alerts import STARTED_BY_TAG, announce, sensors, summarise_run
from pipelines.report import alerts
from pipelines.report.alerts import AlertError, RunSummary, Webhook, send
from pipelines.settings import Settings, SettingsError

NOW = datetime(2024, 3, 2, 1, 40, tzinfo=UTC)
SECRET = "SEC-of-the-test"
SUMMARY = RunSummary(
    run_id="0a1b",
    succeeded=True,
    release_id="20240302T014000Z-0123abcd",
    counts={"报告": 1200, "采用": 1100},
    changes={"新读取": 3},
    warnings=["数值偏大(fact_indicator.value_ranges):2 rows"],
    missing=["步骤 release 失败:[点此](http://evil.example) <@all>"],
)
GOOD = {"feishu": {"code": 0}, "dingtalk": {"errcode": 0}, "wecom": {"errcode": 0}, "json": {}}


@dataclass
class Bot:
    """A server that keeps what it was sent and answers as it is told, the last answer again and again."""

    address: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def says(self, *answers: tuple[int, Any]) -> None:
        self.answers = [(status, json.dumps(body).encode()) for status, body in answers]

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.received[-1][2])


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(alerts, "FIRST_WAIT", 0.0)
    bot = Bot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            bot.received.append((self.path, dict(self.headers), data))
            status, body = bot.answers.pop(0) if len(bot.answers) > 1 else bot.answers[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bot.address = f"http://127.0.0.1:{server.server_port}/hook?token=T0KEN"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield bot
    server.shutdown()
    thread.join()
    server.server_close()


def post(bot: Bot, kind: str, secret: str = "", summary: RunSummary = SUMMARY) -> None:
    if not bot.answers:
        bot.says((200, GOOD[kind]))
    send(Webhook(bot.address, kind, secret), summary, NOW)


def test_feishu_gets_a_post_and_its_signature_in_the_body(bot: Bot) -> None:
    post(bot, "feishu", SECRET)
    assert bot.body["msg_type"] == "post"
    content = bot.body["content"]["post"]["zh_cn"]
    assert content["title"] == "fazhi 运行成功"
    lines = [paragraph[0]["text"] for paragraph in content["content"]]
    assert {paragraph[0]["tag"] for paragraph in content["content"]} == {"text"}
    assert "已发布:20240302T014000Z-0123abcd" in lines and "内容:报告1,200,采用1,100" in lines
    seconds = str(int(NOW.timestamp()))
    expected = hmac.new(f"{seconds}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert (bot.body["timestamp"], bot.body["sign"]) == (seconds, base64.b64encode(expected).decode())


def test_dingtalk_gets_a_text_and_its_signature_in_the_address(bot: Bot) -> None:
    post(bot, "dingtalk", SECRET)
    assert bot.body["msgtype"] == "text" and bot.body["text"]["content"].startswith("fazhi 运行成功\n已发布:")
    asked = parse_qs(urlsplit(bot.received[0][0]).query)
    milliseconds = str(int(NOW.timestamp() * 1000))
    expected = hmac.new(SECRET.encode(), f"{milliseconds}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert asked == {"token": ["T0KEN"], "timestamp": [milliseconds], "sign": [base64.b64encode(expected).decode()]}


def test_wecom_gets_markdown_in_which_nothing_foreign_is_a_link_or_a_mention(bot: Bot) -> None:
    post(bot, "wecom")
    content = bot.body["markdown"]["content"]
    assert bot.body["msgtype"] == "markdown" and content.startswith("**fazhi 运行成功**\n")
    assert "［点此］(http://evil.example) ＜@all＞" in content


def test_json_gets_all_of_the_summary_signed_over_its_bytes(bot: Bot) -> None:
    post(bot, "json", SECRET)
    _, headers, data = bot.received[0]
    assert headers["X-Fazhi-Signature"] == f"sha256={hmac.new(SECRET.encode(), data, hashlib.sha256).hexdigest()}"
    assert bot.body["succeeded"] is True and bot.body["counts"] == {"报告": 1200, "采用": 1100}
    assert bot.body["warnings"] == SUMMARY.warnings and bot.body["missing"] == SUMMARY.missing
    assert bot.body["text"].startswith("fazhi 运行成功\n") and bot.body["sent_at"] == NOW.isoformat()


@pytest.mark.parametrize("kind", GOOD)
def test_without_a_secret_nothing_is_signed(bot: Bot, kind: str) -> None:
    post(bot, kind)
    path, headers, data = bot.received[0]
    assert path == "/hook?token=T0KEN" and headers["Content-Type"].startswith("application/json")
    assert b'"sign"' not in data and "X-Fazhi-Signature" not in headers


@pytest.mark.parametrize(("kind", "most"), [("feishu", 20_480), ("dingtalk", 20_000), ("wecom", 4_500)])
def test_a_long_message_is_cut_to_what_the_bot_takes_and_says_so(bot: Bot, kind: str, most: int) -> None:
    many = RunSummary(run_id="0a1b", succeeded=False, warnings=[f"第{n}条:" + "数值偏大" * 100 for n in range(200)])
    post(bot, kind, summary=many)
    data = bot.received[0][2]
    assert 3_000 < len(data) < most
    text = data.decode()
    assert "fazhi 运行失败" in text and "尚无任何发布" in text and "第0条" in text and "第199条" not in text
    assert "行从略" in text
    if kind == "wecom":
        assert len(bot.body["markdown"]["content"].encode()) <= 4096


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_fault_that_passes_is_tried_again(bot: Bot, status: int) -> None:
    bot.says((status, {}), (status, {}), (200, {"code": 0}))
    post(bot, "feishu")
    assert len(bot.received) == 3


def test_a_fault_that_stays_is_told_after_three_attempts(bot: Bot) -> None:
    bot.says((502, {}))
    with pytest.raises(AlertError, match="status 502, in 3 attempts"):
        post(bot, "json")
    assert len(bot.received) == 3


@pytest.mark.parametrize(
    ("kind", "status", "answer", "words"),
    [
        ("feishu", 200, {"code": 19021, "msg": "sign match fail"}, "feishu refuses the message: sign match fail"),
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "keywords not in content"}, "keywords not in content"),
        ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "invalid webhook url"),
        ("wecom", 200, {"ok": True}, "no reason given"),
        ("dingtalk", 200, ["hello"], "FAZHI_WEBHOOK_KIND"),
        ("json", 404, {}, "status 404; look at FAZHI_WEBHOOK"),
        ("feishu", 302, {}, "status 302"),
    ],
)
def test_what_a_bot_refuses_is_told_once_and_not_tried_again(
    bot: Bot, kind: str, status: int, answer: Any, words: str
) -> None:
    bot.says((status, answer))
    with pytest.raises(AlertError, match=words) as caught:
        post(bot, kind)
    assert len(bot.received) == 1
    assert "T0KEN" not in str(caught.value) and SECRET not in str(caught.value)


def test_an_older_bot_of_feishu_says_that_all_is_well_in_another_way(bot: Bot) -> None:
    bot.says((200, {"StatusCode": 0, "StatusMessage": "success"}))
    post(bot, "feishu")
    assert len(bot.received) == 1


# -- settings --


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"FAZHI_WEBHOOK": "open.example/T0KEN"}, "FAZHI_WEBHOOK is no web address"),
        ({"FAZHI_WEBHOOK": "https://[T0KEN"}, "FAZHI_WEBHOOK is no web address"),
        ({"FAZHI_WEBHOOK_KIND": "slack"}, "'slack', expected one of feishu, dingtalk, wecom, json"),
        ({"FAZHI_WEBHOOK_KIND": "wecom", "FAZHI_WEBHOOK_SECRET": "T0KEN"}, "WeCom take no signature"),
        ({"FAZHI_ALLOW_SHRINKING": "yes"}, "expected 0 or 1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_without_what_is_secret(environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        Settings.load(environ=environment)
    assert "T0KEN" not in str(caught.value)


def test_settings_do_not_show_address_and_secret() -> None:
    settings = Settings.load(environ={"FAZHI_WEBHOOK": "https://a.example/T0KEN", "FAZHI_WEBHOOK_SECRET": SECRET})
    assert (settings.webhook, settings.webhook_kind, settings.webhook_secret) == (
        "https://a.example/T0KEN", "json", SECRET,
    )  # fmt: skip
    webhook = Webhook(settings.webhook, settings.webhook_kind, settings.webhook_secret)
    assert all(secret not in repr(settings) + repr(webhook) for secret in ("T0KEN", SECRET))


# -- runs --


@dg.asset(check_specs=[dg.AssetCheckSpec("odd", asset="documents"), dg.AssetCheckSpec("wrong", asset="documents")])
def documents() -> dg.MaterializeResult:
    error, warning = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
    return dg.MaterializeResult(
        metadata={"computed": 2, "reused": 5, "removed": 0},
        check_results=[
            dg.AssetCheckResult(check_name="odd", passed=False, severity=warning, description="a little odd"),
            dg.AssetCheckResult(check_name="wrong", passed=False, severity=error, description="quite wrong"),
        ],
    )


@dg.asset(deps=[documents])
def broken() -> None:
    raise dg.Failure("the disk is full")


@dg.asset(deps=[broken])
def release() -> None:
    return None


JOB = dg.Definitions(assets=[documents, broken, release], jobs=[dg.define_asset_job("fazhi_nightly")]).resolve_job_def(
    "fazhi_nightly"
)


@pytest.fixture
def settings(bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FAZHI_WEBHOOK", bot.address)
    monkeypatch.setenv("FAZHI_WEBHOOK_KIND", "json")
    monkeypatch.setenv("FAZHI_WAREHOUSE", str(tmp_path / "warehouse"))
    return Settings.load()


def failed_run(instance: dg.DagsterInstance, **tags: str) -> dg.ExecuteInProcessResult:
    return JOB.execute_in_process(instance=instance, raise_on_error=False, tags=tags)


def test_the_summary_of_a_run_says_what_changed_failed_and_is_missing(bot: Bot, settings: Settings) -> None:
    bot.says((200, {}))
    with dg.DagsterInstance.ephemeral() as instance:
        run = failed_run(instance)
        assert announce(instance, run.run_id, settings) is None
    assert bot.body["run_id"] == run.run_id and bot.body["succeeded"] is False and bot.body["release_id"] is None
    assert bot.body["changes"] == {"新读取": 2, "沿用": 5, "移除": 0}
    assert bot.body["blocking"] == ["documents.wrong:quite wrong"]
    assert bot.body["warnings"] == ["documents.odd:a little odd"]
    assert bot.body["missing"] == ["步骤 broken 失败:the disk is full", "未更新:broken, release"]


def test_a_run_that_fails_before_its_first_step_says_why(settings: Settings) -> None:
    @dg.resource
    def busy(_: dg.InitResourceContext) -> None:
        raise dg.Failure("another run is at work")

    @dg.asset(required_resource_keys={"workspace"})
    def report_text() -> None:
        return None

    job = dg.define_asset_job("fazhi_nightly")
    definitions = dg.Definitions(assets=[report_text], jobs=[job], resources={"workspace": busy})
    with dg.DagsterInstance.ephemeral() as instance:
        run = definitions.resolve_job_def(job.name).execute_in_process(instance=instance, raise_on_error=False)
        summary = summarise_run(instance, run.run_id, settings)
    assert len(summary.missing) == 2 and summary.missing[1] == "未更新:report_text"
    assert summary.missing[0].startswith("运行失败:") and "another run is at work" in summary.missing[0]


def test_a_release_is_told_with_its_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    settings = Settings.load(warehouse_dir=tmp_path)
    with duckdb.connect(str(settings.release_path)) as con:
        con.execute(
            "CREATE TABLE release AS SELECT 'R1' AS release_id, 9 AS n_files, 2 AS n_accepted, "
            "7 AS n_quarantined, 120 AS n_facts"
        )
        con.execute(
            "CREATE TABLE dim_report AS SELECT 'quarantined' AS status, "
            "unnest(['news', 'duplicate', 'news', 'older_code']) AS reason_code UNION ALL SELECT 'accepted', NULL"
        )
    with dg.DagsterInstance.ephemeral() as instance:
        summary = summarise_run(instance, failed_run(instance).run_id, settings)
    assert summary.counts == {"报告": 9, "采用": 2, "隔离": 7, "事实": 120}
    assert summary.kept_out == {"新闻": 2, "内容重复": 1, "older_code": 1}
    assert summary.lines()[0] == "仍为上一次发布:R1"
    assert summary.lines()[2] == "隔离原因:新闻2,内容重复1,older_code1"


def test_without_a_webhook_nothing_is_posted(bot: Bot, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    bot.says((200, {}))
    monkeypatch.delenv("FAZHI_WEBHOOK")
    with dg.DagsterInstance.ephemeral() as instance:
        assert announce(instance, failed_run(instance).run_id, Settings.load()) is None
    assert bot.received == []


def test_a_webhook_that_fails_is_logged_and_fails_nothing(
    bot: Bot, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    bot.says((404, {}))
    with dg.DagsterInstance.ephemeral() as instance:
        run = failed_run(instance)
        line = announce(instance, run.run_id, settings)
        told = [e.dagster_event.message for e in instance.all_logs(run.run_id) if e.dagster_event]
    assert line is not None and "status 404" in line
    assert line in told and line in caplog.messages
    assert "T0KEN" not in caplog.text and not any("T0KEN" in (text or "") for text in told)


def test_the_sensors_tell_of_scheduled_runs_and_pass_over_those_that_tell_themselves(
    bot: Bot, settings: Settings
) -> None:
    bot.says((200, {}))
    assert [sensor.default_status for sensor in sensors] == [dg.DefaultSensorStatus.RUNNING] * 2
    tell = next(sensor for sensor in sensors if sensor.name == "alert_failure")
    with dg.DagsterInstance.ephemeral() as instance:
        for run in (failed_run(instance, **{STARTED_BY_TAG: "command line"}), failed_run(instance)):
            event = next(e for e in run.all_events if e.event_type == dg.DagsterEventType.RUN_FAILURE)
            tell(
                dg.build_run_status_sensor_context(
                    sensor_name=tell.name, dagster_event=event, dagster_instance=instance, dagster_run=run.dagster_run
                )
            )
    assert len(bot.received) == 1 and bot.body["run_id"] == run.run_id
