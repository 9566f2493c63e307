"""Runs as a training would have written them, without one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import explorer
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.events import EpochFinished, Finished, Step, StopReason
from tests.gui.fed_record import STARTED
from tests.runs.facts import ENVIRONMENT


def write(run: Run, *, epochs: int, final: float, steps: int = 10) -> None:
    """Writes what a training would have written."""
    started = dataclasses.replace(STARTED, steps_per_epoch=steps, epochs=run.config["epochs"])
    run.log.append(started.to_json())
    for epoch in range(1, epochs + 1):
        for step in range((epoch - 1) * steps + 1, epoch * steps + 1):
            run.log.append(Step(step, epoch, 1, 20, 1 / step, 0.5, 0.1, 100.0, 1.0).to_json())
        accuracy = final * epoch / epochs
        record = EpochFinished(epoch, epoch * steps, 0.4, accuracy, 1 / epoch, accuracy, True, 0.1, 100.0, 1.0)
        run.log.append(record.to_json())


def make_run(
    runs: Path, name: str, network: str = "lenet5", *, reason: StopReason | None = None, **settings: Any
) -> Run:
    """A run in a folder of that name; with a reason one that has ended."""
    config = dataclasses.replace(TrainConfig(epochs=4), **settings)
    day = f"2026-01-0{len(list(runs.glob('*'))) + 1}T10:00:00+00:00" if runs.is_dir() else "2026-01-01T10:00:00+00:00"
    environment = dataclasses.replace(ENVIRONMENT, started=day)
    run = Run.create(runs / name, explorer.network(network), config.to_json(), environment)
    if reason:
        write(run, epochs=config.epochs, final=0.9)
        message = f"It ended: {reason}."
        run.log.append(Finished(reason, message, 40, 4, 4, 0.9, 0.9, 0.3, 0.88, "best", 4.0).to_json())
    return run
