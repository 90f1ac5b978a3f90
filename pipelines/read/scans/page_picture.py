"""From the bytes of a picture file to the pixels that are read: upright by its mark, of a usual size, without seals.

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
_SEAL_SIDES = (0.08, 0.45)  # of the page's width: round seals have 38 to 50 mm, red headlines are wider than high
_REDDER = 48  # of 255: red ink has so much more red than green and blue, also under a warm lamp
_NEARLY_PAPER = 0.8  # of the paper's light: what is left of red ink after all
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


def without_seals(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return the picture with round red seals taken out, and where their ink was (255 there, else 0).

    Black text under a seal and red headlines stay.

    Red ink takes away green and blue and a little red. As much red as its colour tells is given back within a seal, so
    that ink becomes paper, and black ink, which has no colour, stays.
    """
    import cv2

    signed = pixels.astype(np.int16)
    red = (signed[:, :, 2] - np.maximum(signed[:, :, 0], signed[:, :, 1]) > _REDDER).astype(np.uint8)
    seals = np.zeros_like(pixels)
    if not red.any():
        return pixels, seals
    height, width = red.shape
    scale = 4  # a seal is large, so that its shape is found on a small picture
    small = cv2.resize(red * 255, (max(width // scale, 1), max(height // scale, 1)), interpolation=cv2.INTER_AREA)
    reach = max(round(small.shape[1] * 0.025), 2)
    joined = cv2.morphologyEx((small > 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    page = min(width, height)
    cleaned = pixels
    for outline in outlines:
        x, y, w, h = (side * scale for side in cv2.boundingRect(outline))
        sides = min(w, h), max(w, h)
        if not (_SEAL_SIDES[0] * page < sides[0] and sides[1] < _SEAL_SIDES[1] * page and sides[1] < 1.6 * sides[0]):
            continue
        if cleaned is pixels:
            cleaned = pixels.copy()
        around = np.s_[max(y - 3 * scale, 0) : y + h + 3 * scale, max(x - 3 * scale, 0) : x + w + 3 * scale]
        seals[around] = 255 * red[around][:, :, None]
        cleaned[around] = _without_red(pixels[around], red[around] > 0)
    return cleaned, seals


def ink_tone(pixels: Pixels) -> float:
    """Return the tone of the black ink of a page, 0 to 255: light on a blurred page, where strokes run out."""
    return float(np.percentile(pixels[::2, ::2].max(axis=2), 1.5))


def is_red(strip: Pixels, seal: Pixels, ink: float) -> bool:
    """Return whether a strip of a cleaned picture shows what is left of a seal: much red was there, and little black.

    `ink` is the tone of black ink on the page; what is nearer to it than to paper is black.
    """
    grey = strip.max(axis=2)
    black = grey < 0.55 * ink + 0.45 * np.percentile(grey, 90)
    return bool(0.25 * (seal[:, :, 0] > 127).sum() > black.sum())


def _without_red(part: Pixels, is_red: NDArray[np.bool_]) -> Pixels:
    """Return a part of a page, in grey, without its red ink; around ink, what is nearly as light as paper is paper."""
    import cv2

    light = part[:, :, 2].astype(np.float32)  # black is dark in it, and red ink hardly
    redness = np.maximum(light - part[:, :, :2].max(axis=2), 0)
    paper = float(np.percentile(light[~is_red], 60)) if not is_red.all() else 255.0
    full = float(np.percentile(redness[is_red], 80))
    lost = max(paper - float(np.percentile(light[is_red], 40)), 0.0)
    inked = np.minimum(redness / full, 1)
    near = cv2.dilate(inked, np.ones((3, 3), np.uint8))  # JPEG keeps colours at half the resolution
    back = (light + 1.2 * lost * inked) / (1 - (1 - _NEARLY_PAPER) * near)
    return np.asarray(np.clip(back, 0, paper)[:, :, None], np.uint8)


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
