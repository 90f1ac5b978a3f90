"""Pictures of pages (PNG, JPEG, TIFF of several pages, BMP, WebP, GIF), whose text only character recognition gives.

Not read: seals and stamps, and all frames of a GIF but the first.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from pipelines.read.document import Document, ReadError
from pipelines.read.formats.page_limits import LEAST_TEXT, check_count
from pipelines.read.formats.page_rows import count_shown, parts_of
from pipelines.read.layout import compose
from pipelines.read.scans.scan_requests import require, rows_of_scan
from pipelines.read.scans.scanned_page import NO_SCANS, Scans
from pipelines.reasons import ReasonCode

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_MOST_PIXELS = 200_000_000  # a page of 300 dots an inch has 9 million
_LEAST_PIXELS = 90_000  # of a page; less is a logo or a button


def read(data: bytes, name: str, scans: Scans = NO_SCANS) -> Document:
    """Return the text of a picture or of the pictures of a TIFF file, from `scans`.

    Raises ReadError `broken`, `too_large`, `unsupported` (no page, but a logo) or `needs_ocr` (ScansWantedError where
    pages are to be read).
    """
    with _opened(data) as image:
        pages = 1 if image.format == "GIF" else getattr(image, "n_frames", 1)
        kind = image.format or "picture"
        if image.width * image.height < _LEAST_PIXELS:
            message = f"found a {kind} picture of {image.width} x {image.height} pixels, expected a page; leave it out"
            raise ReadError(ReasonCode.UNSUPPORTED, message)
    check_count(pages)
    numbers = range(1, pages + 1)
    require(numbers, scans, f"a {kind} picture of {pages} page{'s' * (pages > 1)}")
    rows = [rows_of_scan(scans[number]) for number in numbers]
    shown = sum(map(count_shown, rows))
    if shown < LEAST_TEXT:
        message = f"found a {kind} picture with {shown} characters that can be read; give a sharper one, or the text"
        raise ReadError(ReasonCode.NEEDS_OCR, message)
    return compose(parts_of(rows), f"image/{kind.lower()}", None, whole=all(rows), pictures=pages)


def picture(data: bytes, number: int) -> bytes:
    """Return page `number` (from 1) as a PNG picture, upright as its camera says."""
    with _opened(data) as image:
        image.seek(number - 1)
        return as_png(image)


def as_png(image: Image.Image) -> bytes:
    """Return a picture as PNG in grey or RGB, on white where it is transparent, turned as its camera says."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        shown = image.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        image = Image.alpha_composite(paper, shown)
    png = io.BytesIO()
    image.convert("L" if image.mode in ("1", "L") else "RGB").save(png, "PNG", compress_level=1)
    return png.getvalue()


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Yield the opened picture. Raises ReadError `broken` and `too_large`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is large; what is too large is refused below
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > _MOST_PIXELS:
            size = f"{image.width} x {image.height}"
            raise ReadError(
                ReasonCode.TOO_LARGE, f"found a picture of {size} pixels; give it with at most 300 dots an inch"
            )
        with image:
            yield image
    except ReadError:
        raise
    except Exception as error:  # Pillow raises whatever the damage leads to
        message = f"found a damaged picture ({type(error).__name__}); fetch or save it again"
        raise ReadError(ReasonCode.BROKEN, message) from error
