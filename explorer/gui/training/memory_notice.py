"""Says that the memory was not enough, with a button for each thing that would need less."""

from __future__ import annotations

import functools

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout

from explorer.gui.session import Session
from explorer.gui.training.memory_remedies import done_words, help_of, is_in_force, label_of, possible, take
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.faces import dry_run_words
from explorer.gui.trials.record import TrialKind
from explorer.gui.widgets.form import words
from explorer.training.alternatives import Alternative
from explorer.training.events import Event

_BUTTON = 168  # pixels; as many as find room stand in a row
_MARGINS = 28  # pixels


class MemoryNotice(QFrame):
    """A frame with a sentence and the remedies, then with what was done; it takes no room unless memory ran out.

    Args:
        session: Whose network a remedy may change.
        training: Whose runs, trials and settings.
    """

    def __init__(self, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName("memory_notice")
        self.setProperty("card", True)
        self.setProperty("role", "notice")
        self._session, self._training = session, training
        self._answered: list[Event] = []
        self._shown: Event | None = None
        self._taken: Alternative | None = None
        self._words = words("memory_notice_text")
        self._buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addWidget(self._words)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        column.addLayout(self._grid)
        for signal in (training.state_changed, training.trials.changed, training.metrics_changed):
            signal.connect(self._look)
        for signal in (training.settings_changed, session.changed):
            signal.connect(self._look)  # what was done may be taken back
        self.hide()

    def _look(self) -> None:
        event, sentence, alternatives = self._found()
        if event is not None or self._is_tried or not self._still_holds():
            self._taken = None
        if self._taken is not None:
            sentence = done_words(self._taken)
        if event is self._shown and sentence == self._words.text():
            return
        self._shown = event
        self._words.setText(sentence)
        self._fill(possible(alternatives, self._session.network))
        self.setVisible(bool(sentence))

    def _still_holds(self) -> bool:
        taken = self._taken
        return taken is not None and is_in_force(taken, self._session.network, self._training.config)

    @property
    def _is_tried(self) -> bool:
        return self._training.active or self._training.trials.active is not None

    def _found(self) -> tuple[Event | None, str, tuple[Alternative, ...]]:
        """What ran out of memory last, what to say of it, and what would need less."""
        training, nothing = self._training, (None, "", ())
        if self._is_tried:
            return nothing
        finished, dry_run = training.record.finished, training.trials.record(TrialKind.DRY_RUN).dry_run
        batch = training.trials.record(TrialKind.BATCH).batch
        if dry_run is not None and dry_run.measured is None and self._is_open(dry_run):
            return dry_run, dry_run_words(dry_run), dry_run.alternatives
        if batch is not None and not batch.batch_size and self._is_open(batch):
            return batch, "Not even a batch of two images fits into memory.", batch.alternatives
        if finished is not None and finished.reason == "out_of_memory" and self._is_open(finished):
            tried = training.record.dry_run
            said = f" {dry_run_words(tried)}" if tried is not None and tried.measured is None else ""
            return finished, f"{finished.message}{said}", finished.alternatives
        return nothing

    def _is_open(self, event: Event) -> bool:
        """Whether nothing was done about it yet; two that are equal are two."""
        return not any(event is answered for answered in self._answered)

    def _fill(self, alternatives: tuple[Alternative, ...]) -> None:
        for button in self._buttons:
            button.setObjectName("")  # it is deleted later, and another one of its name comes now
            button.hide()
            button.deleteLater()
        self._buttons = [self._make_button(alternative) for alternative in alternatives]
        self._place()

    def _make_button(self, alternative: Alternative) -> QPushButton:
        button = QPushButton(label_of(alternative))
        button.setObjectName(f"remedy_{alternative[0]}")
        button.setToolTip(help_of(alternative))
        button.setAutoDefault(True)  # Enter presses it where it has the focus
        button.clicked.connect(functools.partial(self._take, alternative))
        return button

    def _place(self) -> None:
        columns = max((self.width() - _MARGINS) // _BUTTON, 1)
        for number, button in enumerate(self._buttons):
            self._grid.addWidget(button, number // columns, number % columns)

    def _take(self, alternative: Alternative) -> None:
        if self._shown is not None:
            self._answered.append(self._shown)
        take(alternative, self._session, self._training)
        self._taken = alternative
        self._look()

    # Qt's overrides

    def minimumSizeHint(self) -> QSize:
        return QSize(_BUTTON + _MARGINS, super().minimumSizeHint().height())  # the buttons go below one another

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
