"""A view of a figure: how near it is, which part is in sight, and how the whole of it fits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontInfo,
    QPainter,
    QPixmap,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from explorer.gui import style
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.figure import Figure, Flow, Point
from explorer.gui.canvas.fitting import Drawn, Fitted, aside, fitted
from explorer.gui.canvas.ink import NO_TEXT, Ink
from explorer.gui.canvas.item import DiagramItem
from explorer.gui.canvas.walk import Seen, at_point

LEAST_ZOOM, MOST_ZOOM = 0.0005, 4.0
STEP = 1.25  # a step of the zoom
_DOTS = 22  # pixels between the dots of the ground
_TILE = 18 * _DOTS  # a small one would be painted a thousand times
_ROOM = 0.85  # of the viewport, that can be scrolled to around the figure
_FIT_MARGIN = 24
_THINNEST = 110.0  # pixels across: how thin a long network becomes


class FigureView(QGraphicsView):
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
        self._fitted: tuple[float, int, int] | None = None  # the look that shows the whole figure
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
        self.scroll_by(step.x(), step.y())

    def scroll_by(self, across: int, down: int) -> None:
        """Moves the part in sight by so many pixels."""
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
        self.item.zoom = self._zoom
        self.setTransform(QTransform.fromScale(*self._scales(self._zoom)))
        self._set_room()

    def _scales(self, zoom: float) -> tuple[float, float]:
        """Pixels for one of the figure, in x and y. From afar it never becomes so thin that nothing is seen."""
        thin = _THINNEST / max(self.item.figure.across, 1.0)
        across = max(zoom, min(thin, NO_TEXT)) if zoom < NO_TEXT else zoom
        return self.item.flow.turned(across, zoom)

    def fit(self, rect: QRectF | None = None) -> None:
        """Shows the whole figure, or a part of it, but nothing larger than it is.

        The whole figure stays fitted when the view becomes larger or smaller, until somebody looks elsewhere.
        """
        if rect is not None:
            self.zoom_to(self._zoom_for(rect, QRectF(self.viewport().rect())))
            self.centerOn(rect.center())
            self.looked.emit()
        elif self.item.figure.across > 0:
            found = self._best_fit()
            self.zoom_to(found.zoom)
            self._bring(self._extents().center(), found.drawn.figure.center())
            self._fitted = self._look

    def _zoom_for(self, rect: QRectF, room: QRectF) -> float:
        """The zoom with which a rectangle of the scene fits into a part of the viewport, with a margin."""
        if rect.isEmpty():
            return self._zoom
        zoom = min((room.width() - 2 * _FIT_MARGIN) / rect.width(), (room.height() - 2 * _FIT_MARGIN) / rect.height())
        return min(max(zoom, LEAST_ZOOM), 1.0)

    def _best_fit(self) -> Fitted:
        """The whole figure where it leaves room for what lies over the view; else as large as can be."""
        margin, extents, vertical = _FIT_MARGIN, self._extents(), self.item.flow.vertical
        found = []
        for room in self.rooms():
            inner = room.adjusted(margin, margin, -margin, -margin)
            found.append(fitted(self._drawn, self._zoom_for(extents, room), inner, vertical=vertical))
        beside = [one for one in found if self.leaves_room(_rects(one.drawn))]
        return max(beside or found[:1], key=lambda one: one.zoom)

    def _bring(self, point: QPointF, place: QPointF) -> None:
        """Scrolls until a point of the scene lies at a place in the viewport."""
        step = self.mapFromScene(point) - place.toPoint()
        self.scroll_by(step.x(), step.y())
        self.looked.emit()

    @property
    def is_fitted(self) -> bool:
        """Whether the whole figure was fitted and nobody has looked elsewhere."""
        return self._fitted == self._look

    @property
    def _look(self) -> tuple[float, int, int]:
        return self._zoom, self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def _extents(self) -> QRectF:
        """The rectangle in the scene of the whole figure."""
        return self.item.mapRectToScene(self.item.rect((0, 0), (self.item.figure.across, self.item.figure.along)))

    def rooms(self) -> Sequence[QRectF]:
        """The parts of the viewport in which the whole figure can be fitted, the best one first."""
        return (QRectF(self.viewport().rect()),)

    def leaves_room(self, taken: Sequence[QRect]) -> bool:
        """Whether what lies over the view has a place beside what is drawn."""
        return True

    def strip(self) -> float:
        """Pixels at the side of the viewport, the upper one where the flow goes to the right, that are better free."""
        return 0.0

    def taken(self) -> list[QRect]:
        """The parts of the viewport that the figure and its captions take now."""
        return _rects(self._drawn(self._zoom).moved(QPointF(self.mapFromScene(self._extents().topLeft()))))

    @property
    def shows_all(self) -> bool:
        """Whether the whole figure is in sight."""
        return self.mapToScene(self.viewport().rect()).boundingRect().contains(self._extents())

    def _drawn(self, zoom: float) -> Drawn:
        """What the figure takes at a zoom, from its corner on."""
        figure, (x, y) = self.item.figure, self._scales(zoom)
        width, height = self.item.flow.turned(figure.across, figure.along)
        boxes = [caption.box for caption in self.item.captions(zoom)]
        captions = tuple(QRectF(QPointF(left, top), QPointF(right, bottom)) for left, top, right, bottom in boxes)
        return Drawn(QRectF(0, 0, width * x, height * y), captions)

    def show_start(self) -> None:
        """Shows the beginning of the figure at its own size."""
        self.zoom_to(1.0)
        extents, room, flow = self.item.sceneBoundingRect(), self.viewport().size(), self.item.flow
        across, _ = flow.turned(room.width(), room.height())
        middle = aside(self.item.figure.across, across, self.strip(), at_end=flow.vertical)
        start = extents.center(), extents.topLeft()
        first = QPointF(start[0].x(), start[1].y()) if flow.vertical else QPointF(start[1].x(), start[0].y())
        self._bring(first, QPointF(*flow.turned(middle, 0.0)))

    # Qt's overrides

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.looked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        was_fitted, new, old = self.is_fitted, event.size(), event.oldSize()
        across, down = old.width() // 2 - new.width() // 2, old.height() // 2 - new.height() // 2
        step = QPoint(across, 0) if self.item.flow.vertical else QPoint(0, down)
        # what was in the middle across the flow stays there; looked up before Qt limits the scroll to the new room
        corner = self.mapToScene(step if old.isValid() else QPoint(0, 0))
        self._set_room()
        super().resizeEvent(event)
        if was_fitted:
            self.fit()
            return
        moved = self.mapFromScene(corner)
        self.scroll_by(moved.x(), moved.y())
        self.looked.emit()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.save()
        painter.resetTransform()
        shift = self.mapFromScene(QPointF(0, 0))
        painter.drawTiledPixmap(self.viewport().rect(), self._ground, QPoint(-shift.x() % _TILE, -shift.y() % _TILE))
        painter.restore()


def _rects(drawn: Drawn) -> list[QRect]:
    return [rect.toAlignedRect() for rect in (drawn.figure, *drawn.captions)]
