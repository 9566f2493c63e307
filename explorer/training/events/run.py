"""How a run goes from its start to its end: its stages, its halts and the reason why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from explorer.training.alternatives import Alternative
from explorer.training.events.event import Event

StopReason: TypeAlias = Literal[
    "finished", "stopped", "early_stop", "diverged", "out_of_memory", "lost_device", "failed"
]


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

    @property
    def went_well(self) -> bool:
        """Whether nothing went wrong: it came to its end, got no better for long enough, or a person stopped it."""
        return self.reason in {"finished", "early_stop", "stopped"}
