"""A list of earlier runs, each of which can be drawn behind the one that trains."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from explorer.gui.figures import percent
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import words
from explorer.gui.widgets.painting import RowDelegate

_LISTED = 30  # the latest; the Runs workspace has them all
_ROWS = 5  # in sight
_FOLDER = Qt.ItemDataRole.UserRole


class EarlierRuns(QWidget):
    """The latest runs with their best accuracy, each with a box to tick.

    Args:
        training: Whose runs; the one that is in front is not among them.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("earlier_runs")
        self._training, self._browser = training, training.browser
        self._list, self._words = QListWidget(), words("earlier_words", "muted")
        self._shown: list[tuple[Path, str]] = []
        self._list.setObjectName("earlier_list")
        self._list.setAccessibleName("Earlier runs to draw behind this one")
        self._list.setToolTip("Draws the curves of a run behind those of the one that trains, dashed")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # number and accuracy stay of a long name
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)  # or a high window parts it
        self._list.setItemDelegate(RowDelegate(self._list))  # so high that a hand hits the box it means
        self._list.itemChanged.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._list)
        column.addWidget(self._words)
        for signal in (self._browser.changed, self._browser.overlay_changed):
            signal.connect(self._show)
        training.state_changed.connect(self._look)
        self._show()

    def _look(self) -> None:
        if self.isVisible():
            self._browser.look()
        self._show()

    def _show(self) -> None:
        own = self._training.record.folder
        runs = [run for run in self._browser.summaries if run.epochs_done and run.folder != own]
        runs = sorted(runs, key=lambda run: run.began, reverse=True)[:_LISTED]
        lines = [(run.folder, f"{run.name} · {percent(run.best_accuracy)}") for run in runs]
        if lines != self._shown:
            self._fill(lines)
        self._list.blockSignals(True)
        for row in range(self._list.count()):
            item = self._list.item(row)
            on = item.data(_FOLDER) in self._browser.overlaid
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._list.blockSignals(False)
        self._list.setVisible(bool(lines))
        self._words.setText("" if lines else "Runs of before stand here, to be drawn behind the next one.")
        self._words.setVisible(not lines)

    def _fill(self, lines: list[tuple[Path, str]]) -> None:
        self._shown = lines
        self._list.blockSignals(True)
        self._list.clear()
        for folder, text in lines:
            item = QListWidgetItem(text, self._list)
            item.setData(_FOLDER, folder)
            item.setToolTip(text)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self._list.blockSignals(False)
        height = self._list.sizeHintForRow(0) if lines else 0
        self._list.setFixedHeight(height * min(len(lines), _ROWS))

    def _take(self, item: QListWidgetItem) -> None:
        self._browser.overlay(item.data(_FOLDER), on=item.checkState() == Qt.CheckState.Checked)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._browser.look()
