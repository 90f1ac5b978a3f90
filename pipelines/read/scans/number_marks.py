"""Look-alikes within numbers: letters that stand for digits, and the comma that parts thousands.

A repair is made only where digits stand around it, and it lowers the confidence: a person shall look at it.
"""

import re

from pipelines.read.scans.ocr_models import Reading

DOUBTFUL = 0.5  # the most that is said of a digit that was repaired, or that is in dispute
_ALIKE = str.maketrans("OoQ〇Il|!｜", "000011111")
_WITHIN = re.compile(r"(?<=[0-9])[OoQ〇Il|!｜]+(?=[0-9])")
_ALL_ALIKE = re.compile(r"[OoIl|!0-9]*[0-9][OoIl|!0-9]*%?")
_BESIDE_LETTER = re.compile(r"[0-9](?=[A-Za-z|!])|(?<=[A-Za-z|!])[0-9]")
_WIDE_COMMA = re.compile(r"(?<![0-9.,])([0-9]{1,3})(，(?=[0-9]{3}(?![0-9])))")
_POINT = re.compile(r"(?<![0-9.,])[0-9]{1,3}(\.)[0-9]{3}(?![0-9])")  # 2,400 looks like this on a poor page
_LEADING_NOUGHT = re.compile(r"(?<![0-9])0[0-9]+")  # 021年: the digit before it lies under a seal, or was cut off
_NARROW = 2.4  # digit widths from digit to digit: 1.5 to 2 over a half-width comma, 3 over a full-width one


def repaired(reading: Reading) -> Reading:
    """Return the reading with look-alikes between digits as digits; the confidence of each is `DOUBTFUL` at most."""
    text, confidences = reading.text, list(reading.confidences)
    for match in _BESIDE_LETTER.finditer(text):
        confidences[match.start()] = min(confidences[match.start()], DOUBTFUL)
    for match in _LEADING_NOUGHT.finditer(text):
        for at in range(*match.span()):
            confidences[at] = min(confidences[at], DOUBTFUL)
    for match in _POINT.finditer(text):
        confidences[match.start(1)] = min(confidences[match.start(1)], DOUBTFUL)
    spans = [match.span() for match in _WITHIN.finditer(text)]
    if _ALL_ALIKE.fullmatch(text):
        spans.append((0, len(text)))
    for start, end in spans:
        changed = text[start:end].translate(_ALIKE)
        for at in range(start, end):
            if changed[at - start] != text[at]:
                confidences[at] = min(confidences[at], DOUBTFUL)
        text = text[:start] + changed + text[end:]
    return Reading(_with_narrow_commas(text, reading.places), tuple(confidences), reading.places)


def _with_narrow_commas(text: str, places: tuple[float, ...]) -> str:
    """Return the text with `，` as `,` where it parts thousands: as narrow as that, and three digits behind it."""
    for match in _WIDE_COMMA.finditer(text):
        at = match.start(2)
        digit = (places[at + 3] - places[at + 1]) / 2
        if places[at + 1] - places[at - 1] < _NARROW * digit:
            text = text[:at] + "," + text[at + 1 :]
    return text
