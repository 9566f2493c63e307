"""The epochs and steps of a run in memory, from where it stands to its end."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from typing import TypeAlias

from torch import Tensor

from explorer.errors import ExplorerError
from explorer.insight.evaluation import Evaluation
from explorer.training.block_statistics import first_bad_layer
from explorer.training.control import Control
from explorer.training.events import BlockStatistics, EpochFinished, Event, Paused, Progress, Resumed, Step, StopReason
from explorer.training.health import DivergenceError
from explorer.training.meter import INTERVAL, Meter, Reading
from explorer.training.saver import Saver
from explorer.training.session import Session
from explorer.training.stages import stage_at
from explorer.training.telling import finished, stage_started

_log = logging.getLogger(__name__)
Events: TypeAlias = Generator[Event, None, None]


class Loop:
    """The epochs and steps of a run in memory.

    Args:
        session: The run.
        saver: Writes its checkpoints.
        control: The wishes of whoever started it.
        meter: Collects the figures of its steps.
    """

    def __init__(self, session: Session, saver: Saver, control: Control, meter: Meter | None = None) -> None:
        self._session = session
        self._saver = saver
        self._control = control
        self._meter = Meter() if meter is None else meter
        self._blocks: BlockStatistics | None = None  # of the last step, if that was looked at

    def run(self) -> Events:
        """Trains to the end of the last epoch, unless something ends it before."""
        session = self._session
        if session.position.step == 0:
            yield from self._saver.save()
            if session.config.stages:
                yield stage_started(session)
        for done, total in session.feed.prepare():
            yield Progress("reading", done, total)
            if self._control.stopping:
                yield finished(session, "stopped", "Stopped while the images were read; the run can be continued.")
                return
        while not self._is_over():
            yield from self._begin_stage()
            if not (yield from self._epoch()):
                yield from self._saver.save()
                yield finished(session, "stopped", "Stopped; the run can be continued.")
                return
            if self._control.stopping_after_epoch and not self._is_over():
                yield finished(session, "stopped", "Stopped after the epoch; the run can be continued.")
                return
        yield from self._end()

    def _begin_stage(self) -> Events:
        """Begins the next stage, if the epochs of the last one are over."""
        session = self._session
        while session.stage < stage_at(session.config.stages, session.config.epochs, session.position.epoch):
            yield stage_started(session, session.begin_next_stage())
            yield from self._saver.save()

    def _epoch(self) -> Generator[Event, None, bool]:
        """An epoch, or the rest of one; whether it came to its end."""
        session, position = self._session, self._session.position
        session.training()
        self._meter.restart()
        for images, labels in session.feed.train(position.epoch, position.batch):
            yield from self._halt()
            if self._control.stopping:
                yield from self._read()
                return False
            lr = session.rate(position.step + len(self._meter))
            self._meter.add(*self._take_step(images, labels, lr), len(labels))
            if self._meter.due:
                yield from self._read()
            if self._saver.due:
                yield from self._read()
                yield from self._saver.save()
                self._meter.restart()
        yield from self._read()
        if self._blocks is not None:
            yield self._blocks
        return (yield from self._validate())

    def _take_step(self, images: Tensor, labels: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
        """Takes a step; the last one of an epoch is looked at block by block, if that is asked for."""
        session, position, meter = self._session, self._session.position, self._session.block_meter
        self._blocks = None
        if meter is None or position.batch + len(self._meter) + 1 < session.feed.steps_per_epoch:
            return session.take_step(images, labels, lr)
        with meter.watching():
            figures = session.take_step(images, labels, lr)
        self._blocks = meter.read(position.epoch + 1, position.step + len(self._meter) + 1)
        return figures

    def _read(self) -> Events:
        """Fetches the figures of the steps since the last time, counts those that are sound and tells of them.

        Raises:
            DivergenceError: If a loss or gradient was not finite.
        """
        if not len(self._meter):
            return
        reading, position = self._meter.read(), self._session.position
        sound = len(reading.losses) if reading.bad is None else reading.bad
        for figures in zip(reading.losses[:sound], reading.correct, reading.images, strict=False):
            position.trained(*figures)
        position.took(reading.seconds, training=True)
        if sound:
            yield self._step(reading, sound)
        if reading.bad is not None:
            raise self._divergence()

    def _step(self, reading: Reading, sound: int) -> Step:
        """What is told of the first steps of a reading, the last of which the run has just counted."""
        position, sizes = self._session.position, reading.images[:sound]
        images, seconds = sum(sizes), reading.seconds * sound / len(reading.images)
        return Step(
            step=position.step,
            epoch=position.epoch + 1,
            steps=sound,
            images=images,
            loss=sum(loss * count for loss, count in zip(reading.losses, sizes, strict=False)) / images,
            accuracy=sum(reading.correct[:sound]) / images,
            lr=self._session.rate(position.step - 1),
            images_per_second=images / max(seconds, 1e-9),
            seconds=position.seconds,
        )

    def _divergence(self) -> DivergenceError:
        """What to say of the step behind the last sound one; it is taken once more to find the layer."""
        session, position = self._session, self._session.position
        return DivergenceError(position.step + 1, position.epoch + 1, session.rate(position.step), self._bad_layer())

    def _bad_layer(self) -> str:
        session, position = self._session, self._session.position
        try:
            images, labels = next(session.feed.train(position.epoch, position.batch))
            return first_bad_layer(session.module, lambda: session.take_step.loss(images, labels))
        except (RuntimeError, MemoryError, ExplorerError) as error:  # which must not hide what was looked for
            _log.info("The layer that diverged was not found.", exc_info=error)
            return ""

    def _halt(self) -> Events:
        """Waits while the run is paused."""
        if not self._control.paused:
            return
        yield from self._read()
        yield from self._saver.save()
        while self._control.paused:
            yield Paused(self._session.position.step)
            self._control.wait(0.1)
        self._meter.restart()
        if not self._control.stopping:
            yield Resumed(self._session.position.step)

    def _validate(self) -> Generator[Event, None, bool]:
        """Validates and ends the epoch; whether it came to that."""
        session, position = self._session, self._session.position
        begun = time.perf_counter()
        result: Evaluation | None = None
        evaluation = session.evaluation(session.feed.validation(), session.feed.validation_images)
        for item in paced(evaluation, self._control):
            if isinstance(item, Evaluation):
                result = item
                continue
            if self._control.stopping:
                return False
            yield Progress("validation", item, session.feed.validation_images)
        position.took(time.perf_counter() - begun, training=False)
        best = position.validated(*((None, None) if result is None else (result.loss, result.accuracy)))
        event = self._epoch_finished(best=best)
        position.next_epoch()
        yield event
        yield from self._saver.save(best=best, epoch_end=True)
        return True

    def _epoch_finished(self, *, best: bool) -> EpochFinished:
        position = self._session.position
        return EpochFinished(
            epoch=position.epoch,
            step=position.step,
            train_loss=position.loss_sum / max(position.images, 1),
            train_accuracy=position.correct / max(position.images, 1),
            validation_loss=position.last_loss,
            validation_accuracy=position.last_accuracy,
            best=best,
            lr=self._session.rate(position.step - 1),
            images_per_second=position.images / max(position.train_seconds, 1e-9),
            seconds=position.epoch_seconds,
        )

    def _is_over(self) -> bool:
        return self._session.position.epoch >= self._session.config.epochs or self._is_stale()

    def _is_stale(self) -> bool:
        session, patience = self._session, self._session.config.patience
        is_last = session.stage == len(session.forms) - 1  # the others last as long as they were given
        return bool(patience) and is_last and session.position.stale >= patience

    def _end(self) -> Events:
        """Reads the test set, once, with the best weights."""
        session, position = self._session, self._session.position
        reason: StopReason = "finished"
        message = f"Trained for all {position.epoch} epochs." if position.epoch != 1 else "Trained for its one epoch."
        if self._is_stale():
            reason = "early_stop"
            message = f"Stopped early: no better validation accuracy since epoch {position.best_epoch}."
        tested = session.take_best_weights()
        result: Evaluation | None = None
        for item in paced(session.evaluation(session.feed.test(), session.feed.test_images), self._control):
            if isinstance(item, Evaluation):
                result = item
            elif self._control.stopping:
                message += " The test set was not read."
                break
            else:
                yield Progress("test", item, session.feed.test_images)
        yield finished(session, reason, message, result, "" if result is None else tested)


def paced(items: Iterator[int | Evaluation], control: Control) -> Iterator[int | Evaluation]:
    """The same items, but numbers only so often as somebody can look, and at once when the run is to end."""
    since = time.perf_counter()
    for item in items:
        now = time.perf_counter()
        if not isinstance(item, int) or control.stopping or now - since >= INTERVAL:
            since = now
            yield item
