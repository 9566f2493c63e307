"""The layer table with its totals."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from explorer.gui import figures, totals
from explorer.gui.context_menu import open_menu
from explorer.gui.form import set_look
from explorer.gui.layer_columns import COLUMNS
from explorer.gui.layers_view import LayersView
from explorer.gui.panel import Panel, register
from explorer.gui.session import MEMORY_DELAY, Session
from explorer.gui.table_text import FORMATS


class LayersPanel(QWidget):
    """The table, and below it the totals.

    Args:
        session: Whose document it shows.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel_layers")
        self._session = session
        self._table = LayersView(session, self)
        self._totals, self._memory = QLabel(), QLabel()
        self._timer = QTimer(self, singleShot=True, interval=MEMORY_DELAY)
        self._timer.timeout.connect(self._show_memory)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._table, 1)
        column.addWidget(self._make_footer())
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._show_menu)
        session.changed.connect(self._show_totals)
        if session.training is not None:
            session.training.settings_changed.connect(self._timer.start)
        self._show_totals()

    def _make_footer(self) -> QWidget:
        footer = QFrame()
        footer.setObjectName("layers_footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(4)
        self._totals.setObjectName("layers_totals")
        self._memory.setObjectName("layers_memory")
        self._memory.setProperty("role", "muted")
        self._memory.setToolTip(
            "Weights, gradients, the optimiser's memory and what is kept for the backward pass, in float32, at the "
            "batch size of the next run; PyTorch's own work space comes on top."
        )
        row.addWidget(self._totals)
        row.addWidget(self._memory)
        row.addStretch()
        row.addWidget(self._make_copy_button())
        return footer

    def _make_copy_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("layers_copy")
        button.setText("Copy table")
        button.setToolTip("Copies the rows that are unfolded")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for name in FORMATS:
            action = menu.addAction(f"As {name}")
            action.setObjectName(f"action_copy_table_{name.lower()}")
            action.triggered.connect(lambda _=False, name=name: self.copy_table(name))
        button.setMenu(menu)
        return button

    def _show_totals(self) -> None:
        analysis = self._session.analysis
        self._totals.setText(totals.sentence(analysis, flops=self._session.flops))
        set_look(self._totals, "role", "problem" if analysis.partial else "")
        self._timer.start()

    def _show_memory(self) -> None:
        training, analysis = self._session.training, self._session.analysis
        if training is None or analysis.counted is None:
            self._memory.setText("")
            return
        config = training.config
        needed = totals.training_memory(analysis, config.batch_size, config.optimizer, config.momentum)
        if analysis.partial and not needed:
            self._memory.setText("· memory to train not known yet")
            return
        least = "at least " if analysis.partial else ""
        self._memory.setText(f"· {least}{figures.data(needed)} to train at batch {config.batch_size:,}")

    def copy_table(self, name: str) -> None:
        """Copies the rows that are unfolded.

        Args:
            name: A key of :data:`explorer.gui.table_text.FORMATS`.
        """
        header = [column.title for column in COLUMNS[:-1]]
        rows = self._visible_rows(QModelIndex(), 0)
        QGuiApplication.clipboard().setText(FORMATS[name](header, rows))
        self._session.message.emit(f"Copied {len(rows):,} rows as {name}.")

    def _visible_rows(self, parent: QModelIndex, depth: int) -> list[list[str]]:
        model, rows = self._table.model(), []
        for row in range(model.rowCount(parent)):
            cells = [model.index(row, column, parent).data() or "" for column in range(len(COLUMNS) - 1)]
            rows.append([f"{'  ' * depth}{cells[0]}", *cells[1:]])
            first = model.index(row, 0, parent)
            if self._table.isExpanded(first):
                rows += self._visible_rows(first, depth + 1)
        return rows

    def _show_menu(self, place: QPoint) -> None:
        extra = (("Unfold all", self._table.open_all), ("Fold all", self._table.collapseAll))
        open_menu(self._session, self, self._table.viewport().mapToGlobal(place), extra)


register(Panel("layers", "Layers", "design", "bottom", LayersPanel))
