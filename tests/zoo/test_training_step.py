"""Every network takes one training step: all its parameters get a finite gradient and move."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from explorer.core.compose import MAIN_OUTPUT
from explorer.core.network import Network
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


def _is_zero(gradient: Tensor | None) -> bool:
    """Whether a step leaves the values as they are, within the precision of a float."""
    return gradient is not None and gradient.abs().max().item() < 1e-6
