from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import explorer
from explorer.assembly import assemble
from explorer.core.network import Network
from explorer.training.average import WeightAverage
from explorer.training.config import TrainConfig
from explorer.training.data import TrainingData
from explorer.training.device import Hardware, settle
from explorer.training.narrow_maps import Axis, mend_narrow
from explorer.training.recompute import recompute_parts
from explorer.training.trainer import train
from explorer.training.trial import Trial

_CONFIG = TrainConfig(precision="bf16", device="cpu", memory_format="contiguous", batch_size=8, threads=1)


@pytest.fixture
def mixed(restored_threads: None) -> Hardware:
    torch.set_num_threads(1)
    return settle(_CONFIG)


def _resnet() -> Network:
    return explorer.network("resnet18", input_shape=(1, 16, 16), classes=4)


def _poison(module: nn.Module) -> None:
    """Leaves memory behind, as large as the weights, that no gradient should be made of."""
    blocks = [torch.full_like(item, 3e38) for item in module.parameters() if item.ndim > 1 for _ in range(3)]
    del blocks


def _all_axes() -> Iterator[tuple[int, int, int, int, int]]:
    """Extent, kernel, stride, padding and dilation of every convolution of a small map that has an output."""
    for sizes in itertools.product(range(1, 9), range(1, 8), (1, 2, 3, 4), range(5), (1, 2, 3)):
        extent, kernel, _, padding, dilation = sizes
        if extent + 2 * padding >= dilation * (kernel - 1) + 1:
            yield sizes


def test_working_taps_are_those_that_meet_a_pixel() -> None:
    for extent, kernel, stride, padding, dilation in _all_axes():
        seen = set()
        positions = range(-padding, extent + padding - dilation * (kernel - 1), stride)
        for position, tap in itertools.product(positions, range(kernel)):
            if 0 <= position + dilation * tap < extent:
                seen.add(tap)
        axis = Axis(extent, len(positions), kernel, stride, padding, dilation)
        assert axis.working == sorted(seen)
        assert axis.is_narrow == (len(seen) < kernel or (len(positions) == 1 and stride > 1))


@pytest.mark.parametrize("sizes", [(1, 3, 1, 1, 1), (2, 3, 2, 1, 1), (3, 5, 4, 2, 1), (3, 3, 2, 2, 2), (5, 3, 2, 0, 1)])
def test_working_taps_are_those_that_torch_gives_a_gradient(sizes: tuple[int, int, int, int, int]) -> None:
    extent, kernel, stride, padding, dilation = sizes
    weight = torch.zeros(1, 1, kernel, dtype=torch.double, requires_grad=True)
    output = F.conv1d(torch.ones(1, 1, extent, dtype=torch.double), weight, None, stride, padding, dilation)
    output.sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    axis = Axis(extent, output.shape[-1], kernel, stride, padding, dilation)
    assert axis.working == weight.grad.flatten().nonzero().flatten().tolist()


def _gradients(module: nn.Module, images: Tensor, mixed: bool = True) -> list[Tensor]:
    """The output and what comes back for everything."""
    images = images.clone().requires_grad_()
    module.zero_grad()
    _poison(module)
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        output = module(images)
    output.to(images.dtype).square().sum().backward()
    return [output.detach(), *(item.grad for item in (images, *module.parameters()) if item.grad is not None)]


_LAYERS = {
    "idle-on-both-sides": (nn.Conv2d(16, 32, 3, padding=1), (1, 1)),
    "idle-on-one-side": (nn.Conv2d(16, 32, 3, stride=4, padding=1), (3, 3)),
    "idle-between": (nn.Conv2d(16, 32, 4, stride=4, padding=2), (2, 2)),
    "wide-filters": (nn.Conv2d(16, 32, (1, 7), padding=(0, 3), bias=False), (3, 2)),
    "all-idle": (nn.Conv2d(16, 32, 1, stride=2, padding=1), (1, 1)),
    "dilated": (nn.Conv2d(16, 32, 3, padding=4, dilation=4), (3, 3)),
    "depthwise": (nn.Conv2d(32, 32, 5, stride=2, padding=2, groups=32), (1, 1)),
    "stride-never-taken": (nn.Conv2d(32, 64, 3, stride=(1, 4), groups=32), (7, 3)),
    "transposed": (nn.ConvTranspose2d(16, 32, 4, stride=2, padding=1), (1, 1)),
    "transposed-and-enlarged": (nn.ConvTranspose2d(16, 32, (3, 2), 3, padding=1, output_padding=2), (1, 2)),
}


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("name", _LAYERS)
def test_a_narrow_layer_computes_what_it_does_in_float32(name: str, channels_last: bool, mixed: Hardware) -> None:
    layer, extents = _LAYERS[name]
    layer = copy.deepcopy(layer)
    torch.manual_seed(0)
    layer.reset_parameters()
    images = torch.randn(8, layer.in_channels, *extents)
    if channels_last:
        layer = layer.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    expected = _gradients(copy.deepcopy(layer).double(), images.double(), mixed=False)
    mend_narrow(layer, mixed)
    for found, true in zip(_gradients(layer, images), expected, strict=True):
        assert found.shape == true.shape
        assert (found - true).norm() <= 0.02 * true.norm()


def test_a_residual_network_has_always_the_same_gradients(mixed: Hardware) -> None:
    torch.manual_seed(0)
    module = assemble(_resnet())
    keys = list(module.state_dict())
    mend_narrow(module, mixed)
    assert list(module.state_dict()) == keys
    again = copy.deepcopy(module)
    recompute_parts(again, _resnet())
    images = torch.randn(4, 1, 16, 16)
    first = _gradients(module, images)
    assert all(item.isfinite().all() for item in first)
    for other in (module, again):
        assert all(torch.equal(*pair) for pair in zip(first, _gradients(other, images), strict=True))


def test_a_residual_network_has_the_gradients_of_float32_to_rounding(mixed: Hardware) -> None:
    torch.manual_seed(0)
    module = assemble(_resnet()).eval()  # norms of a batch of few pixels would make much of the rounding
    images = torch.randn(4, 1, 16, 16)
    mend_narrow(module, mixed)
    expected = torch.cat([item.flatten() for item in _gradients(module, images, mixed=False)])
    found = torch.cat([item.flatten() for item in _gradients(module, images)])
    assert (found - expected).norm() < 0.3 * expected.norm()


def test_only_mixed_formats_on_the_cpu_are_mended(mixed: Hardware) -> None:
    layer, images = nn.Conv2d(16, 32, 3, padding=1), torch.randn(8, 16, 1, 1)
    before = layer(images)
    for hardware in (replace(mixed, autocast=None), replace(mixed, device=torch.device("cuda"))):
        mend_narrow(layer, hardware)
        assert type(layer) is nn.Conv2d
    mend_narrow(layer, mixed)
    assert torch.equal(layer(images), before)  # float32, as in an evaluation


def test_the_average_has_weights_of_its_own(mixed: Hardware) -> None:
    layer, images = nn.Conv2d(16, 32, 3, padding=1, bias=False), torch.randn(8, 16, 1, 1)
    mend_narrow(layer, mixed)
    average = WeightAverage(layer, 0.9)
    nn.init.zeros_(layer.weight)
    with torch.autocast("cpu", torch.bfloat16):
        assert not layer(images).any()
        assert average.module(images).any()


def test_runs_and_trials_are_mended(network: Network, data: TrainingData, tmp_path: Path) -> None:
    built: list[nn.Module] = []

    def build(network: Network) -> nn.Module:
        built.append(assemble(network))
        return built[-1]

    config = replace(_CONFIG, epochs=1, batch_size=512)
    list(train(network, data, config, tmp_path / "run", build=build))
    Trial(network, config, settle(config), build)
    assert len(built) >= 2
    assert all(type(part) is not nn.Conv2d for module in built for part in module.modules())
