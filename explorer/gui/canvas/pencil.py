"""Draws the lines of figures, and writes."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from explorer.gui.canvas.captions import LINE, Caption
from explorer.gui.canvas.figure import Flow, Line, Point, Stroke, moved
from explorer.gui.canvas.ink import DASHES, NO_TEXT, Ink
from explorer.gui.canvas.sketch import Font
from explorer.gui.canvas.walk import Window

CORNER = 9.0  # radius of a line's corners


class Pencil:
    """Lines and words.

    Args:
        painter: Where to.
        flow: The direction of the figures.
        ink: Colours and fonts.
        zoom: Pixels on the screen for one of the figure.
    """

    def __init__(self, painter: QPainter, flow: Flow, ink: Ink, zoom: float) -> None:
        self._painter = painter
        self._flow = flow
        self._ink = ink
        self._zoom = zoom

    def line(self, line: Line, at: Point, window: Window | None) -> None:
        """Draws a line of a figure that starts at a point, if it lies in a window."""
        if window is not None and not _meets(line, at, window):
            return
        points = [QPointF(*self._flow.turned(*moved(point, at))) for point in line.points]
        self._painter.setPen(self.pen(line.stroke))
        if len(points) == 2:
            self._painter.drawLine(QLineF(points[0], points[1]))
        else:
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawPath(rounded(points))
        if line.arrow and self._zoom >= NO_TEXT:
            self._head(points[-2], points[-1], line)

    def pen(self, stroke: Stroke) -> QPen:
        """The pen of a kind of line."""
        plain = stroke == "flow"
        pen = QPen(self._ink.color("earlier" if plain else "merge"), 1.5)
        if stroke in DASHES:
            pen.setDashPattern(list(DASHES[stroke]))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap if stroke == "zero_pad" else Qt.PenCapStyle.FlatCap)
            pen.setWidthF(2.2 if stroke == "zero_pad" else 1.5)
        if self._zoom < NO_TEXT:
            pen.setCosmetic(True)
            pen.setWidthF(1.0)
        return pen

    def _head(self, before: QPointF, tip: QPointF, line: Line) -> None:
        way = QLineF(tip, before)
        if way.length() < 1:
            return
        way.setLength(7)
        side = way.normalVector().unitVector()
        across = QPointF(side.dx(), side.dy()) * 3.4
        path = QPainterPath(tip)
        path.lineTo(way.p2() + across)
        path.lineTo(way.p2() - across)
        path.closeSubpath()
        self._painter.fillPath(path, self._ink.color("earlier" if line.stroke == "flow" else "merge"))

    def text(
        self,
        rect: QRectF,
        text: str,
        role: Font,
        color: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        *,
        growth: float = 1.0,
    ) -> None:
        """Writes a text in a rectangle, on one line; what is too long is not cut off.

        Args:
            rect: Where.
            text: What.
            role: The font.
            color: The colour.
            side: Where in the rectangle.
            growth: How much larger than the font.
        """
        if growth > 1.0:
            self._painter.save()
            self._painter.translate(rect.topLeft())
            self._painter.scale(growth, growth)
            self.text(QRectF(0, 0, rect.width() / growth, rect.height() / growth), text, role, color, side)
            self._painter.restore()
            return
        self._painter.setFont(self._ink.font(role))
        self._painter.setPen(self._ink.color(color))
        flags = (
            int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine) | int(Qt.TextFlag.TextDontClip)
        )
        self._painter.drawText(rect, flags, text)

    def caption(self, caption: Caption) -> None:
        """Writes a caption, with the line that leads down from it to the figure."""
        if caption.mark is not None:
            self._painter.setPen(QPen(self._ink.color("line"), 1.0))
            self._painter.drawLine(QLineF(caption.mark, caption.middle - LINE / 2, caption.mark, -2.0))
        place = QRectF(0, -LINE / 2, caption.width + 1, LINE)
        self._painter.save()
        self._painter.translate(caption.left, caption.middle)
        if caption.is_slanted:
            self._painter.rotate(-45)
        self.text(place, caption.text, "words", "text")
        self._painter.restore()


def _meets(line: Line, at: Point, window: Window) -> bool:
    """Whether the box around a line meets a window."""
    low = [min(point[axis] for point in line.points) + at[axis] for axis in (0, 1)]
    high = [max(point[axis] for point in line.points) + at[axis] for axis in (0, 1)]
    return all(low[axis] <= window.high[axis] + 8 and high[axis] >= window.low[axis] - 8 for axis in (0, 1))


def rounded(points: list[QPointF]) -> QPainterPath:
    """A path through the points with round corners."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        come, leave = QLineF(corner, before), QLineF(corner, after)
        radius = min(CORNER, come.length() / 2, leave.length() / 2)
        if radius > 0:
            come.setLength(radius)
            leave.setLength(radius)
            path.lineTo(come.p2())
            path.quadTo(corner, leave.p2())
    path.lineTo(points[-1])
    return path
