"""The tree that shows the layer table: keys, dragging, and one selection with the rest of the window."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView, QWidget

from explorer.core.compose import Path
from explorer.gui import edits, style
from explorer.gui.document import Document
from explorer.gui.layer_columns import CATEGORY, COLUMNS, ENABLED, NAME, PROBLEM, SHARE, SHARE_COLUMN, TYPE
from explorer.gui.layers_model import LayersModel
from explorer.gui.painting import Index, RowDelegate, paint_bar, paint_ground, paint_mark
from explorer.gui.session import Session

_PADDING = 14  # pixels beside the text of a cell
_BAR = 40  # pixels for the whole of a share
_LOOKED_AT = 300  # rows that decide the width of a column


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
        self.setObjectName("layers_table")
        self.setAccessibleName("Layers")
        self.setModel(self._model)
        self._needed = [0] * len(COLUMNS)  # pixels
        self._widths_are_new, self._widths_by_hand, self._is_spreading = True, False, False
        self._set_up()
        self._widen()
        self.header().sectionResized.connect(self._note_width)
        self._model.modelAboutToBeReset.connect(self._note_open_rows)
        self._model.modelReset.connect(self._open_noted_rows)
        session.changed.connect(self._follow)
        self.expanded.connect(self._widen)
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
        self.setIndentation(16)
        self.setAnimated(False)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setItemDelegate(LayerDelegate(self))
        self._set_up_header(self.header())

    def _set_up_header(self, header: QHeaderView) -> None:
        header.setStretchLastSection(False)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def _widen(self) -> None:
        """Gives every column the room its texts need. Columns grow with the document and never shrink under the eye."""
        if self._model.canFetchMore(QModelIndex()):
            self._model.fetchMore(QModelIndex())
        rows = list(itertools.islice(self._shown_rows(QModelIndex(), 1), _LOOKED_AT))
        for number in range(len(COLUMNS)):
            texts = (self._text_width(index.siblingAtColumn(number), depth) for index, depth in rows)
            needed = max((self.header().sectionSizeHint(number), *texts))
            self._needed[number] = needed if self._widths_are_new else max(needed, self._needed[number])
        self._widths_are_new = False
        self._spread()

    def _text_width(self, index: QModelIndex, depth: int) -> int:
        column = index.column()
        extra = {NAME: 18 + depth * self.indentation(), TYPE: 4, SHARE_COLUMN: _BAR}.get(column, 0)
        text = str(index.data() or "")
        return self.fontMetrics().horizontalAdvance(text) + _PADDING + extra

    def _spread(self) -> None:
        """Shares out the room that is left: most of it to the names, some to each column of figures."""
        if self._widths_by_hand:
            return
        spare = max(0, self.viewport().width() - sum(self._needed))
        own = spare * 2 // 5
        rest, last = (spare - own) // (len(COLUMNS) - 1), len(COLUMNS) - 1
        self._is_spreading = True
        for number, needed in enumerate(self._needed):
            extra = own if number == NAME else rest if number != last else spare - own - rest * (last - 1)
            self.setColumnWidth(number, needed + extra)
        self._is_spreading = False

    def _note_width(self) -> None:
        self._widths_by_hand = self._widths_by_hand or not self._is_spreading

    def _shown_rows(self, parent: QModelIndex, depth: int) -> Iterator[tuple[QModelIndex, int]]:
        for row in range(self._model.rowCount(parent)):
            index = self._model.index(row, 0, parent)
            yield index, depth
            if self.isExpanded(index):
                yield from self._shown_rows(index, depth + 1)

    # Following the session

    def _note_open_rows(self) -> None:
        self._open_paths[self._document] = [
            self._model.path(index) for index, _ in self._shown_rows(QModelIndex(), 1) if self.isExpanded(index)
        ]

    def _open_noted_rows(self) -> None:
        self._document = self._session.document
        for path in self._open_paths.get(self._document, []):
            self.expand(self._model.index_of(path))
        self._widths_are_new = True

    def _follow(self) -> None:
        self._show_selection()
        self._widen()

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
        if index.isValid():
            self.setFocus()
            self.setCurrentIndex(index)
            self.edit(index)

    def open_all(self, depth: int = -1) -> None:
        """Unfolds the tree, to a depth or wholly."""
        if depth < 0:
            self.expandAll()
        else:
            self.expandToDepth(depth)

    # Qt's overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._model.is_following:
            rows = self.selectionModel().selectedRows()
            self._session.select(tuple(sorted((self._model.path(row) for row in rows), key=self._place)))

    def _place(self, path: Path) -> tuple[int, ...]:
        place: list[int] = []
        index = self._model.index_of(path)
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


class LayerDelegate(RowDelegate):
    """Marks the category before the name, draws the share as a bar, and mutes what is switched off."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        colors = style.current()
        palette = option.palette
        if index.data(PROBLEM):
            palette.setColor(palette.ColorRole.Text, colors.bad)
            palette.setColor(palette.ColorRole.HighlightedText, colors.bad)
        elif not index.data(ENABLED):
            palette.setColor(palette.ColorRole.Text, colors.muted)
            palette.setColor(palette.ColorRole.HighlightedText, colors.muted)
        option.palette = palette

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.column() == NAME:
            self._paint_name(painter, option, index)
        elif index.column() == SHARE_COLUMN:
            super().paint(painter, option, index)
            right = option.rect.right() - option.fontMetrics.horizontalAdvance("<0.01 %") - _PADDING
            paint_bar(
                painter, QRect(right - _BAR, option.rect.top(), _BAR, option.rect.height()), index.data(SHARE) or 0.0
            )
        else:
            super().paint(painter, option, index)

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRect(option.rect)
        paint_ground(painter, option, index, self)
        paint_mark(painter, QRect(rect.left() + 2, rect.top(), 14, rect.height()), index.data(CATEGORY))
        inner = QStyleOptionViewItem(option)
        inner.rect = rect.adjusted(17, 0, 0, 0)
        super().paint(painter, inner, index)
