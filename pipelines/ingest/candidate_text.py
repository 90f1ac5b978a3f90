"""What was discovered, as text for `raw/sources.toml`: entries that a person completes, accepts and switches on."""

import json
import re

from pipelines.ingest.discover import Discovery, FoundList
from pipelines.ingest.markup import plain_words
from pipelines.ingest.urls import host_of

_SHOWN, _MOST = 3, 10  # titles of a list, and lists on other hosts
_LONGEST_ID = 60


def candidate_text(found: Discovery) -> str:
    """The entries for one host, switched off, each below what its trial gave; what is no list is told in comments."""
    blocks = [_heading(found)]
    good = [one for one in found.candidates if one.reports]
    for number, one in enumerate(good, start=1):
        blocks.append(_entry(found, one, number))
    for one in found.candidates:
        if not one.reports:
            blocks.append(_comment(f"no list: {one.trial.source.start} ({_origin(one)}): {one.told}"))
    return "\n".join(blocks) + "\n"


def _heading(found: Discovery) -> str:
    lines = [
        f"{found.target.host}: {found.requests} requests, {sum(bool(c.trial.wanted) for c in found.candidates)} lists"
    ]
    if found.stopped:
        lines.append(f"not read to the end: {found.stopped}")
    lines += [f"not read: {count} times {reason}" for reason, count in found.unread.items()]
    lines += [f"elsewhere: {title} ({url}); look at that host too" for url, title in found.elsewhere.items()][:_MOST]
    if found.apart:
        url, title = next(iter(found.apart.items()))
        lines.append(f"apart: {len(found.apart)} reports on the disclosure of information, first {title} ({url})")
    return _comment(*lines)


def _entry(found: Discovery, one: FoundList, number: int) -> str:
    trial, source = one.trial, one.trial.source
    told = [f"{_origin(one)}; {len(one.reports)} of {trial.listed} links of {trial.pages} list pages are reports"]
    told += [f"dates: {trial.span}"] if trial.span else []
    told += [f"- {link.title}" for link in one.reports[:_SHOWN]]
    told += [f"problem: {problem}" for problem in trial.problems]
    hosts = {host_of(link.url) for link in one.reports}
    if elsewhere := sorted(hosts - source.page_hosts):
        told.append(f"problem: links lead to {', '.join(elsewhere)}; add to hosts what is to be read")
    name = re.sub(r"[^a-z0-9]+", "-", found.target.host.removeprefix("www.").lower()).strip("-")[:_LONGEST_ID]
    keys = {
        "id": name if number == 1 else f"{name}-{number}",
        "name": found.name or found.target.host,
        "division": found.target.division,
        "enabled": False,
        "start": source.start,
        "preset": source.preset,
        "hosts": sorted(hosts & source.page_hosts - {host_of(source.start)}),
        "title_words": list(source.title_words),
        "title_without": list(source.title_without),
    }
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in keys.items()
        if value not in ("", []) or key == "division"
    ]
    if not found.target.division:
        lines[2] += "  # the code of the county (6 digits) or township (9)"
    return "\n".join([_comment(*told), "[[site]]", *lines, ""])


def _origin(one: FoundList) -> str:
    return f"found by {one.found_by} on {one.found_on}" if one.found_by else "the first page"


def _comment(*lines: str) -> str:
    return "\n".join(f"# {plain_words(line)}" for line in lines)
