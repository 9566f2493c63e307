"""How far the look at a data set is, with a way to give it up and to begin anew."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.gui.record.progress_words import activity_line
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import words

_EVERY = 100  # milliseconds between two looks at how far it is


class LookLine(QWidget):
    """A line that takes no room once the data set has been looked at and can be used.

    Args:
        training: Whose data set it is.
    """

    def __init__(self, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("look_line")
        self._training, self._data = training, training.data
        self._words, self._button = words("look_words", "muted"), QPushButton("Cancel")
        self._button.setObjectName("button_look")
        self._button.setToolTip("Gives the look at the images up, or begins anew; a run reads them in any case")
        self._button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self._tell)
        for signal in (self._data.changed, self._data.look_changed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        data = self._data
        self.setVisible(data.is_looking or data.was_given_up or bool(data.problem))
        self._button.setText("Cancel" if data.is_looking else "Look again")
        if data.is_looking:
            self._timer.start()
        else:
            self._timer.stop()
        self._tell()

    def _tell(self) -> None:
        if self._data.is_looking:
            far = self._data.progress
            waits = waiting_words(behind_a_run=self._training.active)
            self._words.setText(waits if far is None else activity_line(far))
        else:
            given_up = self._data.was_given_up
            self._words.setText("Nobody has looked at the images." if given_up else "Once that is mended:")

    def _press(self) -> None:
        if self._data.is_looking:
            self._data.cancel_look()
        else:
            self._data.look_again()


def waiting_words(*, behind_a_run: bool) -> str:
    """What is said of a look of which nothing is known yet.

    Args:
        behind_a_run: Whether a run goes on, for whose end it waits.
    """
    return "Looking at the images; the run that goes on comes first" if behind_a_run else "Looking at the images"
