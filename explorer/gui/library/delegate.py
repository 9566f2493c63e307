"""How a line of the library is painted: the mark, the name with the letters that were found, the year at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from explorer.gui import style
from explorer.gui.library.lines import CATEGORY, DETAIL, HINT, SECTION, SHORTER, STAR, THING
from explorer.gui.search.subsequence import match
from explorer.gui.widgets.found_letters import paint_found
from explorer.gui.widgets.painting import MARK, Index, RowDelegate, paint_ground, paint_mark, paint_star

_SPACE = 8  # pixels between the parts of a line
_SECTION_HEIGHT = 30


class LibraryDelegate(RowDelegate):
    """Paints the lines of the library.

    Args:
        pattern: What is searched for.
        parent: The view.
    """

    def __init__(self, pattern: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._pattern = pattern

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        if index.data(HINT):  # a sentence, which may take two lines
            return QSize(size.width(), 2 * option.fontMetrics.height() + _SPACE)
        return QSize(size.width(), max(_SECTION_HEIGHT, size.height())) if index.data(SECTION) else size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        paint_ground(painter, option, index, self)
        painter.save()
        if index.data(THING) is None:
            self._paint_heading(painter, option, index)
        else:
            self._paint_line(painter, option, index)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        text, colors = str(index.data()), style.current()
        font = QFont(option.font)
        if index.data(SECTION):
            font.setPointSizeF(font.pointSizeF() * 0.85)
            font.setWeight(QFont.Weight.DemiBold)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.5)
            text = text.upper()
        painter.setFont(font)
        rect = option.rect.adjusted(2, 0, -_SPACE, 0)
        painter.setPen(QColor(colors.muted if index.data(SECTION) or index.data(HINT) else colors.text))
        wraps = Qt.TextFlag.TextWordWrap if index.data(HINT) else Qt.TextFlag.TextSingleLine
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | wraps, text)

    def _paint_line(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = option.rect.adjusted(2, 0, -_SPACE, 0)
        category = index.data(CATEGORY)
        if category:
            paint_mark(painter, QRect(rect.left(), rect.top(), MARK, rect.height()), category)
            rect.setLeft(rect.left() + MARK + _SPACE)
        if index.data(STAR):
            paint_star(painter, QRect(rect.right() - MARK - 2, rect.top(), MARK + 4, rect.height()))
            rect.setRight(rect.right() - MARK - _SPACE)
        name, detail = str(index.data()), str(index.data(DETAIL) or "")
        font = QFont(option.font)
        font.setPointSizeF(font.pointSizeF() * 0.88)
        room = rect.width() - option.fontMetrics.horizontalAdvance(name) - _SPACE
        metrics = QFontMetrics(font)
        shorter = index.data(SHORTER) or ()
        shortest = shorter[-1] if shorter else ""  # the tick of a network, for which a long name makes way
        fitting = (text for text in (detail, *shorter) if metrics.horizontalAdvance(text) <= room)
        if index.data(THING).broken:  # here the detail comes first
            width = metrics.horizontalAdvance(detail)
            name = option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideMiddle, rect.width() - width - _SPACE)
        else:  # the tooltip has what is left out here
            detail = next(fitting, shortest)
        painter.setFont(font)
        painter.setPen(QColor(style.current().muted))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, detail)
        if detail and metrics.horizontalAdvance(detail) > room:
            rect.setRight(rect.right() - metrics.horizontalAdvance(detail) - _SPACE // 2)
        self._paint_name(painter, option, rect, name)

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, name: str) -> None:
        paint_found(painter, option, rect, name, match(self._pattern(), name) or (), style.current().text)
