"""The tree that shows the layer table: keys, dragging, and one selection with the rest of the window."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QTreeView,
    QWidget,
)

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.gui.documents.document import Document
from explorer.gui.editing import edits
from explorer.gui.layers.columns import COLUMNS, NAME, SHARE_COLUMN
from explorer.gui.layers.delegates import AddressDelegate, PlainDelegate, ShareDelegate
from explorer.gui.layers.model import LayersModel
from explorer.gui.layers.widths import ColumnWidths
from explorer.gui.session import Session
from explorer.gui.widgets.painting import MARK, Index


class LayersView(QTreeView):
    """One row a block; the selection is the session's.

    Args:
        session: Whose document it shows.
        parent: Its owner.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model = LayersModel(session, self)
        self._document = session.document
        self._open_paths: WeakKeyDictionary[Document, list[Path]] = WeakKeyDictionary()
        self._first_paths: WeakKeyDictionary[Document, Path] = WeakKeyDictionary()  # the row at the top of the view
        self.setObjectName("layers_table")
        self.setAccessibleName("Layers")
        self._model.modelAboutToBeReset.connect(self._note_rows)  # before Qt's view, which forgets where its rows are
        self.setModel(self._model)
        self._addresses = AddressDelegate(self)
        self._set_up()
        self._widths = ColumnWidths(self)
        self._model.modelReset.connect(self._open_noted_rows)
        session.listing.changed.connect(self._show_order)
        session.changed.connect(self._follow)
        self._model.refreshed.connect(self.viewport().update)
        self.expanded.connect(self._widths.widen_soon)
        self.verticalScrollBar().valueChanged.connect(self._widths.widen_soon)
        session.settled.connect(self._widths.narrow_soon)
        session.selection_changed.connect(self._show_selection)
        session.revealed.connect(self._reveal)
        session.renaming_asked.connect(self._rename)

    def _set_up(self) -> None:
        font = self.font()
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width, so that columns of numbers stand in line
        self.setFont(font)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setIndentation(14)
        self.setAnimated(False)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setItemDelegate(PlainDelegate(self))
        self.setItemDelegateForColumn(SHARE_COLUMN, ShareDelegate(self))
        self.setIconSize(QSize(MARK + 4, MARK + 4))
        self._set_up_header(self.header())

    def _set_up_header(self, header: QHeaderView) -> None:
        header.setStretchLastSection(False)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(lambda section: self._session.listing.sort_by(COLUMNS[section].key))

    def _show_order(self) -> None:
        """Marks the heading by which the rows are sorted."""
        arrangement, header = self._session.listing.arrangement, self.header()
        keys = [column.key for column in COLUMNS]
        header.setSortIndicatorShown(bool(arrangement.column))
        if arrangement.column:
            order = Qt.SortOrder.DescendingOrder if arrangement.descending else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(keys.index(arrangement.column), order)
        self.setItemDelegateForColumn(NAME, self._addresses if arrangement.is_list else self.itemDelegate())

    # Following the session

    def _note_rows(self) -> None:
        editor = self.indexWidget(self.currentIndex())
        if editor is not None:  # a name is being typed; Qt would take it over for a row that it has forgotten
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self._first_paths[self._document] = self._model.path(self.indexAt(QPoint(0, 0)))
        if not self._model.is_list:
            indexes = self._shown(QModelIndex())
            self._open_paths[self._document] = [self._model.path(index) for index in indexes if self.isExpanded(index)]

    def _shown(self, parent: QModelIndex) -> Iterator[QModelIndex]:
        """The rows in and out of sight, except those folded away."""
        for row in range(self._model.rowCount(parent)):
            index = self._model.index(row, 0, parent)
            yield index
            if self.isExpanded(index):
                yield from self._shown(index)

    def rows_unfolded(self) -> list[tuple[Row, int]]:
        """The rows of the analysis except those folded away, each with the number of rows it is inside of."""
        nodes = [(self._model.node(index), len(self._place(index)) - 1) for index in self._shown(QModelIndex())]
        return [(node.row, depth) for node, depth in nodes if node is not None]

    def _open_noted_rows(self) -> None:
        is_another = self._document is not self._session.document
        self._document = self._session.document
        for path in self._open_paths.get(self._document, []):
            self.expand(self._model.index_of(path))
        self._widths.measure()
        if is_another:
            self.scrollToTop()
        self._show_selection()
        if is_another:
            self._scroll_back()
        self._widths.widen_soon()  # what is in sight is known only when it has been laid out

    def _scroll_back(self) -> None:
        """Scrolls to where the document was when another one took its place."""
        index = self._model.index_of(self._first_paths.get(self._document, ()))
        if index.isValid():
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def _follow(self) -> None:
        self._show_selection()
        self.executeDelayedItemsLayout()  # now: Qt would do it by a timer, and others would come before the paint
        if self._session.document.is_typed:
            self._widths.widen_soon()
        else:
            self._widths.narrow_soon()

    def _show_selection(self) -> None:
        selected = {self._model.path(index) for index in self.selectionModel().selectedRows()}
        if selected == set(self._session.selection):
            return
        found = [self._model.index_of(path) for path in self._session.selection]
        indexes = [index for index in found if index.isValid()]
        wanted = QItemSelection()
        for index in indexes:
            wanted.select(index, index.siblingAtColumn(len(COLUMNS) - 1))
        self._model.is_following = True
        flags = QItemSelectionModel.SelectionFlag
        if indexes:
            self.selectionModel().setCurrentIndex(indexes[-1], flags.NoUpdate)
            self.scrollTo(indexes[-1])
        self.selectionModel().select(wanted, flags.ClearAndSelect)
        self._model.is_following = False

    def _reveal(self, path: Path) -> None:
        index = self._model.index_of(path)
        if index.isValid():
            self.scrollTo(index)

    def _rename(self, path: Path) -> None:
        index = self._model.index_of(path)
        if index.isValid() and not isinstance(QApplication.focusWidget(), QLineEdit | QGraphicsView):
            self._come_to_the_front()
            self.setFocus()
            self.setCurrentIndex(index)
            self.edit(index)

    def _come_to_the_front(self) -> None:
        """Raises the dock in which the table stands, which may lie behind another one."""
        widget = self.parentWidget()
        while widget is not None and not isinstance(widget, QDockWidget):
            widget = widget.parentWidget()
        if widget is not None:
            widget.show()
            widget.raise_()

    def open_all(self, depth: int = -1) -> None:
        """Unfolds the tree, to a depth or wholly."""
        if depth < 0:
            self.expandAll()
        else:
            self.expandToDepth(depth)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._widths.measure()  # only now it has its fonts and its style

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths.spread()

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        """Moves the current row from what goes beforehand, to the row that Qt would take.

        Qt does it later, when it has forgotten where the rows stand, and lays all out for it, those that go too.
        """
        current = self.currentIndex()
        while current.isValid() and current.parent() != parent:
            current = current.parent()
        if current.isValid() and start <= current.row() <= end:
            beside = (self._model.index(row, 0, parent) for row in (start - 1, end + 1))
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(next((one for one in beside if one.isValid()), parent), flags)
        super().rowsAboutToBeRemoved(parent, start, end)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._model.is_following:
            rows = self.selectionModel().selectedRows()
            self._session.select(tuple(self._model.path(row) for row in sorted(rows, key=self._place)))

    @staticmethod
    def _place(index: QModelIndex) -> tuple[int, ...]:
        place: list[int] = []
        while index.isValid():
            place.insert(0, index.row())
            index = index.parent()
        return tuple(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_E) and self._session.selection:
            edits.switch(self._session)
        elif plain and event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
        else:
            super().keyPressEvent(event)
