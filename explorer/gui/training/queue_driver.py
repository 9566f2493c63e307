"""Starts the runs that wait, one behind the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.core.network import Network
from explorer.gui.training.run_queue import QueuedRun, RunQueue

if TYPE_CHECKING:
    from explorer.gui.training.training_session import TrainingSession

STOPPED = "stopped"


class QueueDriver(QObject):
    """Lets the next run begin when one has ended, whatever ended it; only a person who stops one has the machine back.

    Args:
        queue: The runs that wait.
        training: What trains them.
    """

    def __init__(self, queue: RunQueue, training: TrainingSession) -> None:
        super().__init__(training)
        self._queue, self._training = queue, training
        self._begun: QueuedRun | None = None  # the one that was taken out of the queue last
        training.state_changed.connect(self._note_begin)
        training.run_ended.connect(self._go_on)

    def add(self, network: Network) -> None:
        """Has a network wait, with the images and settings of now; what could not start is refused with a sentence."""
        training = self._training
        problem = training.problem(network)
        if problem is not None:
            training.message.emit(problem.sentence)
            return
        self._queue.add(
            QueuedRun(network, training.data.choice_for(network), training.config, training.start_from.path)
        )
        waiting = len(self._queue.runs)
        training.message.emit(f"{network.name} waits in the queue{f', as number {waiting}' if waiting > 1 else ''}.")

    def start(self) -> None:
        """Starts the next run, those among them that could not start before."""
        self._queue.forgive()
        self._start_next()

    def _start_next(self) -> None:
        run = self._queue.next
        if run is None or self._training.active:
            return
        self._queue.take(run)
        self._begun = run
        self._training.begin_run(run.network, run.data, run.config, run.start)

    def _note_begin(self) -> None:
        training = self._training
        if self._begun is not None and training.active and training.record.started is not None:
            self._queue.settle()

    def _go_on(self, reason: str, problem: str) -> None:
        run, self._begun = self._begun, None
        if run is not None and problem:
            self._queue.put_back(run, "" if reason == STOPPED else problem)
        else:
            self._queue.settle()
        if reason != STOPPED:
            self._start_next()
