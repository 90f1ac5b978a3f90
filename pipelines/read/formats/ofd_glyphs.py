"""The characters that a page of an OFD file draws, each at its place. Sections are those of GB/T 33190-2016.

An object lies in its boundary (8.5); its matrix turns and stretches what is in it. A `TextCode` (11.3) gives the place
of its first character and the steps to the next ones. Lengths are in millimetres in the file and in points here; y
grows downwards in the file and upwards here.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.read.document import ReadError
from pipelines.read.formats.ofd_package import number_list
from pipelines.read.formats.page_glyphs import Char, Glyph, is_pale, quarter
from pipelines.reasons import ReasonCode

_POINTS = 72 / 25.4
_SIZE = 3.5  # millimetres, where none is stated
_MOST_CHARS = 2_000_000
_NEXT = 1.3  # of the size: the character after such a step follows without a gap
_DEEPEST = 8  # drawings within drawings
_WIDE = "\u1100"
_STEPS = re.compile(r"g\s*([0-9]+)\s+([-+.0-9eE]+)|([-+.0-9eE]+)")
_OFF = frozenset({"false", "0"})

_Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, top, width, height in millimetres
_UNIT: _Matrix = (1, 0, 0, 1, 0, 0)


class Drawn(NamedTuple):
    """What a page draws.

    `pictures` are the ids of its pictures with the boxes that they cover on the paper, `outlines` the number of filled
    paths, and `nameless` the number of glyphs that are drawn by their number without a character.
    """

    glyphs: tuple[Glyph, ...]
    pictures: tuple[tuple[str, Box], ...]
    outlines: int
    nameless: int

    def with_more(self, other: "Drawn") -> "Drawn":
        """Return this page with what `other` draws below it."""
        return Drawn(
            other.glyphs + self.glyphs,
            other.pictures + self.pictures,
            self.outlines + other.outlines,
            self.nameless + other.nameless,
        )


def drawn_in(content: Any, box: tuple[float, ...], resources: Mapping[str, Any]) -> Drawn:
    """Return what the XML of a page or a template draws on paper of this box (left, top, width, height).

    `resources` are the drawings and colours that it may cite. Raises ReadError `bomb` beyond two million characters.
    """
    glyphs: list[Glyph] = []
    pictures: list[tuple[str, Box]] = []
    outlines, nameless = 0, 0
    for node, matrix in _objects(content, resources):
        if node.tag == "TextObject":
            found = [glyph for glyph in _text(node, matrix, resources) if _is_on(glyph.char, box)]
            glyphs += found
            if not any(glyph.char.text.strip() for glyph in found):
                nameless += sum(len((given.text or "").split()) for given in node.iterfind("CGTransform/Glyphs"))
            if len(glyphs) > _MOST_CHARS:
                message = f"found more than {_MOST_CHARS} characters on a page, expected a report; look at the file"
                raise ReadError(ReasonCode.BOMB, message)
        elif node.tag == "ImageObject":
            pictures.append((node.get("ResourceID") or "", _on_paper(_corners(node, matrix), box)))
        elif (node.get("Fill") or "").lower() == "true":
            outlines += 1
    return Drawn(tuple(_without_doubles(glyphs)), tuple(pictures), outlines, nameless)


def _without_doubles(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Yield characters once that are drawn twice at nearly one place, which makes them look bold."""
    seen: set[tuple[str, int, int]] = set()
    for glyph in glyphs:
        cell = max(0.1, 0.2 * glyph.size)
        across, down = round(glyph.char.left / cell), round(glyph.char.bottom / cell)
        around = ((glyph.char.text, across + x, down + y) for x in (-1, 0, 1) for y in (-1, 0, 1))
        if not glyph.char.text.strip() or seen.isdisjoint(around):
            yield glyph
            seen.add((glyph.char.text, across, down))


def _objects(content: Any, resources: Mapping[str, Any]) -> Iterator[tuple[Any, _Matrix]]:
    """Yield texts, pictures and paths with the matrix of what they lie in; a drawing may be cited, and cite others."""
    stack: list[tuple[Any, _Matrix, int]] = [(iter(content.iterfind("Content")), _UNIT, 0)]
    met = 0
    while stack:
        nodes, matrix, depth = stack[-1]
        node = next(nodes, None)
        if node is None:
            stack.pop()
            continue
        met += 1
        if met > _MOST_CHARS:
            raise ReadError(ReasonCode.BOMB, f"found more than {_MOST_CHARS} objects on a page; look at the file")
        if (node.get("Visible") or "").lower() in _OFF:
            continue
        if node.tag in ("TextObject", "ImageObject", "PathObject"):
            yield node, matrix
        elif node.tag == "CompositeObject" and depth < _DEEPEST:
            unit = resources.get(node.get("ResourceID") or "")
            if unit is not None:
                stack.append((iter(unit.iterfind("Content")), _within(node, matrix), depth + 1))
        elif node.tag in ("Content", "Layer", "PageBlock"):
            stack.append((iter(node), matrix, depth))


def _text(node: Any, outer: _Matrix, resources: Mapping[str, Any]) -> Iterator[Glyph]:
    """Yield the characters of a TextObject."""
    matrix = _within(node, outer)
    stated = number_list(node.get("Size") or "")
    size = (stated[0] if stated and stated[0] > 0 else _SIZE) * math.hypot(matrix[2], matrix[3]) * _POINTS
    scale = math.hypot(matrix[0], matrix[1])
    stretch = (number_list(node.get("HScale") or "") or [1.0])[0] * scale / (math.hypot(matrix[2], matrix[3]) or 1)
    turned = (number_list(node.get("CharDirection") or "") or [0.0])[0]
    angle = round(math.degrees(math.atan2(-matrix[1], matrix[0])) - turned) % 360
    pale = _is_pale(node, resources)
    box = number_list(node.get("Boundary") or "")
    x = y = 0.0
    for code in node.iterfind("TextCode"):
        x = (number_list(code.get("X") or "") or [x])[0]
        y = (number_list(code.get("Y") or "") or [y])[0]
        # some writers put the text on lines of its own
        text = re.sub(r"[\x00-\x1f\ufeff]", "", re.sub(r"\A\s*\n\s*|\s*\n\s*\Z", "", code.text or ""))
        across, down = _places(code, text, node, x, y)
        # a box around a single character shows how wide it is
        alone = box[2] * math.hypot(*outer[:2]) / (scale or 1) if len(text) == 1 and len(box) == 4 else 0.0
        for at, char in enumerate(text):
            left, base = _applied(matrix, across[at], down[at])
            left, base = left * _POINTS, -base * _POINTS
            width = size * (1 if char >= _WIDE else 0.5) * stretch
            step = math.hypot(across[at + 1] - across[at], down[at + 1] - down[at]) if at + 1 < len(text) else alone
            step *= scale * _POINTS
            if width < step < _NEXT * size:  # figures may stand as far apart as Chinese characters do
                width = step
            if quarter(angle):
                placed = Char(char, left, left, base, base)
            else:
                placed = Char(char, left, left + width, base - 0.12 * size, base + 0.88 * size)
            yield Glyph(placed, angle, size, pale, width)


def _places(code: Any, text: str, node: Any, x: float, y: float) -> tuple[list[float], list[float]]:
    """Return the places of the characters of a TextCode within its object, across and down."""
    many = len(text)
    across, down = (_steps(code.get(name) or "", many - 1) for name in ("DeltaX", "DeltaY"))
    if not across and not down:  # no steps are stated: each character follows the one before it
        size = (number_list(node.get("Size") or "") or [_SIZE])[0]
        widths = [size * (1 if char >= _WIDE else 0.5) for char in text]
        if (node.get("ReadDirection") or "0").strip() in ("90", "270"):
            down = [size] * many
        else:
            across = widths
    return _summed(x, across, many), _summed(y, down, many)


def _steps(text: str, many: int) -> list[float]:
    """Return at most `many` steps; `g 3 4.9` is 4.9 three times (11.3)."""
    found: list[float] = []
    for match in _STEPS.finditer(text):
        if len(found) >= many:
            break
        times, repeated, single = match.groups()
        number = number_list(repeated or single)
        if number:
            found += number[:1] * min(int(times) if times else 1, many - len(found))
    return found


def _summed(start: float, steps: list[float], many: int) -> list[float]:
    """Return where `many` characters stand; the last step goes on where steps are missing."""
    places = [start]
    for at in range(many - 1):
        step = steps[min(at, len(steps) - 1)] if steps else 0.0
        places.append(places[-1] + step)
    return places[:many]


def _is_pale(node: Any, resources: Mapping[str, Any]) -> bool:
    """Return whether a text has the colour of a watermark: by its own colour, or by that of the style it cites."""
    style = resources.get(node.get("DrawParam") or "")
    color = node.find("FillColor")
    if color is None and style is not None:
        color = style.find("FillColor")
    values = [] if color is None else _color(color.get("Value") or "")
    lightness = 0.0
    if len(values) == 4:  # cyan, magenta, yellow, black
        lightness = 255 - max(values[:3]) - values[3]
    elif values:
        lightness = min(values)
    alphas = [holder.get("Alpha") for holder in (node, color) if holder is not None and holder.get("Alpha")]
    opacity = min((number_list(alpha) or [255.0])[0] for alpha in alphas) if alphas else 255.0
    return is_pale(round(max(0.0, lightness)), round(opacity))


def _color(text: str) -> list[float]:
    """Return the parts of a colour: `255 0 0` or `#FF #00 #00`."""
    if "#" in text:
        return [float(int(part, 16)) for part in re.findall(r"#([0-9a-fA-F]{1,2})", text)]
    return number_list(text)


def _within(node: Any, outer: _Matrix) -> _Matrix:
    """Return the matrix of what lies in an object: its own, moved to its boundary, and that around it."""
    left, top = (*number_list(node.get("Boundary") or ""), 0.0, 0.0)[:2]
    own = number_list(node.get("CTM") or "")
    a, b, c, d, e, f = own if len(own) == 6 else _UNIT
    return _multiplied((a, b, c, d, e + left, f + top), outer)


def _multiplied(one: _Matrix, two: _Matrix) -> _Matrix:
    """Return the matrix that does `one` and then `two`."""
    return (
        one[0] * two[0] + one[1] * two[2],
        one[0] * two[1] + one[1] * two[3],
        one[2] * two[0] + one[3] * two[2],
        one[2] * two[1] + one[3] * two[3],
        one[4] * two[0] + one[5] * two[2] + two[4],
        one[4] * two[1] + one[5] * two[3] + two[5],
    )


def _applied(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def _corners(node: Any, outer: _Matrix) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the boundary of an object."""
    left, top, width, height = (*number_list(node.get("Boundary") or ""), 0.0, 0.0, 0.0, 0.0)[:4]
    corners = [_applied(outer, left + x * width, top + y * height) for x in (0, 1) for y in (0, 1)]
    return (
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    )


def _on_paper(corners: tuple[float, float, float, float], paper: tuple[float, ...]) -> Box:
    """Return the part of a box (left, top, right, bottom) that lies on the paper."""
    left, top = max(corners[0], paper[0]), max(corners[1], paper[1])
    right, bottom = min(corners[2], paper[0] + paper[2]), min(corners[3], paper[1] + paper[3])
    return left, top, max(0.0, right - left), max(0.0, bottom - top)


def _is_on(char: Char, box: tuple[float, ...]) -> bool:
    """Return whether a character lies on the paper."""
    across, down = (char.left + char.right) / 2 / _POINTS, -(char.top + char.bottom) / 2 / _POINTS
    return box[0] - 1 <= across <= box[0] + box[2] + 1 and box[1] - 1 <= down <= box[1] + box[3] + 1
