"""The line above the layer table that shows only the rows a query finds."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from explorer.gui.search.query import Query, found_rows
from explorer.gui.search.reading import HELP, read
from explorer.gui.session import Session
from explorer.gui.widgets.form import set_look

DELAY = 150  # milliseconds from the last key to the filtering: a long network has thousands of rows


class LayersFilter(QFrame):
    """A search box and the number of rows that it leaves; it takes no room until it is asked for.

    Args:
        session: Whose listing it filters.
        table: What has the keyboard when the line closes.
    """

    def __init__(self, session: Session, table: QWidget) -> None:
        super().__init__()
        self.setObjectName("layers_filter_bar")
        self._session, self._table = session, table
        self._line, self._words, self._close = QLineEdit(), QLabel(), QToolButton()
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._timer.timeout.connect(self._filter)
        self._set_up()
        session.listing.filter_asked.connect(self.open_line)
        session.changed.connect(self._follow)
        self.hide()

    def _set_up(self) -> None:
        self._line.setObjectName("layers_filter")
        self._line.setAccessibleName("Filter the layer table")
        self._line.setPlaceholderText("Filter: conv, 64x56x56, kernel=5, params>1M…")
        self._line.setToolTip(f"{HELP}. All words must hold.")
        self._line.textEdited.connect(self._wait)
        self._words.setObjectName("layers_filter_count")
        self._words.setWordWrap(True)
        self._close.setObjectName("layers_filter_close")
        self._close.setAccessibleName("Show all rows")
        self._close.setToolTip("Show all rows (Esc)")
        self._close.setFixedSize(26, 26)
        self._close.clicked.connect(self.close_line)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._line, 3)
        row.addWidget(self._words, 2)
        row.addWidget(self._close)

    def open_line(self) -> None:
        """Opens, with the keyboard in the search box."""
        self.show()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._line.selectAll()
        self._filter()

    def close_line(self) -> None:
        """Closes, and shows all rows again."""
        self._timer.stop()
        self.hide()
        self._session.listing.filter(Query())
        self._table.setFocus()

    def _wait(self) -> None:
        self._timer.start()

    def _follow(self) -> None:
        if self.isVisible() and self._session.listing.arrangement.query:
            self._timer.start()  # the number of rows, behind the paint

    def _filter(self) -> None:
        self._timer.stop()
        query = read(self._line.text())
        self._session.listing.filter(query)
        found, all_rows = len(found_rows(self._session.analysis, query)), len(self._session.analysis.rows)
        self._words.setText(query.problem or (f"{found:,} of {all_rows:,} blocks" if query else ""))
        for widget in (self._line, self._words):
            set_look(widget, "problem", bool(query.problem))
        set_look(self._words, "role", "problem" if query.problem else "muted")

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_line()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            if self._timer.isActive():
                self._filter()
            self._table.setFocus()
        else:
            super().keyPressEvent(event)
