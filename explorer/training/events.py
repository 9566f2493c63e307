"""What a training tells while it runs: frozen values, made for a window, a terminal and ``metrics.jsonl`` alike.

Epochs count from 1, steps from 1; step 0 is the state before the first. Rates are per second, times in seconds.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from explorer.training.alternatives import Alternative

StopReason: TypeAlias = Literal[
    "finished", "stopped", "early_stop", "diverged", "out_of_memory", "lost_device", "failed"
]


@dataclass(frozen=True, slots=True)
class Event:
    """The base of all events.

    Attributes:
        kind: Its name in JSON.
    """

    kind: ClassVar[str] = "event"

    def to_json(self) -> dict[str, Any]:
        """The event as JSON, which has no NaN and no infinity: they become null."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"event": self.kind, **{name: finite(value) for name, value in values.items()}}


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The first event: what is trained, on what and how.

    Attributes:
        run: The run folder.
        network: Its name.
        dataset: Its key.
        step: 0, or where a run goes on.
        epoch: The epoch that comes first.
        steps_per_epoch: Steps of one epoch.
        epochs: The last epoch.
        batch_size: Images a step.
        train_images: Images to train on.
        validation_images: Images held back.
        test_images: Images of the test set.
        parameters: Trainable parameters.
        device: ``cpu``, ``cuda`` or ``mps``.
        device_name: What the system calls it.
        threads: Threads on the CPU.
        precision: Number format of the forward pass.
        memory_format: Layout of images and weights.
        resident: Whether the images lie in the device's memory.
        seed: The seed.
        note: A sentence about what did not go as expected, such as a damaged checkpoint that was passed over.
        origin: A sentence about the weights that it started from; empty for new ones, and when a run goes on.
    """

    kind: ClassVar[str] = "started"
    run: str
    network: str
    dataset: str
    step: int
    epoch: int
    steps_per_epoch: int
    epochs: int
    batch_size: int
    train_images: int
    validation_images: int
    test_images: int
    parameters: int
    device: str
    device_name: str
    threads: int
    precision: str
    memory_format: str
    resident: bool
    seed: int
    note: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class StageStarted(Event):
    """A stage of a run with several begins.

    Attributes:
        stage: Its number, from 1.
        stages: How many there are.
        trains: Which part of the network it trains, for people.
        step: The last step before it.
        epoch: Its first epoch.
        epochs: Its last epoch.
        lr: The learning rate, as far as the schedule leaves it.
        parameters: Trainable parameters.
        checkpoint: The best so far, whose weights it starts from; empty for the first stage, and where that is gone
            and the weights are those at hand.
    """

    kind: ClassVar[str] = "stage"
    stage: int
    stages: int
    trains: str
    step: int
    epoch: int
    epochs: int
    lr: float
    parameters: int
    checkpoint: str = ""


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


@dataclass(frozen=True, slots=True)
class DryRun(Event):
    """A step with one batch of noise, taken before the first epoch and thrown away.

    Attributes:
        batch_size: Images of the batch.
        measured: The most bytes at a time that its tensors needed, on CUDA with what kernels work in; None if they were
            not there.
        estimated: Bytes that counting the network says, in float32 and with nothing computed again.
        seconds: What it took.
        alternatives: If they were not there: settings and values, each of which alone would need less.
    """

    kind: ClassVar[str] = "dry_run"
    batch_size: int
    measured: int | None
    estimated: int
    seconds: float
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchFound(Event):
    """The end of a search for the largest batch that fits.

    Attributes:
        batch_size: Images of the largest batch that fits, a power of two; 0 if not even two images do.
        free: The bytes that were free.
        alternatives: If nothing fits: settings and values, each of which alone would need less.
        cut_short: Whether somebody ended it before; larger batches may fit then.
    """

    kind: ClassVar[str] = "batch_found"
    batch_size: int
    free: int
    alternatives: tuple[Alternative, ...] = ()
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class WayTried(Event):
    """A way to compute that was measured.

    Attributes:
        precision: Number format of the forward pass.
        memory_format: Layout of images and weights.
        images_per_second: Training throughput of its fastest step; 0 if it did not fit into memory.
    """

    kind: ClassVar[str] = "way"
    precision: str
    memory_format: str
    images_per_second: float


@dataclass(frozen=True, slots=True)
class WayFound(Event):
    """The fastest way to compute.

    Attributes:
        precision: Number format of the forward pass.
        memory_format: Layout of images and weights.
        threads: Threads on the CPU; 0 where the CPU does not train.
    """

    kind: ClassVar[str] = "way_found"
    precision: str
    memory_format: str
    threads: int


@dataclass(frozen=True, slots=True)
class RateTried(Event):
    """A step of a learning-rate range test.

    Attributes:
        step: Its number.
        lr: The learning rate.
        loss: The training loss before the step.
    """

    kind: ClassVar[str] = "rate"
    step: int
    lr: float
    loss: float


@dataclass(frozen=True, slots=True)
class RateFound(Event):
    """The end of a learning-rate range test.

    Attributes:
        lr: The rate that it suggests; None if no rate made the loss fall.
    """

    kind: ClassVar[str] = "rate_found"
    lr: float | None


@dataclass(frozen=True, slots=True)
class Paused(Event):
    """The run halts. The event repeats about ten times a second, so that whoever drives it can serve other work.

    Attributes:
        step: The last step.
    """

    kind: ClassVar[str] = "paused"
    step: int


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The halt is over.

    Attributes:
        step: The last step.
    """

    kind: ClassVar[str] = "resumed"
    step: int


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The last event.

    Attributes:
        reason: Why it ended.
        message: A sentence, with a remedy where something went wrong.
        step: The last step.
        epoch: How many epochs are complete.
        best_epoch: The epoch with the best validation accuracy; 0 without one.
        best_accuracy: Its validation accuracy.
        last_accuracy: That of the last complete epoch.
        test_loss: Cross-entropy on the test set, read once; None if the run did not come to its end.
        test_accuracy: The same, between 0 and 1.
        tested: The checkpoint the test figures belong to: ``best`` or ``last``; empty without them.
        seconds: Time trained, all sittings together.
        alternatives: After running out of memory: settings and values, each of which alone would need less.
    """

    kind: ClassVar[str] = "finished"
    reason: StopReason
    message: str
    step: int
    epoch: int
    best_epoch: int
    best_accuracy: float | None
    last_accuracy: float | None
    test_loss: float | None
    test_accuracy: float | None
    tested: Literal["", "best", "last"]
    seconds: float
    alternatives: tuple[Alternative, ...] = ()


_RECORDED: dict[str, type[Event]] = {
    kind.kind: kind
    for kind in (
        Started,
        DryRun,
        StageStarted,
        Step,
        EpochFinished,
        BlockStatistics,
        CheckpointSaved,
        SavingFailed,
        Paused,
        Resumed,
        Finished,
    )
}


def from_json(record: Mapping[str, Any]) -> Event | None:
    """The event that `Event.to_json` wrote, NaN where it wrote null; None for one that this version does not know."""
    kind = _RECORDED.get(str(record.get("event")))
    if kind is None:
        return None
    fields = dataclasses.fields(kind)
    found = ((field.name, record[field.name]) for field in fields if field.name in record)
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in found}
    lost = {field.name: math.nan for field in fields if field.type == "float" and values.get(field.name, "") is None}
    if "alternatives" in values:  # JSON has no tuples
        values["alternatives"] = tuple((name, _no_list(value)) for name, value in values["alternatives"])
    try:
        return kind(**values | lost)
    except TypeError:  # an older or a later version had other fields
        return None


def _no_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def finite(value: Any) -> Any:
    """The value, or None for a NaN or an infinity, which JSON does not have."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
