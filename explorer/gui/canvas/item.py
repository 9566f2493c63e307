"""The one item of the scene: a figure, painted as far as it is in sight.

One item for a whole network: an edit moves half of its cards, and moving thousands of items costs more than painting
the thirty that can be seen.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.brush import Brush
from explorer.gui.canvas.captions import Caption, captions, shortened
from explorer.gui.canvas.figure import Figure, Flow, Point
from explorer.gui.canvas.ink import NO_TEXT, Ink
from explorer.gui.canvas.pencil import Pencil
from explorer.gui.canvas.walk import SLACK, Window

EMPTY = Figure(0, 0, 0)
MARKER = 3.0  # pixels: how thick a drop marker is


@dataclasses.dataclass(frozen=True, slots=True)
class Marker:
    """Where blocks that are dragged would land.

    Attributes:
        at: The middle.
        reach: How far it goes to both sides.
        along: Whether it stands along the flow: the place of a new branch.
    """

    at: Point
    reach: float
    along: bool = False


class DiagramItem(QGraphicsItem):
    """A figure in a scene, with its axis at the scene's zero so that it stays where it is when its width changes.

    Args:
        ink: Colours and fonts.

    Attributes:
        zoom: Pixels of the view for one of the figure, along its flow, whatever the ratio of the screen's pixels.
    """

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # the exposed rectangle
        self.ink = ink
        self.flow = Flow()
        self.zoom = 1.0
        self.figure = EMPTY
        self.accents = Accents()
        self._captions: tuple[tuple[Figure, Flow, float], tuple[Caption, ...]] | None = None
        self._marker: Marker | None = None

    def show_figure(self, figure: Figure, flow: Flow, accents: Accents) -> None:
        """Shows another figure."""
        if figure is not self.figure or flow != self.flow:
            self.prepareGeometryChange()
            self.figure, self.flow = figure, flow
            self.setPos(*flow.turned(-figure.axis, 0.0))
        self.accents = accents
        self.update()

    def accentuate(self, **changes: object) -> None:
        """Emphasises something else."""
        self.accents = dataclasses.replace(self.accents, **changes)  # type: ignore[arg-type]
        self.update()

    def captions(self, zoom: float) -> tuple[Caption, ...]:
        """What is written beside the figure at a zoom: nothing where its cards have words of their own."""
        if zoom >= NO_TEXT:
            return ()
        key = (self.figure, self.flow, zoom)
        if self._captions is None or self._captions[0] != key:
            self._captions = (key, captions(self.figure, self.flow, zoom, self.ink.width))
        return self._captions[1]

    def mark(self, marker: Marker | None) -> None:
        """Shows where something would land, or nowhere."""
        if marker != self._marker:
            self._marker = marker
            self.update()

    @property
    def marker(self) -> Marker | None:
        """Where something would land."""
        return self._marker

    def point(self, where: QPointF) -> Point:
        """A point of the item, across and along."""
        return self.flow.turned(where.x(), where.y())

    def rect(self, at: Point, size: Point) -> QRectF:
        """The rectangle of the item at a point across and along, with those extents."""
        left, top = self.flow.turned(*at)
        width, height = self.flow.turned(*size)
        return QRectF(left, top, width, height)

    def window_of(self, rect: QRectF) -> Window:
        """A rectangle of the item, across and along."""
        return Window(self.point(rect.topLeft()), self.point(rect.bottomRight()))

    def _paint_marker(self, painter: QPainter, marker: Marker) -> None:
        across, along = (0.0, marker.reach) if marker.along else (marker.reach, 0.0)
        first = QPointF(*self.flow.turned(marker.at[0] - across, marker.at[1] - along))
        last = QPointF(*self.flow.turned(marker.at[0] + across, marker.at[1] + along))
        color = QColor(self.ink.color("accent"))
        painter.setPen(QPen(color, MARKER))
        painter.drawLine(first, last)
        painter.setBrush(QBrush(color))
        painter.drawEllipse(first, 3.5, 3.5)

    def _write_captions(self, painter: QPainter) -> None:
        found = self.captions(self.zoom)
        if found:
            origin = painter.transform().map(QPointF(0, 0))
            painter.save()
            painter.resetTransform()
            painter.translate(origin)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pencil = Pencil(painter, self.flow, self.ink, 1.0)
            for caption in shortened(found, origin.x(), self.ink.width):
                pencil.caption(caption)
            painter.restore()

    # Qt's overrides

    def boundingRect(self) -> QRectF:
        rect = self.rect((0, 0), (self.figure.across, self.figure.along))
        return rect.adjusted(-SLACK, -SLACK, SLACK, SLACK)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        brush = Brush(painter, self.flow, self.ink, self.accents, self.zoom)
        brush.paint(self.figure, self.window_of(option.exposedRect))
        self._write_captions(painter)
        if self._marker is not None:
            self._paint_marker(painter, self._marker)
