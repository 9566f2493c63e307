"""The canvas of Design: the network of the document in front, to be read and edited by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.core.compose import Path
from explorer.gui.canvas import walk
from explorer.gui.canvas.accents import Accents
from explorer.gui.canvas.corners import Corners
from explorer.gui.canvas.figure import Card, Figure, Pill
from explorer.gui.canvas.figure_view import STEP
from explorer.gui.canvas.gestures import Gestures
from explorer.gui.canvas.ink import NO_TEXT
from explorer.gui.canvas.inline_editor import InlineEditor
from explorer.gui.canvas.layout import Layout
from explorer.gui.canvas.selecting import Selecting
from explorer.gui.canvas.sketch import Paper
from explorer.gui.canvas.view import DiagramView
from explorer.gui.canvas.words import spoken, tooltip
from explorer.gui.documents.document import Document
from explorer.gui.editing.context_menu import open_menu
from explorer.gui.session import Session

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
        self._places: WeakKeyDictionary[Document, tuple[float, QPointF, bool]] = WeakKeyDictionary()
        self._is_new = True  # the document has not been looked at yet
        self._around_found: frozenset[Path] = frozenset()
        self._gestures, self._selecting = Gestures(self, session), Selecting(self, session)
        self._corners = Corners(self, session)
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

    def _make_layout(self) -> Layout:
        return Layout(Paper(self._session.drawing.flow, self.ink.width))

    # Following the session

    def _follow(self) -> None:
        session = self._session
        if session.document is not self._document:
            if not self._is_new:
                middle = self.mapToScene(self.viewport().rect().center())
                self._places[self._document] = (self.zoom, middle, self.is_fitted)
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
        elif place[2]:
            self.fit()
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
        return Accents(
            frozenset(selection),
            around,
            self._session.drawing.found,
            self._around_found,
            frozen=self._session.network.frozen,
            total=self._session.analysis.parameters,
        )

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
            self._editor.edit_name(path, self.place_of(found))

    def place_of(self, found: walk.Seen) -> QRectF:
        """Where a block stands in the viewport."""
        return QRectF(self.mapFromScene(self.rect_of(found)).boundingRect())

    def _turn(self) -> None:
        if self._layout.paper.flow != self._session.drawing.flow:
            self._layout = self._make_layout()
            self._follow()
            self.show_start()
        self._corners.place()

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

    def rooms(self) -> Sequence[QRectF]:
        return self._corners.rooms()

    def leaves_room(self, taken: Sequence[QRect]) -> bool:
        return self._corners.leave_room(taken)

    def strip(self) -> float:
        return self._corners.strip()

    # Selecting and folding

    def choose(self, found: walk.Seen, modifiers: Qt.KeyboardModifier) -> None:
        """Selects a block, with the keys that are held down."""
        self._selecting.choose(found, modifiers)

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

    def _edit_end(self, role: str) -> None:
        found = walk.pill(self.item.figure, role)
        if found is not None and isinstance(found.figure.face, Pill):
            self.ensureVisible(self.rect_of(found), 30, 30)
            self._editor.edit_end(found.figure.face, self.place_of(found))

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_new:
            self._go_to_start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._corners.place()

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
            self._editor.edit_end(found.figure.face, self.place_of(found))
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
            rect = self.place_of(here[0]) if here else QRectF(self.viewport().rect())
            place = self.viewport().mapToGlobal(rect.center().toPoint())
        open_menu(self._session, self, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._selecting.press(event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._session.fields_asked.emit()
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
