from __future__ import annotations

import copy
import itertools

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.assembly import assemble
from explorer.blocks.activation import ReLU
from explorer.blocks.conv import Conv2d
from explorer.blocks.dropout import Dropout
from explorer.blocks.linear import Linear
from explorer.blocks.norm import BatchNorm2d
from explorer.blocks.reshape import Flatten
from explorer.core.compose import Chain, Output, Recall, Tap
from explorer.core.network import Network
from explorer.training.live_bytes import LiveBytes
from explorer.training.recompute import recompute_parts


def _resnet() -> Network:
    return explorer.network("resnet18", input_shape=(1, 28, 28), classes=4)


def _with_everything() -> Network:
    """Blocks with random numbers, a tap that goes into a block, and an output that comes out of one."""
    side = Output("side", Chain(("flatten", Flatten()), ("fc", Linear(4))))
    groups = [
        (
            (f"conv{number}", Conv2d(8, 3, padding=1)),
            (f"norm{number}", BatchNorm2d()),
            (f"relu{number}", ReLU()),
            (f"dropout{number}", Dropout(0.4)),
            (f"recall{number}", Recall("stem", "add")),
        )
        for number in range(5)
    ]
    body = Chain(*itertools.chain.from_iterable(groups), ("side", side))
    stem = (("stem", Conv2d(8, 3, padding=1)), ("tap", Tap("stem")))
    return Network.of("all", (1, 28, 28), Chain(*stem, ("body", body), ("flatten", Flatten()), ("fc", Linear(4))))


def _step(module: nn.Module) -> tuple[list[Tensor], int]:
    """The gradients and buffers of two steps, and the bytes that were kept for the way back."""
    torch.manual_seed(1)
    for _ in range(2):
        images = torch.randn(4, 1, 28, 28)
        with LiveBytes() as live:
            outputs = module(images)
            outputs = outputs if isinstance(outputs, Tensor) else sum(outputs.values())
            kept = live.held
        outputs.square().sum().backward()
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    return [*gradients, *module.buffers(), torch.rand(1)], kept


@pytest.mark.parametrize("network", [_resnet(), _with_everything()], ids=["resnet18", "everything"])
def test_results_are_the_same_to_the_bit_and_less_is_kept(network: Network) -> None:
    torch.manual_seed(0)
    plain = assemble(network)
    again = copy.deepcopy(plain)
    recompute_parts(again, network)
    assert list(again.state_dict()) == list(plain.state_dict())
    (expected, much), (found, little) = _step(plain), _step(again)
    assert len(expected) == len(found)
    assert all(torch.equal(*pair) for pair in zip(expected, found, strict=True))
    assert little < 0.8 * much


def test_evaluation_is_left_alone() -> None:
    torch.manual_seed(0)
    plain = assemble(_resnet()).eval()
    again = copy.deepcopy(plain)
    recompute_parts(again, _resnet())
    images = torch.randn(2, 1, 28, 28)
    with torch.inference_mode():
        assert torch.equal(plain(images), again(images))
