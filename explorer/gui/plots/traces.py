"""Curves of other runs in a plot: one item a curve, kept and filled anew, since making items is slow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import Qt

from explorer.gui.record.curve import Numbers

_SIZE = 6  # pixels of a point that stands alone
_BEHIND = -10  # the curves of the run in front are at 0


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A curve of a run.

    Attributes:
        x: Epochs.
        y: Values, which may be NaN.
        color: Of the line, as ``#RRGGBB``.
        dashed: Whether the line has gaps.
        width: Of the line, in pixels.
    """

    x: Numbers
    y: Numbers
    color: str
    dashed: bool = False
    width: int = 1


class Traces:
    """The items of the curves.

    Args:
        plot: The pyqtgraph item in which they are.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._items: list[pg.PlotDataItem] = []

    def show(self, traces: Sequence[Trace], lines: Sequence[tuple[Numbers, Numbers]]) -> None:
        """Draws curves.

        Args:
            traces: How they look.
            lines: The points to draw, as the axes count.
        """
        while len(self._items) < len(traces):
            self._items.append(self._make())
        for item in self._items[len(traces) :]:
            item.setData([], [])
        for item, trace, (x, y) in zip(self._items, traces, lines, strict=False):
            style = Qt.PenStyle.DashLine if trace.dashed else Qt.PenStyle.SolidLine
            item.setPen(pg.mkPen(trace.color, width=trace.width, style=style))
            item.setSymbol("o" if len(x) == 1 else None)  # a line of one point would not be seen
            item.setSymbolBrush(None if trace.dashed else trace.color)  # a ring is to a dot as dashes to a line
            item.setSymbolPen(pg.mkPen(trace.color))
            item.setData(x, y)

    def _make(self) -> pg.PlotDataItem:
        item = pg.PlotDataItem(antialias=True, symbolSize=_SIZE)
        item.setZValue(_BEHIND)
        self._plot.addItem(item, ignoreBounds=True)
        return item

    @property
    def points(self) -> list[int]:
        """How many points are drawn of each curve."""
        data = (item.getData()[0] for item in self._items)
        return [0 if x is None else len(x) for x in data]
