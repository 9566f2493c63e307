"""Starts two processes that train one run, and looks at what they left."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import explorer
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.pool import SpatialPyramidPool
from explorer.core import storage
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training.config import TrainConfig
from explorer.training.trainer import train
from tests.training.pair import images_of

ROOT = Path(__file__).parents[2]
DIGITS = {"train_images": 350, "test_images": 60, "shape": [1, 28, 28], "classes": 10}
SHAPES = {"train_images": 300, "test_images": 60, "shape": [1, 16, 16], "classes": 4}
TOLD = {"stage", "epoch", "blocks", "finished"}
TIMES = {"seconds", "images_per_second"}
SMALL = TrainConfig(epochs=2, batch_size=32, lr=0.01, seed=3, threads=1, memory_format="contiguous")


def rectified() -> Network:
    """A network with units that some of a few images leave dead, for images of any size."""
    return Network.of(
        "rectified",
        (1, 16, 16),
        Chain(
            ("conv", Conv2d(8, 3)),
            ("norm", BatchNorm2d()),
            ("relu", ReLU()),
            ("pyramid", SpatialPyramidPool((7,))),
            ("hidden", Linear(64)),
            ("rectifier", ReLU()),
            ("fc", Linear(4)),
        ),
    )


class Pair:
    """Starts two processes with jobs for both."""

    def __init__(self, folder: Path, network: Network) -> None:
        self.folder = folder
        storage.write(network, folder / "small.network.json")
        storage.write(network.enable(("dropout",), enabled=False), folder / "normed.network.json")
        storage.write(rectified(), folder / "rectified.network.json")
        storage.write(explorer.network("lenet5"), folder / "lenet5.network.json")

    def job(self, name: str, config: TrainConfig = SMALL, *, network: str = "small", **more: Any) -> dict[str, Any]:
        data = DIGITS if network == "lenet5" else SHAPES
        path = self.folder / f"{network}.network.json"
        return {
            "folder": str(self.folder / name),
            "network": str(path),
            "config": config.to_json(),
            "data": data,
            **more,
        }

    def require_as_alone(self, job: dict[str, Any], folder: Path) -> None:
        """Does in this process alone what two have done, and compares all that they tell, and the weights."""
        network, config = storage.read(Path(job["network"])), TrainConfig.from_json(job["config"])
        list(train(network, images_of(job), config, folder))
        found, expected = told_of(Path(job["folder"])), told_of(folder)
        assert [record["event"] for record in found] == [record["event"] for record in expected]
        for mine, alone in zip(found, expected, strict=True):
            for name in alone.keys() - TIMES:
                assert near(mine[name], alone[name]), (name, mine, alone)
        weights = last_weights(Path(job["folder"]))
        for name, tensor in last_weights(folder).items():
            torch.testing.assert_close(weights[name], tensor, rtol=1e-3, atol=1e-5)

    def do(self, *jobs: dict[str, Any]) -> list[subprocess.CompletedProcess[str]]:
        """Does the jobs; how both processes ended."""
        (self.folder / "jobs.json").write_text(json.dumps(jobs))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        common = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.training.pair", str(self.folder / "jobs.json")],
                cwd=ROOT,
                env=os.environ | common | {"RANK": rank, "LOCAL_RANK": rank},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for rank in "01"
        ]
        ended = []
        try:
            for process in processes:
                out, err = process.communicate(timeout=200)
                ended.append(subprocess.CompletedProcess(process.args, process.returncode, out, err))
        finally:
            for process in processes:
                process.kill()
                process.communicate()
        return ended

    def told(self, rank: int) -> list[dict[str, Any]]:
        """What a process saw of its jobs."""
        told: list[dict[str, Any]] = json.loads((self.folder / f"told-{rank}.json").read_text())
        return told

    def weights(self, name: str) -> dict[str, Tensor]:
        """The last weights of a run."""
        return last_weights(self.folder / name)


def last_weights(folder: Path) -> dict[str, Tensor]:
    """The last weights of a run."""
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(checkpoints.newest_first()[0])).model)


def told_of(folder: Path) -> list[dict[str, Any]]:
    """What a run recorded of its stages, its epochs and its end."""
    return [record for record in Run.open(folder).metrics() if record["event"] in TOLD]


def near(found: Any, expected: Any) -> bool:
    """Whether two values of a record are equal but for the noise of floating point."""
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(near, found, expected))
    return bool(found == (pytest.approx(expected, rel=1e-3, abs=1e-6) if isinstance(expected, float) else expected))


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
