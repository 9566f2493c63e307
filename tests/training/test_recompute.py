from __future__ import annotations

import copy

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
from explorer.training.recompute import recompute_blocks


def _resnet() -> Network:
    return explorer.network("resnet18", input_shape=(1, 28, 28), classes=4)


def _with_everything() -> Network:
    """Blocks with random numbers, a tap that goes into a block, and an output that comes out of one."""
    side = Output("side", Chain(("flatten", Flatten()), ("fc", Linear(4))))
    body = Chain(
        ("conv", Conv2d(8, 3, padding=1)),
        ("norm", BatchNorm2d()),
        ("relu", ReLU()),
        ("dropout", Dropout(0.4)),
        ("recall", Recall("stem", "add")),
        ("side", side),
    )
    stem = (("stem", Conv2d(8, 3, padding=1)), ("tap", Tap("stem")))
    return Network.of("all", (1, 28, 28), Chain(*stem, ("body", body), ("flatten", Flatten()), ("fc", Linear(4))))


def _step(module: nn.Module) -> tuple[list[Tensor], int]:
    """The gradients and buffers of two steps, and the bytes that were kept for the way back."""
    torch.manual_seed(1)
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    for _ in range(2):
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            outputs = module(torch.randn(4, 1, 28, 28))
            outputs = outputs if isinstance(outputs, Tensor) else sum(outputs.values())
        outputs.square().sum().backward()
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    return [*gradients, *module.buffers(), torch.rand(1)], sum(kept.values())


@pytest.mark.parametrize("network", [_resnet(), _with_everything()], ids=["resnet18", "everything"])
def test_results_are_the_same_to_the_bit_and_less_is_kept(network: Network) -> None:
    torch.manual_seed(0)
    plain = assemble(network)
    again = copy.deepcopy(plain)
    recompute_blocks(again)
    assert list(again.state_dict()) == list(plain.state_dict())
    (expected, much), (found, little) = _step(plain), _step(again)
    assert len(expected) == len(found)
    assert all(torch.equal(*pair) for pair in zip(expected, found, strict=True))
    assert little < 0.7 * much


def test_evaluation_is_left_alone() -> None:
    torch.manual_seed(0)
    plain = assemble(_resnet()).eval()
    again = copy.deepcopy(plain)
    recompute_blocks(again)
    images = torch.randn(2, 1, 28, 28)
    with torch.inference_mode():
        assert torch.equal(plain(images), again(images))
