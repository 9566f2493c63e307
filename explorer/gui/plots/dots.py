"""Dots for curves that have only one point: a line needs two, and a run of one step would leave its plot empty."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QColor

from explorer.gui.record.curve import Numbers

Line = tuple[Numbers, Numbers]

_SIZE = 7  # pixels


class Dots(pg.ScatterPlotItem):  # type: ignore[misc] # pyqtgraph has no types
    """The dots of all curves of a plot in one item, the last curve in front."""

    def __init__(self) -> None:
        super().__init__(size=_SIZE, pxMode=True, antialias=True, pen=None)

    def show_for(self, lines: Sequence[Line], colors: Sequence[QColor]) -> None:
        """Draws a dot for each line of one point.

        Args:
            lines: The points that are drawn of each curve.
            colors: The colour of each curve.
        """
        dots = [(x[0], y[0], color) for (x, y), color in zip(lines, colors, strict=True) if len(x) == 1]
        if dots or len(self.data):
            x, y, brushes = ([dot[part] for dot in dots] for part in range(3))
            self.setData(x=x, y=y, brush=[pg.mkBrush(color) for color in brushes])
