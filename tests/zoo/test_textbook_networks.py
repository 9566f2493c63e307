"""Networks that torchvision lacks, against plain torch written down from the textbook or the authors' definition."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import explorer
from explorer.core.network import Network
from explorer.zoo import preact_resnet

Assemble = Callable[[Network], nn.Module]
Fill = Callable[[nn.Module], nn.Module]


def lenet5() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2)),
        *(nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2)),
        *(nn.Flatten(), nn.Linear(16 * 4 * 4, 120), nn.Sigmoid()),
        *(nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)),
    )


def alexnet_gray() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 96, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(96, 256, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(256, 384, 3, 1, 1), nn.ReLU(), nn.Conv2d(384, 384, 3, 1, 1), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()),
        *(nn.Linear(256 * 5 * 5, 4096), nn.ReLU(), nn.Dropout(0.5)),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 10)),
    )


def nin() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 192, 5, padding=2), nn.ReLU(), nn.Conv2d(192, 160, 1), nn.ReLU()),
        *(nn.Conv2d(160, 96, 1), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True), nn.Dropout(0.5)),
        *(nn.Conv2d(96, 192, 5, padding=2), nn.ReLU(), nn.Conv2d(192, 192, 1), nn.ReLU()),
        *(nn.Conv2d(192, 192, 1), nn.ReLU(), nn.AvgPool2d(3, 2, ceil_mode=True), nn.Dropout(0.5)),
        *(nn.Conv2d(192, 192, 3, padding=1), nn.ReLU(), nn.Conv2d(192, 192, 1), nn.ReLU()),
        *(nn.Conv2d(192, 10, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


class Residual(nn.Module):
    """The block of the textbook: convolutions with bias, a projection without batch norm."""

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(in_channels, channels, 1, stride) if in_channels != channels else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.conv3 is None else self.conv3(x)))


def resnet18_gray() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)),
        *(Residual(64, 64), Residual(64, 64), Residual(64, 128, 2), Residual(128, 128)),
        *(Residual(128, 256, 2), Residual(256, 256), Residual(256, 512, 2), Residual(512, 512)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10)),
    )


class ZeroPadded(nn.Module):
    """A block of the CIFAR networks: the shortcut skips pixels and adds zeros behind the channels it has."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.stride = 1 if in_channels == channels else 2
        self.more = channels - in_channels
        self.conv1 = nn.Conv2d(in_channels, channels, 3, self.stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        kept = F.avg_pool2d(x, 1, self.stride)
        zeros = torch.zeros(len(x), self.more, *kept.shape[2:])
        return F.relu(y + torch.cat([kept, zeros], 1))


def resnet20() -> nn.Module:
    widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    blocks = (ZeroPadded(*pair) for pair in itertools.pairwise(widths))
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *blocks),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)),
    )


class PreActivated(nn.Module):
    """A unit of the pre-activation network as its authors published it (KaimingHe/resnet-1k-layers)."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        width = channels // 4
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, width, 1, stride, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, channels, 1, bias=False)
        grows = in_channels != channels
        self.project = nn.Conv2d(in_channels, channels, 1, stride, bias=False) if grows else None

    def forward(self, x: Tensor) -> Tensor:
        activated = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(activated))))
        y = self.conv3(F.relu(self.bn3(y)))
        total: Tensor = y + (x if self.project is None else self.project(activated))
        return total


def preactivated_resnet(n: int) -> nn.Module:
    """The authors' network of 9n + 2 layers."""
    units = []
    for in_channels, channels, stride in ((16, 64, 1), (64, 128, 2), (128, 256, 2)):
        units += [PreActivated(in_channels, channels, stride)]
        units += [PreActivated(channels, channels, 1) for _ in range(n - 1)]
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, 1, 1, bias=False), *units, nn.BatchNorm2d(256), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10)),
    )


class WideUnit(nn.Module):
    """A unit of WRN-28-10 as its authors published it (szagoruyko/wide-residual-networks), without dropout."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        grows = in_channels != channels
        self.project = nn.Conv2d(in_channels, channels, 1, stride, bias=False) if grows else None

    def forward(self, x: Tensor) -> Tensor:
        activated = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(activated))))
        total: Tensor = y + (x if self.project is None else self.project(activated))
        return total


def wrn_28_10() -> nn.Module:
    units = []
    for in_channels, channels, stride in ((16, 160, 1), (160, 320, 2), (320, 640, 2)):
        units += [WideUnit(in_channels, channels, stride), *(WideUnit(channels, channels, 1) for _ in range(3))]
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, 1, 1, bias=False), *units, nn.BatchNorm2d(640), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(640, 10)),
    )


def alexnet_2012() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 96, 11, 4), nn.ReLU(), nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(96, 256, 5, 1, 2, groups=2), nn.ReLU()),
        *(nn.LocalResponseNorm(5, 5e-4, 0.75, 2.0), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(256, 384, 3, 1, 1), nn.ReLU(), nn.Conv2d(384, 384, 3, 1, 1, groups=2), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, 1, 1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()),
        *(nn.Linear(256 * 6 * 6, 4096), nn.ReLU(), nn.Dropout(0.5)),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 1000)),
    )


def mobilenet_v1() -> nn.Module:
    def normed(arriving: int, leaving: int, size: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
        convolution = nn.Conv2d(arriving, leaving, size, stride, size // 2, groups=groups, bias=False)
        return [convolution, nn.BatchNorm2d(leaving), nn.ReLU()]

    layers, widths = normed(3, 32, 3, 2), [32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    for number, (arriving, leaving) in enumerate(itertools.pairwise(widths), start=1):
        stride = 2 if number in (2, 4, 6, 12) else 1
        layers += [*normed(arriving, arriving, 3, stride, arriving), *normed(arriving, leaving, 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.001), nn.Linear(1024, 1000))


def our_preactivated_resnet(n: int) -> Network:
    return Network.of(f"ResNet-{9 * n + 2}", (3, 32, 32), preact_resnet.builder(n)(10))


def equal_outputs(ours: nn.Module, theirs: nn.Module, shape: tuple[int, ...]) -> bool:
    """Whether both give the same with the same weights, handed over in the order in which they are used."""
    theirs.eval()
    states = zip(theirs.state_dict().values(), ours.state_dict().values(), strict=True)
    with torch.no_grad():
        for target, source in states:
            target.copy_(source)
        x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(1))
        one, other = ours(x), theirs(x)
    return torch.equal(one, other) and one.std().item() > 1e-4


@pytest.mark.parametrize(
    ("reference", "shape"),
    [
        (lenet5, (1, 28, 28)),
        (alexnet_gray, (1, 224, 224)),
        (nin, (3, 32, 32)),
        (resnet18_gray, (1, 96, 96)),
        (resnet20, (3, 32, 32)),
        (alexnet_2012, (3, 227, 227)),
        (mobilenet_v1, (3, 96, 96)),
        pytest.param(wrn_28_10, (3, 32, 32), marks=pytest.mark.slow),
    ],
)
def test_outputs_are_bit_equal(
    reference: Callable[[], nn.Module], shape: tuple[int, ...], on_meta: Assemble, filled: Fill
) -> None:
    network = explorer.network(reference.__name__, input_shape=shape)
    assert equal_outputs(filled(on_meta(network)), reference(), shape)


@pytest.mark.parametrize(
    ("n", "parameters"),
    [
        (18, 1_703_258),  # ResNet-164: 1.7 M in the paper
        (111, 10_327_706),  # ResNet-1001: 10.2 M in the paper, which leaves the batch norms out
    ],
)
def test_preactivated_networks_count_as_published(n: int, parameters: int) -> None:
    # the exact counts are those of osmr/imgclsmob, table of CIFAR-10 models
    assert explorer.analyse(our_preactivated_resnet(n)).parameters == parameters


def test_the_paper_leaves_batch_norms_out_of_resnet1001() -> None:
    rows = explorer.analyse(our_preactivated_resnet(111)).rows
    weights = sum(row.parameters or 0 for row in rows if row.type in {"Conv2d", "Linear"})
    assert f"{weights / 1e6:.1f}" == "10.2"


def test_preactivated_outputs_are_bit_equal(on_meta: Assemble, filled: Fill) -> None:
    ours = filled(on_meta(our_preactivated_resnet(2)))
    assert equal_outputs(ours, preactivated_resnet(2), (3, 32, 32))
