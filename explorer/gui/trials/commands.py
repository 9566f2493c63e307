"""What can be found out before a run, and the images as the run sees them, in the Run menu."""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from explorer.gui.menus import add
from explorer.gui.session import Session
from explorer.gui.training.training_session import TrainingSession
from explorer.gui.trials.batch_dialog import show_batch
from explorer.gui.trials.faces import FACES
from explorer.gui.trials.rate_dialog import show_rates
from explorer.gui.trials.record import TrialKind


class TrialCommands(QObject):
    """The trials and the looks at images as actions.

    Args:
        session: Whose network.
        training: Whose settings and images.
        menu: Where the commands go.
        window: Where dialogs open.
    """

    def __init__(self, session: Session, training: TrainingSession, menu: QMenu, window: QWidget) -> None:
        super().__init__(menu)
        self._session, self._training, self._window = session, training, window
        menu.addSeparator()
        self._actions = [self._add(menu, kind) for kind in FACES]
        help_line = "Ends what is being tried, behind the step it is in"
        self._cancel = add(menu, "cancel_trial", "&Cancel What Is Tried", "Alt+F9", help_line, training.trials.stop)
        menu.addSeparator()
        draws = training.draws
        help_line = "Shows the first batch of the next epoch with its labels, as the network will see it"
        add(menu, "show_batch", "Show a &Batch…", "Shift+F11", help_line, lambda: show_batch(session, draws, window))
        help_line = "Changes the images of the preview by other random numbers, as another epoch would"
        add(menu, "draw_again", "Another &Draw", "F11", help_line, lambda: draws.draw_again(session.network))
        help_line = "Sets the settings back that a preset, a remedy or a trial changed last"
        self._back = add(menu, "as_before", "Settings &as Before", "Ctrl+F11", help_line, training.changes.take_back)
        for signal in (training.trials.changed, training.state_changed, training.changes.changed):
            signal.connect(self._update)
        self._update()

    def _add(self, menu: QMenu, kind: TrialKind) -> QAction:
        face = FACES[kind]
        return add(menu, f"try_{kind}", face.short, face.shortcut, face.help, functools.partial(self._try, kind))

    def _try(self, kind: TrialKind) -> None:
        if kind is TrialKind.RATE:
            show_rates(self._session, self._training, self._window, start=True)
        else:
            self._training.trials.start(kind, self._session.network)

    def _update(self) -> None:
        trials = self._training.trials
        for action in self._actions:
            action.setEnabled(trials.active is None and not self._training.active)
        self._cancel.setEnabled(trials.active is not None and not trials.stopping)
        self._back.setEnabled(self._training.changes.last is not None)
