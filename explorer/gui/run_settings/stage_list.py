"""The stages of the next run in words, and buttons for the usual three and for none."""

from __future__ import annotations

import itertools

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.core.analysis import analyse
from explorer.core.network import Network
from explorer.errors import TrainingError
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import words
from explorer.training.config import TrainConfig
from explorer.training.presets import preset
from explorer.training.stages import boundaries, forms


class StageList(QWidget):
    """What the stages mean for the network in front.

    Args:
        training: Whose next run it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self._training = training
        self._words = words("stage_words", "muted")
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        usual = preset("fine-tune-3").config().stages
        self._three = self._button("three", "Three stages", "The head, then the last block too, then the last two")
        self._none = self._button("none", "No stages", "Train the same part of the network for the whole run")
        self._three.clicked.connect(lambda: training.change("stages", usual))
        self._none.clicked.connect(lambda: training.change("stages", ()))
        for button in (self._three, self._none):
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self._words)

    def _button(self, key: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"button_stages_{key}")
        button.setToolTip(tip)
        return button

    def show_stages(self, network: Network) -> None:
        """Shows what the stages would train of a network."""
        config = self._training.config
        self._none.setEnabled(bool(self._training.draft.value("stages")))
        self._words.setText("\n".join(stage_lines(config, network)))
        self._words.setVisible(bool(config.stages))


def stage_lines(config: TrainConfig, network: Network) -> list[str]:
    """A line for each stage: its epochs, what it trains, how many parameters that is, and the learning rate."""
    try:
        found = forms(network, config.stages)
    except TrainingError as error:
        return [str(error)]
    lengths = itertools.pairwise(boundaries(config.stages, config.epochs))
    return [
        f"{_epochs(begin, end)}: {stage.title}, {analyse(form).trainable_parameters:,} parameters, "
        f"rate {config.lr * stage.rate:.3g}"
        for stage, form, (begin, end) in zip(config.stages, found, lengths, strict=False)
    ]


def _epochs(begin: int, end: int) -> str:
    return f"epoch {end}" if end == begin + 1 else f"epochs {begin + 1} to {end}"
