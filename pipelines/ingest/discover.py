"""Looking for the lists of a site: from its first page by the words of links, and by its sitemap.

Three links deep at most and `MOST_REQUESTS` requests a host, with robots.txt and pace as in a fetch. No search is
asked, nothing is posted, no script is run. What is found are candidates, each with what a trial of its list gave.
"""

import re
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from urllib.parse import urlsplit

from pipelines.ingest.client import Client, FetchResponse
from pipelines.ingest.content import is_page, page_text
from pipelines.ingest.data_lists import sitemap
from pipelines.ingest.discovery_targets import Target
from pipelines.ingest.found_links import Link
from pipelines.ingest.list_signs import likely_presets
from pipelines.ingest.list_trial import ListTrial, try_list
from pipelines.ingest.listing import parse_list
from pipelines.ingest.many_hosts import look_at_all
from pipelines.ingest.markup import parse_page, short_words
from pipelines.ingest.pace import Clock
from pipelines.ingest.page_key import page_key
from pipelines.ingest.problems import NO_CONNECTION, CutShort, FetchFailed, FetchProblem, FetchRefused
from pipelines.ingest.sources import Source
from pipelines.ingest.transport import Resolve
from pipelines.ingest.urls import host_of
from pipelines.settings import Settings

MOST_REQUESTS, MOST_DEPTH, MOST_CANDIDATES = 40, 3, 3  # of one host
TRIED_PAGES = 3  # list pages that a trial reads
DELAY = 5.0  # seconds between two requests
TITLE_WORDS, TITLE_WITHOUT = ("法治政府建设", "依法行政", "法治建设"), ("信息公开", "征求意见")
_COLUMN = re.compile("|".join(TITLE_WORDS))
_APART = re.compile(r"信息公开.*年(?:度?报告|报)")
_ON_THE_WAY = re.compile(r"政务公开|信息公开|公开目录|公开内容|年度报告|重点领域|网站地图|乡镇|街道|镇街|基层")
_IN_ADDRESS = re.compile(r"/(?:fzzf|yfxz|fzjs|fazhi)\w*/(?:index\.\w+)?$", re.IGNORECASE)  # the words as pinyin
_LONGEST_NAME = 20  # characters of the name of a column; a longer one that has its words is the title of a report


@dataclass(frozen=True)
class FoundList:
    """A list that was found: by which words on which page, and what a trial gave."""

    trial: ListTrial
    found_by: str
    found_on: str

    @property
    def reports(self) -> list[Link]:
        """The wanted links without those that are names of columns."""
        return [link for link in self.trial.wanted if not _is_column("".join(link.title.split()))]

    @property
    def told(self) -> str:
        """What is wrong with the list, in words."""
        return self.trial.trouble or "none of its links is a report"


@dataclass
class Discovery:
    """What was found at one host. `apart` are reports on the disclosure of information, which are no reports of ours.

    `elsewhere` are columns of such reports on other hosts, which are not looked at.
    `unread` counts pages that were not read, by reason; `stopped` says why the host was not read to the end.
    """

    target: Target
    name: str = ""
    requests: int = 0
    candidates: list[FoundList] = field(default_factory=list)
    apart: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the host answered at all."""
        return NO_CONNECTION not in self.stopped

    @property
    def trouble(self) -> str:
        """Why the host was not read to the end, '' where it was."""
        return self.stopped


def discover(
    settings: Settings,
    targets: Sequence[Target],
    *,
    clock: Clock | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> Iterator[Discovery]:
    """Look at each host, several at a time, in their order; nothing is written.

    Raises SettingsError where no contact is set, and Unreachable at the end where no host at all answered.
    """
    clock = clock or Clock()
    client = Client(settings, clock, resolve)
    silence = "no host answers; {}; look at its name; is there a network?"
    yield from look_at_all(
        lambda target: _Search(target, client).run(), targets, client, clock, settings.fetch_hosts, silence
    )


@dataclass(frozen=True, order=True)
class _Step:
    """A page to look at: what promises most comes first."""

    priority: int
    number: int
    url: str = field(compare=False)
    depth: int = field(compare=False)
    words: str = field(compare=False)
    found_on: str = field(compare=False)


class _Search:
    """The search of one host."""

    def __init__(self, target: Target, client: Client) -> None:
        self._target, self._client = target, client
        bare = target.host.removeprefix("www.")
        self._hosts = frozenset({bare, f"www.{bare}"})
        self._found = Discovery(target, target.name)
        self._answers: dict[str, FetchResponse] = {}
        self._steps: list[_Step] = []
        self._queued: set[str] = set()

    def run(self) -> Discovery:
        """Everything that the host gives."""
        try:
            home = self._home()
            self._look_at(home, _Step(0, 0, home.final_url, 0, "", ""))
            self._take_sitemaps(home.final_url)
            while self._steps:
                step = heappop(self._steps)
                try:
                    self._look_at(self._ask(step.url), step)
                except (FetchRefused, FetchFailed) as problem:
                    self._found.unread[problem.reason] += 1
        except FetchProblem as problem:
            self._found.stopped = problem.reason
        except Exception as error:  # what we did not foresee at one site must not keep us from the others
            self._found.stopped = f"internal error: {type(error).__name__}: {error}"
        self._choose()
        return self._found

    def _home(self) -> FetchResponse:
        try:
            return self._ask(f"https://{self._target.host}/")
        except (FetchFailed, FetchRefused):
            return self._ask(f"http://{self._target.host}/")

    def _ask(self, url: str) -> FetchResponse:
        """An answer, which is asked for once. Raises CutShort after `MOST_REQUESTS`."""
        key = page_key(url)
        if key not in self._answers:
            if self._found.requests == MOST_REQUESTS:
                raise CutShort(f"{MOST_REQUESTS} requests are made; more is not looked at")
            self._found.requests += 1
            self._answers[key] = self._client.get(url, self._hosts, DELAY)
        return self._answers[key]

    def _take_sitemaps(self, home: str) -> None:
        """Queue the columns that a sitemap names by their address."""
        for url in self._client.sitemaps(home) or [f"{home.rstrip('/')}/sitemap.xml"]:
            with suppress(FetchFailed, FetchRefused):
                for link in sitemap(page_text(self._ask(url).data), url).links:
                    if _IN_ADDRESS.search(urlsplit(link.url).path):
                        self._queue(link.url, 1, 1, "its address", url)

    def _queue(self, url: str, depth: int, priority: int, words: str, found_on: str) -> None:
        key = page_key(url)
        if depth <= MOST_DEPTH and host_of(url) in self._hosts and key not in self._queued:
            self._queued.add(key)
            heappush(self._steps, _Step(priority, len(self._queued), url, depth, words, found_on))

    def _look_at(self, answer: FetchResponse, step: _Step) -> None:
        """Take the links of a page, and try it as a list where it may be one."""
        if not is_page(answer.data):
            return
        if step.depth == 0:
            self._queued.add(page_key(answer.final_url))
            title = parse_page(page_text(answer.data)).css_first("title")
            self._found.name = self._found.name or (short_words(title.text()) if title else "")
        reports = False
        for link in parse_list(answer, self._entry(answer.final_url)).links:
            words = "".join(link.title.split())
            if _APART.search(words):
                self._found.apart.setdefault(link.url, link.title)
            elif _is_column(words) and host_of(link.url) not in self._hosts:
                self._found.elsewhere.setdefault(link.url, link.title)
            elif _is_column(words):
                self._queue(link.url, step.depth + 1, 0, link.title, answer.final_url)
            elif _COLUMN.search(words):
                reports = True
            elif len(words) <= _LONGEST_NAME and _ON_THE_WAY.search(words):
                self._queue(link.url, step.depth + 1, 2, link.title, answer.final_url)
        if reports or (step.priority < 2 and step.depth > 0):
            self._try(answer, step)

    def _try(self, answer: FetchResponse, step: _Step) -> None:
        """Try the page as a list of each system whose signs it shows, and keep the trial that found most."""
        names = ["", *likely_presets(page_text(answer.data))]
        trials = [try_list(self._entry(answer.final_url, name), self._ask, TRIED_PAGES) for name in names]
        candidates = [FoundList(trial, step.words, step.found_on) for trial in trials]
        best = max(candidates, key=lambda one: (len(one.reports), -len(one.trial.problems)))
        self._found.candidates.append(best)

    def _entry(self, url: str, preset: str = "") -> Source:
        said = {"preset": preset} if preset else {}
        return Source.model_validate(
            {"id": "candidate", "name": self._target.host, "division": self._target.division or "000000", "start": url}
            | {"hosts": tuple(sorted(self._hosts)), "delay": DELAY, "enabled": False}
            | {"title_words": TITLE_WORDS, "title_without": TITLE_WITHOUT}
            | said
        )

    def _choose(self) -> None:
        """Keep the candidates that found most. Those whose links others have too are left out."""
        kept: list[FoundList] = []
        had: set[str] = set()
        for one in sorted(self._found.candidates, key=lambda one: -len(one.reports)):
            urls = {page_key(link.url) for link in one.reports}
            if (urls - had or not urls) and len(kept) < MOST_CANDIDATES:
                kept.append(one)
                had |= urls
        self._found.candidates = kept


def _is_column(words: str) -> bool:
    """Whether the words of a link are the name of a column of such reports, and not the title of one."""
    return bool(_COLUMN.search(words)) and len(words) <= _LONGEST_NAME and not re.search("报告|20[0-9]{2}", words)
