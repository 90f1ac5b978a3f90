"""The file that a report was read from: to save, and page by page as pictures with what character recognition read.

The bytes are foreign. They are only ever sent as a file to save, or as a picture that a process of its own has drawn.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.build.page_cache import PageCache
from pipelines.read.document import ReadError
from pipelines.read.formats.pdf import picture
from pipelines.read.isolation import HelperProcess
from pipelines.read.scans.scanned_page import page_adapter
from pipelines.read.unpack import SEPARATOR
from pipelines.settings import Settings
from pipelines.stage.documents import file_bytes
from pipelines.web.open_release import CurrentRelease, Row
from pipelines.web.page_queries import page_queries
from pipelines.web.page_view import NotFoundError

PDF = "application/pdf"
MOST_PAGES = 500
_SECONDS = 20.0
_drawer = HelperProcess()


def original_routes(settings: Settings, reader: CurrentRelease) -> list[Route]:
    """The routes of the file of a report and of the pictures of its pages."""

    def row(request: Request) -> Row:
        with reader.using() as release:
            rows = release.ask(page_queries("report")["report"], {"report": request.path_params["report"]})
        if not rows:
            raise NotFoundError(f"no report has the id {request.path_params['report'][:40]!r} in this release")
        return rows[0]

    def file(request: Request) -> Response:
        report = row(request)
        name = quote(report["raw_path"].rsplit("/", 1)[-1])
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "content-security-policy": "sandbox"}
        return Response(_bytes(settings, report), media_type="application/octet-stream", headers=headers)

    def page(request: Request) -> Response:
        report, number = row(request), request.path_params["number"]
        if not is_drawn(report) or not 1 <= number <= MOST_PAGES:
            raise NotFoundError(f"there is no picture of page {number} of {report['raw_path']}")
        data = _bytes(settings, report)
        try:
            drawn = _drawer.run(picture, data, number, seconds=_SECONDS)
        except ReadError as error:
            raise NotFoundError(f"page {number} of {report['raw_path']} cannot be drawn: {error.message}") from error
        return Response(drawn, media_type="image/png", headers={"cache-control": "private, max-age=3600"})

    return [Route("/report/{report}/file", file), Route("/report/{report}/page/{number:int}.png", page)]


def is_drawn(report: Mapping[str, Any]) -> bool:
    """Whether the pages of a report can be shown as pictures."""
    return bool(report["media_type"] == PDF)


def recognised_rows(settings: Settings, report: Mapping[str, Any], number: int) -> dict[str, Any] | None:
    """What character recognition read on a page, with its place in pixels; None where the page was not recognised."""
    contents = PageCache(settings.scanned_pages_path).pages([report["raw_sha256"]])
    content = contents.get(report["raw_sha256"], {}).get(number)
    if content is None:
        return None
    page = page_adapter().validate_json(content)
    rows = [
        {
            "text": " ".join(one.cells),
            "left": round(one.left),
            "bottom": round(one.bottom),
            "width": round(one.right - one.left),
            "size": round(one.size),
        }
        for one in page.rows
    ]
    return {"width": page.width, "height": page.height, "rows": rows}


def _bytes(settings: Settings, report: Mapping[str, Any]) -> bytes:
    """The bytes that the report was read from. Raises NotFoundError where the raw folder holds them no more."""
    try:
        return file_bytes(settings.raw_dir, report, _archive(settings.raw_dir, report["raw_path"]))
    except (OSError, ValueError) as error:
        raise NotFoundError(f"{report['raw_path']} is not in {settings.raw_dir} any more ({error})") from error
    except ReadError as error:
        raise NotFoundError(f"{report['raw_path']} is not what this release was made from: {error.message}") from error


def _archive(raw_dir: Path, raw_path: str) -> str | None:
    """The path of the archive that the file lies in, if it lies in one."""
    at = raw_path.find(SEPARATOR)
    while at >= 0:
        if (raw_dir / raw_path[:at]).is_file():
            return raw_path[:at]
        at = raw_path.find(SEPARATOR, at + 1)
    return None
