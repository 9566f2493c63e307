"""SE-ResNeXt and SENet-154: outputs of torchvision's parts put together as the authors' Caffe networks are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from torch import nn
from torchvision.models.resnet import Bottleneck
from torchvision.ops.misc import Conv2dNormActivation, SqueezeExcitation

import explorer
from explorer.core.network import Network
from tests.zoo.quick import marked
from tests.zoo.tables import analysed


def with_gates(blocks: list[int], groups: int, width_per_group: int) -> Any:
    """torchvision's ResNeXt with a gate behind the last batch norm of every block."""
    module = torchvision.models.ResNet(Bottleneck, blocks, groups=groups, width_per_group=width_per_group)
    for block in bottlenecks(module):
        channels = block.bn3.num_features
        block.bn3 = nn.Sequential(block.bn3, SqueezeExcitation(channels, channels // 16))
    return module


def bottlenecks(module: nn.Module) -> list[Any]:
    return [part for part in module.modules() if isinstance(part, Bottleneck)]


def se_resnext50() -> Any:
    """Hu et al., 2017, table 1, right column."""
    return with_gates([3, 4, 6, 3], groups=32, width_per_group=4)


def senet154() -> Any:
    """What the appendix says sets SENet-154 apart from an SE-ResNeXt-152 of 64 groups of 4 channels."""
    module = with_gates([3, 8, 36, 3], groups=64, width_per_group=4)
    module.conv1 = nn.Sequential(Conv2dNormActivation(3, 64, stride=2), Conv2dNormActivation(64, 64))
    module.bn1, module.relu = Conv2dNormActivation(64, 128), nn.Identity()
    module.maxpool = nn.MaxPool2d(3, 2, ceil_mode=True)
    module.layer1[0].downsample[0] = nn.Conv2d(128, 256, 1, bias=False)
    for layer in (module.layer2, module.layer3, module.layer4):
        projection = layer[0].downsample[0]
        layer[0].downsample[0] = nn.Conv2d(projection.in_channels, projection.out_channels, 3, 2, 1, bias=False)
    for number, block in enumerate(bottlenecks(module)):
        width = block.conv2.out_channels
        block.conv1 = nn.Conv2d(128 if number == 0 else block.conv1.in_channels, width // 2, 1, bias=False)
        block.bn1 = nn.BatchNorm2d(width // 2)
        block.conv2 = nn.Conv2d(width // 2, width, 3, block.stride, 1, groups=64, bias=False)
    return module


REFERENCES: dict[str, Callable[[], Any]] = {"se_resnext50_32x4d": se_resnext50, "senet154": senet154}
# our names in the references, where a gate stands behind the last norm of its block, and the stem of SENet-154 in three
# places
NAMES = {
    ".bn3.": ".bn3.0.",
    ".se.": ".bn3.1.",
    "conv1.conv.": "conv1.0.0.",
    "conv1.bn.": "conv1.0.1.",
    "conv2.conv.": "conv1.1.0.",
    "conv2.bn.": "conv1.1.1.",
    "conv3.conv.": "bn1.0.",
    "conv3.bn.": "bn1.1.",
}


def theirs(name: str) -> str:
    for ours, replacement in NAMES.items():
        name = name.replace(ours, replacement)
    return name


@pytest.mark.parametrize("key", marked(REFERENCES, frozenset({"se_resnext50_32x4d"})))
def test_outputs_are_those_of_torchvisions_parts(
    key: str, on_meta: Callable[[Network], nn.Module], filled: Callable[[nn.Module], nn.Module]
) -> None:
    with torch.device("meta"):
        reference = REFERENCES[key]().eval()
    ours = filled(on_meta(explorer.network(key)))
    weights = {theirs(name): tensor for name, tensor in ours.state_dict().items()}
    reference.load_state_dict(weights, strict=True, assign=True)
    x = torch.randn(1, 3, 70, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        one, other = ours(x), reference(x)
    assert torch.equal(one, other)
    assert one.std() > 1e-3


def test_layers_of_senet154_are_as_many_as_it_is_called_by() -> None:
    rows = analysed("senet154").rows
    counted = (row for row in rows if not {"downsample", "se"} & set(row.path))
    assert sum(row.type in {"Conv2d", "Linear"} for row in counted) == 154
