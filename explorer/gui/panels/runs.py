"""All runs there are, in a table that follows those that go on, whoever writes them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from explorer.gui import figures
from explorer.gui.panel import Panel, register, with_training
from explorer.gui.runs.commands import RunActions
from explorer.gui.runs.table import RunsTable
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import hint


class RunsPanel(QWidget):
    """A search box and the table."""

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("panel_runs")
        self._browser = training.browser
        self._table = RunsTable(RunActions(session, training, self))
        self._filter, self._count = QLineEdit(), QLabel()
        self._hint, self._stack = hint("runs_hint"), QStackedWidget()
        self._prepare()
        self._arrange()
        self._browser.changed.connect(self._show)
        self._browser.filter_asked.connect(self._filter.setFocus)
        self._show()

    def _prepare(self) -> None:
        self._filter.setObjectName("runs_filter")
        self._filter.setAccessibleName("Filter the runs")
        self._filter.setPlaceholderText("Filter: network, data, state, note…")
        self._filter.setToolTip("Shows the runs whose line has all of these words")
        self._filter.setClearButtonEnabled(True)
        self._filter.setMaximumWidth(420)
        self._filter.textChanged.connect(self._find)
        self._count.setObjectName("runs_count")
        self._count.setProperty("role", "muted")

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(12)
        head.addWidget(self._filter, 2)
        head.addWidget(self._count, 1)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    # Showing

    def _show(self) -> None:
        browser = self._browser
        self._stack.setCurrentWidget(self._table if browser.summaries else self._hint)
        self._filter.setEnabled(bool(browser.summaries))
        self._hint.setText(browser.problem or self._invitation())
        self._show_count()

    def _invitation(self) -> str:
        if not self._browser.looked:
            return "Looking for runs…"
        return (
            f"No runs yet. Train a network (Ctrl+2), and its run stands here.\nRuns are kept in {self._browser.folder}."
        )

    def _show_count(self) -> None:
        runs, shown = self._browser.summaries, self._table.lines.rowCount()
        total = figures.data(sum(run.size for run in runs))
        number = f"{shown:,} of {len(runs):,}" if shown < len(runs) else f"{len(runs):,}"
        self._count.setText(f"{number} run{'' if len(runs) == 1 else 's'} · {total}" if runs else "")

    def _find(self, pattern: str) -> None:
        self._table.filter(pattern)
        self._show_count()

    # Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(900, 330)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._filter.text():
            self._filter.clear()
        elif self._filter.hasFocus() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._table.setFocus()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._browser.watch("runs", on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._browser.watch("runs", on=False)


register(Panel("runs", "Runs", "runs", "center", with_training(RunsPanel), stretch=3))
