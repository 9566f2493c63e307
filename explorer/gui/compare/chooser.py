"""Asks with what to compare: the saved version, an open network, one of the zoo, or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

import explorer
from explorer.gui.compare.comparison import Fixed, Live, Saved
from explorer.gui.search.subsequence import match
from explorer.gui.session import Session
from explorer.gui.widgets.painting import RowDelegate
from explorer.zoo.base import ZOO

_MAKE = Qt.ItemDataRole.UserRole + 1
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: what it says, and how the side is made; None asks for a file."""

    text: str
    make: Callable[[], Fixed] | None


def choices(session: Session) -> Iterator[Choice]:
    """With what the document in front can be compared."""
    document = session.document
    if document.file is not None:
        yield Choice("The saved version", lambda: Saved(document))
    yield Choice("A file…", None)
    for other in session.documents:
        if other is not document:
            yield Choice(f"{other.title} (open)", lambda other=other: Live(other))  # type: ignore[misc]
    for entry in ZOO.values():
        yield Choice(entry.title, lambda key=entry.key: Fixed(explorer.network(key)))  # type: ignore[misc]


class CompareChooser(QDialog):
    """A search box and the lines it finds.

    Args:
        session: Whose document in front is compared.
        then: Takes the choice.
        parent: The window.
    """

    def __init__(self, session: Session, then: Callable[[Choice], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_compare")
        self.setWindowTitle(f"Compare {session.document.title} with…")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._then = then
        self._search, self._list = QLineEdit(), QListWidget()
        self._search.setObjectName("compare_search")
        self._search.setAccessibleName("Search networks to compare with")
        self._search.setPlaceholderText("Search networks…")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._find)
        self._search.installEventFilter(self)
        self._list.setItemDelegate(RowDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setObjectName("compare_choices")
        self._list.setAccessibleName("Networks to compare with")
        self._list.itemActivated.connect(self._choose)
        self._list.itemClicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        for choice in choices(session):
            item = QListWidgetItem(choice.text)
            item.setData(_MAKE, choice)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self.resize(380, 460)
        self._search.setFocus()

    def _find(self, pattern: str) -> None:
        first = None
        for row in range(self._list.count()):
            item = self._list.item(row)
            is_found = not pattern.strip() or match(pattern.strip(), item.text()) is not None
            item.setHidden(not is_found)
            first = item if is_found and first is None else first
        if first is not None:
            self._list.setCurrentItem(first)

    def _choose(self, item: QListWidgetItem) -> None:
        self.close()
        self._then(item.data(_MAKE))

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self._list.event(event)
                return True
            item = self._list.currentItem()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if item is not None and not item.isHidden():
                    self._choose(item)
                return True
        return super().eventFilter(watched, event)
