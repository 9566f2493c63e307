"""When checkpoints are written, and what happens when they cannot be."""

from __future__ import annotations

import time
from collections.abc import Iterator

from explorer.errors import FileError
from explorer.runs.checkpoint import save
from explorer.runs.checkpoint_facts import CheckpointFacts
from explorer.runs.rotation import BEST, LAST
from explorer.training.environment import versions
from explorer.training.events import CheckpointSaved, Event, SavingFailed, finite
from explorer.training.record import Recorder
from explorer.training.session import Session

INTERVAL = 60.0  # seconds between checkpoints within an epoch
SHARE = 0.05  # of the time, at most, for these


class Saver:
    """Writes the checkpoints of a run. A failed one is told and does not end the training.

    Args:
        session: The run.
        recorder: Its metrics, whose length belongs to each checkpoint.
    """

    def __init__(self, session: Session, recorder: Recorder) -> None:
        self._session = session
        self._recorder = recorder
        self._cost = 0.0  # seconds the last save took
        self._at = time.perf_counter()

    @property
    def due(self) -> bool:
        """Whether it is time for one within the epoch."""
        return time.perf_counter() - self._at >= max(INTERVAL, self._cost / SHARE)

    def save(self, *, best: bool = False, epoch_end: bool = False) -> Iterator[Event]:
        """Writes a checkpoint of this moment.

        Args:
            best: Whether the weights are the best so far.
            epoch_end: Whether an epoch has just ended, of which each N-th is kept for good if the settings say so.
        """
        begun = time.perf_counter()
        position = self._session.position
        try:
            name = self._write(best=best, keep=epoch_end and self._is_to_keep())
        except FileError as error:
            if best:
                position.best_checkpoint = ""
            yield SavingFailed(position.step, str(error))
        else:
            self._cost = time.perf_counter() - begun
            yield CheckpointSaved(position.step, name, best, self._cost)
        self._at = time.perf_counter()

    def _is_to_keep(self) -> bool:
        every = self._session.config.keep_every
        return every > 0 and self._session.position.epoch % every == 0

    def _write(self, *, best: bool, keep: bool) -> str:
        session, checkpoints = self._session, self._session.run.checkpoints
        name = checkpoints.new_name(session.position.step)
        if best:
            session.position.best_checkpoint = name
        model, training = session.capture()
        save(checkpoints.path(name), model, training, self._meta())
        checkpoints.point(LAST, name)
        if best:
            checkpoints.point(BEST, name)
        if keep:
            checkpoints.keep(name)
        checkpoints.prune()
        return name

    def _meta(self) -> CheckpointFacts:
        session, position = self._session, self._session.position
        return CheckpointFacts(
            step=position.step,
            epoch=position.epoch,
            batch=position.batch,
            validation_accuracy=position.last_accuracy,
            validation_loss=finite(position.last_loss),
            metrics_bytes=self._recorder.settle(),
            device=session.hardware.device.type,
            threads=session.hardware.threads,
            versions=versions(),
            config=session.config.to_json(),
        )
