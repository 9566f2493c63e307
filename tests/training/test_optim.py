from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from explorer.errors import TrainingError
from explorer.training.config import TrainConfig
from explorer.training.optim import make_optimizer, skip_unless_finite


@pytest.mark.parametrize(
    ("config", "reference"),
    [
        (
            TrainConfig(optimizer="sgd", lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3),
            lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3, foreach=False),
        ),
        (
            TrainConfig(optimizer="adam", lr=0.01, weight_decay=1e-3),
            lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=1e-3, foreach=False),
        ),
        (
            TrainConfig(optimizer="adamw", lr=0.01, weight_decay=0.1),
            lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1, foreach=False),
        ),
    ],
    ids=["sgd", "adam", "adamw"],
)
def test_optimisers_do_what_torch_does_without_fusing(config: TrainConfig, reference: Any) -> None:
    torch.manual_seed(0)
    ours, theirs = nn.Linear(5, 3), nn.Linear(5, 3)
    theirs.load_state_dict(ours.state_dict())
    optimizers = make_optimizer(config, ours.parameters()), reference(theirs.parameters())
    for _ in range(10):
        images = torch.randn(4, 5)
        for module, optimizer in zip((ours, theirs), optimizers, strict=True):
            optimizer.zero_grad()
            module(images).square().sum().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight, theirs.weight)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_a_step_that_is_not_finite_changes_neither_weights_nor_state(name: str) -> None:
    module = nn.Linear(5, 3)
    optimizer = make_optimizer(TrainConfig(optimizer=name, lr=0.1), module.parameters())
    module(torch.ones(1, 5)).sum().backward()
    skip_unless_finite(optimizer, torch.zeros(()))
    optimizer.step()
    before = module.weight.detach().clone()
    state = {
        key: value.clone() for key, value in optimizer.state[module.weight].items() if isinstance(value, torch.Tensor)
    }
    module.weight.grad = torch.full_like(module.weight, torch.nan)
    skip_unless_finite(optimizer, torch.ones(()))
    optimizer.step()
    assert torch.equal(module.weight, before)
    assert all(torch.equal(optimizer.state[module.weight][key], value) for key, value in state.items())
    skip_unless_finite(optimizer, torch.zeros(()))
    module.weight.grad = torch.ones_like(module.weight)
    optimizer.step()
    assert not torch.equal(module.weight, before)  # and the next sound step counts again


def test_nothing_to_train_gives_a_sentence() -> None:
    module = nn.Linear(2, 2).requires_grad_(False)
    with pytest.raises(TrainingError, match="No parameter is trained"):
        make_optimizer(TrainConfig(), module.parameters())
