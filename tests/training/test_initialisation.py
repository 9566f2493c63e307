from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from explorer.training.initialisation import initialise


class Layers(nn.Module):
    """One of each kind."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.norm, self.linear = nn.Conv2d(64, 128, 3), nn.BatchNorm2d(128), nn.Linear(512, 256)


def test_xavier_stays_within_its_bound_and_fills_it() -> None:
    module = Layers()
    initialise(module, "xavier")
    for weight, fan_in, fan_out in ((module.conv.weight, 64 * 9, 128 * 9), (module.linear.weight, 512, 256)):
        bound = math.sqrt(6 / (fan_in + fan_out))
        assert 0.99 * bound < weight.abs().max() <= bound
    assert not any(bias.any() for bias in (module.conv.bias, module.linear.bias) if bias is not None)


def test_kaiming_has_the_deviation_of_the_paper() -> None:
    module = Layers()
    initialise(module, "kaiming")
    assert module.conv.weight.std().item() == pytest.approx(math.sqrt(2 / (128 * 9)), rel=0.02)
    assert module.linear.weight.std().item() == pytest.approx(math.sqrt(2 / 512), rel=0.02)


def test_default_leaves_everything_and_norms_are_never_touched() -> None:
    for rule in ("default", "xavier", "kaiming"):
        module, untouched = Layers(), Layers()
        initialise(module, rule)
        assert torch.equal(module.norm.weight, untouched.norm.weight)
        assert torch.equal(module.conv.weight, untouched.conv.weight) == (rule == "default")
