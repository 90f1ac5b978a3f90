"""How a page gets onto the disk: six ways of scanning and photographing, each with its own damage.

A condition takes a drawn page (RGB, 200 dpi) and gives the bytes of a picture file.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from benchmarks.ocr_pages import DRAWN_DPI

Pixels = np.ndarray


def _scan(page: Pixels, dpi: int, rng: np.random.Generator) -> bytes:
    """A flatbed: resampled, a little blur and noise, paper not quite white, JPEG."""
    pixels = _at(page, dpi)
    pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.3, 0.6))
    return _jpeg(_noisy(pixels * rng.uniform(0.94, 1.0), 3, rng), int(rng.integers(70, 90)))


def _skewed(page: Pixels, rng: np.random.Generator) -> bytes:
    """A page put on the glass askew, up to two degrees, with the noise of a cheap sensor."""
    pixels = _at(page, 150)
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-2, 2), 1)
    turned = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(240, 240, 240))
    turned = cv2.GaussianBlur(turned, (0, 0), rng.uniform(0.4, 0.7))
    return _jpeg(_noisy(turned * 0.95, rng.uniform(8, 16), rng), int(rng.integers(60, 85)))


def _fax(page: Pixels, rng: np.random.Generator) -> bytes:
    """Black or white at 200 dpi, strokes too thin or too fat, specks; a PNG of one bit a pixel."""
    grey = cv2.cvtColor(page.astype(np.uint8), cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.5, 0.9)) + rng.normal(0, 14, grey.shape)
    black = grey < rng.uniform(145, 195)
    black ^= rng.random(grey.shape) < 0.0005
    file = BytesIO()
    Image.fromarray(np.where(black, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def _photo(page: Pixels, rng: np.random.Generator) -> bytes:
    """A telephone held over the page: perspective, a shadow from one side, blur, a warm lamp, a table around."""
    height, width = page.shape[:2]
    frame = (1500, 2100)
    paper = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    edges = np.array([(0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95)]) + rng.uniform(-0.03, 0.03, (4, 2))
    lens = cv2.getPerspectiveTransform(paper, (edges * frame).astype(np.float32))
    seen = cv2.warpPerspective(page, lens, frame, flags=cv2.INTER_AREA, borderValue=(96, 84, 70))
    across, down = np.meshgrid(np.linspace(-1, 1, frame[0]), np.linspace(-1, 1, frame[1]))
    angle = rng.uniform(0, 2 * np.pi)
    side = across * np.cos(angle) + down * np.sin(angle)
    light = 1 - rng.uniform(0.25, 0.5) / (1 + np.exp(-8 * (side - rng.uniform(-0.3, 0.5))))
    seen = seen * light[:, :, None] * np.array([1.0, rng.uniform(0.92, 1.0), rng.uniform(0.8, 0.95)])
    seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.8, 1.4))
    return _jpeg(_noisy(seen, 5, rng), int(rng.integers(60, 85)))


# The name in docs/ocr.md: the way. The promise for 150 dpi and above is for all but the third and the last.
CONDITIONS: dict[str, Callable[[Pixels, np.random.Generator], bytes]] = {
    "scan, 200 dpi": lambda page, rng: _scan(page, 200, rng),
    "scan, 150 dpi": lambda page, rng: _scan(page, 150, rng),
    "scan, 100 dpi": lambda page, rng: _scan(page, 100, rng),
    "150 dpi, skewed, noisy": _skewed,
    "fax, 200 dpi, 1 bit": _fax,
    "photo": _photo,
}


def damaged(picture: Image.Image, condition: str, seed: int) -> bytes:
    """The bytes of the picture file that a condition makes of a page."""
    return CONDITIONS[condition](np.asarray(picture).astype(np.float32), np.random.default_rng(seed))


def _at(page: Pixels, dpi: int) -> Pixels:
    scale = dpi / DRAWN_DPI
    return page if scale == 1 else cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _noisy(pixels: Pixels, deviation: float, rng: np.random.Generator) -> Pixels:
    return pixels + rng.normal(0, deviation, pixels.shape)


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    file = BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=quality)
    return file.getvalue()
