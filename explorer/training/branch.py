"""A run of its own that begins where another one stood at a checkpoint, which stays as it is.

Going back inside one folder would throw away all that came after the checkpoint. So whoever wants to go on from an
earlier one, or with another learning rate, gets a copy of the run as it was at that moment.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from explorer.core.atomic import cannot_write
from explorer.core.file_name import usable
from explorer.errors import FileError
from explorer.runs.checkpoint import Checkpoint, load
from explorer.runs.metrics import NAME as METRICS
from explorer.runs.rotation import BEST, LAST
from explorer.runs.run import Run
from explorer.training.config import TrainConfig


def branch(run: Run, name: str, folder: Path, config: TrainConfig | None = None) -> Run:
    """Copies a run as it was at a checkpoint; `explorer.training.trainer.resume` goes on from there.

    With the same settings, on the CPU, it ends with the weights with which the run ended that it comes from.

    Args:
        run: Where it comes from; it is only read.
        name: The checkpoint.
        folder: Where the copy will lie; it must be empty or not exist.
        config: Other settings than those of the run.

    Raises:
        FileError: If the checkpoint is damaged, something lies in the folder already, or the system refuses.
    """
    folder = usable(folder)
    checkpoint = load(run.checkpoints.path(name))  # which compares its files with their hashes
    half_made = folder.with_name(f".{folder.name}.half-made")
    try:
        if folder.exists() and any(folder.iterdir()):
            raise FileError(f"{folder} is not empty; choose another folder for the run that goes on.")
        shutil.rmtree(half_made, ignore_errors=True)
        _copy(run, checkpoint, half_made, config)
        if folder.exists():
            folder.rmdir()
        half_made.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        shutil.rmtree(half_made, ignore_errors=True)
    return Run(folder)


def gentler(config: TrainConfig) -> TrainConfig:
    """The settings with a tenth of the learning rate, for a run that diverged."""
    lr = config.lr / 10
    return replace(config, lr=lr, eta_min=min(config.eta_min, lr))


def _copy(run: Run, checkpoint: Checkpoint, folder: Path, config: TrainConfig | None) -> None:
    settings = run.config if config is None else config.to_json()
    environment = replace(run.environment, started=datetime.now(UTC).isoformat(timespec="seconds"))
    copy = Run.create(folder, run.network, settings, environment)
    name, best = checkpoint.folder.name, _best_of_that_time(run, checkpoint)
    for kept in dict.fromkeys((name, best)):
        if kept:
            shutil.copytree(run.checkpoints.path(kept), copy.checkpoints.path(kept))
    copy.checkpoints.point(LAST, name)
    if best:
        copy.checkpoints.point(BEST, best)
    with (run.folder / METRICS).open("rb") as metrics:
        (folder / METRICS).write_bytes(metrics.read(checkpoint.meta.metrics_bytes))
    copy.rewrite_note(f"Goes on from step {checkpoint.meta.step:,} of {run.folder.name}.")


def _best_of_that_time(run: Run, checkpoint: Checkpoint) -> str:
    """The best checkpoint before this one, if it has not been taken away since."""
    best = str(checkpoint.training.get("position", {}).get("best_checkpoint", ""))
    return best if best in run.checkpoints.names() else ""
