"""Why a web address was not read: the exceptions of fetching, each with its reason in words."""

NO_CONNECTION = "no connection"  # begins the reason where a host did not answer at all
_LONGEST = 300  # characters of a reason: it may quote what a server sent


class FetchProblem(Exception):
    """An address that was not read; `reason` is a short sentence for the report of the run, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        start = "".join(character if character.isprintable() else " " for character in reason[: _LONGEST + 1])
        self.reason = start if len(start) <= _LONGEST else start[:_LONGEST] + " ..."


class FetchRefused(FetchProblem):
    """We do not want the address: host not listed, forbidden by robots.txt, too large, too slow, private."""


class FetchFailed(FetchProblem):
    """We did not get the address: there was no connection, or an answer with another `status` than 200."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class TryAgain(FetchFailed):
    """We did not get the address now, but another attempt may: after `after` seconds, where the server says so."""

    def __init__(self, reason: str, status: int | None = None, after: float = 0.0) -> None:
        super().__init__(reason, status)
        self.after = after


class SiteStopped(FetchProblem):
    """The site does not want us (401, 403, a captcha), or only fails: its host is not asked again in this run."""


class CutShort(FetchProblem):
    """The time or the number of requests that a source may take is used up: what is left waits for the next run."""


class FetchInterrupted(Exception):
    """The run is being broken off: raised to each thread that waits for its turn. The next run resumes."""
