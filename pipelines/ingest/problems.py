"""Why a web address was not read: the exceptions of fetching, each with a reason in words.

Only the kinds of ending belong here; who raises them says why.
"""


class FetchProblem(Exception):
    """An address that was not read; `reason` is a short sentence for the report of the run."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(FetchProblem):
    """We do not want it: a host that is not listed, robots.txt, too large, too slow, a private address."""


class Failed(FetchProblem):
    """We did not get it: a status (then in `status`), or no connection."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Again(Failed):
    """We did not get it now, but it is worth another attempt, `after` so many seconds where the server says so."""

    def __init__(self, reason: str, status: int | None = None, after: float = 0.0) -> None:
        super().__init__(reason, status)
        self.after = after


class Stopped(FetchProblem):
    """The site does not want us (401, 403, a captcha): nothing more is asked of it in this run."""


class Interrupted(Exception):
    """The run is being broken off; whoever waits for a turn ends with this, and the next run resumes."""
