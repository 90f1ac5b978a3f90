"""The two models of rapidocr: where the lines of text are, and what a line says, with a probability a character.

The models lie in the wheel of rapidocr and are given by their path, so that nothing is ever looked for on a network.
"""

import logging
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import FazhiError
from pipelines.read.scans.ocr_packages import missing_packages
from pipelines.read.scans.page_picture import Pixels

Boxes = NDArray[np.float32]  # boxes x 4 corners (from the upper left, clockwise) x 2 (x, y), in pixels

_HEIGHT = 48  # pixels of a line as the model takes it
_LONGEST = 4_000  # pixels: 80 characters; a longer strip is pressed together
_DETECT_SIDE = 1_600  # pixels of the longer side for the search of lines
_TALL = 2.2  # times the width: higher pictures, as of whole web pages, would be too small to search as one
_SEAM = 4  # pixels by which two pieces may disagree on where a line is
_NO_BOXES: Boxes = np.zeros((0, 4, 2), np.float32)


class OcrMissingError(FazhiError):
    """The packages of the extra `ocr` are not there."""


class Reading(NamedTuple):
    """What one strip says: its characters, how sure each is (0 to 1), and where its middle is (0 left to 1 right)."""

    text: str
    confidences: tuple[float, ...]
    places: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean confidence; 0 for a strip without characters."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


@cache
def load_models(threads: int) -> "Models":
    """Return the models, loaded once a process; `threads` is for both together. Raises OcrMissingError."""
    if missing := missing_packages():
        raise OcrMissingError(
            f"found no {', '.join(missing)}, which read scans; run `make run`, or `pip install 'fazhi[ocr]'`"
        )
    return Models(threads)


class Models:
    """The detector and the recogniser in this process."""

    def __init__(self, threads: int) -> None:
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        import cv2
        import rapidocr
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.ch_ppocr_rec import TextRecognizer

        cv2.setNumThreads(threads)
        folder = Path(rapidocr.__file__).parent / "models"
        settings = {
            "Global.log_level": "critical",
            "Det.model_path": str(_model(folder, "det")),
            "Det.limit_side_len": _DETECT_SIDE,
            "Det.limit_type": "max",
            "Rec.model_path": str(_model(folder, "rec")),
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        config = rapidocr.RapidOCR(params=settings).cfg
        config.Det.engine_cfg = config.Rec.engine_cfg = config.EngineConfig.onnxruntime
        config.Rec.font_path = None
        self._detector = TextDetector(config.Det)
        recogniser = TextRecognizer(config.Rec)
        self._session = recogniser.session
        self._alphabet: list[str] = recogniser.postprocess_op.character

    def lines(self, pixels: Pixels) -> Boxes:
        """Return the boxes of the lines of text on a picture; one much higher than wide is searched piece by piece."""
        height, width = pixels.shape[:2]
        if height <= _TALL * width:
            return self._found(pixels)
        step, overlap = round(1.3 * width), round(0.2 * width)
        kept: list[Boxes] = []
        for top in range(0, height - overlap, step):
            bottom = min(top + step + overlap, height)
            boxes = self._found(pixels[top:bottom]) + np.array([0, top], np.float32)
            begin = top + overlap / 2 - _SEAM if top else 0
            end = bottom - overlap / 2 + _SEAM if bottom < height else height
            for box in boxes:
                middle = box.mean(axis=0)
                is_known = any(np.abs(middle - other.mean(axis=0)).max() < 3 * _SEAM for other in kept[-40:])
                if begin <= middle[1] < end and not is_known:
                    kept.append(box)
        return np.stack(kept) if kept else _NO_BOXES

    def _found(self, pixels: Pixels) -> Boxes:
        found = self._detector(pixels).boxes
        return _NO_BOXES if found is None else np.asarray(found, np.float32)

    def read(self, strip: Pixels, wider: float = 1.0) -> Reading:
        """Return what a strip says, one line of text from left to right; it may be read as if it were wider."""
        return _decoded(self._session(_prepared(strip, wider))[0], self._alphabet)


def _model(folder: Path, task: str) -> Path:
    """Return the model in the wheel for `det` or `rec`. Raises OcrMissingError."""
    found = sorted(folder.glob(f"*_{task}_*.onnx"))
    if not found:
        raise OcrMissingError(f"found no *_{task}_*.onnx in {folder.name} of rapidocr; install rapidocr 3.9 or newer")
    return found[-1]


def _prepared(strip: Pixels, wider: float) -> NDArray[np.float32]:
    """Return a strip as the model takes it: 1 x 3 x 48 x width, from -1 (black) to 1 (white)."""
    import cv2

    height, width = strip.shape[:2]
    wide = min(max(round(wider * width * _HEIGHT / height), 16), _LONGEST)
    way = cv2.INTER_AREA if height > 1.5 * _HEIGHT else cv2.INTER_CUBIC if height < _HEIGHT else cv2.INTER_LINEAR
    scaled = cv2.resize(strip, (wide, _HEIGHT), interpolation=way).astype(np.float32)
    return np.ascontiguousarray((scaled / 127.5 - 1).transpose(2, 0, 1)[None])


def _decoded(chances: NDArray[np.float32], alphabet: list[Any]) -> Reading:
    """Decode what the model gives: steps x characters; step after step, where 0 stands for no character.

    A character is a run of steps at which it is the likeliest; its confidence is the largest probability in the run.
    """
    best = chances.argmax(axis=1)
    top = chances[np.arange(len(best)), best]
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    text: list[str] = []
    confidences: list[float] = []
    places: list[float] = []
    for start, end in zip(starts, [*starts[1:], len(best)], strict=True):
        if best[start]:
            peak = start + int(top[start:end].argmax())
            text.append(alphabet[best[start]])
            confidences.append(float(top[peak]))
            places.append((peak + 0.5) / len(best))
    return Reading("".join(text), tuple(confidences), tuple(places))
