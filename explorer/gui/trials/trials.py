"""Finds out what is good to know before a run, one thing at a time; a run that starts comes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.core.network import Network
from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.trials.record import TrialKind, TrialOrder, TrialRecord
from explorer.gui.trials.start import trial_events
from explorer.training.control import Control
from explorer.training.events import Event

if TYPE_CHECKING:
    from explorer.gui.training.training_session import TrainingSession

INTERVAL = 100  # milliseconds between two looks at what has come
_WAITING = 1024  # events


class Trials(QObject):
    """The trial that goes on, and what the last one of each kind found.

    Args:
        training: Whose settings and images are tried.
        engine: The thread that tries.
    """

    changed = Signal()  # one has begun, told something, or ended
    message = Signal(str)  # a sentence for the status bar

    def __init__(self, training: TrainingSession, engine: EngineThread) -> None:
        super().__init__(training)
        self._training, self._engine = training, engine
        self._active: TrialKind | None = None
        self._control = Control()
        self._records: dict[TrialKind, TrialRecord] = {}
        self._inbox: deque[Event] = deque(maxlen=_WAITING)
        self._then: Callable[[], object] | None = None
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._drain)

    @property
    def active(self) -> TrialKind | None:
        """What is being found out; None while nothing is."""
        return self._active

    @property
    def stopping(self) -> bool:
        """Whether the trial that goes on has been asked to end."""
        return self._active is not None and self._control.stopping

    def record(self, kind: TrialKind) -> TrialRecord:
        """What the last trial of a kind has told; an empty one before the first."""
        return self._records.setdefault(kind, TrialRecord())

    def start(self, kind: TrialKind, network: Network) -> None:
        """Begins a trial; if it cannot, the status bar says why.

        Args:
            kind: What is to be found out.
            network: Of which network.
        """
        training = self._training
        problem = self._hindrance() or training.problem(network)
        if problem is not None:
            self.message.emit(problem if isinstance(problem, str) else problem.sentence)
            return
        data = training.data
        config, divided = training.config, data.divided(training.config.validation_fraction)
        order = TrialOrder(
            kind, network, data.dataset, data.choice_for(network), config, training.start_from.path, divided
        )
        self._active, self._control = kind, Control()
        self._records[kind] = TrialRecord(order)
        self._inbox.clear()
        events = trial_events(order, self._control, data.shelf, self._inbox.append)
        self._engine.drive(events, self._control, self._inbox.append, self._end)
        self._timer.start()
        self.changed.emit()

    def stop(self) -> None:
        """Ends the trial behind its current step."""
        if self._active is not None:
            self._control.stop()
            self.changed.emit()

    def end_first(self, then: Callable[[], object]) -> None:
        """Does something that needs the engine's thread: at once, or behind the trial, which is asked to end."""
        if self._active is None:
            then()
            return
        self._then = then
        self.stop()

    def _hindrance(self) -> str | None:
        if self._training.active:
            return "A run goes on; what is good to know before a run can be tried once it has ended."
        if self._active is not None:
            return "Something is being tried already; cancel it or wait for its end."
        return None

    def _drain(self) -> None:
        if not self._inbox or self._active is None:
            return
        record = self._records[self._active]
        while self._inbox:
            record.take(self._inbox.popleft())
        self.changed.emit()

    def _end(self, sentence: str | None) -> None:
        if self._engine.closing:
            return  # the word of it comes when the window is gone
        self._timer.stop()
        self._drain()
        kind, stopped, then = self._active, self._control.stopping, self._then
        self._active = self._then = None
        if kind is not None and sentence is not None and not stopped:
            self._records[kind].problem = sentence
            self.message.emit(sentence)
        self.changed.emit()
        if then is not None:
            then()
