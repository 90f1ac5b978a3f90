"""What a fetch did, source by source, and whether the source gave what it should.

It is shown by `pipelines.cli.fetch_output` and by the asset `fetched_documents`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.ingest.found_links import Link
from pipelines.ingest.problems import FetchProblem, FetchRefused
from pipelines.ingest.sources import Source

COLUMNS = (
    *("source", "listed", "pages", "attachments", "new", "changed", "unchanged"),
    *("refused", "failed", "resting", "waiting"),
)

_LONGEST = 300  # characters of an address in the report


@dataclass(frozen=True)
class UnreadAddress:
    """An address that was refused or failed, and why."""

    kind: str
    url: str
    reason: str


@dataclass
class Tally:
    """The count of one source. `listed` are the links of its list that it wants, before any --since or --limit.

    `cut` says which limit cut it short, and what waits for the next run. `notes` are lines on how it was read.
    """

    source: Source
    listed: int = 0
    pages: int = 0
    attachments: int = 0
    resting: int = 0
    waiting: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[UnreadAddress] = field(default_factory=list)
    stopped: str | None = None
    cut: str | None = None
    is_partial: bool = False
    links: Sequence[Link] = ()
    notes: Sequence[str] = ()

    def add(self, problem: FetchProblem, url: str) -> None:
        """Count an address that was not read."""
        self.problems.append(
            UnreadAddress("refused" if isinstance(problem, FetchRefused) else "failed", url, problem.reason)
        )

    def count(self, kind: str) -> int:
        """How many addresses were refused or failed."""
        return sum(problem.kind == kind for problem in self.problems)

    def row(self) -> tuple[str | int, ...]:
        """The counts, in the order of `COLUMNS`."""
        done = (self.outcomes[name] for name in ("new", "changed", "unchanged"))
        counts = (self.listed, self.pages, self.attachments, *done, self.count("refused"), self.count("failed"))
        return (self.source.id, *counts, self.resting, self.waiting)

    def counts(self) -> dict[str, str | int]:
        """The counts by name."""
        return dict(zip(COLUMNS, self.row(), strict=True))

    def reasons(self) -> list[str]:
        """A line for each reason: what became of how many addresses, with the first of them."""
        grouped: dict[tuple[str, str], list[str]] = {}
        for problem in self.problems:
            grouped.setdefault((problem.kind, problem.reason), []).append(problem.url)
        lines = [f"{kind} {len(urls)}: {reason}, at {urls[0][:_LONGEST]}" for (kind, reason), urls in grouped.items()]
        whole = (("stopped", self.stopped), ("cut short", self.cut))
        return [f"{what}: {reason}" for what, reason in whole if reason] + lines

    def verdicts(self) -> list[str]:
        """What is wrong with the source as a whole, in words."""
        if self.is_below_minimum:
            return [f"failed: {self.listed} documents listed, fewer than min_documents = {self.source.min_documents}"]
        return ["warning: found nothing that it should read"] if self.found_nothing else []

    @property
    def is_failed(self) -> bool:
        """Whether the source did not give what it should: it stopped us, its list cannot be read or is too short."""
        has_no_list = self.found_nothing and bool(self.problems)
        return self.stopped is not None or self.is_below_minimum or has_no_list

    @property
    def found_nothing(self) -> bool:
        """Whether the list held no link that the source wants, as far as there was time to read it: a warning."""
        return self.listed == 0 and not self.cut

    @property
    def is_below_minimum(self) -> bool:
        """Whether the whole list was read and held fewer documents than the source must have."""
        return not self.is_partial and self.listed < self.source.min_documents
