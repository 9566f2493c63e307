"""Whether the selected blocks are trained, and at which multiple of the learning rate."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from explorer.core.analysis import Row
from explorer.core.compose import Path
from explorer.core.lr_factors import FACTOR, factor_at
from explorer.gui.documents.history_keys import HistoryKeys
from explorer.gui.editing import freezing
from explorer.gui.field_editors.making import make_editor
from explorer.gui.session import Session
from explorer.gui.widgets.form import form_grid, heading


class FreezingBox(QWidget):
    """Freezes the selected blocks or lets them learn more slowly; also those inside composites, which cannot be edited.

    Args:
        session: Whose network it changes.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("freezing_box")
        self._session = session
        self._paths: tuple[Path, ...] = ()
        self._trained, self._factor = QCheckBox("parameters are trained"), make_editor("lr_factor", FACTOR)
        self._trained.setObjectName("field_trained")
        self._trained.setToolTip("A frozen block keeps its parameters; a frozen batch norm keeps its statistics too.")
        self._trained.clicked.connect(self._freeze)
        self._factor.edited.connect(self._scale)
        self._factor.settled.connect(session.settle)
        HistoryKeys(self).watch(self._factor)
        column, form = QVBoxLayout(self), QWidget()
        grid, label = form_grid(form), QLabel(FACTOR.label)
        label.setBuddy(self._factor)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self._factor, 0, 1)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        for part in (heading("Training"), self._trained, form):
            column.addWidget(part)

    def show_rows(self, rows: list[Row]) -> None:
        """Shows blocks as they are; nothing where none of them has parameters."""
        learning = [row for row in rows if row.parameters and row.path and not row.path[-1].startswith("#")]
        self._paths = tuple(row.path for row in learning)
        self.setVisible(bool(learning))
        if not learning:
            return
        states = {_state(row) for row in learning}
        self._trained.setTristate(len(states) > 1 or Qt.CheckState.PartiallyChecked in states)
        self._trained.setCheckState(states.pop() if len(states) == 1 else Qt.CheckState.PartiallyChecked)
        factors = {factor_at(self._session.network.lr_factors, path) for path in self._paths}
        if len(factors) == 1:
            self._factor.show_value(factors.pop())
        else:
            self._factor.show_several()

    def _freeze(self) -> None:
        trains = any(row and row.trainable_parameters for row in map(self._session.analysis.row, self._paths))
        freezing.freeze(self._session, self._paths, trains)

    def _scale(self, factor: float) -> None:
        if FACTOR.problem(factor) is None:
            freezing.scale_rate(self._session, self._paths, factor)
        else:
            self._factor.mark("outside")


def _state(row: Row) -> Qt.CheckState:
    if not row.trainable_parameters:
        return Qt.CheckState.Unchecked
    return Qt.CheckState.Checked if row.trainable_parameters == row.parameters else Qt.CheckState.PartiallyChecked
