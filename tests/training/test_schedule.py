from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from explorer.training.config import TrainConfig
from explorer.training.schedule import learning_rate

STEPS = 7  # an epoch


def _torch_rates(config: TrainConfig) -> list[float]:
    """What torch's own scheduler gives for each step."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.lr)
    total = config.epochs * STEPS
    schedulers = torch.optim.lr_scheduler
    scheduler: Any
    if config.schedule == "step":
        scheduler = schedulers.StepLR(optimizer, config.step_size * STEPS, config.gamma)
    elif config.schedule == "multi_step":
        scheduler = schedulers.MultiStepLR(optimizer, config.milestones, config.gamma)
    elif config.schedule == "cosine":
        scheduler = schedulers.CosineAnnealingLR(optimizer, total, config.eta_min)
    elif config.schedule == "one_cycle":
        scheduler = schedulers.OneCycleLR(
            optimizer,
            config.lr,
            total,
            pct_start=config.pct_start,
            cycle_momentum=False,
            div_factor=config.div_factor,
            final_div_factor=config.final_div_factor,
        )
    else:
        scheduler = schedulers.ConstantLR(optimizer, factor=1.0)
    rates = []
    for step in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < total - 1:
            scheduler.step()
    return rates


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(epochs=5, lr=0.1),
        TrainConfig(epochs=9, lr=0.1, schedule="step", step_size=2, gamma=0.5),
        TrainConfig(epochs=7, lr=0.1, schedule="multi_step", milestones=(9, 30, 31)),
        TrainConfig(epochs=5, lr=0.1, schedule="cosine", eta_min=0.001),
        TrainConfig(epochs=5, lr=0.1, schedule="one_cycle"),
        TrainConfig(epochs=6, lr=1.0, schedule="one_cycle", pct_start=0.1, div_factor=5, final_div_factor=50),
        TrainConfig(epochs=1, lr=1.0, schedule="one_cycle", pct_start=0.0),
        TrainConfig(epochs=1, lr=1.0, schedule="one_cycle", pct_start=1.0),
    ],
    ids=lambda config: f"{config.schedule}-{config.epochs}-{config.pct_start}",
)
def test_learning_rates_are_those_of_torch(config: TrainConfig) -> None:
    rate = learning_rate(config, STEPS)
    ours = [rate(step) for step in range(config.epochs * STEPS)]
    assert ours == pytest.approx(_torch_rates(config), rel=1e-9, abs=1e-12)
