"""What lies behind the curves of a plot: a band for every other stretch of epochs, and the lines of the grid."""

from __future__ import annotations

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from explorer.gui import style


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        ticks: Where it has a tick, and what stands there.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


class Backdrop(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no types
    """Bands between the ticks of the epochs and lines at those of the values: one item instead of dozens."""

    def __init__(self) -> None:
        super().__init__()
        self._x = self._y = Axis(0, 1, ())
        self._marks: tuple[float, ...] = ()
        self.setZValue(-100)

    def show_marks(self, marks: tuple[float, ...]) -> None:
        """Draws a line down the plot at each of these places of the x axis: where a stage of the run begins."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def show_axes(self, x: Axis, y: Axis) -> None:
        """Follows the axes."""
        self.prepareGeometryChange()
        self._x, self._y = x, y
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._x.low, self._y.low, self._x.high - self._x.low, self._y.high - self._y.low)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        palette = style.current()
        edges = [where for where, _ in self._x.ticks]
        height = self._y.high - self._y.low
        for left, right in zip(edges[::2], [*edges[1::2], self._x.high], strict=False):
            painter.fillRect(QRectF(left, self._y.low, right - left, height), QColor(palette.ground))
        painter.setPen(pg.mkPen(palette.grid, width=1))
        for where, _ in self._y.ticks:
            painter.drawLine(QPointF(self._x.low, where), QPointF(self._x.high, where))
        painter.setPen(pg.mkPen(palette.muted, width=1, dash=(4, 3)))
        for where in self._marks:
            if self._x.low < where < self._x.high:
                painter.drawLine(QPointF(where, self._y.low), QPointF(where, self._y.low + height))
