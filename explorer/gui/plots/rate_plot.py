"""The loss over the learning rate of a range test, on a logarithmic axis. Painted: a hundred points need no more."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import style
from explorer.gui.plots.ranges import ticks
from explorer.training.events import RateTried

LOWEST, HIGHEST = 1e-6, 10.0  # rates at the ends of the axis
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 26, 42  # pixels around the curve
_ROOM = 1.3  # times the first loss that is seen; a loss that explodes leaves the plot
_WINDOW = 2  # neighbours on each side whose mean the strong line shows


class RatePlot(QWidget):
    """The losses faint, their mean strong, and a line at the rate that is suggested.

    The pointer, or the arrow keys, read a rate and its loss.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rate_plot")
        self.setMinimumSize(320, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._tried: tuple[RateTried, ...] = ()
        self._suggested: float | None = None
        self._read: int | None = None
        style.THEME.changed.connect(self.update)
        self.show_rates((), None)

    def show_rates(self, tried: Sequence[RateTried], suggested: float | None) -> None:
        """Draws what was tried so far.

        Args:
            tried: The rates with their losses, those with finite ones are drawn.
            suggested: The rate that is suggested, if there is one.
        """
        self._tried = tuple(event for event in tried if math.isfinite(event.loss))
        self._suggested = suggested
        if self._read is not None and self._read >= len(self._tried):
            self._read = None
        words = f", suggested {suggested:.2g}" if suggested is not None else ""
        self.setAccessibleName(f"Loss over the learning rate, {len(self._tried)} rates{words}")
        self.update()

    @property
    def places(self) -> tuple[QPointF, ...]:
        """Where the losses are drawn, in pixels."""
        return tuple(QPointF(self._x(event.lr), self._y(event.loss)) for event in self._tried)

    @property
    def readout(self) -> str:
        """The rate and the loss that are read; empty where nothing is."""
        if self._read is None:
            return ""
        event = self._tried[self._read]
        return f"rate {event.lr:.2g} · loss {event.loss:.3g}"

    # Places

    @property
    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    @property
    def _ends(self) -> tuple[float, float]:
        """The losses at the bottom and the top."""
        losses = [event.loss for event in self._tried] or [0.0, 1.0]
        low, high = min(losses), min(max(losses), _ROOM * max(losses[0], 1e-9))
        room = 0.06 * max(high - low, 1e-3)
        return low - room, max(high, low) + room

    def _x(self, rate: float) -> float:
        share = math.log(rate / LOWEST) / math.log(HIGHEST / LOWEST)
        return self._area.left() + share * self._area.width()

    def _y(self, loss: float) -> float:
        (low, high), area = self._ends, self._area
        return area.bottom() - (loss - low) / (high - low) * area.height()

    def _become(self, read: int | None) -> None:
        if read != self._read:
            self._read = read
            self.update()

    # Painting

    def _paint_axes(self, painter: QPainter) -> None:
        palette, area = style.current(), self._area
        line, words = QColor(palette.grid), QColor(palette.muted)
        for power in range(round(math.log10(LOWEST)), round(math.log10(HIGHEST)) + 1):
            x = self._x(10.0**power)
            painter.setPen(line)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(words)
            text = f"{10.0**power:g}" if power > -4 else f"1e{power}"
            painter.drawText(QRectF(x - 30, area.bottom() + 4, 60, 16), Qt.AlignmentFlag.AlignHCenter, text)
        for loss in ticks(*self._ends, most=5) if self._tried else ():
            y = self._y(loss)
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(words)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 9, _LEFT - 8, 18), side, f"{loss:.3g}")
        below = QRectF(area.left(), area.bottom() + 22, area.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, "learning rate")
        painter.drawText(QRectF(8, 2, 120, 18), Qt.AlignmentFlag.AlignVCenter, "loss")

    def _paint_curves(self, painter: QPainter) -> None:
        palette, places = style.current(), self.places
        painter.setClipRect(self._area.adjusted(-1, -1, 1, 1))
        faint = QColor(palette.training)
        faint.setAlpha(90)
        painter.setPen(QPen(faint, 1))
        painter.drawPolyline(QPolygonF(list(places)))
        painter.setPen(QPen(QColor(palette.training), 2))
        painter.drawPolyline(QPolygonF(smoothed(places)))
        for rate, color, kind in (
            (self._suggested, palette.validation, Qt.PenStyle.SolidLine),
            (None if self._read is None else self._tried[self._read].lr, palette.muted, Qt.PenStyle.DashLine),
        ):
            if rate is not None:
                painter.setPen(QPen(QColor(color), 1.5, kind))
                x = self._x(rate)
                painter.drawLine(QPointF(x, self._area.top()), QPointF(x, self._area.bottom()))
        painter.setClipping(False)

    def _paint_words(self, painter: QPainter) -> None:
        suggested = "" if self._suggested is None else f"suggested {self._suggested:.2g}"
        painter.setPen(QColor(style.current().text))
        above = QRectF(_LEFT, 2, self.width() - _LEFT - _RIGHT, 18)
        painter.drawText(above, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.readout or suggested)
        if not self._tried:
            painter.setPen(QColor(style.current().muted))
            painter.drawText(self._area, Qt.AlignmentFlag.AlignCenter, "The losses appear here while rates are tried.")

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(620, 340)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter)
        self._paint_curves(painter)
        self._paint_words(painter)
        if self.hasFocus():
            painter.setPen(QColor(style.current().accent))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        places = self.places
        self._become(min(range(len(places)), key=lambda place: abs(places[place].x() - x)) if places else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._become(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._become(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._tried:
            super().keyPressEvent(event)
            return
        last = len(self._tried) - 1
        start = self._read if self._read is not None else (-1 if step > 0 else last + 1)
        self._become(min(max(start + step, 0), last))


def smoothed(places: Sequence[QPointF]) -> list[QPointF]:
    """The places with the mean height of each and its neighbours."""
    found = []
    for number, place in enumerate(places):
        near = places[max(number - _WINDOW, 0) : number + _WINDOW + 1]
        found.append(QPointF(place.x(), sum(one.y() for one in near) / len(near)))
    return found
