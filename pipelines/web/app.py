"""The workbench as a Starlette application: one route a page, its JSON and its downloads beside it, errors as pages."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipelines.errors import FazhiError
from pipelines.paths import PACKAGE_DIR
from pipelines.settings import Settings
from pipelines.web.actions import Actions
from pipelines.web.county_map import map_route
from pipelines.web.downloads import DOWNLOADS
from pipelines.web.guard import Guard, GuardMiddleware
from pipelines.web.open_release import CurrentRelease
from pipelines.web.originals import original_routes
from pipelines.web.page_list import PAGES
from pipelines.web.page_view import Asked, Content, NotFoundError, WebPage
from pipelines.web.run_now import RunNow
from pipelines.web.templates import Templates

STATIC_DIR = PACKAGE_DIR / "web" / "static"


def create_app(settings: Settings, guard: Guard | None = None) -> Starlette:
    """The application on the current release of `settings`. Without a guard it is for this machine and can write."""
    guard = guard or Guard()
    reader = CurrentRelease(settings)
    templates = Templates(token="" if guard.is_read_only else guard.token)
    workbench = Workbench(settings, reader, templates)
    actions = Actions(settings, reader, templates, guard, RunNow(settings), workbench.content)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        reader.close()

    return Starlette(
        routes=[
            *workbench.routes(),
            *actions.routes(),
            *original_routes(settings, reader),
            map_route(settings),
            Mount("/static", StaticFiles(directory=STATIC_DIR), name="static"),
        ],
        middleware=[
            Middleware(GuardMiddleware, guard=guard),
            Middleware(GZipMiddleware, minimum_size=2000, compresslevel=3),
        ],
        exception_handlers={
            NotFoundError: workbench.not_found,
            FazhiError: workbench.cannot_show,
            HTTPException: workbench.not_found,
        },
        lifespan=lifespan,
    )


class Workbench:
    """The pages on one warehouse. Each answer is made in a thread, from one release."""

    def __init__(self, settings: Settings, reader: CurrentRelease, templates: Templates) -> None:
        self.settings, self.reader, self.templates = settings, reader, templates

    def routes(self) -> list[Route]:
        """The routes of all pages: HTML, `.json`, and `.csv` and `.xlsx` where the page is a table."""
        found = []
        for page in PAGES:
            if page.is_document:
                path = "/index" if page.path == "/" else page.path
                found.append(Route(f"{path}.json", self._answer(page, _as_json)))
                if page.table:
                    found += [
                        Route(f"{path}.{form}", self._answer(page, _as_file(page.table, form))) for form in DOWNLOADS
                    ]
            found.append(Route(page.path, self._answer(page, self._as_html(page))))
        return found

    def content(self, page: WebPage, parameters: dict[str, str]) -> Content:
        """What the page shows for these parameters, with what every page shows."""
        with self.reader.using() as release:
            asked = Asked(page.name, release, self.settings, parameters)
            return {"page": page.name, "release_id": release.release_id, **page.view(asked)}

    def not_found(self, request: Request, error: Exception) -> Response:
        """A page that says what was not found; status 404, or that of Starlette's own error."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        said = str(error) if isinstance(error, NotFoundError) else f"there is no page at {request.url.path[:200]}"
        return self._error(request, status, said)

    def cannot_show(self, request: Request, error: Exception) -> Response:
        """A page that says what is in the way, such as a missing release, and what to do."""
        return self._error(request, 503, str(error))

    def _answer(self, page: WebPage, form: Callable[[Content], Response]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            return form(self.content(page, {**request.query_params, **request.path_params}))

        return answer

    def _as_html(self, page: WebPage) -> Callable[[Content], Response]:
        return lambda content: HTMLResponse(self.templates.render(page.name, content))

    def _error(self, request: Request, status: int, said: str) -> Response:
        if request.url.path.endswith(".json"):
            return JSONResponse({"error": said}, status)
        content = {"page": "error", "release_id": "", "status": status, "said": said}
        return HTMLResponse(self.templates.render("error", content), status)


class _PlainJSON(JSONResponse):
    def render(self, content: Any) -> bytes:
        # Content is made anew for each answer and holds no circle: to look for one costs a third of the time.
        return json.dumps(
            content, ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), default=plain
        ).encode()


def _as_json(content: Content) -> Response:
    return _PlainJSON(content)


def _as_file(table: str, form: str) -> Callable[[Content], Response]:
    def answer(content: Content) -> Response:
        media_type, write = DOWNLOADS[form]
        name = f"fazhi-{content.get('file_name', content['page'])}.{form}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(write(content[table]), media_type=media_type, headers=headers)

    return answer


def plain(value: object) -> object:
    """What JSON does not know of itself, as JSON can hold it: days and times as ISO texts, sets as lists."""
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"a page holds a {type(value).__name__}, which JSON cannot hold; its view must give plain data")
