"""The twins of torchvision's networks: one set of names, weights both ways, outputs equal to the last bit."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn

import explorer
from explorer.core.network import Network
from explorer.zoo import googlenet
from explorer.zoo.base import ZOO

Assemble = Callable[[Network], nn.Module]
Fill = Callable[[nn.Module], nn.Module]

TWINS = [entry.key for entry in ZOO.values() if entry.twin]
SLOW = {"vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "resnet101", "resnet152"}
MARKED = [pytest.param(key, marks=pytest.mark.slow if key in SLOW else ()) for key in TWINS]
NORMED = ["resnet18", "resnet50", pytest.param("vgg11_bn", marks=pytest.mark.slow)]
SIZES = [(64, 64), (97, 75)]  # the second is no multiple of the strides, and what arrives at the pooling no square


def torchvision_on_meta(name: str, **keywords: Any) -> nn.Module:
    """torchvision's network without storage."""
    with torch.device("meta"):
        module: nn.Module = torchvision.models.get_model(name, weights=None, **keywords)
    return module


def images(size: tuple[int, int]) -> Tensor:
    """Two random images."""
    return torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1))


def same(ours: Tensor, theirs: Tensor) -> bool:
    """Whether two outputs are equal to the last bit, finite and not all alike, which would prove little."""
    return torch.equal(ours, theirs) and bool(torch.isfinite(ours).all()) and ours.std().item() > 1e-3


@pytest.mark.parametrize("key", TWINS)
def test_state_dicts_load_strictly_both_ways(key: str, on_meta: Assemble) -> None:
    ours, theirs = on_meta(explorer.network(key)), torchvision_on_meta(ZOO[key].twin)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict(), strict=True, assign=True)
    theirs.load_state_dict(on_meta(explorer.network(key)).state_dict(), strict=True, assign=True)


@pytest.mark.parametrize("key", MARKED)
def test_outputs_are_bit_equal_at_any_size(key: str, on_meta: Assemble, filled: Fill) -> None:
    ours = filled(on_meta(explorer.network(key, classes=7)))
    theirs = torchvision_on_meta(ZOO[key].twin, num_classes=7).eval()
    theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)
    with torch.no_grad():
        for size in SIZES:
            assert same(ours(images(size)), theirs(images(size)))


@pytest.mark.parametrize("key", NORMED)
def test_a_training_step_is_bit_equal(key: str, on_meta: Assemble, filled: Fill) -> None:
    ours = filled(on_meta(explorer.network(key, classes=7))).train()
    theirs = torchvision_on_meta(ZOO[key].twin, num_classes=7)
    theirs.load_state_dict(copy.deepcopy(ours.state_dict()), strict=True, assign=True)
    outputs = []
    for module in (ours, theirs):
        torch.manual_seed(0)  # dropout draws in the same order
        output = module(images((64, 64)))
        output.square().mean().backward()
        outputs.append(output.detach())
    assert same(*outputs)
    for (name, one), (_, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.equal(one.grad, other.grad), name
    for (name, kept), (_, expected) in zip(ours.named_buffers(), theirs.named_buffers(), strict=True):
        assert torch.equal(kept, expected), name


@pytest.mark.parametrize("key", [key for key in TWINS if not key.startswith("resnet")])
def test_layers_are_the_same_in_the_same_order(key: str, on_meta: Assemble) -> None:
    # torchvision's residual blocks use one ReLU twice; here every layer stands for itself
    ours, theirs = on_meta(explorer.network(key)), torchvision_on_meta(ZOO[key].twin)
    for part in ("features", "classifier"):
        one, other = (repr(module.get_submodule(part)).splitlines()[1:] for module in (ours, theirs))
        assert one == [line.replace("inplace=True", "") for line in other]


def test_weights_change_the_output(on_meta: Assemble, filled: Fill) -> None:
    ours = filled(on_meta(explorer.network("resnet18", classes=7)))
    with torch.no_grad():
        before = ours(images((64, 64)))
        ours.get_parameter("layer3.1.conv2.weight").mul_(1.001)
        assert not torch.equal(before, ours(images((64, 64))))


def test_the_builder_of_googlenet_makes_torchvisions(on_meta: Assemble, filled: Fill) -> None:
    build = googlenet.builder(last_pool=2)
    chain = build(1000, stem="7x7", batch_norm=True, branch3_kernel="3x3", dropout=0.2)
    network = Network.of("torchvision's GoogLeNet", (3, 224, 224), chain)
    analysis = explorer.analyse(network)
    meta = torchvision.models.GoogLeNet_Weights.DEFAULT.meta
    assert analysis.parameters == meta["num_params"]
    assert f"{analysis.macs / 1e9:.3f}" == f"{meta['_ops']:.3f}"
    ours = filled(on_meta(network))
    theirs = torchvision_on_meta("googlenet", aux_logits=False, init_weights=False).eval()
    theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)
    with torch.no_grad():
        for size in ((96, 96), (131, 85)):
            assert same(ours(images(size)), theirs(images(size)))
