"""How wide the columns of the layer table are: as their texts need, or as a person has dragged them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTreeView

from explorer.gui.layers.columns import COLUMNS, NAME, SHARE_COLUMN, TRAINABLE, TYPE
from explorer.gui.layers.delegates import BAR, LONGEST_SHARE, PADDING

WIDTH_DELAY = 60  # milliseconds from an edit to wider columns: the paint comes first
_SHORTEST = {TYPE: 84, NAME: 84}  # pixels down to which words are cut short, the first one first
_MANY = 50  # rows in sight, as long as nobody knows how many


class ColumnWidths(QObject):
    """The widths of the columns.

    Args:
        table: Whose columns; with its model and its font.
    """

    def __init__(self, table: QTreeView) -> None:
        super().__init__(table)
        self._table = table
        self._needed = [0] * len(COLUMNS)  # pixels
        self._are_new, self._by_hand, self._is_spreading = True, False, False
        self._widen()
        table.header().sectionResized.connect(self._note_width)
        self._timer = QTimer(self, singleShot=True, interval=WIDTH_DELAY)
        self._timer.timeout.connect(self._widen)

    def measure(self) -> None:
        """Gives every column the room its texts need, also less than before."""
        self._are_new = True
        self._widen()

    def narrow_soon(self) -> None:
        """Gives columns only what their texts need then, once what is in sight has been laid out."""
        self._are_new = True
        self._timer.start()

    def widen_soon(self) -> None:
        """Gives columns the room that their texts need then; none becomes narrower."""
        self._timer.start()  # not connected to itself: it would take the place of a scroll bar for its interval

    def _widen(self) -> None:
        """Gives every column the room its texts need. None shrinks while something is typed or scrolled."""
        model = self._table.model()
        if model.canFetchMore(QModelIndex()):
            model.fetchMore(QModelIndex())
        rows = list(self._rows_in_sight())
        for number in range(len(COLUMNS)):
            texts = (self._text_width(index.siblingAtColumn(number)) for index in rows)
            needed = max((self._heading_width(number), *texts))
            self._needed[number] = needed if self._are_new else max(needed, self._needed[number])
        self._are_new = False
        self.spread()

    def _heading_width(self, number: int) -> int:
        """The room a heading needs. Qt would add the arrow's to all of them, but the arrow stands above the words."""
        header = self._table.header()
        is_sorted = header.isSortIndicatorShown()
        header.setSortIndicatorShown(False)
        width = header.sectionSizeHint(number)
        header.setSortIndicatorShown(is_sorted)
        return width

    def _rows_in_sight(self) -> Iterator[QModelIndex]:
        index = self._table.indexAt(QPoint(0, 0))
        if not index.isValid():
            index = self._table.model().index(0, 0)
        height, row_height = self._table.viewport().height(), max(1, self._table.rowHeight(index))
        for _ in range(height // row_height + 2 if self._table.isVisible() else _MANY):
            if not index.isValid():
                break
            yield index
            index = self._table.indexBelow(index)

    def _text_width(self, index: QModelIndex) -> int:
        extra = {NAME: 22, TYPE: 4, SHARE_COLUMN: BAR, TRAINABLE: 22}.get(index.column(), 0)
        if index.column() == NAME:
            above = index
            while above.isValid():
                above, extra = above.parent(), extra + self._table.indentation()
        metrics = self._table.fontMetrics()
        least = metrics.horizontalAdvance(LONGEST_SHARE) if index.column() == SHARE_COLUMN else 0
        return max(least, metrics.horizontalAdvance(str(index.data() or ""))) + PADDING + extra

    def spread(self) -> None:
        """Shares out the room that is left: most of it to the names, some to each column of figures."""
        if self._by_hand:
            return
        needs = self._squeezed()
        spare = max(0, self._table.viewport().width() - sum(needs))
        own = spare * 2 // 5
        rest, last = (spare - own) // (len(COLUMNS) - 1), len(COLUMNS) - 1
        self._is_spreading = True
        for number, needed in enumerate(needs):
            extra = own if number == NAME else rest if number != last else spare - own - rest * (last - 1)
            self._table.setColumnWidth(number, needed + extra)
        self._is_spreading = False

    def _squeezed(self) -> list[int]:
        """What the columns need; where there is less room, words are cut short before figures go out of sight."""
        needs = list(self._needed)
        for number, least in _SHORTEST.items():
            lack = sum(needs) - self._table.viewport().width()
            needs[number] -= max(0, min(lack, needs[number] - least))
        return needs

    def _note_width(self) -> None:
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if pressed and not self._is_spreading:  # a person drags the edge of a heading, not that of the dock
            self._by_hand = True
