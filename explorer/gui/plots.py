"""A plot of curves over epochs that keeps up with a training without slowing it down.

pyqtgraph's conveniences are what costs (automatic ranges, grids drawn by the axes, thick antialiased pens over many
points), so ranges change in steps, ticks are set, bands and grid are one item behind the curves, and a curve is at
most two points a pixel.
"""

from __future__ import annotations

import time

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QGraphicsItem

from explorer.gui import style
from explorer.gui.curves import Curve, Numbers, beside, envelope, is_outline, thinned
from explorer.gui.plot_backdrop import Axis, Backdrop

_LEFT, _BOTTOM = 62, 40  # pixels of the axes, the same in all plots so that they stand below one another
_FAINT, _FAINTER = 90, 50  # of 255: the raw curve as a line and as an area
_THICK_POINTS = 400  # a thick antialiased line is slow over many points
_THIN_POINTS = 400  # a thin one, too
_BUCKET = 3  # pixels of the raw curve that share their least and greatest value
_MARKER = 7  # pixels
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

    def __init__(self, name: str, y_label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(f"{y_label} over epochs")
        self.setAccessibleDescription("Left and Right read values, Escape ends that")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 110)
        self.seconds = 0.0
        self._log = False
        self._x = self._y = Axis(0, 1, ())
        self._cursor: float | None = None
        self._places: Numbers = np.empty(0)  # of the points that the cursor goes through
        self._item = self.getPlotItem()
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
        self._backdrop = Backdrop()
        self._raw = pg.PlotCurveItem(antialias=True)
        self._smooth = pg.PlotCurveItem(antialias=True)
        self._validation = pg.PlotDataItem(symbol="o", symbolSize=_MARKER, antialias=True, pxMode=True)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.hide()
        for curve in (self._backdrop, self._raw, self._smooth, self._validation, self._line):
            self._item.addItem(curve, ignoreBounds=True)

    # Showing

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """What the axes show: epochs, and values, which are powers of ten on a logarithmic axis."""
        return self._x, self._y

    def show_axes(self, x: Axis, y: Axis, *, log: bool = False) -> None:
        """Sets what the axes show.

        Args:
            x: Epochs.
            y: Values; powers of ten where ``log``.
            log: Whether the vertical axis is logarithmic.
        """
        self._log = log
        if (x, y) == (self._x, self._y):
            return
        self._x, self._y = x, y
        self._item.setXRange(x.low, x.high + _ROOM * (x.high - x.low), padding=0)
        self._item.setYRange(y.low, y.high, padding=0)
        self._item.getAxis("bottom").setTicks([list(x.ticks)])
        self._item.getAxis("left").setTicks([list(y.ticks)])
        self._backdrop.show_axes(x, y)

    def show_curves(self, raw: Curve, smooth: Curve, validation: Curve) -> None:
        """Draws the curves as they are now."""
        self._places = smooth.x
        width = max(int(self._item.getViewBox().width()), 1)
        self._show_raw(*self._near(*envelope(raw.x, self._scaled(raw.y), width // _BUCKET)))
        self._smooth.setData(*self._near(*thinned(smooth.x, self._scaled(smooth.y), min(width, _THICK_POINTS))))
        most = max(width // _MARKER, 2)
        self._validation.setData(*self._near(*thinned(validation.x, self._scaled(validation.y), most)))

    def _show_raw(self, x: Numbers, y: Numbers) -> None:
        outline = is_outline(x)
        color = QColor(style.current().training)
        color.setAlpha(_FAINTER if outline else _FAINT)
        self._raw.setData(
            x,
            y,
            antialias=outline or len(x) <= _THIN_POINTS,
            pen=None if outline else pg.mkPen(color, width=1),
            fillLevel="enclosed" if outline else None,
            brush=color,
        )

    def _scaled(self, values: Numbers) -> Numbers:
        if not self._log:
            return values
        return np.log10(values, out=np.full_like(values, np.nan), where=values > 0)

    def _near(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        margin = self._y.high - self._y.low  # clipping what lies far outside is slow
        return x, np.clip(y, self._y.low - margin, self._y.high + margin)

    def show_cursor(self, where: float | None) -> None:
        """Marks an epoch; None marks nothing."""
        self._cursor = where
        self._line.setVisible(where is not None)
        if where is not None:
            self._line.setValue(where)

    @property
    def drawn_points(self) -> tuple[int, int]:
        """How many points are drawn of the training curves and of the validation."""
        training = (self._raw.getData()[0], self._smooth.getData()[0])
        validation = self._validation.getData()[0]
        return sum(0 if x is None else len(x) for x in training), 0 if validation is None else len(validation)

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
        return float(box.mapSceneToView(scene).x())

    def place_of(self, epoch: float) -> int:
        """The horizontal place of an epoch in the widget, in pixels."""
        scene = self._item.getViewBox().mapViewToScene(QPointF(epoch, self._y.low))
        return int(self.mapFromScene(scene).x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.hovered.emit(self.epoch_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move the cursor, Escape takes it away."""
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            where = self._x.low if self._cursor is None else self._cursor
            step = (self._x.high - self._x.low) / 100
            self.hovered.emit(beside(self._places, where, step if event.key() == Qt.Key.Key_Right else -step))
        elif event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            self.hovered.emit(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        begun = time.perf_counter()
        super().paintEvent(event)
        self.seconds += time.perf_counter() - begun
