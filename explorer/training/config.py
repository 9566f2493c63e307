"""The settings of a run. Their fields make the window's form and the command line's options; limits stand only here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.core.fields import Field, Invalid, choice, flag, integer, integers, real, size, specifications
from explorer.core.shape import MAX_IMAGE
from explorer.errors import TrainingError
from explorer.runs.environment import MAX_THREADS
from explorer.training.augmentation.settings import AugmentationSettings
from explorer.training.stages import Stage, boundaries, stages_field

MAX_BATCH = 65_536
FASTEST = "fastest"
MAX_SEED = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class TrainConfig(AugmentationSettings):
    """Everything a run depends on beside its network and its images. The defaults suit a small network.

    A number of 0 leaves the choice open where the help says so.

    Raises:
        TrainingError: If a setting is outside its limits, or two do not go together.
    """

    epochs: int = integer(5, minimum=1, maximum=100_000, help="how often every training image is seen")
    batch_size: int = integer(
        128, minimum=1, maximum=MAX_BATCH, unit="images", label="batch size", help="images a step"
    )
    optimizer: str = choice(
        "adam", ("sgd", "adam", "adamw"), label="optimiser", help="rule by which a step moves the weights"
    )
    lr: float = real(
        0.001, minimum=0.0, maximum=1000.0, label="learning rate", help="length of a step; the peak of a schedule"
    )
    momentum: float = real(0.9, minimum=0.0, maximum=0.9999, help="share of the last step kept in the next (sgd)")
    nesterov: bool = flag(False, help="look ahead by the momentum (sgd)")
    weight_decay: float = real(0.0, minimum=0.0, maximum=10.0, label="weight decay", help="pull of all weights to zero")
    schedule: str = choice(
        "constant",
        ("constant", "step", "multi_step", "cosine", "one_cycle"),
        help="how the learning rate changes during the run",
    )
    step_size: int = integer(
        10, minimum=1, maximum=100_000, unit="epochs", label="drop every", help="epochs between drops (step)"
    )
    milestones: tuple[int, ...] = integers(
        (32_000, 48_000),
        maximum=1_000_000_000,
        unit="steps",
        label="drop at",
        help="steps after which the rate drops (multi_step)",
    )
    gamma: float = real(0.1, minimum=1e-6, maximum=1.0, label="drop to", help="factor of each drop (step, multi_step)")
    eta_min: float = real(0.0, minimum=0.0, maximum=1000.0, label="final rate", help="rate at the end (cosine)")
    pct_start: float = real(
        0.3, minimum=0.0, maximum=1.0, label="warm-up share", help="share of the run with a rising rate (one_cycle)"
    )
    div_factor: float = real(
        25.0, minimum=1.0, maximum=1e6, label="start divisor", help="peak over first rate (one_cycle)"
    )
    final_div_factor: float = real(
        1e4, minimum=1.0, maximum=1e9, label="end divisor", help="first over last rate (one_cycle)"
    )
    label_smoothing: float = real(
        0.0,
        minimum=0.0,
        maximum=0.9,
        label="label smoothing",
        help="share of the target spread over all classes in training",
    )
    class_weights: str = choice(
        "none", ("none", "balanced"), label="class weights", help="balanced lets rare classes count as much as common"
    )
    clip_norm: float = real(
        0.0, minimum=0.0, maximum=1e6, label="clip gradients", help="length that no gradient exceeds; 0: off"
    )
    accumulation: int = integer(
        1,
        minimum=1,
        maximum=1024,
        unit="parts",
        label="accumulate",
        help="parts of at least two images in which a batch is computed one after the other, to need less memory",
    )
    activation_checkpointing: bool = flag(
        False, label="recompute", help="keep less for the backward pass and compute it again: less memory, more time"
    )
    ema_decay: float = real(
        0.0, minimum=0.0, maximum=0.99999, label="moving average", help="share of the old average a step keeps; 0: off"
    )
    evaluate_average: bool = flag(
        True, label="use the average", help="validate, test and export the moving average in place of the last weights"
    )
    keep_every: int = integer(
        0,
        maximum=100_000,
        unit="epochs",
        label="keep every",
        zero="off",
        help="epochs between checkpoints that stay, beside the last two and the best; 0: none",
    )
    validation_fraction: float = real(
        0.1,
        minimum=0.0,
        maximum=0.5,
        label="validation share",
        help="share of the training images held back, class by class",
    )
    patience: int = integer(
        0,
        maximum=100_000,
        unit="epochs",
        label="early stop after",
        zero="off",
        help="epochs without a better accuracy; 0: never",
    )
    image_size: int | tuple[int, int] = size(
        0,
        minimum=0,
        maximum=MAX_IMAGE,
        unit="pixels",
        label="image size",
        help="what images are resized to; 0 is the network's own size",
    )
    further_sizes: tuple[int, ...] = integers(
        (),
        maximum=MAX_IMAGE,
        most=8,
        empty=True,
        unit="pixels",
        label="further sizes",
        help="sides of images that epochs train on in turn with the network's own size; empty: that one alone",
    )
    seed: int = integer(
        0, maximum=MAX_SEED, help="chooses the first weights, the order of images and the validation images"
    )
    initialisation: str = choice("default", ("default", "xavier", "kaiming"), help="how the first weights are drawn")
    device: str = choice(
        "auto", ("auto", "cpu", "cuda", "mps"), help="where to train; auto takes CUDA, else MPS, else the CPU"
    )
    precision: str = choice(
        "float32",
        ("float32", "bf16", "fp16", FASTEST),
        help="number format of the forward pass; fp16 needs CUDA, fastest is measured at the start",
    )
    memory_format: str = choice(
        FASTEST,
        (FASTEST, "contiguous", "channels_last"),
        label="memory layout",
        help="fastest is measured when a run starts; runs to be compared bit by bit need the same one",
    )
    threads: int = integer(
        0,
        maximum=MAX_THREADS,
        zero="fastest",
        help="threads on the CPU; 0: as many as are fastest, measured when a run starts",
    )
    sync_batch_norm: bool = flag(
        False,
        label="shared batch norm",
        help="take batch norm's mean and variance over all processes of a run that torchrun started",
    )
    block_statistics: bool = flag(
        False, label="block statistics", help="each epoch, how every block learns: gradient, update, dead units"
    )
    stages: tuple[Stage, ...] = stages_field(
        "parts of the run that train one part of the network each: what, times which rate, for how many epochs"
    )
    tensorboard: bool = flag(
        False,
        label="TensorBoard",
        help="write the metrics for TensorBoard too, which has to be installed, into the run's folder",
    )
    workers: int = integer(2, maximum=64, help="processes that read image files when they do not fit in memory")

    def __post_init__(self) -> None:
        for name, spec in specifications(type(self)).items():
            value = spec.normalise(getattr(self, name))
            object.__setattr__(self, name, value)
            problem = spec.problem(value)
            if problem is not None:
                raise TrainingError(f"The setting {name} {problem}.")
        self._check_pairs()

    def _check_pairs(self) -> None:
        if self.nesterov and not self.momentum:
            raise TrainingError("The setting nesterov needs a momentum above 0; set momentum or switch nesterov off.")
        if self.patience and not self.validation_fraction:
            raise TrainingError(
                "Early stopping needs validation images; set validation_fraction above 0 or patience to 0."
            )
        if self.epochs < self.least_epochs:
            raise TrainingError(
                f"The stages before the last have {self.least_epochs - 1:,} epochs together, which leaves it none of "
                f"{self.epochs:,}; set epochs to {self.least_epochs:,} or more, or give the stages fewer."
            )
        repeated = [side for side in self.further_sizes if self.further_sizes.count(side) > 1]
        if repeated:
            raise TrainingError(f"The setting further_sizes holds {repeated[0]:,} more than once; leave one.")
        if self.eta_min > self.lr and self.schedule == "cosine":
            raise TrainingError(
                f"The setting eta_min is {self.eta_min:g}, above lr, which is {self.lr:g}; lower one of them."
            )

    @property
    def least_epochs(self) -> int:
        """The length of the shortest run with these stages, which leaves the last of them an epoch."""
        return boundaries(self.stages, self.epochs)[-2] + 1 if self.stages else 1

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """The settings by name: kind, label, limits, choices and help."""
        return specifications(cls)

    def to_json(self) -> dict[str, Any]:
        """All settings, defaults included; as they come back from a file, so with lists for tuples."""
        values = dataclasses.asdict(self)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainConfig:
        """Settings from their JSON; what is missing has its default.

        Raises:
            TrainingError: If a setting is unknown or bad.
        """
        unknown = sorted(set(values) - set(specifications(cls)))
        if unknown:
            raise TrainingError(
                f"There is no setting {unknown[0]!r}; a later version may have written it. Update the app."
            )
        return cls(**values)


__all__ = ["MAX_BATCH", "Field", "Invalid", "TrainConfig"]
