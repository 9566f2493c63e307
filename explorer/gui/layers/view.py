"""The tree that shows the layer table: keys, dragging, and one selection with the rest of the window."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.gui.documents.document import Document
from explorer.gui.editing import edits
from explorer.gui.layers.columns import COLUMNS, NAME, SHARE, SHARE_COLUMN, TRAINABLE, TYPE
from explorer.gui.layers.model import LayersModel
from explorer.gui.session import Session
from explorer.gui.widgets.painting import MARK, Index, paint_bar, row_height

_PADDING = 13  # pixels beside the text of a cell
_LONGEST_SHARE = "<0.01 %"
_BAR = 30  # pixels for the whole of a share
_WIDTH_DELAY = 60  # milliseconds from an edit to wider columns: the paint comes first
_SHORTEST = {TYPE: 84, NAME: 84}  # pixels down to which words are cut short, the first one first
_MANY = 50  # rows in sight, as long as nobody knows how many


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
        self._needed = [0] * len(COLUMNS)  # pixels
        self._addresses = _AddressDelegate(self)
        self._widths_are_new, self._widths_by_hand = True, False
        self._is_spreading = False
        self._set_up()
        self._widen()
        self.header().sectionResized.connect(self._note_width)
        self._model.modelReset.connect(self._open_noted_rows)
        session.listing.changed.connect(self._show_order)
        session.changed.connect(self._follow)
        self._model.refreshed.connect(self.viewport().update)
        self._width_timer = QTimer(self, singleShot=True, interval=_WIDTH_DELAY)
        self._width_timer.timeout.connect(self._widen)
        self.expanded.connect(self._widen_soon)
        self.verticalScrollBar().valueChanged.connect(self._widen_soon)
        session.settled.connect(self._narrow)
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
        self.setItemDelegate(_PlainDelegate(self))
        self.setItemDelegateForColumn(SHARE_COLUMN, _ShareDelegate(self))
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

    def _widen_soon(self) -> None:
        self._width_timer.start()  # not connected to itself: it would take the place of a scroll bar for its interval

    def _widen(self) -> None:
        """Gives every column the room its texts need. Columns never shrink while something is typed or scrolled."""
        if self._model.canFetchMore(QModelIndex()):
            self._model.fetchMore(QModelIndex())
        rows = list(self._rows_in_sight())
        for number in range(len(COLUMNS)):
            texts = (self._text_width(index.siblingAtColumn(number)) for index in rows)
            needed = max((self._heading_width(number), *texts))
            self._needed[number] = needed if self._widths_are_new else max(needed, self._needed[number])
        self._widths_are_new = False
        self._spread()

    def _heading_width(self, number: int) -> int:
        """The room a heading needs. Qt would add the arrow's to all of them, but the arrow stands above the words."""
        header = self.header()
        is_sorted = header.isSortIndicatorShown()
        header.setSortIndicatorShown(False)
        width = header.sectionSizeHint(number)
        header.setSortIndicatorShown(is_sorted)
        return width

    def _rows_in_sight(self) -> Iterator[QModelIndex]:
        index = self.indexAt(QPoint(0, 0))
        if not index.isValid():
            index = self._model.index(0, 0)
        height, row_height = self.viewport().height(), max(1, self.rowHeight(index))
        for _ in range(height // row_height + 2 if self.isVisible() else _MANY):
            if not index.isValid():
                break
            yield index
            index = self.indexBelow(index)

    def _text_width(self, index: QModelIndex) -> int:
        extra = {NAME: 22, TYPE: 4, SHARE_COLUMN: _BAR, TRAINABLE: 22}.get(index.column(), 0)
        if index.column() == NAME:
            above = index
            while above.isValid():
                above, extra = above.parent(), extra + self.indentation()
        metrics = self.fontMetrics()
        least = metrics.horizontalAdvance(_LONGEST_SHARE) if index.column() == SHARE_COLUMN else 0
        return max(least, metrics.horizontalAdvance(str(index.data() or ""))) + _PADDING + extra

    def _spread(self) -> None:
        """Shares out the room that is left: most of it to the names, some to each column of figures."""
        if self._widths_by_hand:
            return
        needs = self._squeezed()
        spare = max(0, self.viewport().width() - sum(needs))
        own = spare * 2 // 5
        rest, last = (spare - own) // (len(COLUMNS) - 1), len(COLUMNS) - 1
        self._is_spreading = True
        for number, needed in enumerate(needs):
            extra = own if number == NAME else rest if number != last else spare - own - rest * (last - 1)
            self.setColumnWidth(number, needed + extra)
        self._is_spreading = False

    def _squeezed(self) -> list[int]:
        """What the columns need; where there is less room, words are cut short before figures go out of sight."""
        needs = list(self._needed)
        for number, least in _SHORTEST.items():
            lack = sum(needs) - self.viewport().width()
            needs[number] -= max(0, min(lack, needs[number] - least))
        return needs

    def _note_width(self) -> None:
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if pressed and not self._is_spreading:  # a person drags the edge of a heading, not that of the dock
            self._widths_by_hand = True

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
        self._widths_are_new = True
        self._widen()
        if is_another:
            self.scrollToTop()
        self._show_selection()
        if is_another:
            self._scroll_back()
        self._width_timer.start()  # what is in sight is known only when it has been laid out

    def _scroll_back(self) -> None:
        """Scrolls to where the document was when another one took its place."""
        index = self._model.index_of(self._first_paths.get(self._document, ()))
        if index.isValid():
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def _follow(self) -> None:
        self._show_selection()
        self.executeDelayedItemsLayout()  # now: Qt would do it by a timer, and others would come before the paint
        if self._session.document.is_typed:
            self._width_timer.start()
        else:
            self._narrow()

    def _narrow(self) -> None:
        """Gives columns only what their texts need now."""
        self._widths_are_new = True
        self._width_timer.start()

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
        self._widths_are_new = True  # only now it has its fonts and its style
        self._widen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

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


class _PlainDelegate(QStyledItemDelegate):
    """Tells the height of a row without laying out its texts, as Qt would at each layout, for all its columns.

    All else is left to Qt: painting in Python would cost as much as the rest of the paint.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, row_height(option))


class _AddressDelegate(_PlainDelegate):
    """Cuts an address short at its beginning: those of neighbours differ at their ends."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class _ShareDelegate(_PlainDelegate):
    """Draws the share as a bar beside its figure."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        right = option.rect.right() - option.fontMetrics.horizontalAdvance(_LONGEST_SHARE) - _PADDING
        bar = QRect(right - _BAR, option.rect.top(), _BAR, option.rect.height())
        paint_bar(painter, bar, index.data(SHARE) or 0.0)
