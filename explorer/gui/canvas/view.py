"""A view of a figure: it zooms at the pointer, pans, fits, and carries the minimap and the legend."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontInfo,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from explorer.gui import style
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.figure import Figure, Flow, Point
from explorer.gui.canvas.ink import NO_TEXT, Ink
from explorer.gui.canvas.item import DiagramItem
from explorer.gui.canvas.walk import Seen, at_point

LEAST_ZOOM, MOST_ZOOM = 0.0005, 4.0
STEP = 1.25  # a step of the zoom
_WHEEL = 1.0015  # a unit of the wheel
_DOTS = 22  # pixels between the dots of the ground
_TILE = 18 * _DOTS  # a small one would be painted a thousand times
_ROOM = 0.85  # of the viewport, that can be scrolled to around the figure
_FIT_MARGIN = 24
_THINNEST = 110.0  # pixels across: how thin a long network becomes


class DiagramView(QGraphicsView):
    """A figure that can be looked at from near and far.

    Args:
        parent: Its owner.
    """

    looked = Signal()  # the part in sight is another one, or the zoom

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ink = self._make_ink()
        self.item = DiagramItem(self.ink)
        self._zoom = 1.0
        self._pan_from: QPoint | None = None
        self._space_held = self._space_used = False
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        scene.addItem(self.item)
        self.setScene(scene)
        # the ground covers all of it: Qt need not paint the five widgets behind it first
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the minimap says where one is
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self._set_ground()
        style.THEME.changed.connect(self._repaint)

    def _make_ink(self) -> Ink:
        return Ink(style.current(), QFontInfo(self.font()).family())

    def _repaint(self) -> None:
        self.ink = self.item.ink = self._make_ink()
        self._set_ground()
        self.ink_changed()

    def ink_changed(self) -> None:
        """Called when colours and fonts are others."""
        self.item.update()

    def _set_ground(self) -> None:
        colors = style.current()
        tile = QPixmap(_TILE, _TILE)
        tile.fill(QColor(colors.ground))
        painter = QPainter(tile)
        painter.setPen(QColor(colors.line))
        steps = range(_DOTS // 2, _TILE, _DOTS)
        painter.drawPoints([QPoint(x, y) for x in steps for y in steps])
        painter.end()
        self._ground = tile

    # What is shown

    def show_figure(self, figure: Figure, flow: Flow, accents: Accents) -> None:
        """Shows a figure; the axis stays where it is."""
        with self._holding(self.viewport().rect().center()):
            self.item.show_figure(figure, flow, accents)
            self._scale()
        self.looked.emit()

    def _set_room(self) -> None:
        """Lets the figure be moved about, but not out of sight."""
        scales, room = self.transform(), self.viewport().size()
        across, down = room.width() * _ROOM / scales.m11(), room.height() * _ROOM / scales.m22()
        around = self.item.sceneBoundingRect().adjusted(-across, -down, across, down)
        if around != self.sceneRect():
            self.setSceneRect(around)

    @contextlib.contextmanager
    def _holding(self, point: QPoint) -> Iterator[None]:
        """Keeps what lies under a point of the viewport there, whatever changes."""
        scene = self.mapToScene(point)
        yield
        step = self.mapFromScene(scene) - point
        self._scroll(step.x(), step.y())

    def _scroll(self, across: int, down: int) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + across)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + down)

    def seen_at(self, position: QPointF) -> Seen | None:
        """The block or pill at a point of the viewport."""
        return at_point(self.item.figure, self.figure_point(position))

    def figure_point(self, position: QPointF) -> Point:
        """A point of the viewport as one of the figure."""
        return self.item.point(self.item.mapFromScene(self.mapToScene(position.toPoint())))

    def rect_of(self, found: Seen) -> QRectF:
        """The rectangle in the scene of a block's face."""
        size = (found.figure.across - found.figure.margin, found.figure.along)
        return self.item.mapRectToScene(self.item.rect(found.at, size))

    # Zoom

    @property
    def zoom(self) -> float:
        """Pixels of the viewport for one of the figure, along its flow."""
        return self._zoom

    def zoom_to(self, zoom: float, around: QPointF | None = None) -> None:
        """Zooms to a scale; a point of the viewport, by default its middle, stays where it is."""
        with self._holding(self.viewport().rect().center() if around is None else around.toPoint()):
            self._zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
            self._scale()
        self.looked.emit()

    def _scale(self) -> None:
        """Scales the view. From afar, where there are no words, a figure never becomes so thin that nothing is seen."""
        thin = _THINNEST / max(self.item.figure.across, 1.0)
        across = max(self._zoom, min(thin, NO_TEXT)) if self._zoom < NO_TEXT else self._zoom
        x, y = self.item.flow.turned(across, self._zoom)
        self.setTransform(QTransform.fromScale(x, y))
        self.item.zoom = self._zoom
        self._set_room()

    def fit(self, rect: QRectF | None = None) -> None:
        """Shows the whole figure, or a part of it, but nothing larger than it is."""
        rect = rect or self.item.mapRectToScene(
            self.item.rect((0, 0), (self.item.figure.across, self.item.figure.along))
        )
        room = self.viewport().size()
        if rect.isEmpty():
            return
        zoom = min((room.width() - 2 * _FIT_MARGIN) / rect.width(), (room.height() - 2 * _FIT_MARGIN) / rect.height())
        self.zoom_to(min(max(zoom, LEAST_ZOOM), 1.0))
        self.centerOn(rect.center())
        self.looked.emit()

    def show_start(self) -> None:
        """Shows the beginning of the figure at its own size."""
        self.zoom_to(1.0)
        rect = self.item.sceneBoundingRect()
        half = self.viewport().size() / 2
        if self.item.flow.vertical:
            self.centerOn(rect.center().x(), rect.top() + half.height())
        else:
            self.centerOn(rect.left() + half.width(), rect.center().y())
        self.looked.emit()

    # Panning

    @property
    def is_panning(self) -> bool:
        """Whether the figure is being moved about."""
        return self._pan_from is not None

    def _starts_pan(self, event: QMouseEvent) -> bool:
        middle = event.button() == Qt.MouseButton.MiddleButton
        return middle or (event.button() == Qt.MouseButton.LeftButton and self._space_held)

    def _pan_to(self, position: QPoint) -> None:
        step = position - (self._pan_from or position)
        self._pan_from = position
        self._scroll(-step.x(), -step.y())

    def space_released(self) -> None:
        """Called when Space was pressed and released without a drag."""

    # Qt's overrides

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._starts_pan(event):
            self._pan_from, self._space_used = event.position().toPoint(), True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_to(event.position().toPoint())
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self.viewport().unsetCursor()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self._space_held, self._space_used = True, False
            event.accept()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._space_held:
            self._space_held = False
            if not self._space_used:
                self.space_released()
            event.accept()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space_held = False
        super().focusOutEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_to(self.zoom * _WHEEL ** event.angleDelta().y(), event.position())
            event.accept()
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._scroll(-event.angleDelta().y(), 0)
            event.accept()
            return
        super().wheelEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.looked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        with self._holding(self.viewport().rect().center()):
            self._set_room()
        self.looked.emit()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        shift = self.mapFromScene(QPointF(0, 0))
        painter.drawTiledPixmap(self.viewport().rect(), self._ground, QPoint(-shift.x() % _TILE, -shift.y() % _TILE))
        painter.restore()
