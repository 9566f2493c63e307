"""Runs that are killed at any moment, and what they end with when they are continued."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from explorer.core import storage
from explorer.core.network import Network
from explorer.runs.checkpoint import Checkpoint, load
from explorer.runs.run import INTERRUPTED, Run
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import StageStarted
from explorer.training.stages import Stage
from explorer.training.trainer import resume, train

# A process of its own that trains or continues, with a checkpoint after every step, and waits for a moment after each
# so that the shot does not always hit the same place.
SCRIPT = """
import json, sys, time
from pathlib import Path
from explorer.core import storage
from explorer.datasets.synthetic import synthetic
from explorer.training import loop, meter, saver
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.trainer import resume, train

saver.INTERVAL, saver.SHARE = 0.0, 1e9
meter.INTERVAL = loop.INTERVAL = 0.0
folder, network, config = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
data = TrainingData.load(synthetic(train_images=1_200, test_images=200, shape=(1, 16, 16), classes=4))
if (folder / "config.json").exists():
    events = resume(folder, data=data)
else:
    events = train(storage.read(network), data, TrainConfig.from_json(config), folder)
for event in events:
    print(json.dumps(event.to_json()), flush=True)
"""


@dataclass(frozen=True)
class Killer:
    """Starts a training in a process of its own and kills it."""

    folder: Path
    network: Path
    config: TrainConfig

    def until(self, lines: int) -> list[str]:
        """Kills after so many events; what it told by then."""
        arguments = [str(self.folder), str(self.network), json.dumps(self.config.to_json())]
        told = []
        with subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for line in process.stdout:
                told.append(json.loads(line)["event"])
                if len(told) == lines:
                    break
            process.kill()
            assert len(told) == lines or told[-1] == "finished", process.stderr.read()
        return told


EVERYTHING = {"flip": True, "crop_padding": 1, "mixup": 0.2, "clip_norm": 1.0, "accumulation": 2, "ema_decay": 0.95,
              "keep_every": 1, "schedule": "multi_step", "milestones": [20, 60]}  # fmt: skip


@pytest.fixture(
    params=[pytest.param({}, id="plain", marks=pytest.mark.slow), pytest.param(EVERYTHING, id="everything")]
)
def config(request: pytest.FixtureRequest, config: TrainConfig) -> TrainConfig:
    """With the defaults, and with all that has a state or draws numbers."""
    return TrainConfig.from_json(config.to_json() | request.param)


@pytest.fixture
def killer(network: Network, config: TrainConfig, tmp_path: Path) -> Killer:
    path = tmp_path / "small.network.json"
    storage.write(network, path)
    return Killer(tmp_path / "killed", path, replace(config, threads=torch.get_num_threads()))


@pytest.fixture
def expected(network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path) -> dict[str, Tensor]:
    list(train(network, data, replace(config, threads=torch.get_num_threads()), tmp_path / "uninterrupted"))
    return _weights(tmp_path / "uninterrupted")


def _weights(folder: Path) -> dict[str, Tensor]:
    checkpoints = Run.open(folder).checkpoints
    checkpoint = load(checkpoints.path(checkpoints.newest_first()[0]))
    return {**checkpoint.model, **{f"other.{name}": tensor for name, tensor in _others(checkpoint).items()}}


def _others(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """The trained weights, where the average is exported."""
    others: dict[str, Tensor] = checkpoint.training.get("other_weights", {})
    return others


def _compare(folder: Path, expected: dict[str, Tensor]) -> None:
    run, found = Run.open(folder), _weights(folder)
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    steps = [line["step"] for line in run.metrics() if line["event"] == "step"]
    assert steps == sorted(set(steps))  # nothing is told twice
    assert run.state == "finished"
    assert not list(run.folder.rglob("*.tmp"))


def test_killed_in_the_middle_of_an_epoch_and_continued(
    killer: Killer, data: TrainingData, expected: dict[str, Tensor]
) -> None:
    told = killer.until(80)  # a start, then a step and its checkpoint each
    assert "epoch" not in told[:60]
    told = killer.until(65)  # the second shot at the same run
    assert "started" in told
    killer.until(20)
    assert Run.open(killer.folder).state == INTERRUPTED
    list(resume(killer.folder, data=data))
    _compare(killer.folder, expected)


def test_killed_in_the_second_of_three_stages_and_continued(
    network: Network, data: TrainingData, killer: Killer, tmp_path: Path
) -> None:
    stages = (Stage("head", 1.0, 1), Stage("norm+fc", 0.5, 1), Stage("all", 0.1))
    staged = replace(killer.config, epochs=3, stages=stages)
    list(train(network, data, staged, tmp_path / "whole"))
    told = replace(killer, config=staged).until(90)  # a stage has some 70 events
    assert told.count("stage") == 2
    assert told[-5:].count("step") >= 2
    events = list(resume(killer.folder, data=data))
    assert [event.stage for event in events if isinstance(event, StageStarted)] == [3]
    _compare(killer.folder, _weights(tmp_path / "whole"))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_fifty_shots_at_random_moments(killer: Killer, data: TrainingData, expected: dict[str, Tensor]) -> None:
    chance = random.Random(0)
    for _ in range(50):
        killer.until(chance.randrange(2, 40))
        run = Run.open(killer.folder)
        if names := run.checkpoints.newest_first():
            load(run.checkpoints.path(names[0]))
        if run.state == "finished":  # it was faster than the shot: shoot at a new one
            _compare(killer.folder, expected)
            shutil.rmtree(killer.folder)
    if killer.folder.exists():
        list(resume(killer.folder, data=data))
        _compare(killer.folder, expected)
