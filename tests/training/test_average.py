from __future__ import annotations

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from explorer.training.average import WeightAverage


def _module() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3))


def _move(module: nn.Module) -> None:
    with torch.no_grad():
        module(torch.randn(2, 1, 5, 5))  # statistics
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter))


def test_after_the_warm_up_it_is_torchs_average() -> None:
    module = _module()
    ours = WeightAverage(module, 0.9)
    ours.updates = 1_000
    theirs = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True)  # type: ignore[no-untyped-call]
    theirs.update_parameters(module)  # the first one copies
    for _ in range(5):
        _move(module)
        ours.update()
        theirs.update_parameters(module)
    for name, expected in theirs.module.state_dict().items():
        if expected.is_floating_point():  # torch averages the count of batches too, by truncation
            torch.testing.assert_close(ours.module.state_dict()[name], expected)
    assert ours.module.state_dict()["1.num_batches_tracked"] == 5


def test_the_first_updates_count_for_more() -> None:
    module = nn.Linear(1, 1, bias=False)
    average = WeightAverage(module, 0.99)
    values, expected = [5.0, -3.0, 8.0], module.weight.item()
    for number, value in enumerate(values):
        nn.init.constant_(module.weight, value)
        average.update()
        decay = (1 + number) / (10 + number)
        expected = decay * expected + (1 - decay) * value
    assert abs(next(average.module.parameters()).item() - expected) < 1e-6


def test_the_average_is_apart_from_the_module() -> None:
    module = _module()
    average = WeightAverage(module, 0.5)
    before = [tensor.clone() for tensor in module.state_dict().values()]
    average.update()
    assert all(torch.equal(*pair) for pair in zip(before, module.state_dict().values(), strict=True))
    assert not any(parameter.requires_grad for parameter in average.module.parameters())
    assert all(parameter.requires_grad for parameter in module.parameters())
