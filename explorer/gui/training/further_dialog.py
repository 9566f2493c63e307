"""Asks how a run is to go on: from which of its checkpoints, for how many epochs, and whether at a lower rate."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from explorer.errors import ExplorerError
from explorer.gui.figures import percent
from explorer.gui.training.run_further import Further
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.widgets.form import form_grid, words
from explorer.gui.widgets.spin import Spin
from explorer.runs.run import Run
from explorer.runs.starting_points import StartingPoint, starting_points
from explorer.training.config import TrainConfig

_MORE = 5  # epochs that are proposed where none are left
_MOST = 100_000  # epochs, as for a new run
_STRETCHED = frozenset({"cosine", "one_cycle"})  # schedules whose course depends on the length of the run


def ask_further(parent: QWidget, training: TrainingSession, folder: Path) -> None:
    """Opens the dialog for a run; one that cannot go on is a sentence in the status bar."""
    try:
        run = Run.open(folder)
        config, points = TrainConfig.from_json(run.config), starting_points(run)
        diverged = run.state == "diverged"
    except ExplorerError as error:
        training.message.emit(str(error))
        return
    if not points:
        training.message.emit(f"{folder.name} has no checkpoint to go on from; start it anew.")
        return
    FurtherDialog(parent, training, run, config, points, diverged=diverged).open()


class FurtherDialog(QDialog):
    """The dialog.

    Args:
        parent: The window.
        training: What goes on with the run.
        run: The run.
        config: Its settings.
        points: Its checkpoints, the last one first; at least one.
        diverged: Whether it ended with a number that was none, so that a lower rate is proposed.
    """

    def __init__(
        self,
        parent: QWidget,
        training: TrainingSession,
        run: Run,
        config: TrainConfig,
        points: tuple[StartingPoint, ...],
        *,
        diverged: bool,
    ) -> None:
        super().__init__(parent)
        self._training, self._run, self._config, self._points = training, run, config, points
        self._from, self._more = QComboBox(), Spin(1, _MOST, "epochs")
        self._gentler = QCheckBox(f"At a tenth of the learning rate: {config.lr / 10:g}")
        self._consequence = words("further_consequence", "muted")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._set_up(diverged=diverged)
        self._arrange()
        self._propose()

    def _set_up(self, *, diverged: bool) -> None:
        self.setObjectName("dialog_further")
        self.setWindowTitle(f"Go on with {self._run.folder.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._from.setObjectName("choice_starting_point")
        self._from.setAccessibleName("Checkpoint to go on from")
        for point in self._points:
            self._from.addItem(point_words(point), point)
        self._more.setObjectName("spin_more_epochs")
        self._more.setAccessibleName("Epochs to come")
        self._gentler.setObjectName("check_gentler")
        self._gentler.setChecked(diverged)
        button = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        button.setText("Go on")
        button.setObjectName("button_go_further")
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setObjectName("button_cancel_further")
        self._from.currentIndexChanged.connect(self._propose)
        self._gentler.toggled.connect(self._tell)
        self._more.valueChanged.connect(self._tell)
        self._buttons.accepted.connect(self._go_on)
        self._buttons.rejected.connect(self.reject)

    def _arrange(self) -> None:
        form = QWidget()
        grid = form_grid(form)
        for row, (text, field) in enumerate((("&From", self._from), ("&Epochs to come", self._more))):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self._gentler, 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(form)
        column.addWidget(self._consequence)
        column.addWidget(self._buttons)
        self.setMinimumWidth(460)

    @property
    def _point(self) -> StartingPoint:
        return self._points[max(self._from.currentIndex(), 0)]

    @property
    def _further(self) -> Further:
        checkpoint = None if self._point.is_last else self._point.name
        return Further(self._run.folder, self._more.value(), checkpoint, self._gentler.isChecked())

    def _propose(self) -> None:
        done = self._point.facts.epoch
        left = self._config.epochs - done
        self._more.setMinimum(max(self._config.least_epochs - done, 1))
        self._more.setValue(left if left > 0 else _MORE)
        self._tell()

    def _tell(self) -> None:
        self._consequence.setText(consequence(self._further, self._point, self._config))

    def _go_on(self) -> None:
        self._training.browser.workspace_asked.emit("train")
        self._training.go_further(self._further)
        self.accept()


def point_words(point: StartingPoint) -> str:
    """A checkpoint as a person knows it: ``last: step 1,080, epoch 3 complete, 91.7 %``."""
    facts = point.facts
    marks = " and ".join(word for word, so in (("last", point.is_last), ("best", point.is_best)) if so) or "kept"
    where = f"epoch {facts.epoch:,} complete" if not facts.batch else f"in epoch {facts.epoch + 1:,}"
    accuracy = "" if facts.validation_accuracy is None else f", {percent(facts.validation_accuracy)}"
    return f"{marks}: step {facts.step:,}, {where}{accuracy}"


def consequence(further: Further, point: StartingPoint, config: TrainConfig) -> str:
    """What comes of an answer."""
    end = point.facts.epoch + (further.more or 0)
    if further.copies:
        text = f"A new run begins with a copy of all up to there and ends with epoch {end:,}; this one stays as it is."
    else:
        text = f"The run goes on where it stands and ends with epoch {end:,}."
    if config.stages and end == config.least_epochs:
        text += " Fewer epochs would leave its last stage none."
    if config.schedule in _STRETCHED and end != config.epochs:
        text += f" Its {config.schedule.replace('_', '-')} schedule becomes that of a run of {end:,} epochs."
    return text
