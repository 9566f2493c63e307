"""The canvas of Design: the network of the document in front, to be read and edited by mouse and keyboard."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.core.compose import Path
from explorer.gui.canvas import walk
from explorer.gui.canvas.brush import Accents, Brush
from explorer.gui.canvas.figure import Card, Figure, Pill
from explorer.gui.canvas.freeze_line import FreezeLine
from explorer.gui.canvas.gestures import Gestures
from explorer.gui.canvas.ink import NO_TEXT
from explorer.gui.canvas.inline_editor import InlineEditor
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.overlay import MARGIN, Hint, Legend, Minimap, uncovering
from explorer.gui.canvas.sketch import Paper
from explorer.gui.canvas.view import STEP, DiagramView
from explorer.gui.canvas.words import spoken, tooltip
from explorer.gui.context_menu import open_menu
from explorer.gui.document import Document
from explorer.gui.placing import is_editable, siblings
from explorer.gui.session import Session

_KEYS: dict[bool, dict[int, walk.Direction]] = {
    True: {Qt.Key.Key_Up: "back", Qt.Key.Key_Down: "on", Qt.Key.Key_Left: "before", Qt.Key.Key_Right: "behind"},
    False: {Qt.Key.Key_Left: "back", Qt.Key.Key_Right: "on", Qt.Key.Key_Up: "before", Qt.Key.Key_Down: "behind"},
}
_DEEPEST = 32  # levels that are unfolded to reveal a block
_BESIDE = 56.0  # of the figure, along the flow: what comes before a block and behind it is seen with it
_LOOKED_FOR = 40  # selected blocks for which the card that hides them is looked for


class NetworkCanvas(DiagramView):
    """The network as nested cards. Selection, folds and edits are the session's.

    Args:
        session: Whose document in front it shows.
        parent: Its owner.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._layout = self._make_layout()
        self._document = session.document
        self._places: WeakKeyDictionary[Document, tuple[float, QPointF]] = WeakKeyDictionary()
        self._is_new = True  # the document has not been looked at yet
        self._around_found: frozenset[Path] = frozenset()
        self._anchor: Path = ()  # where a selection began that Shift extends
        self._current: Path = ()  # where it ends, and keys go on
        self._gestures = Gestures(self, session)
        self._minimap, self._legend, self._hint = Minimap(self), Legend(self), Hint(self)
        self._freeze_line = FreezeLine(self, session)
        self._editor = InlineEditor(session, self.viewport())
        self.setObjectName("canvas")
        self.setAccessibleName("Network diagram")
        self.setAcceptDrops(True)
        self._editor.closed.connect(self.setFocus)
        self._connect()
        self._follow()

    def _connect(self) -> None:
        session, drawing = self._session, self._session.drawing
        session.changed.connect(self._follow)
        session.selection_changed.connect(self._show_selection)
        session.revealed.connect(self._reveal)
        session.renaming_asked.connect(self._rename)
        drawing.folded.connect(self._follow)
        drawing.fold_asked.connect(self.space_released)
        drawing.turned.connect(self._turn)
        drawing.zoom_asked.connect(self._show_part)
        drawing.focus_asked.connect(self.setFocus)
        drawing.end_asked.connect(self._edit_end)
        drawing.found_changed.connect(self._mark_found)
        self._overlay_timer = QTimer(self, singleShot=True, interval=0)  # once for all that one event changes
        self._overlay_timer.timeout.connect(self._place_overlays)
        self.looked.connect(self._overlay_timer.start)

    def _make_layout(self) -> Layout:
        return Layout(Paper(self._session.drawing.flow, self.ink.width))

    # Following the session

    def _follow(self) -> None:
        session = self._session
        if session.document is not self._document:
            if not self._is_new:
                self._places[self._document] = (self.zoom, self.mapToScene(self.viewport().rect().center()))
            self._document = session.document
            self._is_new = True
        self._editor.close_editor()
        figure = self._layout.draw(session.analysis, session.drawing.folds(session.document))
        self.show_figure(figure, session.drawing.flow, self._accents(figure))
        if self._is_new and self.isVisible():
            self._go_to_start()

    def _go_to_start(self) -> None:
        self._is_new = False
        place = self._places.get(self._document)
        if place is None:
            self.show_start()
        else:
            self.zoom_to(place[0])
            self.centerOn(place[1])
            self.looked.emit()

    def _accents(self, figure: Figure) -> Accents:
        selection = self._session.selection
        around: set[Path] = set()
        for path in selection[:_LOOKED_FOR]:
            found = walk.find(figure, path)
            if found is not None and path not in found.paths:
                around.update(found.paths)
        parameters = self._session.analysis.parameters
        return Accents(frozenset(selection), around, self._session.drawing.found, self._around_found, {}, parameters)

    def _mark_found(self) -> None:
        found = self._session.drawing.found
        self._around_found = frozenset(path[:length] for path in found for length in range(1, len(path)))
        self.item.accentuate(found=found, around_found=self._around_found)

    def _show_selection(self) -> None:
        self.item.show_figure(self.item.figure, self.item.flow, self._accents(self.item.figure))
        self.setAccessibleDescription(spoken(self._session))
        if self._session.selection and not self._gestures.is_active:
            self._bring_into_sight(self._session.selection[-1])

    def _bring_into_sight(self, path: Path) -> None:
        found = walk.find(self.item.figure, path)
        if found is None or not self.isVisible():
            return
        rect, sight = self.rect_of(found), self.mapToScene(self.viewport().rect()).boundingRect()
        across, along = (0, _BESIDE) if self.item.flow.vertical else (_BESIDE, 0)
        around = rect.adjusted(-across, -along, across, along).intersected(self.item.sceneBoundingRect())
        if not sight.contains(around):
            rect = around if around.height() < sight.height() and around.width() < sight.width() else rect
            self.ensureVisible(rect.intersected(QRectF(rect.topLeft(), sight.size() * 0.8)), 30, 30)
            self.looked.emit()

    def _reveal(self, path: Path, _field: str = "") -> None:
        for _ in range(_DEEPEST):
            found = walk.find(self.item.figure, path)
            if found is None or path in found.paths or not found.folds or not isinstance(found.figure.face, Card):
                break
            self._session.drawing.fold(self._session.document, found.path, True)
        if path:
            self._bring_into_sight(path)

    def _rename(self, path: Path) -> None:
        """Edits a name where the block stands, if the person is at work here."""
        if not self.hasFocus():
            return
        if self.zoom < NO_TEXT:
            self.zoom_to(1.0)
        self._reveal(path)
        found = walk.find(self.item.figure, path)
        if found is not None:
            self._editor.edit_name(path, self._place_of(found))

    def _place_of(self, found: walk.Seen) -> QRectF:
        """Where a block stands in the viewport."""
        return QRectF(self.mapFromScene(self.rect_of(found)).boundingRect())

    def _turn(self) -> None:
        if self._layout.paper.flow != self._session.drawing.flow:
            self._layout = self._make_layout()
            self._follow()
            self.show_start()
        self._place_overlays()

    def ink_changed(self) -> None:
        self._layout = self._make_layout()
        self._follow()

    # Zoom and overlays

    def _show_part(self, how: str) -> None:
        if how in ("in", "out"):
            self.zoom_to(self.zoom * (STEP if how == "in" else 1 / STEP))
        elif how == "actual":
            self.zoom_to(1.0)
        elif how == "selection":
            found = [walk.find(self.item.figure, path) for path in self._session.selection]
            rects = [self.rect_of(one) for one in found if one is not None]
            united = QRectF()
            for rect in rects:
                united = united.united(rect)
            self.fit(united.adjusted(-30, -30, 30, 30) if rects else None)
        else:
            self.fit()

    def _place_overlays(self) -> None:
        room, drawing, right = self.viewport().size(), self._session.drawing, self.viewport().width() - MARGIN
        sight = self.mapToScene(self.viewport().rect()).boundingRect()
        whole = self.item.mapRectToScene(self.item.rect((0, 0), (self.item.figure.across, self.item.figure.along)))
        is_useful = room.height() > self._minimap.height() + 2 * MARGIN and not sight.contains(whole)
        self._minimap.setVisible(drawing.shows_minimap and is_useful)
        self._minimap.move(right - self._minimap.width(), MARGIN)
        top = self._minimap.geometry().bottom() + MARGIN if self._minimap.isVisible() else MARGIN
        fits = room.height() > top + self._legend.height() + MARGIN and room.width() > 480
        self._legend.setVisible(drawing.shows_legend and fits)
        places = (QPoint(right - self._legend.width(), top), QPoint(MARGIN, MARGIN))
        self._legend.move(uncovering(self._legend.size(), places, self.mapFromScene(whole).boundingRect()))
        self._freeze_line.place()
        self._place_hint()

    def _place_hint(self) -> None:
        is_empty = not self._session.network.body.slots
        self._hint.setVisible(is_empty)
        end = self._pill("output") if is_empty else None
        if end is not None:
            self._hint.place_below(self.mapFromScene(self.rect_of(end)).boundingRect())

    def _pill(self, role: str) -> walk.Seen | None:
        for found in walk.seen(self.item.figure):
            if isinstance(found.figure.face, Pill) and found.figure.face.role == role:
                return found
        return None

    # Selecting and folding

    def choose(self, found: walk.Seen, modifiers: Qt.KeyboardModifier) -> None:
        """Selects a block: instead of the selection, beside it (Ctrl), or with all up to it (Shift)."""
        session, paths = self._session, found.paths
        self._current = paths[-1]
        if not modifiers & Qt.KeyboardModifier.ShiftModifier or self._anchor not in session.selection:
            self._anchor = session.selection[0] if modifiers and session.selection else paths[0]
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            kept = tuple(path for path in session.selection if path not in paths)
            session.select(kept if set(paths) <= set(session.selection) else (*kept, *paths))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and session.selection:
            session.select(self._up_to(paths))
        else:
            session.select(paths)

    def _up_to(self, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        """All blocks from where the selection began to others in the same structure; the other ones alone elsewhere."""
        network = self._session.network
        beside = siblings(network, paths[0]) if is_editable(network, paths[0]) else ()
        if self._anchor not in beside:
            return paths
        places = [beside.index(path) for path in (self._anchor, *paths) if path in beside]
        return tuple(beside[min(places) : max(places) + 1])

    def turn_fold(self, found: walk.Seen) -> None:
        """Folds what is unfolded, and the other way round."""
        if found.folds:
            opened = isinstance(found.figure.face, Card)
            self._session.drawing.fold(self._session.document, found.path, opened)

    def space_released(self) -> None:
        for path in self._session.selection[-1:]:
            found = walk.find(self.item.figure, path)
            if found is not None:
                self.turn_fold(found)

    def _step(self, direction: walk.Direction, modifiers: Qt.KeyboardModifier) -> None:
        selection = self._session.selection
        here = self._current if self._current in selection else selection[-1] if selection else ()
        start = walk.find(self.item.figure, here) if here else None
        if start is None:
            found = next(walk.blocks(self.item.figure), None)
        else:
            found = walk.next_to(self.item.figure, start, direction)
        if found is not None:
            self.choose(found, modifiers)

    def _edit_end(self, role: str) -> None:
        found = self._pill(role)
        if found is not None and isinstance(found.figure.face, Pill):
            self.ensureVisible(self.rect_of(found), 30, 30)
            self._editor.edit_end(found.figure.face, self._place_of(found))

    def picture_of(self, found: walk.Seen) -> QPixmap:
        """A block as it goes with the pointer while it is dragged."""
        width, height = self.item.flow.turned(found.figure.across, min(found.figure.along, 120))
        ratio = self.devicePixelRatioF()
        picture = QPixmap(int((width + 4) * ratio), int((height + 4) * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.translate(2, 2)
        painter.setOpacity(0.85)
        Brush(painter, self.item.flow, self.ink, Accents()).paint(found.figure)
        painter.end()
        return picture

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_new:
            self._go_to_start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_overlays()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.is_panning and event.button() == Qt.MouseButton.LeftButton:
            self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self.is_panning:
            self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_panning = self.is_panning
        super().mouseReleaseEvent(event)
        if not was_panning:
            self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.seen_at(event.position())
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if isinstance(found.figure.face, Pill):
            self._editor.edit_end(found.figure.face, self._place_of(found))
        else:
            self.turn_fold(found)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            found = self.seen_at(QPointF(event.pos()))
            if found is not None and found.is_block and not set(found.paths) <= set(self._session.selection):
                self._session.select(found.paths)
            place = event.globalPos()
        else:  # by a key: at the block that it is about
            here = [found for path in self._session.selection[-1:] if (found := walk.find(self.item.figure, path))]
            rect = self._place_of(here[0]) if here else QRectF(self.viewport().rect())
            place = self.viewport().mapToGlobal(rect.center().toPoint())
        open_menu(self._session, self, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = _KEYS[self.item.flow.vertical].get(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if direction is not None and plain:
            self._step(direction, event.modifiers())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and plain:
            found = list(walk.blocks(self.item.figure))
            if found:
                self.choose(found[0 if event.key() == Qt.Key.Key_Home else -1], event.modifiers())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._session.fields_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self._session.select(())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._gestures.hover(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._gestures.hover(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._gestures.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._gestures.drop(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.seen_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tooltip(self._session, found) if found else "", self)
            return True
        return super().viewportEvent(event)
