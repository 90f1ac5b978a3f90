"""What people do in the workbench: write corrections, take them back, start a run. All of it is POST with the token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from pipelines.build.run_lock import RunBusy
from pipelines.settings import Settings
from pipelines.web.correcting import StaleFormError, correct
from pipelines.web.corrections_file import CorrectionRefused, take_back
from pipelines.web.guard import TOKEN_FIELD, TOKEN_HEADER, Guard
from pipelines.web.open_release import CurrentRelease
from pipelines.web.page_list import PAGES
from pipelines.web.page_view import Asked, Content, WebPage
from pipelines.web.run_now import RunNow
from pipelines.web.templates import Templates

MOST_BYTES = 100_000  # of a form
WRITTEN = "已写入,下次运行时生效。Written; it applies at the next run."
WENT = "已撤回。Taken back."
#: The parts of pages that a form may be shown in again; it names one of them.
_PARTS = {page.name: page for page in PAGES if page.name in ("card", "report_lines", "review_item")}

Form = Mapping[str, str]
Handler = Callable[[Request, Form], Response]


@dataclass(frozen=True)
class Actions:
    """The routes that write. `content` makes what a page shows, as the pages themselves do."""

    settings: Settings
    reader: CurrentRelease
    templates: Templates
    guard: Guard
    runs: RunNow
    content: Callable[[WebPage, dict[str, str]], Content]

    def routes(self) -> list[Route]:
        """Corrections, their undo, a run, and how the run stands."""
        return [
            Route("/corrections", self._guarded(self.write), methods=["POST"]),
            Route("/corrections/undo", self._guarded(self.undo), methods=["POST"]),
            Route("/run", self._guarded(self.start_run), methods=["POST"]),
            Route("/run/status", self.run_status, methods=["GET"]),
        ]

    def write(self, request: Request, form: Form) -> Response:
        """Write the line, or the two lines, of a form and show its part of the page again."""
        with self.reader.using() as release:
            asked = Asked("report", release, self.settings, {"report": form.get("report", "")})
            return self._answered(request, form, lambda: correct(asked, form), WRITTEN)

    def undo(self, request: Request, form: Form) -> Response:
        """Take back exactly the line that the form names."""
        path, key = self.settings.corrections_path, form.get("key", "")
        return self._answered(request, form, lambda: take_back(path, [key]), WENT)

    def start_run(self, request: Request, form: Form) -> Response:
        """Start a run, or say who is running."""
        try:
            self.runs.start()
            said = ""
        except (RunBusy, OSError) as error:
            said = str(error)
        if _is_htmx(request):
            return self._status(form.get("release", ""), said)
        return RedirectResponse(self.templates.links.page("review"), 303)

    def run_status(self, request: Request) -> Response:
        """The line that pages poll."""
        return self._status(request.query_params.get("release", ""), "")

    def _status(self, shown: str, said: str) -> Response:
        with self.reader.using() as release:
            newer = release.release_id if shown and shown != release.release_id else None
        content = {"release_id": shown, "newer": newer, "run": self.runs.status(), "said": said}
        return HTMLResponse(self.templates.render("run_status", content))

    def _answered(self, request: Request, form: Form, act: Callable[[], Any], done: str) -> Response:
        """Do it, then show the part again with what became of it; a browser without htmx is sent back to its page."""
        status, said = 200, done
        try:
            act()
        except StaleFormError as error:
            status, said = 409, str(error)
        except CorrectionRefused as error:
            status, said = 400, str(error)
        part = _PARTS.get(form.get("part", ""))
        if part is None or not _is_htmx(request):
            return self._plain(form, status, said)
        asked = {name: form[name] for name in ("report", "at", "item") if form.get(name)}
        content = self.content(part, asked) | {"said": said, "is_refused": status != 200}
        return HTMLResponse(self.templates.render(part.name, content), status)

    def _plain(self, form: Form, status: int, said: str) -> Response:
        if status == 200:
            return RedirectResponse(self._back(form), 303)
        content = {"page": "error", "release_id": "", "status": status, "said": said}
        return HTMLResponse(self.templates.render("error", content), status)

    def _back(self, form: Form) -> str:
        """The page that a form stands on. It is made from codes, never from an address that came with the form."""
        if form.get("part") == "review_item":
            return self.templates.links.page("review")
        at = form.get("at", "")
        is_place = at.isascii() and at.isdigit()
        return self.templates.links.page(
            "report", form.get("report", ""), at=at if is_place else None, anchor=f"n{at}" if is_place else ""
        )

    def _guarded(self, handler: Handler) -> Callable[[Request], Any]:
        """The one way to an action: a form of bounded size that carries this process's token."""

        async def guarded(request: Request) -> Response:
            """Read the form and check where it comes from; only then call the handler."""
            body = b""
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return PlainTextResponse(f"fazhi: a form has at most {MOST_BYTES} bytes\n", 413)
            try:
                form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100))
            except ValueError:
                return PlainTextResponse("fazhi: the form cannot be read; expected UTF-8, URL-encoded\n", 400)
            if self.guard.is_read_only or not self.guard.is_ours(
                request.headers.get(TOKEN_HEADER, form.get(TOKEN_FIELD))
            ):
                return PlainTextResponse(
                    "fazhi: the form does not come from this workbench, or it was restarted; load the page again\n", 403
                )
            return await run_in_threadpool(handler, request, form)

        return guarded


def _is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
