"""The learning rate over the whole run, drawn before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui import style
from explorer.training.config import TrainConfig

POINTS = 200
_MARGIN = 3.0  # pixels
_LEFT, _BOTTOM = 44.0, 18.0  # pixels of the axes
_HEIGHT = 86  # pixels


class ScheduleSketch(QWidget):
    """A small curve from 0 to the highest rate, with a line where the run stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("schedule_sketch")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rates: tuple[float, ...] = ()
        self._epochs = 1
        self._line = QPolygonF()
        self._mark: float | None = None  # pixels from the left
        self._share: float | None = None
        style.THEME.changed.connect(self.update)

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates that are drawn, from the first step to the last."""
        return self._rates

    def show_rates(self, rates: Sequence[float], epochs: int = 1) -> None:
        """Draws the rates of a run.

        Args:
            rates: In equal steps from its first step to its last.
            epochs: Its epochs, for the axis.
        """
        self._rates, self._epochs = tuple(rates), epochs
        self._line = self._make_line()
        words = f"Learning rate from {rates[0]:.3g} over {max(rates):.3g} to {rates[-1]:.3g}." if rates else ""
        self.setAccessibleName(words or "Learning rate over the run")
        self.setToolTip(words)
        self.update()

    def show_share(self, share: float | None) -> None:
        """Marks how much of the run is done; None marks nothing."""
        self._share = share
        mark = None if share is None else self._area.left() + round(share * self._area.width())
        if mark != self._mark:
            self._mark = mark
            self.update()

    @property
    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, 2 * _MARGIN, -2 * _MARGIN, -_BOTTOM)

    def _make_line(self) -> QPolygonF:
        area, highest, last = self._area, max(self._rates, default=0.0) or 1.0, max(len(self._rates) - 1, 1)
        left, bottom, across, up = area.left(), area.bottom(), area.width() / last, area.height() / highest
        return QPolygonF([QPointF(left + across * place, bottom - up * rate) for place, rate in enumerate(self._rates)])

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        """The highest rate and 0 beside the curve, epochs below it."""
        if not self._rates:
            return
        painter.setPen(QColor(style.current().muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for where, text in ((area.top(), f"{max(self._rates):.3g}"), (area.bottom(), "0")):
            painter.drawText(QRectF(0, where - 8, _LEFT - 5, 16), right, text)
        below = QRectF(area.left(), area.bottom() + 2, area.width() + _MARGIN, 16)
        for side, text in (
            (Qt.AlignmentFlag.AlignLeft, "0"),
            (Qt.AlignmentFlag.AlignHCenter, "epochs"),
            (Qt.AlignmentFlag.AlignRight, f"{self._epochs:,}"),
        ):
            painter.drawText(below, side, text)

    def sizeHint(self) -> QSize:
        return QSize(140, _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._line = self._make_line()
        self.show_share(self._share)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, area = style.current(), self._area
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.grid), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        self._paint_labels(painter, area)
        if self._mark is not None:
            painter.setPen(QPen(QColor(palette.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self._mark, area.top()), QPointF(self._mark, area.bottom()))
        if self._rates:
            painter.setPen(QPen(QColor(palette.training), 1.5))
            painter.drawPolyline(self._line)
        painter.end()


def rates_of(config: TrainConfig, steps_per_epoch: int) -> list[float]:
    """The learning rate at equal distances over a run."""
    from explorer.training.schedule import learning_rate

    rate = learning_rate(config, steps_per_epoch)
    steps = config.epochs * steps_per_epoch
    return [rate(round(index * (steps - 1) / (POINTS - 1))) for index in range(POINTS)]
