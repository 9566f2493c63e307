"""The events of a run, taken in, as curves and figures."""

from __future__ import annotations

import time
from pathlib import Path

from explorer.gui.record.curve import Curve
from explorer.gui.record.events import Loading, Recorded
from explorer.training.events import (
    BlockStatistics,
    CheckpointSaved,
    DryRun,
    EpochFinished,
    Event,
    Finished,
    Progress,
    SavingFailed,
    StageStarted,
    Started,
    Step,
)

_MEMORY = 3.0  # seconds over which the throughput is averaged
PERCENT = 100.0


class RunRecord:
    """The curves and figures of one run; `take` feeds it.

    Attributes:
        loss: Training loss over epochs.
        accuracy: Training accuracy in percent over epochs.
        validation_loss: Loss on the validation images, a point an epoch.
        validation_accuracy: Their accuracy in percent.
        steps: The step of each point of the training curves, over epochs.
        started: The first event, once it has come.
        finished: The last one.
        best: The epoch with the best validation so far.
        last_epoch: The last complete one.
        dry_run: The step that was taken before the first epoch.
        blocks: How each block learned at the end of the last epoch, if that is measured.
        checkpoint: The last checkpoint, and `saved_at` when it came, on the clock of `time.monotonic`.
        best_checkpoint: The last one that was the best.
        notes: Sentences about what did not go as expected.
        activity: What is done beside the steps, such as reading images; None while it trains.
        stages: The stages that have begun, of a run with several.
        step: Steps done.
        images_per_second: Throughput of the last seconds.
        lr: The learning rate of the last step.
    """

    def __init__(self) -> None:
        self.loss, self.accuracy, self.steps = Curve(), Curve(), Curve()
        self.validation_loss, self.validation_accuracy = Curve(), Curve()
        self.started: Started | None = None
        self.finished: Finished | None = None
        self.best: EpochFinished | None = None
        self.last_epoch: EpochFinished | None = None
        self.dry_run: DryRun | None = None
        self.blocks: BlockStatistics | None = None
        self.checkpoint: CheckpointSaved | None = None
        self.best_checkpoint: CheckpointSaved | None = None
        self.saved_at = 0.0
        self.notes: list[str] = []
        self.activity: Loading | Progress | None = None
        self.stages: tuple[StageStarted, ...] = ()
        self.step = 0
        self.images_per_second = 0.0
        self.lr = 0.0
        self._between_epochs = 0.0  # seconds an epoch spends beside its steps

    # Taking in

    def take(self, event: Event) -> None:
        """Takes an event in."""
        if isinstance(event, Loading | Progress):
            self.activity = event
            return
        if isinstance(event, Recorded):
            for earlier in event.events:
                self.take(earlier)
            self.saved_at = time.monotonic() - event.age
            return
        self.activity = None
        if isinstance(event, Step):
            self._take_step(event)
        elif isinstance(event, EpochFinished):
            self._take_epoch(event)
        elif isinstance(event, Started):
            self.started, self.finished, self.step = event, None, event.step
            self._note(event.note)
        elif isinstance(event, SavingFailed):
            self._note(event.message)
        else:
            self._keep(event)

    def _keep(self, event: Event) -> None:
        """Takes in the events of which only the last one counts."""
        if isinstance(event, DryRun):
            self.dry_run = event
        elif isinstance(event, BlockStatistics):
            self.blocks = event
        elif isinstance(event, CheckpointSaved):
            self.checkpoint, self.saved_at = event, time.monotonic()
            self.best_checkpoint = event if event.best else self.best_checkpoint
        elif isinstance(event, Finished):
            self.finished = event
        elif isinstance(event, StageStarted):
            self.stages = (*(stage for stage in self.stages if stage.stage < event.stage), event)

    def _take_step(self, event: Step) -> None:
        where = event.step / self.steps_per_epoch
        self.step, self.lr = event.step, event.lr
        if not len(self.loss) or where > self.loss.x[-1]:  # else repeated, after going on from a checkpoint
            self.loss.append(where, event.loss)
            self.accuracy.append(where, PERCENT * event.accuracy)
            self.steps.append(where, event.step)
        seconds = event.images / max(event.images_per_second, 1e-9)
        weight = 0.5 ** (seconds / _MEMORY) if self.images_per_second else 0.0
        self.images_per_second = weight * self.images_per_second + (1 - weight) * event.images_per_second

    def _take_epoch(self, event: EpochFinished) -> None:
        if self.last_epoch is not None and event.epoch <= self.last_epoch.epoch:
            return
        self.last_epoch = event
        self.best = event if event.best else self.best
        if event.validation_accuracy is not None:
            self.validation_loss.append(event.epoch, event.validation_loss)
            self.validation_accuracy.append(event.epoch, PERCENT * event.validation_accuracy)
        if self.started is not None:
            trained = self.started.train_images / max(event.images_per_second, 1e-9)
            self._between_epochs = max(event.seconds - trained, 0.0)

    def _note(self, text: str) -> None:
        if text and text not in self.notes:
            self.notes.append(text)

    # Figures

    @property
    def folder(self) -> Path | None:
        """The run folder, once there is one."""
        return None if self.started is None else Path(self.started.run)

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one epoch."""
        return 1 if self.started is None else max(self.started.steps_per_epoch, 1)

    @property
    def epochs(self) -> int:
        """Epochs in all."""
        return 1 if self.started is None else self.started.epochs

    @property
    def total_steps(self) -> int:
        """Steps in all."""
        return self.epochs * self.steps_per_epoch

    @property
    def epoch(self) -> int:
        """The epoch of the last step, counted from 1; behind its last one it is being validated."""
        return min(max(-(-self.step // self.steps_per_epoch), 1), self.epochs)

    @property
    def share(self) -> float:
        """How much is done, between 0 and 1."""
        return min(self.step / self.total_steps, 1.0)

    @property
    def seconds_left(self) -> float | None:
        """The time to the end at the pace of now; None before there is one."""
        if self.started is None or not self.images_per_second:
            return None
        images = (self.total_steps - self.step) / self.steps_per_epoch * self.started.train_images
        epochs = self.epochs - (0 if self.last_epoch is None else self.last_epoch.epoch)
        return images / self.images_per_second + epochs * self._between_epochs

    @property
    def epoch_seconds_left(self) -> float | None:
        """The time to the end of the epoch, its validation included, at the pace of now; None before there is one."""
        if self.started is None or not self.images_per_second:
            return None
        share = (self.epoch * self.steps_per_epoch - self.step) / self.steps_per_epoch
        return share * self.started.train_images / self.images_per_second + self._between_epochs

    @property
    def train_accuracy(self) -> float | None:
        """Of the epoch the best validation belongs to, between 0 and 1."""
        return None if self.best is None else self.best.train_accuracy

    @property
    def gap(self) -> float | None:
        """Training less validation accuracy of the best epoch, in points of a hundred."""
        if self.best is None or self.best.validation_accuracy is None:
            return None
        return PERCENT * (self.best.train_accuracy - self.best.validation_accuracy)
