"""Permute: orders it takes and refuses, and the block of ConvNeXt made of it by hand."""

from __future__ import annotations

import itertools

import pytest
import torch
from torchvision.models.convnext import CNBlock

import explorer
from explorer.blocks.activation import GELU
from explorer.blocks.conv import Conv2d
from explorer.blocks.convnext import LayerScale
from explorer.blocks.linear import Linear
from explorer.blocks.norm import LayerNorm
from explorer.blocks.reshape import Permute
from explorer.core.compose import Add, Chain
from explorer.core.network import Network
from explorer.core.shape import Shape
from explorer.core.storage import dumps, loads

CHANNELS = 16


def single(*dims: int, shape: Shape = (3, 5, 7)) -> Network:
    return Network.of("permuted", shape, Chain(("permute", Permute(dims))))


@pytest.mark.parametrize("dims", list(itertools.permutations((1, 2, 3))))
def test_values_are_where_torch_puts_them(dims: tuple[int, ...]) -> None:
    network = single(*dims)
    x = torch.randn(2, *network.input_shape)
    found = explorer.assemble(network)(x)
    assert torch.equal(found, torch.permute(x, (0, *dims)))
    assert found.is_contiguous()
    analysis = explorer.analyse(network)
    assert analysis.output_shape == tuple(found.shape[1:])
    assert (analysis.parameters, analysis.macs) == (0, 0)


@pytest.mark.parametrize(
    ("dims", "shape", "sentence"),
    [
        ((2, 3, 1), (12,), "Permute by 2, 3, 1 is no order of 12, which has 1 dimension. Leave it out."),
        ((2, 1), (3, 5, 7), "Permute by 2, 1 is no order of 3 × 5 × 7, which has 3 dimensions. "),
        ((1, 2, 2), (3, 5, 7), "Permute by 1, 2, 2 is no order of 3 × 5 × 7, which has 3 dimensions. "),
        ((4, 2, 3), (3, 5, 7), "Have dims name 1, 2, 3, each once."),
        ((0, 2, 1), (3, 5, 7), "dims holds 0; it must be one to 4 whole numbers from 1 to 4."),
    ],
)
def test_what_is_no_order_is_a_located_problem(dims: tuple[int, ...], shape: Shape, sentence: str) -> None:
    (problem,) = explorer.analyse(single(*dims, shape=shape)).problems
    assert problem.path == ("permute",)
    assert sentence in f"{problem.message} {problem.remedy}"


def test_only_an_order_that_moves_nothing_keeps_to_its_pixel() -> None:
    kept = explorer.analyse(single(1, 2, 3)).row(("permute",))
    moved = explorer.analyse(single(1, 3, 2)).row(("permute",))
    assert kept is not None
    assert moved is not None
    assert (kept.receptive_field, moved.receptive_field) == ((1, 1), None)


def cnblock_by_hand() -> Network:
    """torchvision's names; only the factor of LayerScale is a level deeper."""
    inside = Chain(
        ("0", Conv2d(CHANNELS, 7, padding=3, groups=CHANNELS)),
        ("1", Permute((2, 3, 1))),
        ("2", LayerNorm(1, eps=1e-6)),
        ("3", Linear(4 * CHANNELS, last_dim=True)),
        ("4", GELU()),
        ("5", Linear(CHANNELS, last_dim=True)),
        ("6", Permute((3, 1, 2))),
    )
    body = Chain(Add(Chain(("block", inside), ("layer_scale", LayerScale(0.5))), Chain()))
    return Network.of("By hand", (CHANNELS, 14, 10), body)


def test_torchvisions_cnblock_can_be_made_by_hand() -> None:
    network = cnblock_by_hand()
    assert loads(dumps(network)) == network
    theirs, ours = CNBlock(CHANNELS, layer_scale=0.5, stochastic_depth_prob=0.0), explorer.assemble(network)
    weights = {
        name.replace("layer_scale", "layer_scale.weight"): tensor for name, tensor in theirs.state_dict().items()
    }
    ours.load_state_dict(weights, strict=True)
    x = torch.randn(2, *network.input_shape, generator=torch.Generator().manual_seed(1))
    assert torch.equal(ours(x), theirs(x))
    assert explorer.analyse(network).parameters == sum(tensor.numel() for tensor in theirs.parameters())
