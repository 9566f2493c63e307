"""Every network takes one training step: all its parameters get a finite gradient and move."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.blocks.conv import Conv2d
from explorer.blocks.linear import Linear
from explorer.core.compose import MAIN_OUTPUT
from explorer.core.network import Network
from explorer.training.live_bytes import LiveBytes
from explorer.training.recompute import recompute_parts
from explorer.zoo.base import ZOO
from tests.zoo.quick import marked, small

QUICK = frozenset(
    {
        "lenet5",
        "nin",
        "resnet20",
        "squeezenet1_1",
        "shufflenet_v2_x0_5",
        "mobilenet_v3_small",
        "highway",
        "u_net",
        "dcgan_generator",
        "dcgan_discriminator",
        "lenet5_1998",
    }
)

# without shortcuts, gradients grow by about a fifth from layer to layer: beyond single precision
IN_DOUBLE = frozenset({"plain1202"})


def loss_of(network: Network, result: Tensor | dict[str, Tensor]) -> Tensor:
    """The loss of classification for two images of the first two classes, or else the mean square of all outputs."""
    outputs = result if isinstance(result, dict) else {MAIN_OUTPUT: result}
    if network.task != "classification":
        return torch.stack([output.square().mean() for output in outputs.values()]).sum()
    losses = [nn.functional.cross_entropy(output, torch.arange(2)) for output in outputs.values()]
    return torch.stack(losses).sum()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("key", marked(ZOO, QUICK))
def test_a_step_reaches_every_parameter(
    key: str, on_meta: Callable[[Network], nn.Module], filled: Callable[[nn.Module], nn.Module]
) -> None:
    network = small(key)
    dtype = torch.float64 if key in IN_DOUBLE else torch.float32
    module = filled(on_meta(network)).train().to(dtype)
    images = torch.randn(2, *network.input_shape, generator=torch.Generator().manual_seed(1)).to(dtype)
    torch.manual_seed(0)
    loss_of(network, module(images)).backward()  # type: ignore[no-untyped-call]
    gradients = {name: parameter.grad for name, parameter in module.named_parameters()}
    assert [name for name, gradient in gradients.items() if gradient is None or not gradient.isfinite().all()] == []
    assert sum(gradient.abs().sum().item() for gradient in gradients.values() if gradient is not None) > 0
    weights = {name: parameter.detach().clone() for name, parameter in module.named_parameters()}
    torch.optim.SGD(module.parameters(), lr=0.1).step()
    kept = [name for name, parameter in module.named_parameters() if torch.equal(parameter, weights[name])]
    assert all(_is_zero(gradients[name]) for name in kept), kept


def test_spp_net_trains_on_images_of_several_sizes(
    on_meta: Callable[[Network], nn.Module], filled: Callable[[nn.Module], nn.Module]
) -> None:
    """He et al., 2014, section 2.3: sizes in turn, one set of weights."""
    network = explorer.network("spp_net", classes=7, stem="small", dropout=0.0)
    network = network.replace(("classifier", "0"), Linear(32)).replace(("classifier", "3"), Linear(32))
    draw = torch.Generator().manual_seed(1)
    module = filled(on_meta(network)).train()
    optimiser = torch.optim.SGD(module.parameters(), lr=0.01)
    for height, width in ((28, 28), (36, 36), (30, 45)):
        before = [parameter.detach().clone() for parameter in module.parameters()]
        optimiser.zero_grad()
        loss_of(network, module(torch.randn(2, 3, height, width, generator=draw))).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        assert all(parameter.isfinite().all() for parameter in module.parameters())
        assert not any(map(torch.equal, before, module.parameters()))


@pytest.mark.parametrize("key", marked(ZOO, frozenset({"mobilenet_v3_small", "densenet_40_12", "u_net"})))
def test_parts_that_are_computed_again_keep_less_and_change_no_bit(
    key: str, on_meta: Callable[[Network], nn.Module], filled: Callable[[nn.Module], nn.Module]
) -> None:
    network = small(key)
    dtype = torch.float64 if key in IN_DOUBLE else torch.float32
    plain = filled(on_meta(network)).train().to(dtype)
    again = copy.deepcopy(plain)
    recompute_parts(again, network)
    images = torch.randn(2, *network.input_shape, generator=torch.Generator().manual_seed(1)).to(dtype)
    kept, results = [], []
    for module in (plain, again):
        torch.manual_seed(0)
        with LiveBytes() as live:
            live.hold((*module.parameters(), *module.buffers()))
            weights = live.held
            loss = loss_of(network, module(images))
            kept.append(live.held - weights)
        loss.backward()  # type: ignore[no-untyped-call]
        results.append({**dict(module.named_buffers()), **{n: p.grad for n, p in module.named_parameters()}})
    assert results[0].keys() == results[1].keys()
    differing = [name for name, tensor in results[0].items() if not _same(tensor, results[1][name])]
    assert differing == []
    deep = sum(isinstance(row.block, Conv2d) for row in explorer.analyse(network).rows) >= 8
    assert kept[1] <= (0.9 if deep else 1.0) * kept[0]


def _same(one: Tensor | None, other: Tensor | None) -> bool:
    return one is other or (one is not None and other is not None and torch.equal(one, other))


def _is_zero(gradient: Tensor | None) -> bool:
    """Whether a step leaves the values as they are, within the precision of a float."""
    return gradient is not None and gradient.abs().max().item() < 1e-6
