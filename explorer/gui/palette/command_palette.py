"""The command palette: a search box over everything there is to do, opened by Ctrl+K over the window."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QMainWindow,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.gui.palette.lines import CHOICE, PaletteDelegate, PaletteModel
from explorer.gui.palette.sources import choices
from explorer.gui.search.choices import Choice, ranked, remembered
from explorer.gui.session import Session

_WIDTH, _ROWS, _TOP = 620, 12, 44  # pixels, lines, pixels from the top of the window
_RECENT = "palette/recent"
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_ROWS, Qt.Key.Key_PageDown: _ROWS}


class CommandPalette(QFrame):
    """Everything there is to do, by name. It closes when something is chosen, by Escape, or when the focus leaves it.

    Args:
        session: What the choices work on.
        window: Over which it opens, and whose menus it lists.
        show_design: Shows the workspace into which blocks go.
    """

    def __init__(self, session: Session, window: QMainWindow, show_design: Callable[[], object]) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self._session, self._window, self._show_design = session, window, show_design
        self._choices: list[Choice] = []
        self._focus_before: QWidget | None = None
        self._line, self._list, self._none = QLineEdit(), QListView(), QLabel("Nothing is called that.")
        self._model = PaletteModel(self)
        self._set_up()
        self.hide()
        window.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]

    def _set_up(self) -> None:
        self._line.setObjectName("palette_search")
        self._line.setAccessibleName("Search actions, blocks and networks")
        self._line.setPlaceholderText("Search actions, blocks, networks and open documents…")
        self._line.textChanged.connect(self._find)
        self._line.installEventFilter(self)
        self._list.setObjectName("palette_list")
        self._list.setAccessibleName("What was found")
        self._list.setModel(self._model)
        self._list.setItemDelegate(PaletteDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the search box
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.clicked.connect(self._choose)
        self._none.setObjectName("palette_none")
        self._none.setProperty("role", "muted")
        self._none.setContentsMargins(8, 2, 8, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self._line)
        column.addWidget(self._none)
        column.addWidget(self._list)

    # Opening and closing

    def turn(self) -> None:
        """Opens, or closes when it is open."""
        if self.isVisible():
            self.close_palette()
        else:
            self.open_palette()

    def open_palette(self) -> None:
        """Opens with everything there is; what was used last comes first."""
        self._focus_before = QApplication.focusWidget()
        found = choices(self._session, self._window.menuBar(), self._show_design)
        self._choices = [choice for choice in found if choice.key != "action_palette"]
        self._line.clear()
        self._find("")
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Closes, and gives the keyboard back."""
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()

    def _follow_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and now is not self and not self.isAncestorOf(now):
            self._focus_before = None  # somebody has gone elsewhere
            self.hide()

    def _place(self) -> None:
        room = self._window.size()
        width = min(_WIDTH, room.width() - 40)
        rows = min(_ROWS, max(1, self._model.rowCount()))
        self._list.setFixedHeight(rows * self._list.sizeHintForRow(0) if self._model.rowCount() else 0)
        self._list.setVisible(self._model.rowCount() > 0)
        self._none.setVisible(self._model.rowCount() == 0)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((room.width() - width) // 2, _TOP)

    # Finding and choosing

    def _find(self, pattern: str) -> None:
        recent = self._session.settings.get(_RECENT, list[str]())
        self._model.show(ranked(self._choices, pattern, recent), pattern)
        self._list.setCurrentIndex(self._model.index(0))
        self._list.scrollToTop()
        self._place()

    def _step(self, offset: int) -> None:
        row = self._list.currentIndex().row() + offset
        self._list.setCurrentIndex(self._model.index(max(0, min(self._model.rowCount() - 1, row))))

    def _choose(self, index: QModelIndex) -> None:
        choice = index.data(CHOICE)
        if not isinstance(choice, Choice):
            return
        if choice.reason:
            self._session.message.emit(f"{choice.text}: {choice.reason}.")
            return
        recent = self._session.settings.get(_RECENT, list[str]())
        self._session.settings.set(_RECENT, remembered(recent, choice.key))
        self.close_palette()  # first, so that what is done finds the focus where it was
        choice.run()

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is not self._line or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return super().eventFilter(watched, event)
        return True


def add_hint(window: QMainWindow, palette: CommandPalette) -> None:
    """Puts a line at the right end of the menu bar that says how the palette opens, and opens it."""
    hint = QToolButton(window.menuBar())
    hint.setObjectName("palette_hint")
    hint.setText("Ctrl+K  search actions and blocks")
    hint.setToolTip("Searches all actions, blocks, networks and open documents")
    hint.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    hint.clicked.connect(palette.turn)
    window.menuBar().setCornerWidget(hint, Qt.Corner.TopRightCorner)
