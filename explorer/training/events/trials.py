"""What is tried before a run: one batch, a larger one, ways to compute, learning rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from explorer.training.alternatives import Alternative
from explorer.training.events.event import Event


@dataclass(frozen=True, slots=True)
class DryRun(Event):
    """A step with one batch of noise, taken before the first epoch and thrown away.

    Attributes:
        batch_size: Images of the batch; where several processes train, of the share of each.
        measured: The most bytes at a time that its tensors needed, on CUDA with what kernels work in; None if they were
            not there.
        estimated: Bytes that counting the network says, in float32 and with nothing computed again.
        seconds: What it took.
        alternatives: If they were not there: settings and values, each of which alone would need less.
        processes: How many took the step together.
    """

    kind: ClassVar[str] = "dry_run"
    batch_size: int
    measured: int | None
    estimated: int
    seconds: float
    alternatives: tuple[Alternative, ...] = ()
    processes: int = 1

    @property
    def batch(self) -> str:
        """The batch in words."""
        share = f" in each of {self.processes} processes" if self.processes > 1 else ""
        return f"A batch of {self.batch_size:,}{share}"


@dataclass(frozen=True, slots=True)
class PaceFound(Event):
    """How quick a network is, measured before a run.

    Attributes:
        batch_size: Images of a step.
        step_seconds: What a step takes, in the mean over the sizes of image.
        image_seconds: What one image takes that is only looked at, in float32: the latency.
        macs: Multiply-accumulates of that.
    """

    kind: ClassVar[str] = "pace"
    batch_size: int
    step_seconds: float
    image_seconds: float
    macs: int


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
