"""Chains: figures one behind the other on the axis, with the shape on every line between two."""

from __future__ import annotations

import itertools

from explorer.core.compose import Recall, Tap
from explorer.core.shape import Shape
from explorer.gui.canvas.arcs import Arcs
from explorer.gui.canvas.figure import Bracket, Figure, Gap, Loose, Point, moved
from explorer.gui.canvas.folds import GROUP
from explorer.gui.canvas.lineup import Item
from explorer.gui.canvas.sketch import LABEL_HEIGHT, LEAD, Paper, Sketch

NARROW_MARKER = 60  # pixels: the least reach of a marker to both sides
BRACKET = 26  # across, of the sign beside an unfolded group


class Chains:
    """Draws chains.

    Args:
        paper: Direction and fonts.
    """

    def __init__(self, paper: Paper) -> None:
        self._paper = paper

    def draw(self, items: list[Item], shape: Shape | None) -> Figure:
        """The figure of a chain.

        Args:
            items: What stands in it, in order.
            shape: What arrives.
        """
        axis = self._axis(items)
        reach, along, before = max(axis, NARROW_MARKER), 0.0, shape
        sketch, arcs = Sketch(), Arcs(max((axis - i.figure.axis + i.figure.across for i in items), default=80.0))
        taps: dict[str, Point] = {}
        starts: list[float] = []
        for place, item in enumerate(items):
            if place:
                along = self._edge(sketch, item, (axis, along), before, reach)
            at = (axis - item.figure.axis, along)
            sketch.put(item.figure, at, item.path, is_closed=True)
            self._connect(sketch, arcs, taps, item, at)
            starts.append(along)
            along += item.figure.along
            before = item.shape
        along = self._ends(sketch, items, (axis, along), reach)
        self._brackets(sketch, items, starts)
        return sketch.finished(arcs.draw(sketch), along, axis)

    def _axis(self, items: list[Item]) -> float:
        axis = max((item.figure.axis for item in items), default=40.0)
        if any(item.group for item in items):
            axis += BRACKET
        return axis if self._paper.flow.vertical else max(axis, LABEL_HEIGHT + 4.0)

    @staticmethod
    def _connect(sketch: Sketch, arcs: Arcs, taps: dict[str, Point], item: Item, at: Point) -> None:
        """Leads arcs from the taps so far to what recalls them in an item; a tap is one for what follows."""
        for end in item.figure.loose:
            point = moved(end.at, at)
            if end.tap in taps:
                arcs.connect(taps[end.tap], point)
            else:
                sketch.loose.append(Loose(end.tap, point))
        if isinstance(item.slot.block, Tap) and item.slot.enabled:
            taps[item.slot.block.name] = moved((item.figure.across, item.figure.along / 2), at)

    @staticmethod
    def _ends(sketch: Sketch, items: list[Item], end: Point, reach: float) -> float:
        """The places in front of all and behind all; gives where the chain ends."""
        axis, along = end
        if items:
            sketch.gaps.append(Gap((axis, -LEAD / 2), reach, 0))
            sketch.gaps.append(Gap((axis, along + LEAD / 2), reach, items[-1].after))
            return along
        sketch.line((axis, 0), (axis, LEAD))
        sketch.gaps.append(Gap((axis, LEAD / 2), reach, 0))
        return float(LEAD)

    def _edge(self, sketch: Sketch, item: Item, start: Point, shape: Shape | None, reach: float) -> float:
        """The line to an item, with the shape that flows along it; gives where the item starts."""
        (axis, along), block = start, item.slot.block
        middle, end = along + self._paper.edge(shape) / 2, along + self._paper.edge(shape)
        sketch.label(self._paper.beside(shape, axis, middle))
        starts_anew = isinstance(block, Recall) and block.merge == "replace" and item.slot.enabled
        if not starts_anew:
            sketch.line((axis, along), (axis, end))
        sketch.gaps.append(Gap((axis, middle), reach, item.index))
        return end

    @staticmethod
    def _brackets(sketch: Sketch, items: list[Item], starts: list[float]) -> None:
        """Holds unfolded groups together at their side."""
        for group, run in itertools.groupby(zip(items, starts, strict=True), key=lambda pair: pair[0].group):
            if group is not None:
                members = list(run)
                (first, start), (last, end) = members[0], members[-1]
                figure = Figure(BRACKET - 8, end + last.figure.along - start, 0, Bracket(group))
                sketch.put(figure, (0.0, start), (GROUP + first.slot.name,))
