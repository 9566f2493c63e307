"""The library: a search box, and below it every network, block and layer there is."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QMenu, QTreeView, QVBoxLayout, QWidget

from explorer.gui.documents.history_keys import HistoryKeys
from explorer.gui.library.actions import LibraryActions, make_actions
from explorer.gui.library.delegate import LibraryDelegate
from explorer.gui.library.lines import FAMILY, THING, Listed
from explorer.gui.library.model import LibrarySearch
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
        self._lines = LibrarySearch(session, self)
        self._commands = LibraryActions(session, self, self._edit_name)
        self._actions = make_actions(self._commands, self._current, self)
        self._search, self._tree = QLineEdit(), QTreeView()
        self._place: tuple[object, object, int] = (None, None, 0)
        self._unfolded: dict[str, bool] = {}
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
        HistoryKeys(self).watch(self._search)
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
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._show_menu)
        tree.doubleClicked.connect(self._use)
        tree.installEventFilter(self)
        self._lines.lines.renamed.connect(self._commands.rename)
        self._lines.lines.about_to_refill.connect(self._note_place)
        self._lines.lines.refilled.connect(self._keep_place)

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

    def _current(self) -> Listed | None:
        index = self._tree.currentIndex()
        thing, family = index.data(THING), index.data(FAMILY)
        if isinstance(thing, Listed):
            return thing
        return Listed(family=family) if family else None

    def _use(self, index: QModelIndex) -> None:
        thing = index.data(THING)
        if isinstance(thing, Listed):
            self._commands.use(thing)

    def _edit_name(self) -> None:
        self._tree.setFocus()
        self._tree.edit(self._tree.currentIndex())

    def _show_menu(self, place: QPoint) -> None:
        self._make_menu().popup(self._tree.viewport().mapToGlobal(place))

    def _make_menu(self) -> QMenu:
        """What can be done to the current line."""
        menu = QMenu(self)
        menu.setObjectName("menu_library")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current, section = self._current(), 0
        for command, action in self._actions:
            if command.section != section:
                menu.addSeparator()
            section = command.section
            action.setEnabled(command.possible(current))
            menu.addAction(action)
        return menu

    # Lines that come and go under the pointer

    def _note_place(self) -> None:
        index = self._tree.currentIndex()
        self._place = (index.data(THING), index.parent().data(), self._tree.visualRect(index).top())
        sections = [self._lines.index(row, 0) for row in range(self._lines.rowCount())]
        self._unfolded = {section.data(): self._tree.isExpanded(section) for section in sections}

    def _keep_place(self) -> None:
        """Keeps the current line current, and where it is on the screen, while lines above it come and go."""
        for row in range(self._lines.rowCount()):
            section = self._lines.index(row, 0)
            self._tree.setExpanded(section, self._unfolded.get(section.data(), True))
        thing, above, top = self._place
        index = self._lines.find(thing, above)
        if index.isValid():
            self._tree.setCurrentIndex(index)
            bar = self._tree.verticalScrollBar()
            bar.setValue(bar.value() + self._tree.visualRect(index).top() - top)

    def _command_for(self, event: QKeyEvent) -> Callable[[Listed | None], None] | None:
        keys = QKeySequence(event.keyCombination()).toString()
        for command, _ in self._actions:
            if command.keys and command.keys == keys and command.possible(self._current()):
                return functools.partial(command.run, self._commands)
        return None

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

    def _is_naming(self, watched: QObject) -> bool:
        """Whether a name is being typed into a line: the Enter that ends it comes here as well."""
        return watched is self._tree and self._tree.state() == QAbstractItemView.State.EditingState

    def _take_key(self, watched: QObject, event: QKeyEvent) -> bool:
        if self._is_naming(watched):
            return False
        run = self._command_for(event) if watched is self._tree or event.modifiers() else None
        if run is not None:
            event.accept()  # the window has some of these keys for the blocks of the network
            if event.type() == QEvent.Type.KeyPress:
                run(self._current())
            return True
        return event.type() == QEvent.Type.KeyPress and self._take_plain_key(watched, Qt.Key(event.key()))

    def _take_plain_key(self, watched: QObject, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use(self._tree.currentIndex())
            return True
        if watched is self._search and key in _STEPS:
            self._step(_STEPS[key])
            return True
        if key == Qt.Key.Key_Escape:
            if watched is self._search and self._search.text():
                self._search.clear()
            else:
                self._session.drawing.focus_asked.emit()
            return True
        return False

    # Qt's overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        taken = isinstance(event, QKeyEvent) and event.type() in kinds and self._take_key(watched, event)
        return taken or super().eventFilter(watched, event)


register(Panel("library", "Library", "design", "left", LibraryPanel))
