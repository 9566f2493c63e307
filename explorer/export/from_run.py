"""What a run gives to export: the weights of its best or its last checkpoint, with the facts of its data."""

from __future__ import annotations

from typing import Literal

from explorer.errors import FileError
from explorer.export.base import TrainedModel
from explorer.runs.rotation import BEST, LAST
from explorer.runs.run import Run


def trained_model(run: Run, which: Literal["best", "last"] = "best") -> TrainedModel:
    """The trained network of a run.

    Args:
        run: The run.
        which: Its checkpoint; a run without a complete epoch has no best one yet and gives the last instead.

    Raises:
        FileError: If the run has no such checkpoint, or it or the run's facts are damaged.
    """
    from explorer.runs.checkpoint import load

    name = run.checkpoints.pointed(which) or run.checkpoints.pointed(LAST)
    if name is None:
        raise FileError(f"{run.folder} has no checkpoint yet; train it for a step at least.")
    checkpoint = load(run.checkpoints.path(name), training=False)
    data = run.environment.data
    return TrainedModel(
        network=run.network,
        state=checkpoint.model,
        classes=data.classes,
        mean=data.mean,
        std=data.std,
        facts={
            "dataset": data.title,
            "checkpoint": BEST if name == run.checkpoints.pointed(BEST) else LAST,
            "step": checkpoint.meta.step,
            "epoch": checkpoint.meta.epoch,
            "validation_accuracy": checkpoint.meta.validation_accuracy,
        },
    )
