"""The lines of the command palette: a model of choices, and how a choice is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from explorer.gui import style
from explorer.gui.search.choices import Choice
from explorer.gui.search.subsequence import match
from explorer.gui.widgets.found_letters import paint_found
from explorer.gui.widgets.painting import MARK, Index, RowDelegate, paint_ground, paint_mark

CHOICE = Qt.ItemDataRole.UserRole + 1
PATTERN = Qt.ItemDataRole.UserRole + 2

_EDGE = 10  # pixels beside a line
_KEYS = 118  # pixels for the keys at the right
_NOWHERE = QModelIndex()


class PaletteModel(QAbstractListModel):
    """The choices that were found.

    Args:
        parent: Its owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices: Sequence[Choice] = ()
        self._pattern = ""

    def show(self, choices: Sequence[Choice], pattern: str) -> None:
        """Shows others.

        Args:
            choices: What was found, the best first.
            pattern: What was searched for.
        """
        self.beginResetModel()
        self._choices, self._pattern = choices, pattern
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self._choices[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(words for words in (choice.text, choice.reason or choice.detail, choice.keys) if words)
        return {CHOICE: choice, PATTERN: self._pattern}.get(Qt.ItemDataRole(role))


class PaletteDelegate(RowDelegate):
    """Paints a choice: mark, name with the letters that were found, where it stands, and its keys."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        paint_ground(painter, option, index, self)
        choice, colors = index.data(CHOICE), style.current()
        rect = option.rect.adjusted(_EDGE, 0, -_EDGE, 0)
        painter.save()
        if choice.category:
            paint_mark(painter, QRect(rect.left(), rect.top(), MARK, rect.height()), choice.category)
        left = rect.left() + MARK + 8
        painter.setFont(option.font)
        painter.setPen(QColor(colors.muted))
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, middle | right, choice.keys)
        words = choice.reason or choice.detail
        end = rect.right() - _KEYS
        start = max(left, end - option.fontMetrics.horizontalAdvance(words) - 2)
        painter.drawText(QRect(start, rect.top(), end - start, rect.height()), middle | right, words)
        name = QRect(left, rect.top(), start - left - 8, rect.height())
        color = colors.muted if choice.reason else colors.text
        paint_found(painter, option, name, choice.text, match(index.data(PATTERN), choice.text) or (), color)
        painter.restore()
