"""What comes of the steps of a run: losses and accuracies, how its blocks learn, and what is saved of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from explorer.training.events.event import Event


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """How far long work beside the steps is; it comes about ten times a second and is not recorded.

    Attributes:
        phase: What is being done.
        done: How much of it.
        total: Of how much.
    """

    kind: ClassVar[str] = "progress"
    phase: Literal["reading", "validation", "test"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Step(Event):
    """Training since the last event of this kind: means over one or more steps.

    Attributes:
        step: The last of the steps.
        epoch: Its epoch.
        steps: How many.
        images: How many images they saw.
        loss: Mean training loss.
        accuracy: Share of images predicted right, between 0 and 1.
        lr: The learning rate of the last step.
        images_per_second: Throughput, waiting included.
        seconds: Time trained so far.
    """

    kind: ClassVar[str] = "step"
    step: int
    epoch: int
    steps: int
    images: int
    loss: float
    accuracy: float
    lr: float
    images_per_second: float
    seconds: float


@dataclass(frozen=True, slots=True)
class EpochFinished(Event):
    """An epoch and the validation behind it.

    Attributes:
        epoch: Its number.
        step: The last step.
        train_loss: Mean over the epoch, while the weights moved; with label smoothing, if that is on.
        train_accuracy: The same, between 0 and 1.
        validation_loss: Cross-entropy after the epoch; None without validation images.
        validation_accuracy: Between 0 and 1.
        best: Whether no epoch before was better.
        lr: The learning rate of the last step.
        images_per_second: Training throughput.
        seconds: Time of the epoch, validation included.
    """

    kind: ClassVar[str] = "epoch"
    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    best: bool
    lr: float
    images_per_second: float
    seconds: float


@dataclass(frozen=True, slots=True)
class BlockStatistics(Event):
    """How each block learns, measured on the last step of an epoch; None where a block has no such figure.

    Attributes:
        step: The step.
        epoch: Its epoch.
        blocks: The name of each block at the top of the network that has weights or rectifiers, in their order.
        gradient: The norm of the gradient of its weights.
        weight: The norm of its weights behind the step.
        update: How far the step moved them, over that norm; about 0.001 is usual.
        dead: The share of the channels behind its ReLUs that were zero for every image of the batch.
    """

    kind: ClassVar[str] = "blocks"
    step: int
    epoch: int
    blocks: tuple[str, ...]
    gradient: tuple[float | None, ...]
    weight: tuple[float | None, ...]
    update: tuple[float | None, ...]
    dead: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class CheckpointSaved(Event):
    """A checkpoint lies on the disk.

    Attributes:
        step: The step after which it was taken.
        checkpoint: Its name in the run's folder of checkpoints.
        best: Whether it is the best so far.
        seconds: What it cost.
    """

    kind: ClassVar[str] = "checkpoint"
    step: int
    checkpoint: str
    best: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class SavingFailed(Event):
    """Something could not be written; training goes on, and the next save is tried as usual.

    Attributes:
        step: The step.
        message: A sentence with the remedy.
    """

    kind: ClassVar[str] = "saving_failed"
    step: int
    message: str
