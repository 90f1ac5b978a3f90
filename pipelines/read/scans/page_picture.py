"""From the bytes of a picture file to the pixels that are read: upright by its mark, of a usual size, evenly lit.

Pixels are a numpy array of height x width x 3, blue, green and red from 0 to 255, as OpenCV and the models have them.
"""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.read.document import ReadError
from pipelines.reasons import ReasonCode

Pixels = NDArray[np.uint8]

MOST_PIXELS = 20_000_000  # a page of A3 at 300 dpi has 17 million; more only costs time
_BOMB_PIXELS = 300_000_000  # A0 at 400 dpi has 250 million
_LEAST_SIDE = 24  # pixels: nothing smaller holds a line of text
_UNEVEN = 28  # of 255: between the lightest and the darkest part of the paper


def load_picture(data: bytes) -> Pixels:
    """Return the pixels of a picture file: turned by its EXIF mark, transparent parts white, scaled down where huge.

    Raises ReadError `broken` for what is no picture or is cut off, and `too_large` for a picture of over 300 million
    pixels.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the size is checked below, with a message that says what to do
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > _BOMB_PIXELS:
                message = (
                    f"found a picture of {width} x {height} pixels, expected {_BOMB_PIXELS:,} at most; "
                    "save it with fewer pixels"
                )
                raise ReadError(ReasonCode.TOO_LARGE, message)
            if width * height > MOST_PIXELS:
                picture.draft("RGB", (width // 2, height // 2))  # a JPEG is decoded small at once
            shown = ImageOps.exif_transpose(picture)
            colours = _on_white(shown)
            scale = (MOST_PIXELS / (colours.width * colours.height)) ** 0.5
            if scale < 1:
                size = (round(colours.width * scale), round(colours.height * scale))
                colours = colours.resize(size, Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        message = f"found a picture that cannot be decoded ({type(error).__name__}); fetch it again or save it as PNG"
        raise ReadError(ReasonCode.BROKEN, message) from error
    return np.ascontiguousarray(np.asarray(colours)[:, :, ::-1])


def _on_white(picture: Any) -> Any:
    """Return a Pillow picture as RGB; what is transparent is white, and 16 bits become 8."""
    from PIL import Image

    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        deep = np.asarray(picture).astype(np.float64)
        top = deep.max() or 1.0
        return Image.fromarray((deep * (255 / top)).astype(np.uint8)).convert("RGB")
    if "A" in picture.getbands() or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
        return paper.convert("RGB")
    return picture.convert("RGB")


def is_blank(pixels: Pixels) -> bool:
    """Return whether nothing can stand on a picture: it is tiny, or of one tone but for some specks."""
    if min(pixels.shape[:2]) < _LEAST_SIDE:
        return True
    grey = pixels[::2, ::2].min(axis=2)
    low, paper = np.percentile(grey, (0.05, 60))
    return bool(abs(float(paper) - float(low)) < 24 and float(grey.max()) - float(paper) < 90)


def evened(pixels: Pixels) -> Pixels:
    """Return a photo without its shadows: each colour of each part is divided by that of the paper around it.

    A page that is lit evenly, as by a scanner, comes back as it is.
    """
    import cv2

    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (max(width // 8, 8), max(height // 8, 8)), interpolation=cv2.INTER_AREA)
    reach = max(small.shape[1] // 24, 3)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((reach, reach), np.uint8)), (0, 0), reach)
    low, high = np.percentile(paper.max(axis=2), (10, 95))
    if high - low < _UNEVEN:
        return pixels
    light = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(pixels, np.maximum(light, 40), scale=245), np.uint8)
