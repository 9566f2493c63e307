from __future__ import annotations

import torch
from torch import nn

from explorer.training.live_bytes import LiveBytes


def test_storages_count_once_and_as_long_as_they_live() -> None:
    before = torch.ones(100)
    with LiveBytes() as live:
        live.hold([before, before.view(10, 10)])
        assert live.held == 400
        twice = before * 2
        assert live.held == 800
        half = twice[:50].add_(1)  # a view of the same storage
        assert live.held == 800
        del twice
        assert live.held == 800
        del half
        assert (live.held, live.peak) == (400, 800)


def test_a_backward_pass_is_seen_and_what_nobody_needs_goes() -> None:
    """Also where a forward pass runs out of memory: no backward pass comes that lets go of it."""
    module, images = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sigmoid(), nn.ReLU()), torch.rand(2, 1, 8, 8)
    weights = sum(parameter.nbytes for parameter in module.parameters())
    with LiveBytes() as live:
        outputs = module(images)
        kept = live.held
        assert kept == 3 * outputs.nbytes - outputs.nbytes  # the convolution's own goes, the sigmoid's is kept
        del outputs
        assert live.held == 0
        module(images).sum().backward()
        assert live.held == weights  # the gradients
        assert live.peak > kept + weights


def test_the_gradients_are_those_without_counting() -> None:
    module, images = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sigmoid(), nn.ReLU()), torch.rand(2, 1, 8, 8)
    module(images).sum().backward()
    expected = [parameter.grad for parameter in module.parameters()]
    module.zero_grad(set_to_none=True)
    with LiveBytes():
        module(images).sum().backward()
    assert all(
        parameter.grad is not None and grad is not None and torch.equal(parameter.grad, grad)
        for parameter, grad in zip(module.parameters(), expected, strict=True)
    )
