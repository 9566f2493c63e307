"""A plot of curves over epochs that keeps up with a training without slowing it down.

pyqtgraph's conveniences are what costs (automatic ranges, grids drawn by the axes, thick antialiased pens over many
points), so ranges change in steps, ticks are set, bands and grid are one item behind the curves, and a curve is at
most two points a pixel.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsItem

from explorer.gui import style
from explorer.gui.plots.backdrop import Axis, Backdrop
from explorer.gui.plots.curves import beside, envelope, envelope_across, is_outline, thinned, thinned_across
from explorer.gui.plots.dots import Dots
from explorer.gui.plots.traces import Trace, Traces
from explorer.gui.record.curve import Curve, Numbers

_LEFT, _BOTTOM = 62, 40  # pixels of the axes, the same in all plots so that they stand below one another
_FULL, _FAINT, _FAINTER = 255, 90, 50  # opacity: of the smoothed curve, of the raw one as a line and as an area
_THICK_POINTS = 400  # a thick antialiased line is slow over many points
_THIN_POINTS = 400  # a thin one, too
_BUCKET = 3  # pixels of the raw curve that share their least and greatest value
_MARKER = 7  # pixels
_ZOOM = 1.25  # the factor of a notch of the wheel, or of a key
_NOTCH = 120  # in the units of Qt's wheel
_MOVE = 0.1  # of what is shown, by a key
_ROOM = 0.012  # of the axis, so that the marker of the last epoch is not cut in half


class CurvePlot(pg.PlotWidget):  # type: ignore[misc] # pyqtgraph has no types
    """Curves over epochs: the raw one faint, its average strong, the validation with markers.

    Args:
        name: Its objectName.
        y_label: What the vertical axis shows, with its unit.

    Attributes:
        seconds: Time spent on painting since somebody last set it to zero.
    """

    hovered = Signal(object)  # an epoch as a float; None: the pointer has left
    zoom_asked = Signal(float, float)  # around a place of the axis, and by which factor; below 1 it comes nearer
    move_asked = Signal(float)  # by so much of what the horizontal axis shows
    whole_asked = Signal()  # all of it

    _y_label = ""  # pyqtgraph resizes the plot while it is made

    def __init__(self, name: str, y_label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(f"{y_label} over epochs")
        self.setAccessibleDescription(
            "Left and Right read values, Escape ends that; plus, minus and 0 zoom, Shift with Left and Right moves"
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 110)
        self.seconds = 0.0
        self._log = self._is_log_across = False
        self._dragged_from: float | None = None  # pixels
        self._x = self._y = Axis(0, 1, ())
        self._cursor: float | None = None
        self._places: Numbers = np.empty(0)  # of the points that the cursor goes through
        self._item = self.getPlotItem()
        self._y_label = y_label
        self._prepare_item()
        self._prepare_axes(y_label)
        self._add_curves()
        self.recolor()

    def _prepare_item(self) -> None:
        self._item.hideButtons()
        self._item.setMenuEnabled(False)
        self._item.disableAutoRange()
        box = self._item.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        self._item.layout.setContentsMargins(0, 8, 16, 0)

    def _prepare_axes(self, y_label: str) -> None:
        left, bottom = self._item.getAxis("left"), self._item.getAxis("bottom")
        left.setWidth(_LEFT)
        bottom.setHeight(_BOTTOM)
        for axis, text in ((left, y_label), (bottom, "epoch")):
            axis.setLabel(text)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, tickTextOffset=6, tickFont=self._font(), hideOverlappingLabels=False)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            axis.setZValue(0)

    def _add_curves(self) -> None:
        self._backdrop, self._traces, self._dots = Backdrop(), Traces(self._item), Dots()
        self._raw = pg.PlotCurveItem(antialias=True)
        self._smooth = pg.PlotCurveItem(antialias=True)
        self._validation = pg.PlotDataItem(symbol="o", symbolSize=_MARKER, antialias=True, pxMode=True)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.hide()
        for curve in (self._backdrop, self._raw, self._smooth, self._dots, self._validation, self._line):
            self._item.addItem(curve, ignoreBounds=True)

    # Showing

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """What the axes show: epochs, and values, which are powers of ten on a logarithmic axis."""
        return self._x, self._y

    def show_axes(self, x: Axis, y: Axis, *, log: bool = False, log_across: bool = False) -> None:
        """Sets what the axes show.

        Args:
            x: Epochs; powers of ten where ``log_across``.
            y: Values; powers of ten where ``log``.
            log: Whether the vertical axis is logarithmic.
            log_across: Whether the horizontal axis is.
        """
        self._log, self._is_log_across = log, log_across
        if (x, y) == (self._x, self._y):
            return
        self._x, self._y = x, y
        self._item.setXRange(x.low, x.high + _ROOM * (x.high - x.low), padding=0)
        self._item.setYRange(y.low, y.high, padding=0)
        self._item.getAxis("bottom").setTicks([list(x.ticks)])
        self._item.getAxis("left").setTicks([list(y.ticks)])
        self._backdrop.show_axes(x, y)

    def show_marks(self, epochs: Sequence[float]) -> None:
        """Draws a line where each stage of a run begins; at 0 there is none to tell."""
        begun = [epoch for epoch in epochs if epoch > 0]
        self._backdrop.show_marks(tuple(math.log10(epoch) if self._is_log_across else epoch for epoch in begun))

    def show_curves(self, raw: Curve, smooth: Curve, validation: Curve) -> None:
        """Draws the curves as they are now."""
        self._places = smooth.x
        width = self._pixels
        outline = envelope_across if self._is_log_across else envelope
        faint = self._near(*outline(*self._in_sight(raw.x, raw.y), width // _BUCKET))
        strong = self._near(*self._thinned(smooth.x, smooth.y, min(width, _THICK_POINTS)))
        self._show_raw(*faint)
        self._smooth.setData(*strong)
        self._dots.show_for((faint, strong), (self._faint(_FAINT), self._faint(_FULL)))
        self._validation.setData(*self._near(*self._thinned(validation.x, validation.y, max(width // _MARKER, 2))))

    def show_traces(self, traces: Sequence[Trace]) -> None:
        """Draws curves of other runs behind those of `show_curves`."""
        most = min(self._pixels, _THICK_POINTS)
        lines = [self._near(*self._thinned(trace.x, trace.y, most)) for trace in traces]
        self._traces.show(traces, lines)
        if not len(self._places) and traces:
            self._places = max((trace.x for trace in traces), key=len)

    @property
    def _pixels(self) -> int:
        return max(int(self._item.getViewBox().width()), 1)

    def _thinned(self, x: Numbers, y: Numbers, most: int) -> tuple[Numbers, Numbers]:
        thin = thinned_across if self._is_log_across else thinned
        return thin(*self._in_sight(x, y), most)

    def _in_sight(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """What of a curve the horizontal axis shows, and a point on either side, as the axes count."""
        low, high = (10.0**end if self._is_log_across else end for end in (self._x.low, self._x.high))
        first, behind = max(int(np.searchsorted(x, low)) - 1, 0), int(np.searchsorted(x, high, side="right")) + 1
        x, y = x[first:behind], self._scaled(y[first:behind])
        return (_logarithms(x), y) if self._is_log_across else (x, y)

    def _show_raw(self, x: Numbers, y: Numbers) -> None:
        outline = is_outline(x)
        color = self._faint(_FAINTER if outline else _FAINT)
        self._raw.setData(
            x,
            y,
            antialias=outline or len(x) <= _THIN_POINTS,
            pen=None if outline else pg.mkPen(color, width=1),
            fillLevel="enclosed" if outline else None,
            brush=color,
        )

    @staticmethod
    def _faint(alpha: int) -> QColor:
        color = QColor(style.current().training)
        color.setAlpha(alpha)
        return color

    def _scaled(self, values: Numbers) -> Numbers:
        return _logarithms(values) if self._log else values

    def _near(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        margin = self._y.high - self._y.low  # clipping what lies far outside is slow
        return x, np.clip(y, self._y.low - margin, self._y.high + margin)

    def show_cursor(self, where: float | None) -> None:
        """Marks an epoch; None marks nothing."""
        self._cursor = where
        place = None if where is None else self._place_across(where)
        shown = place is not None and self._x.low <= place <= self._x.high * (1 + _ROOM) + _ROOM
        self._line.setVisible(shown)
        if place is not None and shown:
            self._line.setValue(place)

    def _place_across(self, epoch: float) -> float:
        return math.log10(max(epoch, 1e-9)) if self._is_log_across else epoch

    @property
    def drawn_points(self) -> tuple[int, int]:
        """How many points are drawn of the training curves and of the validation."""
        training = (self._raw.getData()[0], self._smooth.getData()[0])
        validation = self._validation.getData()[0]
        return sum(0 if x is None else len(x) for x in training), 0 if validation is None else len(validation)

    @property
    def trace_points(self) -> list[int]:
        """How many points are drawn of each curve of other runs."""
        return self._traces.points

    def recolor(self) -> None:
        """Takes the colours of the scheme in force; the raw curve has them when it is drawn next."""
        palette = style.current()
        self.setBackground(palette.pane)
        self._smooth.setPen(pg.mkPen(palette.training, width=2))
        self._validation.setPen(pg.mkPen(palette.validation, width=2))
        self._validation.setSymbolBrush(palette.validation)
        self._validation.setSymbolPen(None)
        self._line.setPen(pg.mkPen(palette.muted, width=1, style=Qt.PenStyle.DashLine))
        for side in ("left", "bottom"):
            axis = self._item.getAxis(side)
            axis.setPen(pg.mkPen(palette.grid, width=1))
            axis.setTextPen(palette.muted)
            axis.setLabel(axis.labelText, **{"color": palette.muted, "font-size": f"{self._font().pointSizeF()}pt"})
        self._backdrop.update()

    def _fit_label(self) -> None:
        """Says what the vertical axis shows: with its unit, unless that is longer than the axis."""
        axis = self._item.getAxis("left")
        room = self.height() - _BOTTOM
        is_short = QFontMetricsF(self._font()).horizontalAdvance(self._y_label) > room
        text = self._y_label.partition(" (")[0] if is_short else self._y_label
        if text != axis.labelText:
            axis.setLabel(text, **axis.labelStyle)
            axis.resizeEvent()  # where pyqtgraph puts it in the middle

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() - 1, 7))
        return font

    # Reading values

    def epoch_at(self, position: QPointF) -> float | None:
        """The epoch at a place of the widget; None outside the plot."""
        scene = self.mapToScene(position.toPoint())
        box = self._item.getViewBox()
        if not box.sceneBoundingRect().contains(scene):
            return None
        place = float(box.mapSceneToView(scene).x())
        return 10.0**place if self._is_log_across else place

    def place_of(self, epoch: float) -> int:
        """The horizontal place of an epoch in the widget, in pixels."""
        scene = self._item.getViewBox().mapViewToScene(QPointF(self._place_across(epoch), self._y.low))
        return int(self.mapFromScene(scene).x())

    # Zooming and moving

    def _ask_to_zoom(self, steps: float, place: float | None = None) -> None:
        """Asks to come nearer to a place, or for steps below 0 to go away; by default the cursor, or the middle."""
        if place is None:
            middle = (self._x.low + self._x.high) / 2
            place = middle if self._cursor is None else self._place_across(self._cursor)
        self.zoom_asked.emit(place, _ZOOM**-steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        place = self._item.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        self._ask_to_zoom(event.angleDelta().y() / _NOTCH, float(place))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().x()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.whole_asked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        here = event.position().x()
        if self._dragged_from is not None and here != self._dragged_from:
            self.move_asked.emit((self._dragged_from - here) / self._pixels)
            self._dragged_from = here
        self.hovered.emit(self.epoch_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move the cursor, Escape takes it away; plus, minus and 0 zoom, Shift moves what is shown."""
        sign = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        steps = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}.get(Qt.Key(event.key()), 0)
        if sign and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.move_asked.emit(sign * _MOVE)
        elif sign:
            self._step_cursor(sign)
        elif steps:
            self._ask_to_zoom(steps)
        elif event.key() == Qt.Key.Key_0:
            self.whole_asked.emit()
        elif event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            self.hovered.emit(None)
        else:
            super().keyPressEvent(event)

    def _step_cursor(self, sign: int) -> None:
        low, high = (10.0**end if self._is_log_across else end for end in (self._x.low, self._x.high))
        where = low if self._cursor is None else self._cursor
        step = where * (10 ** ((self._x.high - self._x.low) / 100) - 1) if self._is_log_across else (high - low) / 100
        self.hovered.emit(beside(self._places, where, sign * step))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._y_label:
            self._fit_label()

    def paintEvent(self, event: QPaintEvent) -> None:
        begun = time.perf_counter()
        super().paintEvent(event)
        self.seconds += time.perf_counter() - begun


def _logarithms(values: Numbers) -> Numbers:
    """Powers of ten; NaN for what has none."""
    return np.log10(values, out=np.full_like(values, np.nan), where=values > 0)
