"""How rows are painted: the mark of a category, the bar of a share, small text at the right, headings."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from explorer.gui import style

Index = QModelIndex | QPersistentModelIndex

MARK = 9  # pixels along the side of a category's mark
ROW_HEIGHT = 25


def row_height(option: QStyleOptionViewItem) -> int:
    """The height of a row in pixels."""
    return max(ROW_HEIGHT, option.fontMetrics.height() + 8)


class RowDelegate(QStyledItemDelegate):
    """Rows of one height, with the text colour of what is selected left as it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), row_height(option))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        text = option.palette.color(QPalette.ColorRole.Text)
        option.palette.setColor(QPalette.ColorRole.HighlightedText, text)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the row's colour says where the focus is


def cell_alignment(*, is_number: bool) -> Qt.AlignmentFlag:
    """Numbers stand at the right of their column, so that their digits stand below one another; words at the left."""
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, index: Index, delegate: QStyledItemDelegate) -> None:
    """Paints the ground of a cell, selected or not, without its text."""
    plain = QStyleOptionViewItem(option)
    delegate.initStyleOption(plain, index)
    plain.text = ""
    drawer = plain.widget.style() if plain.widget else None
    if drawer is not None:
        drawer.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)


def paint_mark(painter: QPainter, rect: QRect, category: str) -> None:
    """Paints the mark of a category in the middle of ``rect``."""
    _paint_mark(painter, QRectF(rect), style.category_color(category))


def _paint_mark(painter: QPainter, rect: QRectF, color: QColor) -> None:
    mark = QRectF(0, 0, MARK, MARK)
    mark.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(mark, 2.5, 2.5)
    painter.restore()


@functools.lru_cache(maxsize=32)
def _mark(color: str, scale: float) -> QIcon:
    return _icon(scale, lambda painter, rect: _paint_mark(painter, rect, QColor(color)))


@functools.lru_cache(maxsize=4)
def _warning(color: str, sign: str, scale: float) -> QIcon:
    return _icon(scale, lambda painter, rect: _paint_warning(painter, rect, QColor(color), QColor(sign)))


def _icon(scale: float, paint: Callable[[QPainter, QRectF], None]) -> QIcon:
    side = MARK + 4
    pixmap = QPixmap(round(side * scale), round(side * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint(painter, QRectF(0, 0, side, side))
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # in a selected row it would be mixed with the row's colour
    return icon


def _paint_warning(painter: QPainter, rect: QRectF, color: QColor, sign: QColor) -> None:
    """Paints a disc with an exclamation mark."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(rect)
    painter.setBrush(sign)
    middle, unit = rect.center().x(), rect.height() / 13
    painter.drawRoundedRect(QRectF(middle - unit, rect.top() + 2.6 * unit, 2 * unit, 4.8 * unit), unit, unit)
    painter.drawEllipse(QRectF(middle - unit, rect.top() + 8.6 * unit, 2 * unit, 2 * unit))


def mark_icon(category: str) -> QIcon:
    """The mark of a category as a picture, in the colours in force."""
    return _mark(style.category_color(category).name(), _scale())


def problem_icon() -> QIcon:
    """The mark of what has a problem."""
    palette = style.current()
    return _warning(palette.bad, palette.pane, _scale())


def _scale() -> float:
    return QGuiApplication.primaryScreen().devicePixelRatio()


def paint_star(painter: QPainter, rect: QRect) -> None:
    """Paints the star of a favourite in the middle of ``rect``."""
    outer, inner = MARK * 0.62, MARK * 0.26
    points = QPolygonF()
    for corner in range(10):
        radius, angle = (inner, outer)[corner % 2 == 0], math.radians(36 * corner - 90)
        points.append(QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.current().accent))
    painter.drawPolygon(points.translated(QRectF(rect).center()))
    painter.restore()


def paint_bar(painter: QPainter, rect: QRect, share: float) -> None:
    """Paints a bar that fills its share of ``rect`` from the right; a hair's breadth is the least."""
    if share <= 0:
        return
    width = max(1.0, share * rect.width())
    bar = QRectF(rect.right() + 1 - width, rect.center().y() - 3, width, 8)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.current().accent))
    painter.drawRoundedRect(bar, min(2.0, width / 2), min(2.0, width / 2))
    painter.restore()
