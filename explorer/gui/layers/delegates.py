"""How the cells of the layer table are painted, where Qt's own way does not do."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from explorer.gui.layers.columns import SHARE
from explorer.gui.widgets.painting import Index, paint_bar, row_height

PADDING = 13  # pixels beside the text of a cell
LONGEST_SHARE = "<0.01 %"
BAR = 30  # pixels for the whole of a share


class PlainDelegate(QStyledItemDelegate):
    """Tells the height of a row without laying out its texts, as Qt would at each layout, for all its columns.

    All else is left to Qt: painting in Python would cost as much as the rest of the paint.
    """

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, row_height(option))


class AddressDelegate(PlainDelegate):
    """Cuts an address short at its beginning: those of neighbours differ at their ends."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class ShareDelegate(PlainDelegate):
    """Draws the share as a bar beside its figure."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        right = option.rect.right() - option.fontMetrics.horizontalAdvance(LONGEST_SHARE) - PADDING
        bar = QRect(right - BAR, option.rect.top(), BAR, option.rect.height())
        paint_bar(painter, bar, index.data(SHARE) or 0.0)
