"""The runs that wait for their turn: their order, and those who wait in vain."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import heading

_ROWS = 4  # in sight
_INDENT = 4 * " "
_ALT = Qt.KeyboardModifier.AltModifier


class QueueList(QWidget):
    """The queue, with a heading; it takes no room while nothing waits.

    Args:
        training: Whose queue.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("run_queue")
        self._queue = training.queue
        self._list = _Lines(self._move, self._remove)
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)  # or a high window parts it
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(6)
        column.addWidget(heading("Queue"))
        column.addWidget(self._list)
        column.addLayout(self._make_buttons())
        self._queue.changed.connect(self._show)
        self._show()

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for key, text, tip, press in (
            ("up", "Up", "Lets the run begin earlier (Alt+Up)", lambda: self._move(-1)),
            ("down", "Down", "Lets the run begin later (Alt+Down)", lambda: self._move(1)),
            ("remove", "Remove", "Takes the run out of the queue (Del)", self._remove),
        ):
            button = QPushButton(text)
            button.setObjectName(f"button_queue_{key}")
            button.setToolTip(tip)
            button.clicked.connect(press)
            row.addWidget(button)
        return row

    def _show(self) -> None:
        runs, row = self._queue.runs, max(self._list.currentRow(), 0)
        self._list.clear()
        for place, run in enumerate(runs, 1):
            below = "could not start" if run.problem else run.images  # one line would be cut off before the end
            item = QListWidgetItem(f"{place}. {run.what}\n{_INDENT}{below}", self._list)
            item.setToolTip(run.problem or run.title)
        if runs:
            self._list.setCurrentRow(min(row, len(runs) - 1))
            self._list.setFixedHeight(self._list.sizeHintForRow(0) * min(len(runs), _ROWS) + 4)
        self.setVisible(bool(runs))

    def _move(self, by: int) -> None:
        row = self._list.currentRow()
        self._queue.move(row, by)
        self._list.setCurrentRow(min(max(row + by, 0), self._list.count() - 1))

    def _remove(self) -> None:
        if self._list.currentRow() >= 0:
            self._queue.remove(self._list.currentRow())


class _Lines(QListWidget):
    """The list, whose keys move and remove.

    Args:
        move: Moves the current line.
        remove: Takes it out.
    """

    def __init__(self, move: Callable[[int], None], remove: Callable[[], None]) -> None:
        super().__init__()
        self._move, self._remove = move, remove
        self.setObjectName("queue_list")
        self.setAccessibleName("Runs that wait for their turn")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    # Qt's overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & _ALT and event.key() in steps:
            self._move(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)
