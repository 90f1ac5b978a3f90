"""The message about a run: a short text in Chinese for a bot of Feishu, DingTalk or WeCom, or JSON, and its sending.

`pipelines.assets.alerts` collects what the message says. The address of a webhook holds a token, so that no error
message repeats the address or the secret.

Formats: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (post, signature in the body),
https://open.dingtalk.com/document/orgapp/custom-robot-access (text, signature in the address),
https://developer.work.weixin.qq.com/document/path/91770 (markdown, no signature).
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipelines.errors import FazhiError

if TYPE_CHECKING:
    import httpx2

ATTEMPTS = 3
FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0  # seconds between attempts, doubling from the first
TIMEOUT = 10.0  # seconds for each step of a request
LONGEST_LINE = 300  # characters
# The most bytes of text in a message. WeCom counts the text alone; the others count the whole body, so theirs is lower.
LONGEST_TEXT = {"feishu": 14_000, "dingtalk": 16_000, "wecom": 4_000}
# WeCom's Markdown makes links, mentions and mark-up of these characters, and names of files may hold any of them.
_HARMLESS = str.maketrans({"[": "［", "]": "］", "<": "＜", ">": "＞", "`": "'", "*": "＊", "#": "＃"})


class AlertError(FazhiError):
    """The message was not delivered. The text is one line: the reason, without address and secret."""


class _PassingFault(AlertError):
    """A fault that may pass, so that another attempt is worth while."""


@dataclass(frozen=True)
class Webhook:
    """Where messages go: the address, the kind of bot and the secret that signs them ('' for no signature)."""

    address: str = field(repr=False)
    kind: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class RunSummary:
    """The result of a run. `counts` are of the current release, `changes` of this run, both by their Chinese names.

    `kept_out` counts the quarantined reports of the current release by the Chinese name of their reason.
    `blocking` and `warnings` are the checks that failed, `missing` is what was not built or fetched: a line for each.
    """

    run_id: str
    succeeded: bool
    release_id: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    kept_out: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    blocking: Sequence[str] = ()
    warnings: Sequence[str] = ()
    missing: Sequence[str] = ()

    @property
    def title(self) -> str:
        """The first line. It holds the word `fazhi`, which a bot can require as its keyword."""
        return f"fazhi 运行{'成功' if self.succeeded else '失败'}"

    def lines(self) -> list[str]:
        """The message below its title."""
        if self.succeeded:
            release = f"已发布:{self.release_id}"
        else:
            release = f"仍为上一次发布:{self.release_id}" if self.release_id else "尚无任何发布"
        counts = (("内容", self.counts), ("隔离原因", self.kept_out), ("本次", self.changes))
        lists = (("未通过的检查", self.blocking), ("提醒", self.warnings), ("缺失", self.missing))
        return [
            release,
            *(_count_line(name, numbers) for name, numbers in counts if numbers),
            *(line for name, entries in lists if entries for line in (f"{name}:{len(entries)}项", *_points(entries))),
            f"运行编号:{self.run_id}",
        ]


def send(webhook: Webhook, summary: RunSummary, now: datetime) -> None:
    """Post `summary`, with up to three attempts if the fault may pass. Raises AlertError if it is not delivered.

    `now` dates the signature. The bots refuse a signature that is an hour off.
    """
    import httpx2
    import stamina

    parameters, sign, content = _FORMS[webhook.kind](webhook, summary, now)
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", **sign(body)}
    # The error at the end counts the attempts. httpx2 would log the address with its token.
    logging.getLogger("stamina").addHandler(logging.NullHandler())
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with httpx2.Client(timeout=TIMEOUT) as client:
        address = httpx2.URL(webhook.address).copy_merge_params(parameters)
        for attempt in stamina.retry_context(
            on=_PassingFault,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=FIRST_WAIT,
            wait_max=LONGEST_WAIT,
            wait_jitter=0,
        ):
            with attempt:
                _post(client, address, body, headers, webhook.kind)


def _post(client: "httpx2.Client", address: "httpx2.URL", body: bytes, headers: dict[str, str], kind: str) -> None:
    import httpx2

    try:
        answer = client.post(address, content=body, headers=headers)
    except httpx2.TransportError as error:  # `from None`, because its chain holds the request
        raise _PassingFault(f"no answer from the webhook, in {ATTEMPTS} attempts: {type(error).__name__}") from None
    if answer.status_code == 429 or answer.status_code >= 500:
        raise _PassingFault(f"the webhook answers status {answer.status_code}, in {ATTEMPTS} attempts")
    if not answer.is_success:
        raise AlertError(f"the webhook answers status {answer.status_code}; look at FAZHI_WEBHOOK and its kind, {kind}")
    if kind != "json":
        _check_answer(answer.content, kind)


def _check_answer(content: bytes, kind: str) -> None:
    """Raise AlertError if the bot refused. Bots answer 200 then; Feishu refuses by `code`, the others by `errcode`."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise AlertError(f"the webhook does not answer as a bot of {kind} does; look at FAZHI_WEBHOOK_KIND")
    names = ("code", "StatusCode") if kind == "feishu" else ("errcode",)
    codes = [answer[name] for name in names if name in answer]
    if not codes or codes[0] != 0:
        words = answer.get("msg") or answer.get("errmsg") or answer.get("StatusMessage") or "no reason given"
        raise AlertError(f"the bot of {kind} refuses the message: {' '.join(str(words).split())[:200]} (code {codes})")


_Form = tuple[dict[str, str], Callable[[bytes], dict[str, str]], dict[str, Any]]


def _feishu(webhook: Webhook, summary: RunSummary, now: datetime) -> _Form:
    text = [[{"tag": "text", "text": line}] for line in _fitted(summary.lines(), LONGEST_TEXT["feishu"])]
    content = {"msg_type": "post", "content": {"post": {"zh_cn": {"title": summary.title, "content": text}}}}
    if webhook.secret:
        seconds = int(now.timestamp())
        # Feishu's signature takes the text as the key and signs nothing.
        key = f"{seconds}\n{webhook.secret}".encode()
        content |= {"timestamp": str(seconds), "sign": _base64(hmac.new(key, b"", hashlib.sha256).digest())}
    return {}, _unsigned, content


def _dingtalk(webhook: Webhook, summary: RunSummary, now: datetime) -> _Form:
    text = "\n".join(_fitted([summary.title, *summary.lines()], LONGEST_TEXT["dingtalk"]))
    parameters = {}
    if webhook.secret:
        milliseconds = int(now.timestamp() * 1000)
        signed = f"{milliseconds}\n{webhook.secret}".encode()
        digest = hmac.new(webhook.secret.encode(), signed, hashlib.sha256).digest()
        parameters = {"timestamp": str(milliseconds), "sign": _base64(digest)}
    return parameters, _unsigned, {"msgtype": "text", "text": {"content": text}}


def _wecom(webhook: Webhook, summary: RunSummary, now: datetime) -> _Form:
    lines = [line.translate(_HARMLESS) for line in summary.lines()]
    text = "\n".join(_fitted([f"**{summary.title}**", *lines], LONGEST_TEXT["wecom"]))
    return {}, _unsigned, {"msgtype": "markdown", "markdown": {"content": text}}


def _json(webhook: Webhook, summary: RunSummary, now: datetime) -> _Form:
    """The whole summary. It is signed as GitHub signs its webhooks, over the bytes of the body."""

    def sign(body: bytes) -> dict[str, str]:
        if not webhook.secret:
            return {}
        return {"X-Fazhi-Signature": f"sha256={hmac.new(webhook.secret.encode(), body, hashlib.sha256).hexdigest()}"}

    text = "\n".join([summary.title, *summary.lines()])
    return {}, sign, {**asdict(summary), "sent_at": now.isoformat(), "text": text}


_FORMS: dict[str, Callable[[Webhook, RunSummary, datetime], _Form]] = {
    "feishu": _feishu,
    "dingtalk": _dingtalk,
    "wecom": _wecom,
    "json": _json,
}


def _unsigned(body: bytes) -> dict[str, str]:
    return {}


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _count_line(name: str, counts: Mapping[str, int]) -> str:
    return f"{name}:" + ",".join(f"{what}{count:,}" for what, count in counts.items())


def _points(entries: Sequence[str]) -> Iterator[str]:
    for entry in entries:
        line = " ".join(entry.split())
        yield "· " + (line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…")


def _fitted(lines: Sequence[str], most: int) -> list[str]:
    """As many of the first lines as fit into `most` bytes. A last line says how many were left out."""
    kept, size = list(lines), sum(len(line.encode()) + 1 for line in lines)
    if size <= most:
        return kept
    room = most - len(_left_out(len(lines)).encode())
    while kept and size > room:
        size -= len(kept.pop().encode()) + 1
    return [*kept, _left_out(len(lines) - len(kept))]


def _left_out(count: int) -> str:
    return f"……其余{count}行从略,见 Dagster 的运行页面"
