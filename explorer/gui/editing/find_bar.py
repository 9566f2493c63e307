"""The line that searches the network in front: it finds while somebody types, and goes from one find to the next."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from explorer.core.compose import Path
from explorer.gui.search.query import found_paths
from explorer.gui.search.reading import HELP, read
from explorer.gui.session import Session
from explorer.gui.widgets.form import set_look

DELAY = 120  # milliseconds from the last key to the search: a long network has thousands of blocks
_STEPS = {(Qt.Key.Key_Up, False): -1, (Qt.Key.Key_Down, False): 1, (Qt.Key.Key_Return, False): 1}
_STEPS |= {(Qt.Key.Key_Enter, False): 1, (Qt.Key.Key_Return, True): -1, (Qt.Key.Key_Enter, True): -1}


class FindBar(QFrame):
    """A search box, how many finds there are, and the way from one to the next.

    Args:
        session: Whose document in front it searches.
        canvas: What has the focus when the bar closes, if what had it before is gone.
    """

    def __init__(self, session: Session, canvas: QWidget) -> None:
        super().__init__()
        self.setObjectName("find_bar")
        self._session = session
        self._canvas = canvas
        self._finds: tuple[Path, ...] = ()
        self._place = -1  # of the find in front, among all
        self._document = session.document
        self._focus_before: QWidget | None = None
        self._line, self._count = QLineEdit(), QLabel()
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._timer.timeout.connect(self._search)
        self._goes_on = False  # to the nearest find, once the search is done
        self._arrange()
        self._line.textEdited.connect(self._wait)
        session.changed.connect(self._follow)
        session.drawing.search_asked.connect(self._answer)
        self.hide()

    def _arrange(self) -> None:
        self._line.setObjectName("find_text")
        self._line.setAccessibleName("Find in the network")
        self._line.setPlaceholderText("Find: conv, 64x56x56, kernel=5, params>1M…")
        self._line.setToolTip(f"{HELP}. All words must hold.")
        self._line.setMaximumWidth(420)
        self._count.setObjectName("find_count")
        self._count.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self._line, 3)
        row.addWidget(self._make_button("find_previous_button", "Previous find (Shift+F3)", lambda: self._step(-1)))
        row.addWidget(self._make_button("find_next_button", "Next find (F3)", lambda: self._step(1)))
        row.addWidget(self._count, 2)
        row.addWidget(self._make_button("find_close", "Close the search (Esc)", self.close_bar))

    def _make_button(self, name: str, words: str, run: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(words.partition(" (")[0])
        button.setToolTip(words)
        button.setFixedSize(QSize(26, 26))
        button.clicked.connect(run)
        return button

    # Opening and closing

    def _answer(self, step: int) -> None:
        if step and self.isVisible():
            self._step(step)
        else:
            self.open_bar()

    def open_bar(self) -> None:
        """Opens, with the keyboard in the search box."""
        focus = QApplication.focusWidget()
        if focus is not self._line:
            self._focus_before = focus
        self.show()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()
        self._search()

    def close_bar(self) -> None:
        """Closes, takes the marks away, and gives the keyboard back."""
        before, self._focus_before = self._focus_before, None
        self._timer.stop()
        self.hide()
        self._show((), "")
        is_there = before is not None and shiboken6.isValid(before) and before.isVisible()
        (before if before is not None and is_there else self._canvas).setFocus()

    # Searching

    def _wait(self) -> None:
        self._goes_on = True
        self._timer.start()

    def _follow(self) -> None:
        """Searches again, behind the paint, what an edit or another document has changed."""
        if self._session.document is not self._document:
            self._document = self._session.document
            self._show((), "")
        if self.isVisible() and self._line.text():
            self._timer.start()

    def _search(self) -> None:
        self._timer.stop()
        query = read(self._line.text())
        finds = found_paths(self._session.analysis, query)
        goes_on, self._goes_on = self._goes_on, False
        self._show(finds, query.problem or ("Nothing found" if query and not finds else ""))
        if goes_on and finds:
            self._go_to(self._nearest(0))

    def _show(self, finds: tuple[Path, ...], problem: str) -> None:
        selection = self._session.selection
        self._finds = finds
        self._place = finds.index(selection[0]) if len(selection) == 1 and selection[0] in finds else -1
        set_look(self._line, "problem", bool(problem))
        self._say(problem)
        self._session.drawing.show_found(finds)

    def _say(self, problem: str = "") -> None:
        number = len(self._finds)
        place = f"{self._place + 1:,} of {number:,}" if self._place >= 0 else f"{number:,} found" if number else ""
        self._count.setText(problem or place)
        set_look(self._count, "role", "problem" if problem else "muted")

    # Going from find to find

    def _step(self, step: int) -> None:
        if self._timer.isActive():  # somebody is faster than the search
            self._search()
        elif self._finds:
            self._go_to(self._nearest(step))

    def _nearest(self, step: int) -> int:
        """The place of the find at the selection or, a step further on, behind or before it."""
        selection = self._session.selection
        if not selection:
            return -1 if step < 0 else 0
        if selection[-1] in self._finds:
            return (self._finds.index(selection[-1]) + step) % len(self._finds)
        order = {row.path: place for place, row in enumerate(self._session.analysis.rows)}
        here = order.get(selection[-1], 0)
        behind = next((place for place, path in enumerate(self._finds) if order[path] > here), len(self._finds))
        return (behind - (1 if step < 0 else 0)) % len(self._finds)

    def _go_to(self, place: int) -> None:
        self._place = place % len(self._finds)
        self._session.reveal(self._finds[self._place])
        self._say()

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = _STEPS.get((Qt.Key(event.key()), shift))
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif step is not None:
            self._step(step)
        else:
            super().keyPressEvent(event)
