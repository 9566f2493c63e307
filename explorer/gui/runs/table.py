"""The table of runs: keys, the menu at the pointer, and one selection with the rest of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView

from explorer.gui.runs.browser import RunBrowser
from explorer.gui.runs.columns import COLUMNS, KEYS, STATES, RunColumn
from explorer.gui.runs.command_menu import command_for, make_menu
from explorer.gui.runs.commands import RunActions
from explorer.gui.runs.model import NOTE, RunsModel, SortedRuns
from explorer.gui.runs.widths import Need, shared_out
from explorer.gui.widgets.painting import Index, RowDelegate
from explorer.runs.summary import RunSummary

# pixels of the columns with words, where there is little room
_LEAST = {"run": 150, "network": 88, "data": 96, "note": 60}
_MOST = {"run": 460, "network": 260, "data": 260, "note": 320}  # pixels, however long the words are
_PADDING = 14  # pixels beside the text of a cell
_TO_COME = {"epochs": ("10 of 100",), "best": ("100.0 %",), "last": ("100.0 %",), "state": tuple(STATES.values())}
_MEASURED = 50  # lines from which the columns get their widths


class _RunDelegate(RowDelegate):
    """Cuts the name of a run in its middle: its day and number, by which it is known, stand at its end."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if COLUMNS[index.column()].key == "run":
            option.textElideMode = Qt.TextElideMode.ElideMiddle


class RunsTable(QTreeView):
    """One line a run; what is selected in it is what the browser has selected.

    Args:
        actions: What the keys and the menu do.
    """

    def __init__(self, actions: RunActions) -> None:
        super().__init__()
        self._actions = actions
        self._lines = SortedRuns(RunsModel(self._browser, self), self)
        self._is_fitting = self._is_arranged = False
        self.setObjectName("runs_table")
        self.setAccessibleName("Runs")
        self.setModel(self._lines)
        self._set_up()
        self._browser.note_asked.connect(self._edit_note)
        self._lines.rowsInserted.connect(self._fit_columns)
        self.header().sectionResized.connect(self._note_width)
        self.doubleClicked.connect(self._open)

    def _set_up(self) -> None:
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setItemDelegate(_RunDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setSortIndicator(KEYS.index("began"), Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)

    @property
    def _browser(self) -> RunBrowser:
        return self._actions.browser

    @property
    def lines(self) -> SortedRuns:
        """The lines, in their order and with their filter."""
        return self._lines

    def filter(self, pattern: str) -> None:
        """Shows only the runs whose line has each word of a pattern."""
        self._lines.filter(pattern)

    def _fit_columns(self) -> None:
        """Shares the width of the table out, until a person has given a column a width of their own."""
        if self._is_arranged or not self.isVisible() or not self._lines.rowCount():
            return
        runs = [self._lines.run_at(self._lines.index(row, 0)) for row in range(min(_MEASURED, self._lines.rowCount()))]
        widths = shared_out([self._need(column, runs) for column in COLUMNS], self.viewport().width())
        self._is_fitting = True
        for number, width in enumerate(widths):  # Qt gives the last one what is left over
            self.setColumnWidth(number, width)
        self._is_fitting = False

    def _need(self, column: RunColumn, runs: list[RunSummary]) -> Need:
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        texts = [*(column.text(run) for run in runs), *_TO_COME.get(column.key, ())]
        heading = QFontMetrics(bold).horizontalAdvance(column.title)
        needed = max(heading, *map(self.fontMetrics().horizontalAdvance, texts)) + _PADDING
        whole = min(needed, _MOST.get(column.key, needed))
        return Need(whole, min(whole, _LEAST.get(column.key, whole)))

    def _note_width(self, number: int) -> None:
        self._is_arranged |= not self._is_fitting and number != NOTE  # Qt itself stretches the last one

    def _open(self) -> None:
        if self.currentIndex().column() == NOTE and self._lines.run_at(self.currentIndex()).readable:
            self.edit(self.currentIndex())
        else:
            self._answer("Return")

    def _edit_note(self, folder: Path) -> None:
        line = self._lines.line_of(folder)
        if line.isValid():
            self.setFocus()
            place = line.siblingAtColumn(NOTE)
            self.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(place)
            self.edit(place)

    def _answer(self, keys: str) -> bool:
        """Does what some keys stand for; whether they stand for anything."""
        command = command_for(keys)
        if command is None:
            return False
        runs = self._browser.selection
        if command.possible(runs, self._actions.training):
            command.run(self._actions, runs)
        else:
            self._browser.message.emit(f"{command.text.replace('&', '').rstrip('…')}: {command.needs}.")
        return True

    # Qt's overrides

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()  # the window has some of these keys for the blocks of the network
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typing = self.state() == QAbstractItemView.State.EditingState  # and Return ends that
        if typing or not self._answer(_keys(event)):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.currentIndex()).bottomLeft() if by_keyboard else QPoint(event.pos())
        menu = make_menu(self._actions, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(place))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        self._browser.select(tuple(self._lines.run_at(index).folder for index in rows))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()


def _is_own(event: QKeyEvent) -> bool:
    return command_for(_keys(event)) is not None or event.matches(QKeySequence.StandardKey.SelectAll)


def _keys(event: QKeyEvent) -> str:
    return QKeySequence(event.keyCombination()).toString().replace("Enter", "Return")
