"""A table of rows to be read and chosen, as the dialogs and reports have it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from explorer.gui.widgets.painting import cell_alignment


class RowTable(QTableWidget):
    """Rows without a grid that nobody can type into; a column is as wide as what stands in it.

    Args:
        name: Its objectName.
        title: Its accessible name.
        heads: The heads of its columns.
        numbers: The columns of figures, which stand at the right so that their digits stand below one another.
    """

    def __init__(self, name: str, title: str, heads: Sequence[str], numbers: Collection[int] = ()) -> None:
        super().__init__(0, len(heads))
        self._numbers = numbers
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setHorizontalHeaderLabels(list(heads))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.horizontalHeader().setDefaultAlignment(cell_alignment(is_number=False))
        for column in numbers:
            head = QTableWidgetItem(heads[column])
            head.setTextAlignment(cell_alignment(is_number=True))
            self.setHorizontalHeaderItem(column, head)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)

    def put(self, row: int, texts: Sequence[str], tips: Sequence[str]) -> None:
        """Fills a row.

        Args:
            row: Which one; it is there already.
            texts: What stands in its columns.
            tips: The tooltips of its columns.
        """
        for column, (text, tip) in enumerate(zip(texts, tips, strict=True)):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            item.setTextAlignment(cell_alignment(is_number=column in self._numbers))
            self.setItem(row, column, item)
