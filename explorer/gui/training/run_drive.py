"""Drives the run that is trained here, and takes what it tells.

Its events wait in a bounded deque that one timer empties five times a second: a signal for each step would cost a fifth
of the steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.gui.engine.engine_thread import EngineThread
from explorer.gui.training.queue_driver import STOPPED
from explorer.gui.training.run_state import State
from explorer.gui.training.shown_run import OwnRun, ShownRun
from explorer.gui.trials.trials import Trials
from explorer.training.control import Control
from explorer.training.events import Event, Paused, Resumed, Started

INTERVAL = 200  # milliseconds between two looks at what has come
_WAITING = 4096  # events; minutes of them, should the GUI thread be busy for so long


class RunDrive(QObject):
    """Drives one run at a time on the engine's thread.

    Args:
        shown: What the window shows.
        engine: The thread that trains.
        trials: What ends before a run begins.
        parent: Its owner.
    """

    ended = Signal(str, str)  # why, and a sentence if it ended before it had begun

    def __init__(self, shown: ShownRun, engine: EngineThread, trials: Trials, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown, self._engine, self._trials = shown, engine, trials
        self._before = shown.own
        self._control = Control()
        self._begun = False
        self._inbox: deque[Event] = deque(maxlen=_WAITING)
        self._timer = QTimer(self, interval=INTERVAL)
        self._timer.timeout.connect(self._drain)

    def report(self, event: Event) -> None:
        """Takes an event from any thread."""
        self._inbox.append(event)

    def begin(self, own: OwnRun, events: Iterator[Event], control: Control) -> None:
        """Drives a run; one that ends before it has begun leaves in sight what was there.

        Args:
            own: The run.
            events: What it tells.
            control: Pauses and stops it.
        """
        shown = self._shown
        self._before, shown.own, shown.error = shown.own, own, ""
        self._control, self._begun = control, False
        self._inbox.clear()
        shown.become(State.PREPARING)
        self._trials.end_first(lambda: self._engine.drive(events, control, self._inbox.append, self._end))
        self._timer.start()

    # What a person does with it

    def pause(self) -> None:
        """Halts the run behind its current step."""
        if self._shown.state is State.RUNNING:
            self._control.pause()
            self._shown.become(State.PAUSING)

    def resume(self) -> None:
        """Ends a halt."""
        if self._shown.state in {State.PAUSING, State.PAUSED}:
            self._control.resume()
            self._shown.become(State.RUNNING)

    def stop(self) -> None:
        """Ends the run behind its current step, with a checkpoint to go on from."""
        if self._shown.active:
            self._control.stop()
            self._shown.become(State.STOPPING)

    def stop_after_epoch(self) -> None:
        """Ends the run with its current epoch."""
        if self.can_stop_after_epoch:
            self._control.stop_after_epoch()
            self._shown.state_changed.emit()

    @property
    def ends_with_epoch(self) -> bool:
        """Whether the run is to end with its current epoch."""
        return self._shown.active and self._control.stopping_after_epoch

    @property
    def can_stop_after_epoch(self) -> bool:
        """Whether it can be asked to."""
        shown = self._shown
        return shown.active and shown.state is not State.STOPPING and not self._control.stopping_after_epoch

    # What comes of it

    def _drain(self) -> None:
        changed = False
        while self._inbox:
            event = self._inbox.popleft()
            self._shown.own.record.take(event)
            self._follow(event)
            changed = changed or not isinstance(event, Paused)  # which comes again and again
        if changed:
            self._shown.metrics_changed.emit()

    def _follow(self, event: Event) -> None:
        self._begun = self._begun or isinstance(event, Started)
        if self._shown.state is State.STOPPING:
            return
        if isinstance(event, Paused) and self._control.paused:
            self._shown.become(State.PAUSED)
        elif isinstance(event, Started) or (isinstance(event, Resumed) and not self._control.paused):
            self._shown.become(State.PAUSING if self._control.paused else State.RUNNING)

    def _end(self, sentence: str | None) -> None:
        self._timer.stop()
        self._drain()
        shown = self._shown
        if not self._begun:
            shown.own = self._before  # which stays in sight
        finished = shown.own.record.finished
        if sentence is not None and shown.state is State.STOPPING and not self._begun:
            shown.become(State.IDLE)
            shown.message.emit(sentence)
            self.ended.emit(STOPPED, sentence)
        elif sentence is not None:
            shown.fail(sentence)
            self.ended.emit("failed", "" if self._begun else sentence)
        elif finished is not None:
            shown.become(State.FINISHED)
            shown.message.emit(finished.message)
            self.ended.emit(finished.reason, "")
