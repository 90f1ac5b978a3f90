"""The columns that a column comes from, back to the stage, as a drawing in layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.warehouse.kept_tables import Sources, project_tables
from pipelines.warehouse.lineage import Source

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y = 250, 40, 60, 12  # pixels
MOST_NODES = 200


def sources_of(table: str) -> Sources:
    """For each column of a table the columns that its values come from; empty for what no SQL makes."""
    return project_tables().sources.get(table, {})


@dataclass(frozen=True)
class _Node:
    source: Source
    layer: int
    place: int

    @property
    def corner(self) -> tuple[int, int]:
        return self.layer * (BOX_WIDTH + GAP_X) + 1, self.place * (BOX_HEIGHT + GAP_Y) + 1


def lineage_graph(table: str, column: str) -> dict[str, Any]:
    """Boxes (`table`, `column`, `x`, `y`, `is_made` by SQL), lines between them (SVG paths), and the size in pixels.

    Layer 0 is the column itself. A column that several others come from stands in its deepest layer. At most
    `MOST_NODES` boxes are drawn, and `is_cut` says when there are more.
    """
    layers: dict[Source, int] = {(table, column): 0}
    edges: set[tuple[Source, Source]] = set()
    waiting = [(table, column)]
    while waiting and len(layers) < MOST_NODES:
        this = waiting.pop(0)
        for source in sources_of(this[0]).get(this[1], ()):
            edges.add((this, source))
            if layers.get(source, -1) <= layers[this]:
                layers[source] = layers[this] + 1
                waiting.append(source)
    nodes = _placed(layers)
    lines = [_line(nodes[one], nodes[other]) for one, other in sorted(edges) if one in nodes and other in nodes]
    boxes: list[dict[str, Any]] = [
        {"table": one[0], "column": one[1], "x": x, "y": y, "is_made": one[0] in project_tables().specs}
        for one, (x, y) in ((source, node.corner) for source, node in nodes.items())
    ]
    return {
        "boxes": boxes,
        "lines": lines,
        "width": max(box["x"] for box in boxes) + BOX_WIDTH + 1,
        "height": max(box["y"] for box in boxes) + BOX_HEIGHT + 1,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
        "is_cut": bool(waiting),
    }


def _placed(layers: Mapping[Source, int]) -> dict[Source, _Node]:
    counts: dict[int, int] = {}
    nodes = {}
    for source, layer in sorted(layers.items(), key=lambda one: (one[1], one[0])):
        nodes[source] = _Node(source, layer, counts.get(layer, 0))
        counts[layer] = counts.get(layer, 0) + 1
    return nodes


def _line(one: _Node, other: _Node) -> str:
    """A curve from the right edge of one box to the left edge of the other."""
    (x, y), (to_x, to_y) = one.corner, other.corner
    x, y, to_y = x + BOX_WIDTH, y + BOX_HEIGHT // 2, to_y + BOX_HEIGHT // 2
    middle = (x + to_x) // 2
    return f"M{x},{y} C{middle},{y} {middle},{to_y} {to_x},{to_y}"
