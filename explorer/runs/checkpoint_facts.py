"""What a checkpoint says of itself beside its tensors, as ``meta.json`` keeps it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.errors import FileError
from explorer.runs.json_file import read_json
from explorer.runs.reading import Reading

META = "meta.json"
MODEL, TRAINING = "model.safetensors", "train_state.pt"


@dataclass(frozen=True, slots=True)
class CheckpointFacts:
    """Where a run stood, and what it ran on just then.

    Attributes:
        step: Steps done.
        epoch: Epochs complete.
        batch: Steps of the current epoch done.
        validation_accuracy: Of the last complete epoch; None before the first, and without validation images.
        validation_loss: Likewise; None also where it was no finite number.
        metrics_bytes: The length of the metrics at that moment.
        device: Where it trained.
        threads: Threads on the CPU.
        versions: Of the app, of Python and of what computes.
        config: The settings.
    """

    step: int
    epoch: int
    batch: int
    validation_accuracy: float | None
    validation_loss: float | None
    metrics_bytes: int
    device: str
    threads: int
    versions: Mapping[str, str]
    config: Mapping[str, Any]

    @classmethod
    def read(cls, reading: Reading) -> CheckpointFacts:
        """The facts in a file.

        Raises:
            FileError: If one is missing or damaged.
        """
        return cls(
            step=reading.whole("step"),
            epoch=reading.whole("epoch"),
            batch=reading.whole("batch"),
            validation_accuracy=reading.perhaps("validation_accuracy", reading.number),
            validation_loss=reading.perhaps("validation_loss", reading.number),
            metrics_bytes=reading.whole("metrics_bytes"),
            device=reading.text("device"),
            threads=reading.whole("threads"),
            versions=reading.named("versions"),
            config=reading.named("config"),
        )

    def to_json(self) -> dict[str, Any]:
        """All facts by name."""
        return dataclasses.asdict(self)


def is_whole(checkpoint: Path) -> bool:
    """Whether a checkpoint has all its files in full length, as its ``meta.json`` has them; nothing is hashed.

    Args:
        checkpoint: Its folder.
    """
    try:
        files = Reading(read_json(checkpoint / META), META).inside("files")
        return all(
            (checkpoint / name).stat().st_size == files.inside(name).whole("bytes") for name in (MODEL, TRAINING)
        )
    except (FileError, OSError):
        return False
