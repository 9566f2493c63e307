"""One thing that can be found out before a run: a button, how far it is with a way to cancel, and what was found."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from explorer.gui.record.progress_words import activity_line
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.faces import FACES, dry_run_words, offer_words
from explorer.gui.trials.record import TrialKind, TrialRecord
from explorer.gui.widgets.form import words


class TrialBox(QWidget):
    """Starts a trial, shows it and offers what it found.

    Args:
        kind: The trial.
        session: Whose network.
        training: Whose settings.
    """

    def __init__(self, kind: TrialKind, session: Session, training: TrainingSession) -> None:
        super().__init__()
        self.setObjectName(f"trial_{kind}")
        self._face, self._session, self._training = FACES[kind], session, training
        self._start, self._cancel, self._use = QPushButton(self._face.text), QPushButton("Cancel"), QPushButton()
        self._bar, self._words = QProgressBar(), words(f"trial_{kind}_words", "muted")
        self._problem = words(f"trial_{kind}_problem", "problem")
        self._prepare(kind)
        self._arrange()
        training.trials.changed.connect(self._show)
        training.state_changed.connect(self._show)
        training.settings_changed.connect(self._show)
        session.changed.connect(self._show)

    def _prepare(self, kind: TrialKind) -> None:
        self._start.setObjectName(f"button_try_{kind}")
        self._start.setToolTip(f"{self._face.help} ({self._face.shortcut})")
        self._start.clicked.connect(lambda: self._training.trials.start(kind, self._session.network))
        self._cancel.setObjectName(f"button_cancel_{kind}")
        self._cancel.setToolTip("Ends it behind the step it is in")
        self._cancel.clicked.connect(self._training.trials.stop)
        self._use.setObjectName(f"button_use_{kind}")
        self._use.setToolTip("Sets it for the next run; “As before” takes it back")
        self._use.clicked.connect(self._take_over)
        self._bar.setObjectName(f"progress_{kind}")
        self._bar.setAccessibleName(f"Progress: {self._face.text}")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._start, 1)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        for part in (self._words, self._problem, self._use):
            column.addWidget(part)
        for told in (self._bar, self._cancel, self._words, self._problem, self._use):
            told.hide()  # until there is something to tell

    def _show(self) -> None:
        if not self.isVisible():
            return  # every edit of the design comes by here
        trials, face = self._training.trials, self._face
        record, is_active = trials.record(face.kind), trials.active is face.kind
        had_focus = self._start.hasFocus() or self._cancel.hasFocus()
        self._start.setVisible(not is_active)
        self._start.setEnabled(trials.active is None and not self._training.active)
        for part in (self._bar, self._cancel):
            part.setVisible(is_active)
        self._cancel.setEnabled(not trials.stopping)
        if had_focus and is_active != self._cancel.hasFocus():
            (self._cancel if is_active else self._start).setFocus()
        self._bar.setRange(0, 100 if record.rates else 0)
        self._bar.setValue(len(record.rates))
        self._tell(record)
        offer = {} if is_active else face.offer(record)
        self._use.setText(offer_words(offer) if offer else "")
        self._use.setVisible(bool(offer) and any(getattr(self._training.config, n) != v for n, v in offer.items()))

    def _tell(self, record: TrialRecord) -> None:
        said = self._face.said(record)
        run = self._training.record.dry_run
        if record.loading is not None:
            said = activity_line(record.loading)
        elif not said and self._face.kind is TrialKind.DRY_RUN and run is not None:
            said = f"Of the last run: {dry_run_words(run)}"
        elif said and self._face.is_old(record, self._session.network, self._training.config):
            said = f"{said}\nThe network or the settings have changed since."
        for label, text in ((self._words, said), (self._problem, record.problem)):
            label.setText(text)
            label.setVisible(bool(text))

    def _take_over(self) -> None:
        offer = self._face.offer(self._training.trials.record(self._face.kind))
        if offer:
            self._training.changes.set(self._face.text, offer)

    # Qt's overrides

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
