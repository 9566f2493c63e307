"""What the mouse does on the canvas: select, band, drag out and drop in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDrag, QDropEvent, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QRubberBand

from explorer.gui.canvas import walk
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.brush import Brush
from explorer.gui.canvas.figure import Bracket, Pill
from explorer.gui.canvas.item import Marker
from explorer.gui.canvas.places import Place, nearest
from explorer.gui.editing.block_drop import BlockDrop
from explorer.gui.editing.placing import topmost

if TYPE_CHECKING:
    from explorer.gui.canvas.canvas import NetworkCanvas
    from explorer.gui.session import Session


class Gestures:
    """Follows the mouse over a canvas.

    Args:
        canvas: Where.
        session: Whose blocks.
    """

    def __init__(self, canvas: NetworkCanvas, session: Session) -> None:
        self._canvas = canvas
        self._session = session
        self._drop = BlockDrop(session)
        self._pressed: tuple[QPoint, walk.Seen] | None = None
        self._narrows = False  # a click on one of several selected blocks selects it alone, once it is no drag
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, canvas.viewport())
        self._band_from: QPoint | None = None

    @property
    def is_active(self) -> bool:
        """Whether a button is held down on a block."""
        return self._pressed is not None

    # Pressing, moving, releasing

    def press(self, event: QMouseEvent) -> None:
        """Selects the block under the pointer, or begins a band."""
        found = self._canvas.seen_at(event.position())
        position = event.position().toPoint()
        if found is None or isinstance(found.figure.face, Pill):
            self._band_from = position
            return
        if isinstance(found.figure.face, Bracket):
            self._canvas.turn_fold(found)
            return
        self._pressed = (position, found)
        self._narrows = set(found.paths) <= set(self._session.selection) and not event.modifiers()
        if not self._narrows:
            self._canvas.choose(found, event.modifiers())

    def move(self, event: QMouseEvent) -> None:
        """Drags blocks, or draws the band."""
        position = event.position().toPoint()
        if self._band_from is not None:
            self._band.setGeometry(QRect(self._band_from, position).normalized())
            self._band.show()
        elif self._pressed is not None and self._is_drag(position):
            found, self._pressed, self._narrows = self._pressed[1], None, False
            self._drag(found)

    def release(self, event: QMouseEvent) -> None:
        """Ends what was begun."""
        if self._band_from is not None:
            start, self._band_from = self._band_from, None
            self._band.hide()
            self._select_within(QRect(start, event.position().toPoint()).normalized(), event.modifiers())
        elif self._pressed is not None and self._narrows:
            self._canvas.choose(self._pressed[1], event.modifiers())
        self._pressed, self._narrows = None, False

    def _is_drag(self, position: QPoint) -> bool:
        start = self._pressed[0] if self._pressed else position
        return (position - start).manhattanLength() >= QApplication.startDragDistance()

    def _select_within(self, band: QRect, modifiers: Qt.KeyboardModifier) -> None:
        canvas, kept = self._canvas, self._session.selection
        if not modifiers & Qt.KeyboardModifier.ControlModifier:
            kept = ()
        scene = canvas.mapToScene(band).boundingRect()
        window = canvas.item.window_of(canvas.item.mapRectFromScene(scene))
        seen = [found for found in walk.blocks(canvas.item.figure, window) if scene.contains(canvas.rect_of(found))]
        paths = topmost(tuple(dict.fromkeys(path for found in seen for path in found.paths)))
        self._session.select(tuple(dict.fromkeys((*kept, *paths))))

    def _drag(self, found: walk.Seen) -> None:
        selection = self._session.selection
        data = self._drop.pack(selection if set(found.paths) <= set(selection) else found.paths)
        if not self._drop.holds_blocks(data):
            self._session.message.emit("What is inside a composite cannot be moved; unpack it first.")
            return
        drag = QDrag(self._canvas)
        drag.setMimeData(data)
        drag.setPixmap(self._picture_of(found))
        drag.setHotSpot(QPoint(12, 12))
        drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction)
        self._canvas.item.mark(None)

    def _picture_of(self, found: walk.Seen) -> QPixmap:
        """A block as it goes with the pointer while it is dragged."""
        canvas = self._canvas
        width, height = canvas.item.flow.turned(found.figure.across, min(found.figure.along, 120))
        ratio = canvas.devicePixelRatioF()
        picture = QPixmap(int((width + 4) * ratio), int((height + 4) * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.translate(2, 2)
        painter.setOpacity(0.85)
        Brush(painter, canvas.item.flow, canvas.ink, Accents()).paint(found.figure)
        painter.end()
        return picture

    # Dropping

    def hover(self, event: QDropEvent) -> None:
        """Shows where blocks that are dragged would land."""
        place = self._place(event.position()) if self._drop.holds_blocks(event.mimeData()) else None
        self._canvas.item.mark(None if place is None else Marker(place.at, place.reach, place.branch))
        event.setAccepted(place is not None)
        if place is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def drop(self, event: QDropEvent) -> None:
        """Lets blocks land."""
        place = self._place(event.position())
        self._canvas.item.mark(None)
        if place is None:
            event.ignore()
            return
        event.accept()
        copies = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        action = Qt.DropAction.CopyAction if copies else event.dropAction()
        self._drop.land(event.mimeData(), action, place.into, place.index, branch=place.branch)
        self._canvas.setFocus()

    def leave(self) -> None:
        """Nothing is dragged over the canvas any more."""
        self._canvas.item.mark(None)

    def _place(self, position: QPointF) -> Place | None:
        canvas = self._canvas
        return nearest(canvas.item.figure, self._session.network, canvas.figure_point(position))
