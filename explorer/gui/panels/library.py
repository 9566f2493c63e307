"""The library: a search box, and below it every network, block and layer there is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QTreeView, QVBoxLayout, QWidget

import explorer
from explorer.gui import edits
from explorer.gui.library_delegate import LibraryDelegate
from explorer.gui.library_model import THING, LibrarySearch, Listed
from explorer.gui.panel import Panel, register
from explorer.gui.session import Session

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class LibraryPanel(QWidget):
    """The search box and the lines it finds. Enter inserts a block behind the selection, or opens a network.

    Args:
        session: Where blocks go and networks open.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_library")
        self._session = session
        self._lines = LibrarySearch(self)
        self._search, self._tree = QLineEdit(), QTreeView()
        self._set_up_search()
        self._set_up_tree()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        box = QVBoxLayout()
        box.setContentsMargins(10, 0, 10, 0)
        box.addWidget(self._search)
        column.addLayout(box)
        column.addWidget(self._tree, 1)
        self._find("")

    def _set_up_search(self) -> None:
        self._search.setObjectName("library_search")
        self._search.setAccessibleName("Search networks, blocks and layers")
        self._search.setPlaceholderText("Search blocks, networks…")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._find)
        self._search.installEventFilter(self)
        shortcut = QShortcut(QKeySequence("Ctrl+L"), self)
        shortcut.setObjectName("shortcut_library")
        shortcut.activated.connect(self._focus_search)

    def _set_up_tree(self) -> None:
        tree = self._tree
        tree.setObjectName("library_list")
        tree.setAccessibleName("Library")
        tree.setModel(self._lines)
        tree.setHeaderHidden(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setIndentation(12)
        tree.setItemDelegate(LibraryDelegate(lambda: self._lines.pattern, tree))
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        tree.setExpandsOnDoubleClick(True)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.header().setStretchLastSection(True)
        tree.doubleClicked.connect(self._use)
        tree.installEventFilter(self)

    def _focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _find(self, pattern: str) -> None:
        self._lines.search(pattern.strip())
        if pattern.strip():
            self._tree.expandAll()
            self._tree.setCurrentIndex(self._lines.best())
        else:
            self._tree.collapseAll()
            for row in range(self._lines.rowCount()):
                self._tree.expand(self._lines.index(row, 0))

    def _use(self, index: QModelIndex) -> None:
        thing = index.data(THING)
        if not isinstance(thing, Listed):
            return
        if thing.block is not None:
            edits.insert(self._session, thing.block())
        elif thing.entry is not None:
            self._session.open_network(explorer.network(thing.entry.key))

    def _step(self, offset: int) -> None:
        """Moves the current line from within the search box, past headings."""
        index = self._tree.currentIndex()
        if not index.isValid():
            index = self._lines.best()
        for _ in range(abs(offset)):
            new = self._next(index, 1 if offset > 0 else -1)
            index = new if new.isValid() else index
        self._tree.setCurrentIndex(index)

    def _next(self, index: QModelIndex, direction: int) -> QModelIndex:
        step = self._tree.indexBelow if direction > 0 else self._tree.indexAbove
        index = step(index)
        while index.isValid() and index.data(THING) is None:
            index = step(index)
        return index

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use(self._tree.currentIndex())
            return True
        if watched is self._search and key in _STEPS:
            self._step(_STEPS[key])
            return True
        if watched is self._search and key == Qt.Key.Key_Escape and self._search.text():
            self._search.clear()
            return True
        return super().eventFilter(watched, event)


register(Panel("library", "Library", "design", "left", LibraryPanel))
