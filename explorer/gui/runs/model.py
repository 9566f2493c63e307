"""The table of runs as Qt sees it: lines that keep their places while figures change, sorted and filtered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSortFilterProxyModel, Qt

from explorer.gui.runs.browser import RunBrowser
from explorer.gui.runs.columns import COLUMNS, KEYS, ending, matches
from explorer.gui.widgets.painting import Index, cell_alignment
from explorer.runs.summary import RunSummary

NOTE = KEYS.index("note")
SUMMARY = Qt.ItemDataRole.UserRole
_NOWHERE = QModelIndex()


class RunsModel(QAbstractTableModel):
    """A line for each run of a browser, in the browser's order.

    Args:
        browser: Whose runs.
        parent: Its owner.
    """

    def __init__(self, browser: RunBrowser, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._browser = browser
        self._runs: list[RunSummary] = list(browser.summaries)
        browser.changed.connect(self._follow)

    def run_at(self, index: Index) -> RunSummary:
        """The run of a line."""
        return self._runs[index.row()]

    def _follow(self) -> None:
        """Takes over what has changed; a reset would end the selection and the typing of a note."""
        new = {run.folder: run for run in self._browser.summaries}
        for row in range(len(self._runs) - 1, -1, -1):
            if self._runs[row].folder not in new:
                self.beginRemoveRows(_NOWHERE, row, row)
                del self._runs[row]
                self.endRemoveRows()
        for row, run in enumerate(self._browser.summaries):
            if row == len(self._runs) or self._runs[row].folder != run.folder:
                self.beginInsertRows(_NOWHERE, row, row)
                self._runs.insert(row, run)
                self.endInsertRows()
            elif self._runs[row] != run:
                self._runs[row] = run
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    # Qt's overrides

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run, column = self._runs[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return column.text(run)
        if role == Qt.ItemDataRole.ToolTipRole:
            says_why = column.key == "state" or (column.key == "note" and not run.readable)
            return ending(run) if says_why and ending(run) else column.text(run)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return cell_alignment(is_number=column.is_number)
        return run if role == SUMMARY else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return cell_alignment(is_number=column.is_number)
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.help}.get(
            Qt.ItemDataRole(role)
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        writable = index.isValid() and index.column() == NOTE and self._runs[index.row()].readable
        return flags | Qt.ItemFlag.ItemIsEditable if writable else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self._runs[index.row()]
        if role != Qt.ItemDataRole.EditRole or index.column() != NOTE or str(value).strip() == run.note:
            return False
        self._browser.write_note(run.folder, str(value))
        return True


class SortedRuns(QSortFilterProxyModel):
    """The runs that a filter leaves, in the order of a column; what is not known comes last, whichever way it sorts.

    Args:
        runs: All of them.
        parent: Its owner.
    """

    def __init__(self, runs: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._pattern = ""
        self.setSourceModel(runs)
        self.setDynamicSortFilter(True)
        self.sort(KEYS.index("began"), Qt.SortOrder.DescendingOrder)

    def filter(self, pattern: str) -> None:
        """Shows only the runs whose line has each word of a pattern."""
        self._pattern = pattern
        self.invalidate()

    def run_at(self, index: Index) -> RunSummary:
        """The run of a line."""
        return self._runs.run_at(self.mapToSource(index))

    def line_of(self, folder: Path) -> QModelIndex:
        """The line of a run; invalid where the filter leaves it out."""
        for row in range(self.rowCount()):
            index = self.index(row, 0)
            if self.run_at(index).folder == folder:
                return index
        return QModelIndex()

    # Qt's overrides

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        return matches(self._runs.run_at(self._runs.index(source_row, 0, source_parent)), self._pattern)

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        order = COLUMNS[source_left.column()].order
        left, right = order(self._runs.run_at(source_left)), order(self._runs.run_at(source_right))
        if left is None or right is None:
            falls = self.sortOrder() == Qt.SortOrder.DescendingOrder
            return (left is None and right is not None) if falls else (left is not None and right is None)
        return left < right if isinstance(left, str) == isinstance(right, str) else False  # type: ignore[operator]
