"""Round red seals over the text of a page: taken out, and what they leave told from what they cover."""

from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from pipelines.read.scans.number_marks import DOUBTFUL
from pipelines.read.scans.ocr_models import Reading
from pipelines.read.scans.page_picture import Pixels

_SEAL_SIDES = (0.08, 0.45)  # of the page's width: round seals have 38 to 50 mm, red headlines are wider than high
_REDDER = 48  # of 255: red ink has so much more red than green and blue, also under a warm lamp
_NEARLY_PAPER = 0.8  # of the paper's light: what is left of red ink after all
_COVERED = 0.01  # of a strip: with less red it is read once


def without_seals(pixels: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Return the picture without its round red seals, the picture itself, and the seals alone (255 on ink, else 0).

    Black text under a seal and red headlines stay.

    Red ink takes away green and blue and a little red. As much red as its colour tells is given back within a seal, so
    that ink becomes paper, and black ink, which has no colour, stays.
    """
    import cv2

    signed = pixels.astype(np.int16)
    red = (signed[:, :, 2] - np.maximum(signed[:, :, 0], signed[:, :, 1]) > _REDDER).astype(np.uint8)
    seals = np.zeros_like(pixels)
    if not red.any():
        return pixels, pixels, seals
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
    return cleaned, pixels, seals


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


def is_covered(seal: Pixels) -> bool:
    """Return whether a part of the seals on a page holds so much red that the text under it may have suffered."""
    return bool((seal[:, :, 0] > 127).mean() > _COVERED)


def surer(cleaned: Reading, seen: Reading) -> Reading:
    """Return the surer reading of a strip under a seal, of that without the seal and that with it.

    Characters in which they differ are doubtful.
    """
    best, other = (cleaned, seen) if cleaned.mean >= seen.mean else (seen, cleaned)
    confidences = list(best.confidences)
    for kind, start, end, _, _ in SequenceMatcher(None, best.text, other.text, autojunk=False).get_opcodes():
        if kind in ("replace", "delete"):
            for at in range(start, end):
                confidences[at] = min(confidences[at], DOUBTFUL)
    return best._replace(confidences=tuple(confidences))
