"""The smallest input, against torch: at that size the assembled module runs, one pixel below it does not."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.core.compose import Chain
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.core.smallest_input import smallest_input
from explorer.examples import EXAMPLES


def found(network: Network) -> Shape | None:
    return next((shape for shape in smallest_input(network) if shape is not None), None)


@pytest.mark.parametrize(
    ("key", "side"), [("alexnet", 63), ("vgg16", 32), ("resnet18", 1), ("lenet5", 16), ("googlenet_paper", 31)]
)
def test_torch_agrees(key: str, side: int) -> None:
    network = explorer.network(key)
    channels = network.input_shape[0]
    assert found(network) == (channels, side, side)
    module = explorer.assemble(network.with_input_shape((channels, side, side))).eval()
    with torch.no_grad():
        module(torch.zeros(1, channels, side, side))
        if side > 1:
            with pytest.raises(RuntimeError):
                module(torch.zeros(1, channels, side - 1, side - 1))


def test_sizes_that_merge_only_in_steps() -> None:
    assert found(EXAMPLES["small_unet"].read()) == (3, 8, 8)


def test_no_size_mends_another_problem_and_vectors_have_none() -> None:
    assert found(Network.of("groups", (3, 9, 9), Chain(("conv", Conv2d(8, 3, groups=5))))) is None
    assert found(Network.of("vector", (10,), Chain(("fc", Linear(3))))) is None
