"""A keyboard and a mouse: events as the window system sends them, to whatever is there to receive them."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QWheelEvent,
    QWindow,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QMenu,
    QMenuBar,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
    QWidget,
)

from explorer.gui.canvas import walk
from explorer.gui.canvas.canvas import NetworkCanvas

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
MOST_TABS = 80


class Keyboard:
    """Presses keys. They go to the window that has the focus, as from a keyboard.

    Args:
        window: The window that gets the focus back from a dialog that closes. Window managers see to that; the
            offscreen platform has none.
    """

    def __init__(self, window: QWidget) -> None:
        self._behind = window

    @property
    def place(self) -> str:
        """The name of what has the keyboard."""
        focus = QApplication.focusWidget()
        return focus.objectName() if focus is not None else ""

    def press(self, *sequences: str) -> None:
        """Presses keys, such as ``Ctrl+L`` and ``Return``, one after the other."""
        for sequence in sequences:
            QTest.keySequence(self._window, QKeySequence(sequence))
            QApplication.processEvents()

    def type(self, text: str) -> None:
        """Types a text."""
        for letter in text:
            QTest.keyClick(self._window, letter)  # type: ignore[call-overload]

    def tab_to(self, name: str) -> None:
        """Presses Tab until a control has the keyboard."""
        for _ in range(MOST_TABS):
            if self.place == name:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}.")

    @property
    def _window(self) -> QWindow:
        if QGuiApplication.focusWindow() is None:
            self._behind.activateWindow()
            QApplication.processEvents()
        window = QGuiApplication.focusWindow()
        assert window is not None, "the keyboard is nowhere"
        return window


class Mouse:
    """Moves and clicks. Events go to a window of the window system, which finds the widget below the pointer."""

    def click(self, widget: QWidget, at: QPoint | None = None, button: Qt.MouseButton = LEFT) -> None:
        """Clicks on a widget, by default in its middle."""
        window, place = self._place(widget, at)
        QTest.mouseClick(window, button, NONE, place)
        QApplication.processEvents()

    def double_click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Clicks twice."""
        window, place = self._place(widget, at)
        QTest.mouseClick(window, LEFT, NONE, place)
        QTest.mouseDClick(window, LEFT, NONE, place)
        QApplication.processEvents()

    def turn(self, widget: QWidget, notches: int) -> None:
        """Turns the wheel over a widget, up or (below zero) down."""
        middle = QPointF(widget.rect().center())
        for _ in range(abs(notches)):
            step = QPoint(0, 120 if notches > 0 else -120)
            where = QPointF(widget.mapToGlobal(middle))
            phase = Qt.ScrollPhase.NoScrollPhase
            event = QWheelEvent(middle, where, QPoint(), step, Qt.MouseButton.NoButton, NONE, phase, False)
            QApplication.sendEvent(widget, event)

    def drag(self, data: QMimeData, target: QWidget, at: QPoint) -> None:
        """Lets go over a widget what is dragged already; the offscreen platform ends a drag where it begins."""
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        for event in (
            QDragEnterEvent(at, actions, data, LEFT, NONE),
            QDragMoveEvent(at, actions, data, LEFT, NONE),
            QDropEvent(QPointF(at), actions, data, LEFT, NONE),
        ):
            QApplication.sendEvent(target, event)
            assert event.isAccepted()

    def press_and_move(self, widget: QWidget, at: QPoint) -> None:
        """Begins to drag."""
        window, place = self._place(widget, at)
        QTest.mousePress(window, LEFT, NONE, place)
        for step in (4, 12, 24):
            QTest.mouseMove(window, place + QPoint(step, step))

    def let_go(self, widget: QWidget, at: QPoint) -> None:
        """Releases the button."""
        window, place = self._place(widget, at)
        QTest.mouseRelease(window, LEFT, NONE, place)
        QApplication.processEvents()

    # On what there is in a window

    def choose(self, *words: str) -> None:
        """Chooses an entry of the menu that is open, through its submenus.

        Args:
            words: The objectNames of the entries.
        """
        for name in words:
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu), "no menu is open"
            action = next(found for found in menu.actions() if found.objectName() == name)
            assert action.isEnabled(), name
            self.click(menu, menu.actionGeometry(action).center())

    def open_menu(self, bar: QMenuBar, name: str) -> None:
        """Opens a menu of the menu bar."""
        menu = bar.findChild(QMenu, name)
        assert menu is not None
        self.click(bar, bar.actionGeometry(menu.menuAction()).center())

    def arrow(self, spin: QSpinBox, clicks: int) -> None:
        """Clicks the upper arrow of a spin box, or (below zero) the lower one."""
        option = QStyleOptionSpinBox()
        spin.initStyleOption(option)
        part = QStyle.SubControl.SC_SpinBoxUp if clicks > 0 else QStyle.SubControl.SC_SpinBoxDown
        rect = spin.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, part, spin)
        for _ in range(abs(clicks)):
            self.click(spin, rect.center())

    def row(self, view: QAbstractItemView, text: str) -> QPoint:
        """Where a line of a list stands; the wheel brings it into sight."""
        index = _find(view, text, QModelIndex())
        assert index.isValid(), text
        for _ in range(200):
            place = view.visualRect(index).center()
            if 10 < place.y() < view.viewport().height() - 10:
                break
            self.turn(view.viewport(), 1 if place.y() < 10 else -1)
        return view.visualRect(index).center()

    def card(self, canvas: NetworkCanvas, *path: str) -> QPoint:
        """Where a card of the diagram stands; the wheel brings it into sight."""
        found = walk.find(canvas.item.figure, path)
        assert found is not None
        assert found.path == path, "it is folded"
        for _ in range(200):
            rect = canvas.mapFromScene(canvas.rect_of(found)).boundingRect()
            place = rect.topLeft() + QPoint(24, 8)
            if 10 < place.y() < canvas.viewport().height() - 10:
                break
            self.turn(canvas.viewport(), 1 if place.y() < 10 else -1)
        return place

    def _place(self, widget: QWidget, at: QPoint | None) -> tuple[QWindow, QPoint]:
        place = widget.rect().center() if at is None else at
        window = widget.window().windowHandle()
        assert window is not None
        assert widget.isVisible()
        return window, widget.mapTo(widget.window(), place)


def _find(view: QAbstractItemView, text: str, parent: QModelIndex) -> QModelIndex:
    model = view.model()
    found = QModelIndex()
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        inside = index if index.data() == text else _find(view, text, index)
        found = inside if inside.isValid() else found  # the last: above it stand the favourites and the last used
    return found
