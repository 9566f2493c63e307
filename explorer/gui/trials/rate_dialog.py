"""A window with the learning-rate range test: the losses, the rate that they suggest, and a button that takes it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from explorer.gui.plots.rate_plot import RatePlot
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.box import TrialBox
from explorer.gui.trials.record import TrialKind
from explorer.gui.widgets.form import words

_SIZE = (680, 520)  # pixels
_HINT = (
    "The rate rises from step to step on a network that is thrown away (Smith, 2017). Good rates lie where the loss "
    "falls most steeply; those near its lowest point are too high to last."
)


class RateDialog(QDialog):
    """Shows the range test; closing it ends a test that goes on.

    Args:
        parent: The window.
        session: Whose network.
        training: Whose settings.
    """

    def __init__(self, parent: QWidget, session: Session, training: TrainingSession) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_rate")
        self.setWindowTitle("Find a learning rate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(*_SIZE)
        self._training = training
        self._plot, hint = RatePlot(), words("rate_hint", "muted")
        hint.setText(_HINT)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setObjectName("button_rate_close")
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(hint)
        column.addWidget(self._plot, 1)
        column.addWidget(TrialBox(TrialKind.RATE, session, training))
        column.addWidget(buttons)
        training.trials.changed.connect(self._show)
        self.finished.connect(self._leave)
        self._show()

    def _show(self) -> None:
        record = self._training.trials.record(TrialKind.RATE)
        self._plot.show_rates(record.rates, None if record.rate is None else record.rate.lr)

    def _leave(self) -> None:
        if self._training.trials.active is TrialKind.RATE:
            self._training.trials.stop()


def show_rates(session: Session, training: TrainingSession, window: QWidget, *, start: bool = False) -> None:
    """Opens the window, or brings it to the front.

    Args:
        session: Whose network.
        training: Whose settings.
        window: Where it opens.
        start: Whether a test begins at once, where none has been made yet.
    """
    open_one = window.findChild(RateDialog, "dialog_rate")
    dialog = open_one if isinstance(open_one, RateDialog) else RateDialog(window, session, training)
    dialog.show()
    dialog.raise_()
    if start and training.trials.active is None and not training.trials.record(TrialKind.RATE).rates:
        training.trials.start(TrialKind.RATE, session.network)
