"""What a run gives to export: the weights of its best or its last checkpoint, with the facts of its data."""

from __future__ import annotations

from explorer.errors import FileError
from explorer.export.base import TrainedModel
from explorer.runs.rotation import BEST, LAST
from explorer.runs.run import Run
from explorer.runs.starting_points import starting_point


def trained_model(run: Run, which: str = BEST) -> TrainedModel:
    """The trained network of a run.

    Args:
        run: The run.
        which: Its checkpoint: ``best``, ``last`` or the name of one, which is its step; a run without a complete epoch
            has no best one yet and gives the last instead.

    Raises:
        FileError: If the run has no such checkpoint, or it or the run's facts are damaged.
    """
    from explorer.runs.checkpoint import load

    if run.checkpoints.pointed(LAST) is None:
        raise FileError(f"{run.folder} has no checkpoint yet; train it for a step at least.")
    name = starting_point(run, LAST if which == BEST and run.checkpoints.pointed(BEST) is None else which)
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
            "checkpoint": next((known for known in (BEST, LAST) if name == run.checkpoints.pointed(known)), name),
            "step": checkpoint.meta.step,
            "epoch": checkpoint.meta.epoch,
            "validation_accuracy": checkpoint.meta.validation_accuracy,
        },
    )
