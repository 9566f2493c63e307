"""Chooses the weights that the next run starts from, and says in brief which of them fit."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from explorer.core.network import Provenance
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.weights.dialog import show_weights
from explorer.gui.widgets.dialogs import ask_file, ask_folder
from explorer.gui.widgets.form import words
from explorer.zoo.base import ZOO, Entry

FILTERS = "Weights (*.safetensors *.pt *.pth *.bin *.ckpt)"


class StartBox(QWidget):
    """New weights, or those of a run, of a file or of torchvision.

    Args:
        session: Which network is trained.
        training: Whose next run it is.
    """

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("start_box")
        self._session, self._training = session, training
        self._start, self._runs = training.start_from, training.runs
        self._from, self._summary = words("start_from"), words("start_summary", "muted")
        self._problem = words("problem_start", "problem")
        self._published, self._anew = QPushButton("Published…"), QPushButton("New")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._from)
        column.addLayout(self._buttons())
        column.addWidget(self._summary)
        column.addWidget(self._problem)
        self._start.changed.connect(self._show)
        session.changed.connect(self._show_published)
        self._show()
        self._show_published()

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()  # since four in a row would be wider than all else in the column
        grid.setSpacing(6)
        for place, (button, key, tip, deed) in enumerate(
            (
                (QPushButton("Run…"), "run", "Start from the best weights of a run", self._ask_run),
                (QPushButton("File…"), "file", "Start from a .safetensors or .pt file of weights", self._ask_file),
                (self._published, "published", "Start from weights that torchvision publishes", self._show_sets),
                (self._anew, "new", "Start with weights that are drawn anew", lambda: self._start.choose(None)),
            )
        ):
            button.setObjectName(f"button_start_{key}")
            button.setToolTip(tip)
            button.clicked.connect(deed)
            grid.addWidget(button, *divmod(place, 2))
        return grid

    def _ask_run(self) -> None:
        ask_folder(self, "dialog_start_run", "Run to start from", self._start.choose, folder=self._runs.path)

    def _ask_file(self) -> None:
        ask_file(self, "dialog_start_file", "Weights to start from", FILTERS, self._start.choose)

    def _show_sets(self) -> None:
        entry = self._twin()
        if entry is not None:
            show_weights(self._session, self._training, entry, self.window())

    def _twin(self) -> Entry | None:
        """The network of the zoo that the one in front comes from, if it has published weights."""
        origin = self._session.network.provenance
        if not isinstance(origin, Provenance) or origin.network not in ZOO or not ZOO[origin.network].twin:
            return None
        return ZOO[origin.network]

    def _show_published(self) -> None:
        self._published.setEnabled(self._twin() is not None)

    def _show(self) -> None:
        start = self._start
        self._from.setText("New weights" if start.path is None else f"Weights of {start.path.name}")
        self._from.setToolTip("" if start.path is None else str(start.path))
        self._anew.setEnabled(start.path is not None)
        self._problem.setText(start.problem)
        self._problem.setVisible(bool(start.problem))
        is_waiting = start.path is not None and start.report is None and not start.problem
        self._summary.setText("Reading the weights…" if is_waiting else start.report.sentence() if start.report else "")
        self._summary.setVisible(bool(self._summary.text()))
