"""Training on a CUDA device: what has to hold there as on the CPU, and what only a device of its own memory can do."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

import explorer
from explorer.core.network import Network
from explorer.datasets.synthetic import synthetic
from explorer.runs.checkpoint import load
from explorer.runs.run import Run
from explorer.training import feed
from explorer.training.config import FASTEST, TrainConfig
from explorer.training.control import Control
from explorer.training.data import TrainingData
from explorer.training.device import free_memory, settle
from explorer.training.events import (
    BatchFound,
    BlockStatistics,
    DryRun,
    EpochFinished,
    Finished,
    Started,
    Step,
    WayFound,
)
from explorer.training.probe import find_fastest, settle_fastest
from explorer.training.rehearsal import find_batch, rehearse
from explorer.training.trainer import resume, train

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")]

CUDA = torch.device("cuda")
ROOT = Path(__file__).parents[2]
EVERYTHING = {"flip": True, "crop_padding": 2, "rotation": 10.0, "erasing": 0.2, "mixup": 0.2, "clip_norm": 1.0,
              "accumulation": 2, "ema_decay": 0.9, "block_statistics": True}  # fmt: skip


def weights(folder: Path) -> dict[str, Tensor]:
    checkpoints = Run.open(folder).checkpoints
    return dict(load(checkpoints.path(checkpoints.newest_first()[0])).model)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def config(config: TrainConfig) -> TrainConfig:
    return replace(config, threads=0)


@pytest.mark.parametrize("precision", ["float32", "bf16", "fp16"])
def test_a_run_learns_there_and_what_it_leaves_loads_anywhere(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, precision: str
) -> None:
    config = TrainConfig.from_json(config.to_json() | EVERYTHING | {"precision": precision, "mixup": 0.0, "epochs": 6})
    events = list(train(network, data, config, tmp_path / "run"))
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert (started.device, started.precision, started.resident) == ("cuda", precision, True)
    assert started.device_name == torch.cuda.get_device_name()
    assert isinstance(finished, Finished)
    assert finished.test_accuracy is not None
    assert finished.test_accuracy > 0.8  # four easy shapes
    assert [event for event in events if isinstance(event, BlockStatistics)]
    assert {tensor.device.type for tensor in weights(tmp_path / "run").values()} == {"cpu"}


@pytest.mark.parametrize("precision", ["float32", "bf16", "fp16"])
def test_stopped_and_continued_equals_uninterrupted(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, every_step: None, precision: str
) -> None:
    config = TrainConfig.from_json(config.to_json() | EVERYTHING | {"precision": precision})
    list(train(network, data, config, tmp_path / "whole"))
    control = Control()
    for event in train(network, data, config, tmp_path / "cut", control):
        if isinstance(event, Step) and event.step == 40:
            torch.randn(3, device=CUDA)  # other work between two steps draws numbers
            control.stop()
    assert Run.open(tmp_path / "cut").state == "stopped"
    list(resume(tmp_path / "cut", data=data))
    assert same(weights(tmp_path / "whole"), weights(tmp_path / "cut"))


def test_streamed_images_train_as_resident_ones(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(train(network, data, config, tmp_path / "resident"))
    monkeypatch.setattr(feed, "fits", lambda *_: False)
    first, *_ = train(network, data, replace(config, workers=1), tmp_path / "streamed")
    assert isinstance(first, Started)
    assert not first.resident
    assert same(weights(tmp_path / "resident"), weights(tmp_path / "streamed"))


def test_a_first_epoch_is_that_of_the_cpu(
    network: Network, data: TrainingData, config: TrainConfig, tmp_path: Path
) -> None:
    network = network.enable(("dropout",), enabled=False)  # it draws other numbers
    config = replace(config, epochs=1, optimizer="sgd")
    losses = []
    for device in ("cpu", "cuda"):
        events = list(train(network, data, replace(config, device=device, threads=1), tmp_path / device))
        losses += [event.train_loss for event in events if isinstance(event, EpochFinished)]
    assert losses[1] == pytest.approx(losses[0], rel=0.01)  # convolutions in TF32


@pytest.mark.parametrize(("key", "batch"), [("resnet50", 32), ("vgg16", 32), ("densenet121", 16)])
def test_a_dry_run_measures_about_what_was_estimated(key: str, batch: int) -> None:
    network = explorer.network(key)
    config = TrainConfig(batch_size=batch, memory_format="contiguous")
    found = rehearse(network, config, settle(config))
    assert found.measured is not None
    assert found.estimated is not None
    assert 0.8 < found.measured / found.estimated < 1.3  # cuDNN takes room to work in
    less = rehearse(network, replace(config, activation_checkpointing=True), settle(config)).measured
    assert less is not None
    assert less < found.measured


def test_out_of_memory_ends_the_run_and_gives_the_memory_back(tmp_path: Path) -> None:
    network = explorer.network("resnet152", input_shape=(3, 224, 224), classes=10)
    data = TrainingData.load(synthetic(train_images=64, test_images=16, shape=(3, 224, 224), classes=10))
    gc.collect()
    torch.cuda.empty_cache()
    before, free = torch.cuda.memory_allocated(), free_memory(CUDA)
    config = TrainConfig(epochs=1, batch_size=8192, memory_format="contiguous", validation_fraction=0.0)
    events = list(train(network, data, config, tmp_path / "large"))
    dry, finished = events[-2], events[-1]
    assert isinstance(dry, DryRun)
    assert dry.measured is None
    assert ("batch_size", 4096) in dry.alternatives
    assert isinstance(finished, Finished)
    assert finished.reason == "out_of_memory"
    del events
    gc.collect()
    assert torch.cuda.memory_allocated() <= before + (1 << 20)
    assert free_memory(CUDA) > free - (256 << 20)  # what is kept of it is the libraries' own
    last = list(train(network, data, replace(config, batch_size=8), tmp_path / "small"))[-1]
    assert isinstance(last, Finished)
    assert last.reason == "finished"


def test_the_largest_batch_fits_and_twice_as_much_may_not() -> None:
    network = explorer.network("resnet50")
    config = TrainConfig(memory_format="contiguous")
    found = list(find_batch(network, config))[-1]
    assert isinstance(found, BatchFound)
    assert found.batch_size >= 2
    config = replace(config, batch_size=found.batch_size)
    measured = rehearse(network, config, settle(config)).measured
    assert measured is not None
    assert measured <= 0.8 * found.free
    assert 4 * measured > 0.8 * found.free  # or one of twice the size would have been tried


def test_what_is_fastest_is_measured_with_whole_batches(network: Network, config: TrainConfig) -> None:
    assert settle_fastest(network, config, seconds=0.1) == config
    settled = settle_fastest(network, replace(config, memory_format=FASTEST, precision=FASTEST), seconds=0.5)
    assert settled.threads == 0
    assert FASTEST not in {settled.precision, settled.memory_format}
    *tried, found = find_fastest(explorer.network("resnet50"), TrainConfig(batch_size=64), seconds=1.0)
    assert len(tried) == 4
    assert isinstance(found, WayFound)
    assert (found.precision, found.memory_format) == ("bf16", "channels_last")


@pytest.mark.parametrize(
    ("processes", "sentence"), [(1, ""), (torch.cuda.device_count() + 1, "finds no GPU of its own")]
)
def test_torchrun_trains_with_nccl(tmp_path: Path, processes: int, sentence: str) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    train = [
        "-m",
        "explorer",
        "train",
        "lenet5",
        "--data",
        "synthetic",
        "--epochs",
        "1",
        "--out",
        str(tmp_path / "run"),
    ]
    ended = subprocess.run(
        [*command, *train],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert sentence in ended.stderr
    assert (ended.returncode == 0) == (not sentence), ended.stderr
    if not sentence:
        run = Run.open(tmp_path / "run")
        assert run.state == "finished"
        assert run.environment.device == "cuda"
