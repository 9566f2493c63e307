"""Accuracy over what networks cost, on a logarithmic axis. Painted: a hundred points need no more."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import figures, style
from explorer.gui.families.labels import leader, place_labels
from explorer.gui.families.points import Point
from explorer.gui.plots.ranges import log_ticks, ticks

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 18, 26, 42  # pixels around the points
_MEMBER, _OTHER, _RING = 5.0, 3.0, 9.0  # radii in pixels
_NEAR = 14.0  # pixels from a point at which the pointer is on it
_FAINT = 176  # of 255; with less the marks of other families would fall below a contrast of 3:1
_GROUND = 190  # of 255: behind a name
_ROOM = 0.06  # of what is shown, beside the outermost points


class AccuracyPlot(QWidget):
    """The members of a family strong and with their names, all other networks faint.

    The pointer or the arrow keys go from point to point; a click or Enter opens the network.

    Args:
        name: Its objectName.
        title: What stands below the horizontal axis.
        cost: What it shows.
    """

    pointed = Signal(object)  # a Point, or None
    opened = Signal(object)  # an Entry

    def __init__(self, name: str, title: str, cost: Callable[[Point], int]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMinimumSize(300, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._title, self._cost = title, cost
        self._points: tuple[Point, ...] = ()
        self._family = self._data = ""
        self._current: Point | None = None
        self._pressed: Point | None = None
        style.THEME.changed.connect(self.update)

    def show_points(self, points: tuple[Point, ...], family: str, data: str) -> None:
        """Draws networks.

        Args:
            points: All that there are.
            family: Whose members are strong.
            data: The images on which they were right.
        """
        self._points, self._family, self._data, self._current = points, family, data, None
        strong = [f"{point.entry.title} {point.percent:.1f} %" for point in self.members]
        self.setAccessibleName(f"Accuracy on {data} over {self._title}: {', '.join(strong)}")
        self.setAccessibleDescription(
            "Left and Right go from member to member, with Shift through all; Enter opens one"
        )
        self.update()

    def show_current(self, point: Point | None) -> None:
        """Marks a network."""
        if point != self._current:
            self._current = point
            self.update()

    @property
    def members(self) -> tuple[Point, ...]:
        """The networks of the family, from left to right."""
        return tuple(point for point in self._from_left if point.entry.family == self._family)

    @property
    def _from_left(self) -> list[Point]:
        return sorted(self._points, key=self._cost)

    # Places

    def place_of(self, point: Point) -> QPointF:
        """Where a network is drawn, in pixels."""
        area, (left, right), (low, high) = self._area, self._decades, self._percents
        x = (math.log10(self._cost(point)) - left) / (right - left)
        y = (point.percent - low) / (high - low)
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    @property
    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    @property
    def _decades(self) -> tuple[float, float]:
        return _widened([math.log10(self._cost(point)) for point in self._points])

    @property
    def _percents(self) -> tuple[float, float]:
        return _widened([point.percent for point in self._points])

    def _at(self, place: QPointF) -> Point | None:
        """The network nearest to a place; a member where two lie on each other."""
        near = [(_distance(self.place_of(point), place), point.entry.family != self._family, point.entry.key, point)
                for point in self._points]  # fmt: skip
        distance, *_, point = min(near, default=(math.inf, False, "", None))
        return point if distance <= _NEAR else None

    def _point_at(self, point: Point | None) -> None:
        if point != self._current:
            self.show_current(point)
            self.pointed.emit(point)

    # Painting

    def _paint_axes(self, painter: QPainter) -> None:
        palette, area = style.current(), self._area
        line, words = QColor(palette.grid), QColor(palette.muted)
        (left, right), (low, high) = self._decades, self._percents
        whole = [value for value in log_ticks(left, right) if str(value)[0] == "1"]
        for value in whole if len(whole) > 1 else log_ticks(left, right):
            x = area.left() + (math.log10(value) - left) / (right - left) * area.width()
            painter.setPen(line)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(words)
            rect = QRectF(x - 40, area.bottom() + 4, 80, 16)
            painter.drawText(rect, Qt.AlignmentFlag.AlignHCenter, figures.short(round(value)))
        for percent in ticks(low, high, most=7):
            y = area.bottom() - (percent - low) / (high - low) * area.height()
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(words)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 9, _LEFT - 8, 18), side, f"{percent:g} %")
        below = QRectF(area.left(), area.bottom() + 22, area.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self._title)
        painter.drawText(QRectF(8, 2, 260, 18), Qt.AlignmentFlag.AlignVCenter, f"right on {self._data}")

    def _paint_points(self, painter: QPainter) -> None:
        palette, strong = style.current(), self.members
        faint = QColor(palette.muted)
        faint.setAlpha(_FAINT)
        painter.setPen(QPen(faint, 1))
        for point in self._points:
            if point not in strong:
                painter.drawEllipse(self.place_of(point), _OTHER, _OTHER)
        painter.setPen(QPen(QColor(palette.pane), 1))
        painter.setBrush(QColor(palette.accent))
        for point in strong:
            painter.drawEllipse(self.place_of(point), _MEMBER, _MEMBER)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._current is not None:
            painter.setPen(QPen(QColor(palette.text), 2))
            painter.drawEllipse(self.place_of(self._current), _RING, _RING)

    def _spots(self, font: QFont) -> list[QRectF | None]:
        """Where the names of the members stand."""
        metrics = QFontMetrics(_small(font))
        names = [point.entry.title for point in self.members]
        sizes = [QSizeF(metrics.horizontalAdvance(name) + 2, metrics.height()) for name in names]
        faint = [self.place_of(point) for point in self._points if point not in self.members]
        return place_labels([self.place_of(point) for point in self.members], sizes, self._area, faint)

    def _paint_leaders(self, painter: QPainter, spots: list[QRectF | None]) -> None:
        painter.setPen(QPen(QColor(style.current().muted), 1))
        for point, spot in zip(self.members, spots, strict=True):
            place = self.place_of(point)
            end = None if spot is None else leader(place, spot)
            if end is not None:
                painter.drawLine(place, end)

    def _paint_names(self, painter: QPainter, spots: list[QRectF | None]) -> None:
        painter.setFont(_small(painter.font()))
        painter.setPen(QColor(style.current().text))
        ground = QColor(style.current().pane)
        ground.setAlpha(_GROUND)
        for point, spot in zip(self.members, spots, strict=True):
            if spot is not None:
                painter.fillRect(spot, ground)  # a point of another family would make a letter of the name unreadable
                painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, point.entry.title)

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(460, 330)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(style.current().pane))
        if self._points:
            self._paint_axes(painter)
            spots = self._spots(painter.font())
            self._paint_leaders(painter, spots)
            self._paint_points(painter)
            self._paint_names(painter, spots)
        if self.hasFocus():
            painter.setPen(QColor(style.current().accent))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event.position()))
        on_one = self._current is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_one else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point, self._pressed = self._pressed, None
        if point is not None and point == self._at(event.position()):  # as on a button, the pointer may still leave it
            self.opened.emit(point.entry)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if step is not None and self._points:
            through_all = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._point_at(self._beside(step, self._from_left if through_all else list(self.members)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.opened.emit(self._current.entry)
        else:
            super().keyPressEvent(event)

    def _beside(self, step: int, among: list[Point]) -> Point | None:
        if not among:
            return None
        if self._current not in among:
            return among[0] if step > 0 else among[-1]
        return among[min(max(among.index(self._current) + step, 0), len(among) - 1)]


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(max(font.pointSizeF() - 1, 7))
    return small


def _widened(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = _ROOM * max(high - low, 0.1)
    return low - room, high + room


def _distance(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
