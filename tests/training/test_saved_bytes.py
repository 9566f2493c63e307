from __future__ import annotations

import torch
from torch import nn

from explorer.training.saved_bytes import SavedBytes


def test_what_a_layer_saves_of_its_own_output_goes_with_the_output() -> None:
    """As when the forward pass runs out of memory: no backward pass comes that lets go of it."""
    module, images = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sigmoid(), nn.ReLU()), torch.rand(2, 1, 8, 8)
    saved = SavedBytes(module.parameters())
    with saved.counted():
        outputs = module(images)
    held = saved.peak
    assert held == images.nbytes + 2 * outputs.nbytes
    del outputs
    assert saved.held == 0


def test_the_gradients_are_those_without_counting() -> None:
    module, images = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sigmoid(), nn.ReLU()), torch.rand(2, 1, 8, 8)
    module(images).sum().backward()
    expected = [parameter.grad for parameter in module.parameters()]
    module.zero_grad(set_to_none=True)
    with SavedBytes(module.parameters()).counted():
        module(images).sum().backward()
    assert all(
        parameter.grad is not None and grad is not None and torch.equal(parameter.grad, grad)
        for parameter, grad in zip(module.parameters(), expected, strict=True)
    )
