"""What all charts share: drawing an SVG, fonts, colours, titles and footnotes.

Text stays text in the SVG. The browser that shows it chooses the Chinese font, so that a server needs none. The same
data give the same bytes: the SVG holds no date, and its ids are hashed with a fixed salt.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colour-blind readers can tell these apart (Okabe and Ito). The second is hatched, too.
BLUE, ORANGE, GREY, INK = "#0072b2", "#e69f00", "#8a8a8a", "#333333"
POINTS_PER_PIXEL = 0.75

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fazhi",
    # This font comes with matplotlib, so that the layout is the same on every machine. Browsers replace what it lacks.
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 7.5,
    "hatch.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
}


def draw_svg(draw: "Callable[[Figure], None]", width: int, height: int) -> bytes:
    """The SVG, without its XML declaration, of what `draw` puts on a figure of `width` x `height` pixels."""
    from io import BytesIO

    with _quiet():
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        with rc_context(STYLE):
            figure = Figure(figsize=(width * POINTS_PER_PIXEL / 72, height * POINTS_PER_PIXEL / 72))
            draw(figure)
            buffer = BytesIO()
            hidden = dict.fromkeys(("Creator", "Date", "Format", "Type"))
            FigureCanvasSVG(figure).print_svg(buffer, metadata=hidden)  # type: ignore[no-untyped-call]
    content = buffer.getvalue()
    # With this attribute browsers set to another language still show the Chinese forms of Han characters.
    return content[content.index(b"<svg ") :].replace(b"<svg ", b'<svg xml:lang="zh-CN" ', 1)


def heading(figure: "Figure", chinese: str, english: str) -> None:
    """The title of a chart, in both languages, at its upper left."""
    figure.text(0.012, 0.975, f"{chinese}  {english}", fontsize=9, va="top")


def footnote(figure: "Figure", text: str, x: float = 0.012) -> None:
    """A line at the foot of a chart."""
    figure.text(x, 0.02, text, fontsize=7, color=INK)


def write_nothing_to_show(axes: "Axes", text: str) -> None:
    """Write `text` into the middle of an empty panel."""
    axes.set(xticks=[], yticks=[])
    axes.text(0.5, 0.5, text, ha="center", va="center", color=INK, transform=axes.transAxes)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence matplotlib's warnings about missing glyphs, which browsers have, and about a home it cannot write to."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
            yield
    finally:
        logger.setLevel(level)
