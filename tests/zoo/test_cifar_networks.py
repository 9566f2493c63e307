"""The variants for images of CIFAR: their layers, and that every family has one for two cores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

import explorer
from explorer.core.block import Block
from explorer.core.network import Network
from explorer.zoo.base import ZOO
from tests.zoo.quick import small
from tests.zoo.tables import analysed, depth

CIFAR_RESNETS = (20, 32, 44, 56, 110, 1202)
MOST_MACS = 1.5e9  # of an image, so that a step takes no minutes


@pytest.mark.parametrize(
    ("key", "layers"),
    [
        ("densenet_40_12", 40),
        ("densenet_100_12", 100),
        ("densenet_100_24", 100),
        ("densenet_bc_100_12", 100),
        ("densenet_bc_250_24", 250),
        ("densenet_bc_190_40", 190),
    ],
)
def test_densenets_are_as_deep_as_they_are_called(key: str, layers: int) -> None:
    assert depth(analysed(key)) == layers


@pytest.mark.parametrize(("key", "layers"), [("wrn_16_4", 16), ("wrn_40_2", 40), ("wrn_28_10", 28)])
def test_wide_networks_are_as_deep_as_they_are_called(key: str, layers: int) -> None:
    # Zagoruyko, Komodakis, 2016, section 3: n convolutions, those of the three projections among them
    assert sum(row.type == "Conv2d" for row in analysed(key).rows) == layers


@pytest.mark.parametrize(("key", "groups"), [("resnext29_32x4d", 32), ("resnext29_8x64d", 8), ("resnext29_16x64d", 16)])
def test_resnexts_have_the_groups_they_are_called_by(key: str, groups: int) -> None:
    # Xie et al., 2016, section 5.3: three stages of three blocks
    analysis = analysed(key)
    assert depth(analysis) == 29
    assert {grouped_by(row.block) for row in analysis.rows if row.path[-1] == "conv2"} == {groups}


def grouped_by(block: Block) -> int:
    return block.groups  # type: ignore[attr-defined,no-any-return]


def torchvisions_densenet() -> Any:
    """DenseNet-BC-100-12 of torchvision's parts, with one 3x3 convolution before them."""
    module = torchvision.models.DenseNet(12, (16, 16, 16), num_init_features=24, num_classes=10)
    module.features.conv0 = nn.Conv2d(3, 24, 3, padding=1, bias=False)
    module.features.norm0 = module.features.relu0 = module.features.pool0 = nn.Identity()
    return module


def torchvisions_resnext() -> Any:
    """ResNeXt-29 of torchvision's parts, with one 3x3 convolution before them and three stages."""
    module = torchvision.models.ResNet(
        torchvision.models.resnet.Bottleneck, [3, 3, 3, 1], num_classes=10, groups=32, width_per_group=4
    )
    module.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    module.maxpool = module.layer4 = nn.Identity()
    module.fc = nn.Linear(1024, 10)
    return module


@pytest.mark.parametrize(
    ("key", "reference"), [("densenet_bc_100_12", torchvisions_densenet), ("resnext29_32x4d", torchvisions_resnext)]
)
def test_outputs_are_those_of_torchvisions_parts(
    key: str,
    reference: Callable[[], Any],
    on_meta: Callable[[Network], nn.Module],
    filled: Callable[[nn.Module], nn.Module],
) -> None:
    with torch.device("meta"):
        theirs = reference().eval()
    ours = filled(on_meta(explorer.network(key)))
    theirs.load_state_dict(ours.state_dict(), strict=True, assign=True)
    x = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        one, other = ours(x), theirs(x)
    assert torch.equal(one, other)
    assert one.std() > 1e-3


@pytest.mark.parametrize("layers", CIFAR_RESNETS)
def test_every_residual_network_for_cifar_has_a_plain_twin(layers: int) -> None:
    # He et al., 2015, section 4.2: no extra parameters, as the shortcuts have none
    plain, residual = analysed(f"plain{layers}"), analysed(f"resnet{layers}")
    assert (plain.parameters, plain.macs) == (residual.parameters, residual.macs)
    assert depth(plain) == depth(residual) == layers
    assert not any(row.type == "Add" for row in plain.rows)


@pytest.mark.parametrize("family", sorted({entry.family for entry in ZOO.values()}))
def test_every_family_can_be_trained_on_two_cores(family: str) -> None:
    """Each has a member for small images that is no giant; that a step trains all of it shows test_training_step."""
    members = (explorer.analyse(small(entry.key)) for entry in ZOO.values() if entry.family == family)
    assert any(analysis.macs <= MOST_MACS and not analysis.problems for analysis in members)
