"""How a name is painted in a list that is searched: with the letters that were found on a ground of their own."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from explorer.gui import style


def paint_found(
    painter: QPainter, option: QStyleOptionViewItem, rect: QRect, name: str, found: Collection[int], color: str
) -> None:
    """Paints a name.

    Args:
        painter: Where to.
        option: The font.
        rect: The room there is; a longer name ends in dots.
        name: The name.
        found: Places of the letters that were found.
        color: Of the text, as ``#RRGGBB``.
    """
    metrics = option.fontMetrics
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, rect.width())
    top, height = rect.center().y() - metrics.height() / 2, metrics.height()
    painter.setFont(option.font)
    painter.setPen(QColor(color))
    for place in found:
        if shown[place : place + 1] == name[place : place + 1]:
            left, right = metrics.horizontalAdvance(shown[:place]), metrics.horizontalAdvance(shown[: place + 1])
            painter.fillRect(QRectF(rect.left() + left, top, right - left, height), _ground())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)


def _ground() -> QColor:
    color = QColor(style.current().accent)
    color.setAlpha(80)
    return color
