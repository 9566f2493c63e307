"""What two processes do in the tests: ``-m tests.training.pair JOBS``, with the variables that ``torchrun`` sets."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.assembly import assemble
from explorer.core import storage
from explorer.core.network import Network
from explorer.datasets.synthetic import synthetic
from explorer.errors import ExplorerError
from explorer.training.config import TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.distributed.control import SharedControl
from explorer.training.distributed.crew import SharedCrew
from explorer.training.distributed.session import SharedFeed
from explorer.training.distributed.team import Team, join
from explorer.training.events import EpochFinished, Event, Finished, Paused, Started, Step
from explorer.training.feed import Feed
from explorer.training.source import Batch
from explorer.training.trainer import resume, train


class Mortal(nn.Module):
    """A network that kills its process in the middle of a step."""

    def __init__(self, network: Network, step: int) -> None:
        super().__init__()
        self.inner = assemble(network)
        self._step, self._steps = step, 0

    def forward(self, images: Tensor) -> Tensor:
        self._steps += self.training
        if self.training and self._steps == self._step:
            os.kill(os.getpid(), signal.SIGKILL)
        outputs: Tensor = self.inner(images)
        return outputs

    def state_dict(self, *arguments: Any, **options: Any) -> Any:
        return self.inner.state_dict(*arguments, **options)


class Full(nn.Module):
    """A network for which this process has no memory."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.inner = assemble(network)

    def forward(self, images: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")


def note_images(seen: list[float]) -> None:
    """Has the feed note what is trained on, each image by its sum."""
    whole = SharedFeed.train

    def train(feed: Feed, epoch: int, start: int) -> Iterator[Batch]:
        for images, labels in whole(feed, epoch, start):
            if isinstance(feed, SharedFeed) and feed._portion.own:
                seen.extend(images.double().flatten(1).sum(1).tolist())
            yield images, labels

    SharedFeed.train = train  # type: ignore[method-assign, assignment]


def images_of(job: dict[str, Any]) -> TrainingData:
    """The images of a job; skewed ones have fewer of each further class."""
    data = TrainingData.load(synthetic(**job["data"]))
    if not job.get("skewed"):
        return data
    train = data.images.train
    kept = np.arange(len(train)) % (1 + train.labels) == 0
    return replace(data, images=replace(data.images, train=train.take(np.flatnonzero(kept))))


def events_of(team: Team, job: dict[str, Any], own: Control) -> Iterator[Event]:
    """The run that a job describes."""
    folder = Path(job["folder"])
    crew = SharedCrew(team, SharedControl(own, team))
    data = images_of(job)
    if job.get("resume"):
        yield from resume(folder, crew.control, data=data, crew=crew)
        return
    network, config = storage.read(Path(job["network"])), TrainConfig.from_json(job["config"])

    def build(network: Network) -> nn.Module:
        if job.get("full") == team.rank:
            return Full(network)
        return Mortal(network, job["step"]) if job.get("kill") == team.rank else assemble(network)

    yield from train(network, data, config, folder, crew.control, crew=crew, build=build)


def do(team: Team, job: dict[str, Any]) -> dict[str, Any]:
    """Does a job; what this process saw of it."""
    own = Control()
    told: dict[str, Any] = {"rank": team.rank, "steps": [], "epochs": [], "paused": 0, "finished": None, "error": ""}
    try:
        for event in events_of(team, job, own):
            take(event, told, own, job, team)
    except ExplorerError as error:
        told["error"] = str(error)
    return told


def take(event: Event, told: dict[str, Any], own: Control, job: dict[str, Any], team: Team) -> None:
    """Notes an event, and has the process that the job names wish for something at a step."""
    if isinstance(event, Started):
        told["way"] = [event.precision, event.memory_format, event.threads]
    elif isinstance(event, Step):
        told["steps"].append([event.step, event.steps, event.images, event.loss, event.accuracy])
        if event.step >= job.get("step", 1 << 30) and team.rank == job.get("stops"):
            own.stop()
        if event.step >= job.get("step", 1 << 30) and team.rank == job.get("pauses") and not told["paused"]:
            own.pause()
    elif isinstance(event, Paused):
        told["paused"] += 1
        own.resume()
    elif isinstance(event, EpochFinished):
        told["epochs"].append([event.train_loss, event.train_accuracy, event.validation_loss])
    elif isinstance(event, Finished):
        told["finished"] = event.to_json()


def main() -> None:
    """Does the jobs of a file and writes what was seen beside it."""
    torch.set_num_threads(1)
    path = Path(sys.argv[1])
    team = join()
    seen: list[float] = []
    note_images(seen)
    results: list[dict[str, Any]] = []
    for job in json.loads(path.read_text()):
        results.append({**do(team, job), "seen": list(seen)})
        seen.clear()
    path.with_name(f"told-{team.rank}.json").write_text(json.dumps(results))
    team.leave(orderly=False)
    gc.collect()
    tasks = Path("/proc/self/task")
    threads = [(task / "comm").read_text().strip() for task in tasks.iterdir()] if tasks.exists() else []
    path.with_name(f"threads-{team.rank}.json").write_text(json.dumps(threads))


if __name__ == "__main__":
    main()
