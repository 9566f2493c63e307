"""Where a run stands: numbers only, saved with every checkpoint."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.runs.reading import Reading


@dataclass(slots=True)
class Position:
    """Where a run stands, and its figures so far.

    Attributes:
        step: Steps done.
        epoch: Epochs complete, validation included.
        batch: Steps of the current epoch done.
        loss_sum: Training loss of the current epoch, summed over images.
        correct: Training images of the current epoch predicted right.
        images: Training images of the current epoch seen.
        train_seconds: Time its steps took.
        epoch_seconds: Time of the current epoch.
        seconds: Time trained, all sittings together.
        best_epoch: The epoch with the best validation; 0 before the first.
        best_checkpoint: The name of its checkpoint; empty if it could not be saved.
        best_accuracy: Its validation accuracy.
        best_loss: Its validation loss.
        last_accuracy: The validation accuracy of the last complete epoch.
        last_loss: Its validation loss.
        stale: Epochs since the best one.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    correct: int = 0
    images: int = 0
    train_seconds: float = 0.0
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    best_epoch: int = 0
    best_checkpoint: str = ""
    best_accuracy: float | None = None
    best_loss: float | None = None
    last_accuracy: float | None = None
    last_loss: float | None = None
    stale: int = 0

    def to_checkpoint(self) -> dict[str, Any]:
        """The numbers by name."""
        return dataclasses.asdict(self)

    @classmethod
    def from_checkpoint(cls, reading: Reading) -> Position:
        """The position that was saved; what a later version added is left out.

        Raises:
            FileError: If a number is missing or damaged.
        """

        def number_or_none(name: str) -> float | None:
            return reading.perhaps(name, reading.number)

        takes: dict[type, Callable[[str], Any]] = {
            int: reading.whole,
            float: reading.number,
            str: reading.text,
            type(None): number_or_none,
        }
        fields = dataclasses.fields(cls)
        return cls(**{field.name: takes[type(field.default)](field.name) for field in fields})

    def trained(self, loss: float, correct: int, images: int) -> None:
        """Counts a step."""
        self.step += 1
        self.batch += 1
        self.loss_sum += loss * images
        self.correct += correct
        self.images += images

    def took(self, seconds: float, *, training: bool) -> None:
        """Counts time."""
        self.seconds += seconds
        self.epoch_seconds += seconds
        if training:
            self.train_seconds += seconds

    def validated(self, loss: float | None, accuracy: float | None) -> bool:
        """Ends an epoch.

        Args:
            loss: The validation loss; None without validation images, when every epoch is the best so far.
            accuracy: The validation accuracy.

        Returns:
            Whether no epoch before was better; of equal accuracies, the one with the lower loss is.
        """
        self.epoch += 1
        self.last_loss, self.last_accuracy = loss, accuracy
        best = self.best_accuracy is None or loss is None or accuracy is None or self._better(loss, accuracy)
        if best:
            self.best_epoch, self.best_loss, self.best_accuracy, self.best_checkpoint = self.epoch, loss, accuracy, ""
        self.stale = 0 if best else self.stale + 1
        return best

    def next_epoch(self) -> None:
        """Clears the figures of the epoch."""
        self.batch = self.correct = self.images = 0
        self.loss_sum = self.train_seconds = self.epoch_seconds = 0.0

    def _better(self, loss: float, accuracy: float) -> bool:
        if self.best_accuracy is None or self.best_loss is None:
            return True
        return (accuracy, -loss) > (self.best_accuracy, -self.best_loss)
