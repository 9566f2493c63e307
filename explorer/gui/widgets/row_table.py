"""A table of rows to be read and chosen, as the dialogs and reports have it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget


class RowTable(QTableWidget):
    """Rows without a grid that nobody can type into; a column is as wide as what stands in it.

    Args:
        name: Its objectName.
        title: Its accessible name.
        heads: The heads of its columns.
    """

    def __init__(self, name: str, title: str, heads: Sequence[str]) -> None:
        super().__init__(0, len(heads))
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setHorizontalHeaderLabels(list(heads))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
