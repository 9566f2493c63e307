"""The same few training images as the run changes them, drawn anew whenever a setting changes."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.batch_dialog import show_batch
from explorer.gui.trials.sample_draws import Drawn
from explorer.gui.widgets.form import words
from explorer.gui.widgets.sample_grid import SampleGrid

_SIDE = 72  # pixels


class AugmentationPreview(QWidget):
    """A grid of real augmented samples with their labels.

    Args:
        session: Its network decides in which size images are read.
        training: Whose settings and images.
    """

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("augmentation_preview")
        self._session, self._training, self._draws = session, training, training.draws
        self._grid = SampleGrid("augmented_samples", _SIDE)
        self._problem = words("problem_samples", "problem")
        self._again, self._batch = QPushButton("Another draw"), QPushButton("Show a batch…")
        self._prepare()
        self._draws.drawn.connect(self._show)
        self._draws.failed.connect(self._fail)
        for signal in (training.settings_changed, training.data.changed, session.changed):
            signal.connect(self.look)

    def _prepare(self) -> None:
        self._again.setObjectName("button_draw_again")
        self._again.setToolTip("Changes the same images by other random numbers, as another epoch would")
        self._again.clicked.connect(lambda: self._draws.draw_again(self._session.network))
        self._batch.setObjectName("button_show_batch")
        self._batch.setToolTip("Shows the first batch of the next epoch with its labels, as the network will see it")
        self._batch.clicked.connect(lambda: show_batch(self._session, self._draws, self.window()))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._again)
        buttons.addWidget(self._batch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._grid)
        column.addWidget(self._problem)
        column.addLayout(buttons)
        self._grid.hide()
        self._problem.hide()

    def look(self) -> None:
        """Draws the samples, where somebody can see them."""
        if self.isVisible():
            self._draws.look(self._session.network)
            self._again.setEnabled(self._training.config.augments)

    def _show(self, drawn: Drawn) -> None:
        self._problem.hide()
        self._grid.show_samples(drawn.images, drawn.labels)
        self._grid.show()

    def _fail(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.show()
