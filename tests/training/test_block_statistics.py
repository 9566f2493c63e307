"""Statistics by block, held against what torch computes from the same step, and the search for the first bad layer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.core.network import Network
from explorer.runs.rotation import LAST
from explorer.runs.run import Run
from explorer.training.block_statistics import BlockMeter, first_bad_layer
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.events import BlockStatistics, Finished, from_json
from explorer.training.trainer import train


class Small(nn.Module):
    """Two blocks, the first with a ReLU of which one channel is dead."""

    def __init__(self) -> None:
        super().__init__()
        first = nn.Linear(4, 3)
        self.stem = nn.Sequential(first, nn.ReLU())
        self.fc = nn.Linear(3, 2)
        with torch.no_grad():
            first.bias[1] = -1e6

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc(self.stem(x))
        return out


def test_the_figures_are_those_that_torch_gives() -> None:
    torch.manual_seed(0)
    module = Small()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    meter = BlockMeter(module)
    before = {name: value.detach().clone() for name, value in module.named_parameters()}
    with meter.watching():
        module(torch.randn(16, 4)).square().sum().backward()
        optimizer.step()
    found = meter.read(epoch=2, step=7)
    assert (found.epoch, found.step, found.blocks) == (2, 7, ("stem", "fc"))
    for place, block in enumerate(found.blocks):
        own = {name: value for name, value in module.named_parameters() if name.startswith(block)}
        gradient = torch.cat([value.grad.flatten() for value in own.values() if value.grad is not None]).norm()
        weight = torch.cat([value.flatten() for value in own.values()]).norm()
        move = torch.cat([(value - before[name]).flatten() for name, value in own.items()]).norm()
        assert found.gradient[place] == pytest.approx(gradient.item(), rel=1e-5)
        assert found.weight[place] == pytest.approx(weight.item(), rel=1e-5)
        assert found.update[place] == pytest.approx((move / weight).item(), rel=1e-3, abs=1e-9)
    assert found.dead[0] in (1 / 3, 2 / 3, 1.0)  # the dead one, and what the weights happened to be
    assert found.dead[1] is None


@pytest.mark.parametrize("parts", [1, 4])
def test_a_unit_is_dead_if_no_part_of_the_batch_wakes_it(parts: int) -> None:
    module = nn.Sequential(nn.Linear(5, 5, bias=False), nn.ReLU())
    nn.init.eye_(module[0].weight)  # type: ignore[arg-type]
    images = torch.zeros(8, 5)
    images[range(8), [0, 0, 1, 1, 2, 2, 3, 3]] = 1.0  # each wakes one unit, and none the fifth
    meter = BlockMeter(module)
    with meter.watching():
        for part in images.chunk(parts):
            module(part).sum().backward()
    assert meter.read(epoch=1, step=1).dead == (None, 0.2)


def test_nothing_is_watched_behind_the_step() -> None:
    module = Small()
    with BlockMeter(module).watching():
        pass
    assert not any(part._forward_hooks for part in module.modules())


def test_a_run_writes_them_each_epoch_and_is_not_changed_by_them(
    tmp_path: Path, network: Network, data: TrainingData, config: TrainConfig
) -> None:
    weights, written = [], []
    for name, on in (("off", False), ("on", True)):
        events = list(train(network, data, dataclasses.replace(config, block_statistics=on), tmp_path / name))
        run = Run.open(tmp_path / name)
        last = run.checkpoints.pointed(LAST)
        assert last is not None
        weights.append(load_file(run.checkpoints.path(last) / "model.safetensors"))
        found = [event for event in events if isinstance(event, BlockStatistics)]
        again = [event for event in map(from_json, run.metrics()) if isinstance(event, BlockStatistics)]
        assert again == found
        written.append(found)
    assert not written[0]
    assert [(event.epoch, event.step) for event in written[1]] == [(1, 34), (2, 68), (3, 102)]
    assert written[1][0].blocks == ("conv", "norm", "fc", "relu")
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


@pytest.mark.parametrize(("layer", "way"), [("stem.0", "forward"), ("fc", "forward"), ("stem.0", "backward")])
def test_the_first_layer_that_is_not_finite_is_named(layer: str, way: str) -> None:
    torch.manual_seed(0)
    module = Small()
    part = module.get_submodule(layer)
    assert isinstance(part, nn.Linear)
    if way == "forward":
        with torch.no_grad():
            part.weight[0, 0] = torch.inf
    else:
        part.weight.register_hook(lambda gradient: gradient * torch.nan)  # type: ignore[no-untyped-call]
    assert first_bad_layer(module, lambda: module(torch.ones(4, 4)).square().sum()) == layer


def test_where_all_is_finite_no_layer_is_named() -> None:
    module = Small()
    assert first_bad_layer(module, lambda: module(torch.ones(4, 4)).square().sum()) == ""


def test_a_run_that_diverges_says_in_which_layer(tmp_path: Path, network: Network, data: TrainingData) -> None:
    wild = TrainConfig(
        epochs=1, batch_size=32, optimizer="sgd", momentum=0.0, lr=1000.0, threads=1, memory_format="contiguous"
    )
    ending = list(train(network, data, wild, tmp_path / "run"))[-1]
    assert isinstance(ending, Finished)
    if ending.reason == "diverged":  # on some processors the numbers stay finite for an epoch
        assert "first in the layer " in ending.message
